"""The folder of a brief: what it holds, under which names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from indicia.extras import missing
from indicia.knowledge import Knowledge
from indicia.records import Case
from indicia.share import pieces
from indicia.writing import PRIVATE, held_there, written

# File name and share format, in the order in which they are written.
FILES = (
    ("case.json", "json"),
    ("brief.md", "md"),
    ("brief.html", "html"),
    ("brief.pdf", "pdf"),
    ("bundle.stix.json", "stix"),
    ("event.misp.json", "misp"),
    ("layer.navigator.json", "navigator"),
    ("indicators.csv", "csv"),
    ("timeline.jsonl", "timesketch"),
)


def write_brief(
    left: Case,
    folder: Path,
    knowledge: Knowledge,
    *,
    full: bool = False,
    language: str = "en",
    before: Case | None = None,
    whole: Case | None = None,
    progress: Callable[[str, float, float | None], None] | None = None,
) -> list[Path]:
    """Writes a case, as a person's judgements left it, into `folder`; returns the files, each of them whole. There is no PDF
    where its compiler is not installed. `full` prints every annex; page one says what changed since `before`. `whole` is the
    case with nothing laid over it, for the file that can be passed on again. New files are for their owner alone.

    Raises: UsageError for a language that there is no catalogue of; OSError.
    """
    files = [row for row in FILES if row[1] != "pdf" or not missing("pdf")]
    for number, (name, form) in enumerate(files):
        if progress:
            progress("writing", number, len(files))
        shown = whole if whole is not None and form == "json" else left
        held = held_there(folder / name) if form == "stix" else b""
        with written(folder / name, new=PRIVATE) as file:
            file.writelines(pieces(shown, form, knowledge, full=full, language=language, before=before, held=held))
    return [folder / name for name, _ in files]
