"""Advisories as cases for advice: each without what it asks for, and what that is.

The texts are public but not here: the tables in `evals/data/advise/` point to them, and say which lines hold what is asked
for. They are looked for in clones of the repositories named there, in a folder given by hand or by INDICIA_ADVISORIES
(`OWNER+NAME`, a work tree, a bare repository, or a folder `repo` within), and in the shared data.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from indicia.knowledge import Knowledge
from indicia.read.fronts import document_from_text, open_source
from indicia.read.indicators import find_indicators
from indicia.read.names import find_names
from indicia.read.techniques import find_techniques
from indicia.records import Case, Document, Versions

__all__ = ["Advisory", "asked_by_words", "case_of", "found", "listed", "without_what_it_asks"]

DATA = Path(__file__).parent / "data" / "advise"
SHARED = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).parent.parent.parent / "shared")
MEASURED_FROM = "2022"


@dataclass(frozen=True)
class Advisory:
    """A line of a table. `asked` in the order of its text; `cut` are line ranges, both ends included, from 1."""

    id: str
    table: str
    date: str
    platforms: frozenset[str]
    source: str
    cut: tuple[tuple[int, int], ...]
    asked: tuple[str, ...]

    @property
    def part(self) -> str:
        """What is looked into is development. What is measured is only counted."""
        name, measured = TABLES[self.table]
        return name if measured(self) else "development"

    @property
    def wanted(self) -> tuple[str, ...]:
        """What is asked for but logging, which has a list of its own."""
        return tuple(key for key in self.asked if key != "LOG")


# Each table: what its measured part is called, and which of its lines are in it.
TABLES: dict[str, tuple[str, Callable[[Advisory], bool]]] = {
    "advisories.tsv": ("measured", lambda one: one.date >= MEASURED_FROM),
    "later.tsv": ("measured_later", lambda one: zlib.crc32(one.id.encode()) % 2 == 1),
    "fresh.tsv": ("measured_fresh", lambda one: True),
}


def listed() -> tuple[Advisory, ...]:
    """All lines of the tables, in their order."""
    return tuple(_advisory(table, line) for table in TABLES for line in list(_lines(table))[1:])


def _advisory(table: str, line: str) -> Advisory:
    id, date, platforms, source, cut, asked = line.split("\t")
    spans = tuple((int(one.partition("-")[0]), int(one.partition("-")[2])) for one in cut.split(","))
    return Advisory(id, table, date, frozenset(platforms.split(",")) - {"-"}, source, spans, tuple(asked.split()))


def _lines(name: str) -> Iterator[str]:
    for line in (DATA / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def found(advisories: Iterable[Advisory], clones: Path | None) -> dict[str, str]:
    """Id -> text, of those whose text is to be had here."""
    texts = {}
    for one in advisories:
        text = _shared(one.source) if one.source.startswith("shared/") else _of_clone(one.source, clones)
        if text is not None:
            texts[one.id] = text
    return texts


def _shared(source: str) -> str | None:
    name, _, title = source.removeprefix("shared/").partition(":")
    return _documents(SHARED / name).get(title)


@cache
def _documents(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
    return {row["title"]: row["text"] for row in rows}


def _of_clone(source: str, clones: Path | None) -> str | None:
    repository, _, rest = source.partition("@")
    if clones is None:
        return None
    folder = clones / repository.replace("/", "+")
    folder = folder / "repo" if (folder / "repo").is_dir() else folder
    if not folder.is_dir():
        return None
    shown = subprocess.run(["git", "-C", str(folder), "show", rest], capture_output=True, check=False)
    if shown.returncode != 0:
        return None
    return _read(shown.stdout).text if rest.endswith(".pdf") else shown.stdout.decode("utf-8")


def without_what_it_asks(text: str, advisory: Advisory) -> tuple[str, str]:
    """The text without the lines that are cut, and these lines."""
    kept: list[str] = []
    gone: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        (gone if any(first <= number <= last for first, last in advisory.cut) else kept).append(line)
    return "\n".join(kept), "\n".join(gone)


def case_of(advisory: Advisory, text: str, knowledge: Knowledge) -> Case:
    """The case that the text makes without what it asks for. Claims are not read: advice hardly rests on them, and they take
    most of the time."""
    document = _document(advisory, text)
    mentions = (*find_techniques(document, knowledge), *find_indicators(document), *find_names(document, knowledge))
    return Case(name=advisory.id, versions=Versions(indicia="0"), documents=(document,), mentions=mentions)


def _document(advisory: Advisory, text: str) -> Document:
    if not advisory.source.endswith(".html"):
        return document_from_text(text, name=advisory.id)
    return _read(text.encode())


def _read(data: bytes) -> Document:
    return open_source("-", stdin=io.BytesIO(data)).documents[0]


def asked_by_words(text: str) -> frozenset[str]:
    """What a text asks for, by our table of words."""
    return frozenset(measure for measure, pattern in _words() if pattern.search(text))


@cache
def _words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = (line.split("\t") for line in _lines("words.tsv"))
    return tuple((measure, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)) for measure, _, words in rows)
