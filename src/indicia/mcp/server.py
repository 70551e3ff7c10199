"""Indicia as tools for programs that speak the Model Context Protocol, over standard input and output.

Everything is read, nothing is fetched, and nothing is written but what is proposed, to the one file that was named. Files are
read from the folders that were named, texts as they are given. Needs the extra `mcp` (the protocol's own Python SDK).

References: Model Context Protocol, specification of tools and their annotations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import msgspec
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from indicia import __version__
from indicia.errors import IndiciaError, InputError, LimitError, UsageError
from indicia.knowledge import load
from indicia.library import Case, Weighed
from indicia.mcp import answers
from indicia.mcp.answers import Proposals, document_in, part_of_text
from indicia.pipeline import conclude, for_audience, load_case
from indicia.read.fronts import document_from_text
from indicia.read.reading import read_document
from indicia.records import Case as Record
from indicia.records import Document, Tlp, Versions, Weighing, shown_marking
from indicia.share.redact import marking_of
from indicia.view.wording import left_out
from indicia.weigh.whatif import Change, what_if


# Which files may be read: those in folders that were named, wherever links lead.
class Folders:
    """The folders that a program may read from. Nothing outside is opened, and nothing tells what is there."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.roots = tuple(dict.fromkeys(folder.resolve() for folder in folders))
        for root in self.roots:
            if not root.is_dir():
                raise UsageError("is no folder", where=str(root), hint="name folders that are there with --folder")

    def file(self, name: str) -> Path:
        """The file of this name, absolute or below a folder. Raises: InputError where it is not there or not within."""
        named = Path(name).expanduser()
        for root in self.roots:
            path = (named if named.is_absolute() else root / named).resolve()
            if path.is_relative_to(root) and path.is_file():
                return path
        raise InputError(
            "there is no such file in the folders that may be read",
            where=name,
            hint="files lists what is there" if self.roots else "none was named: indicia mcp --folder DIR",
        )

    def files(self, most: int) -> list[str]:
        """The names of what may be read, below its folder, in order; at most so many."""
        found: list[str] = []
        for root in self.roots:
            for path in sorted(root.rglob("*")):
                if len(found) >= most:
                    return found
                if path.is_file() and path.resolve().is_relative_to(root):
                    found.append(str(path.relative_to(root)))
        return found


MOST_TEXT = 1_000_000  # characters of a text that is given
MOST_ROWS = 200
MOST_SHOWN = 50_000  # characters of a text at a time
P = ParamSpec("P")
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_PROPOSES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)
INSTRUCTIONS = (
    "Who accuses whom of a cyberattack, how firmly, on what grounds; what logs showed; whether the grounds hold; what to do. "
    "Every claim comes with its exact quote. Do not turn 'highly likely' into 'did', and tell who says it. " + answers.INERT
)


def make_server(folders: Iterable[Path], ceiling: Tlp = Tlp.GREEN, proposals: Path | None = None) -> MCPServer[Any]:
    """The server with its tools, which read files in these folders alone, and write to `proposals` alone. What is marked above
    `ceiling` does not go to the assistant, which may send it anywhere. Files without a marking were put there for it; in a case
    file, texts without one and what one's own logs show count as the case says. Raises: UsageError for a folder that is none.
    """
    allowed, taken = Folders(folders), Proposals(proposals)
    server: MCPServer[Any] = MCPServer("indicia", version=__version__, instructions=INSTRUCTIONS, log_level="ERROR")

    def tool(function: Callable[P, dict[str, Any]]) -> None:
        proposes = proposals is not None and function.__name__ in ("propose_claims", "confirm_claims")
        server.tool(annotations=_PROPOSES if proposes else _READS)(_telling(function))

    def case_of(files: list[str]) -> Case:
        """The case in a case file, if it is the only file; else what the files say."""
        paths = [allowed.file(name) for name in files]
        if len(paths) == 1 and _holds_a_case(paths[0]):
            return seen(load_case(paths[0]))
        return seen(msgspec.structs.replace(Case.build(paths).record, unmarked=ceiling))

    def text_of(file: str) -> Document:
        path = allowed.file(file)
        if _holds_a_case(path):
            raise InputError("is a case", where=file, hint="ledger says what it holds; name the file of a text")
        return document_in(path, ceiling)

    def seen(record: Record) -> Case:
        """What the assistant may see of it, as any reader who is cleared for that."""
        return Case(for_audience(record, ceiling, load()))

    def files(most: int = 50) -> dict[str, Any]:
        """Lists the files that may be read: texts, reports, and case files (.indicia, case.json)."""
        return {"about": answers.INERT, "words_of_others_files": allowed.files(_rows(most))}

    def read_text(text: str, date: str | None = None, most: int = 50) -> dict[str, Any]:
        """Reads a text in English that is given here: claims of attribution with their quotes, techniques, indicators.

        `date` is the day of the text (YYYY-MM-DD), `most` the number of rows of each kind.
        """
        case = Case(_of_text(text, date))  # whoever gives it has it
        return _marked(case, answers.ledger(case, _rows(most)))

    def ledger(files: list[str], most: int = 50) -> dict[str, Any]:
        """Who says what in files (reports, statements, STIX, MISP) or in one case file: claims with their quotes."""
        case = case_of(files)
        return _marked(case, answers.ledger(case, _rows(most)))

    def hunt_summary(case_file: str, most: int = 30) -> dict[str, Any]:
        """What the logs of a case showed: the verdict, how far the logs reach, and what matched how often. No log lines."""
        case = case_of([case_file])
        return _marked(case, answers.hunted(case.record.hunt, _rows(most)))

    def weigh(files: list[str], most: int = 10) -> dict[str, Any]:
        """Whether the grounds hold: hypotheses by what was observed, beside what is said. May say "insufficient grounds"."""
        case = case_of(files)
        return _marked(case, answers.weighed(_weighed(case), _rows(most)))

    def what_if_without(files: list[str], without: list[str], most: int = 10) -> dict[str, Any]:
        """The same weighing as if some evidence were not there: `without` are ids of evidence, or what it shows (S0020)."""
        case = case_of(files)
        changed = what_if(_weighing(case).evidence, load(), Change(off=tuple(without)))
        return _marked(case, answers.weighed(Weighed(changed), _rows(most)))

    def advise(files: list[str], have: list[str] | None = None, most: int = 20) -> dict[str, Any]:
        """What to do, in order of effect. `have` are words for what is in place already: edr, mfa, backups ..."""
        case = case_of(files)
        record = case.record
        if have:
            record = conclude(msgspec.structs.replace(record, have=tuple(have)), load())
        assert record.advice is not None
        return _marked(case, answers.advice(record.advice, _rows(most)))

    for one in (files, read_text, ledger, hunt_summary, weigh, what_if_without, advise):
        tool(one)
    for other in _proposing(text_of, taken):
        tool(other)
    return server


def _proposing(text_of: Callable[[str], Document], taken: Proposals) -> tuple[Callable[..., dict[str, Any]], ...]:
    """The tools by which an assistant reads a text itself, and tells what it read."""

    def open_document(file: str, start: int = 0, most: int = 8000) -> dict[str, Any]:
        """Some of the text of a file, to read it oneself and copy quotes from: `most` characters from `start` on."""
        document = text_of(file)
        return {"marking": shown_marking(document.marking), **part_of_text(document, start, max(1, min(most, MOST_SHOWN)))}

    def propose_claims(file: str, reader: str, claims: list[dict[str, Any]], most: int = 50) -> dict[str, Any]:
        """Offers claims that you read in a file, and tells which hold. Each is an object with `quote` and `stance` (accuses,
        endorses, denies, declines, questions, claims, withdraws), and, copied word for word from the text: `source`,
        `accused`, `firmness_words`, `tie_to`, `tie_words`, `victims`, `incident`; `deed` is did, directed or enabled. What
        does not stand in the text is not taken. `reader` is your name; it stands beside your claims.
        """
        return taken.propose(text_of(file), reader, claims, _rows(most))

    def confirm_claims(file: str, reader: str, ids: list[str], most: int = 50) -> dict[str, Any]:
        """Says that you, too, read claims that our own reader reads in a file, by the ids that `ledger` gives."""
        return taken.confirm(text_of(file), reader, ids, _rows(most))

    return open_document, propose_claims, confirm_claims


def _telling(function: Callable[P, dict[str, Any]]) -> Callable[P, dict[str, Any]]:
    """The tool, with a mistake of its caller told as one."""

    @wraps(function)
    def call(*args: P.args, **options: P.kwargs) -> dict[str, Any]:
        try:
            return function(*args, **options)
        except IndiciaError as error:
            raise ToolError(str(error)) from error

    return call


def _marked(case: Case, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer under the strictest marking of what it was made of, and what was left out."""
    left = list(left_out(case.record))
    told = {"left_out": [*left, "`indicia mcp --ceiling` says how far markings may go."]} if left else {}
    return {"marking": marking_of(case.record).label, **told, **answer}


def _rows(most: int) -> int:
    return max(1, min(most, MOST_ROWS))


def _holds_a_case(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(4096)
    return head.startswith(b"SQLite format 3\x00") or (path.suffix == ".json" and b'"versions":' in head and b'"name":' in head)


def _of_text(text: str, date: str | None) -> Record:
    if len(text) > MOST_TEXT:
        raise LimitError(f"a text of {len(text):,} characters is more than is read here", hint="put it into a file")
    document = document_from_text(text, name="text", published=date)
    reading = read_document(document, load())
    record = Record(
        name="text",
        versions=Versions(indicia=__version__),
        documents=(document,),
        claims=reading.claims,
        mentions=reading.mentions,
        problems=reading.problems,
        marking=document.marking,
    )
    return conclude(record, load())


def _weighing(case: Case) -> Weighing:
    weighing = case.record.weighing or conclude(case.record, load()).weighing
    assert weighing is not None
    return weighing


def _weighed(case: Case) -> Weighed:
    return Weighed(_weighing(case))
