"""What is fuzzed: every log format, the archives that logs come in, every front end, the parser of rules, the lines of
`read --jsonl` and the page's forms.

A target takes bytes and raises for what no bytes may cause: a fault of ours, whoever catches it, more than ten seconds of
processor time, or what cannot be written as JSON. Its seeds are the files in `corpus` whose names begin with its own; the part
after the dash names the format or the front end that is tried even where the bytes are no longer known as it. To add a format,
add a file.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import orjson

from indicia.errors import IndiciaError
from indicia.hunt.logs.formats import FORMATS, Format, LogInput, recognise
from indicia.hunt.logs.inputs import find_logs
from indicia.hunt.match.book import load_rules
from indicia.hunt.rules.sigma import compile_documents, read_documents
from indicia.hunt.sight.scan import Scanner
from indicia.knowledge import load
from indicia.pipeline.stream import read_line
from indicia.read.fronts import open_source
from indicia.read.fronts.formats import FRONTS
from indicia.read.fronts.opened import Limits, to_document
from indicia.read.fronts.sniff import Kind
from indicia.read.reading import read_document
from indicia.read.rows import reading_row
from indicia.records import Document, Problem, to_json
from tests.fuzz import pages
from tests.work import ended_by

__all__ = ["CORPUS", "TARGETS", "mutated", "run", "seeds"]

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 10.0  # seconds of the processor
READ = 3_000  # characters of a document that are read for everything
_FAULT = "a fault in Indicia"
_KINDS = {kind.name.lower(): kind for kind in FRONTS}
_LIMITS = Limits(file_bytes=1 << 20, total_bytes=4 << 20, part_bytes=1 << 16, first_bytes=1 << 15, pdf_seconds=10.0)


@cache
def _scanner() -> Scanner:
    return Scanner(load_rules([], builtin=True)[0], (), 50)


def log(data: bytes, hint: str) -> None:
    """Read as what it is taken for and as what it was made from, through all rules of our own."""
    known = recognise(data[:16_384], "a.log")
    of_hint = next((form for form in FORMATS if form.name == hint), None)
    for form in dict.fromkeys(each for each in (known, of_hint) if each is not None):
        _scan(form, data)


def _scan(form: Format, data: bytes) -> None:
    found = _scanner().scan(form, [LogInput("a.log", lambda: io.BytesIO(data), len(data))], on_batch=_whole)
    faults = [problem.what for problem in found.problems if _FAULT in problem.what]
    assert not faults, f"{form.name}: {faults[0]}"


def _whole(batch: object) -> None:
    """All that may be asked of a batch, as of its first events."""
    from indicia.hunt.events import EventBatch

    assert isinstance(batch, EventBatch)
    for row in range(min(batch.size, 8)):
        to_json(batch.event(row))
    for column in batch.columns.values():
        assert len(column.codes) == batch.size
    batch.raw_text()


def pack(data: bytes, hint: str) -> None:
    """Opened as an archive of logs, and all that is in it read."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "a"
        file.write_bytes(data)
        for item in find_logs([file]):
            if not isinstance(item, Problem):
                with contextlib.suppress(OSError), item[0].open() as stream:  # which whoever reads a log turns into a problem
                    while stream.read(1 << 16):
                        pass


def text(data: bytes, hint: str) -> None:
    """Opened as any source and by the front end that it was made for, and read."""
    documents = list(open_source("-", stdin=io.BytesIO(data), limits=_LIMITS).documents)
    kind = _KINDS.get({"stix": "json", "misp": "json", "navigator": "json"}.get(hint, hint))
    if kind is not None and kind is not Kind.PDF:  # a process each; opened above where it still is one
        try:
            parsed = FRONTS[kind](data, "a", _LIMITS, None)
            document = to_document("a", data, parsed)
            if parsed.find is not None:
                parsed.find(document)
            documents.append(document)
        except (IndiciaError, RecursionError):  # which the way in turns into a problem
            pass
    for document in documents[:2]:
        short = Document(
            id=document.id, name=document.name, text=document.text[:READ], sha256="", media_type=document.media_type
        )
        orjson.dumps(reading_row(read_document(short, load()), short))
        to_json(document)


def rule(data: bytes, hint: str) -> None:
    """Read and compiled."""
    documents, _ = read_documents(data, "a.yml")
    compile_documents([("a.yml", documents)])


def line(data: bytes, hint: str) -> None:
    """Answered."""
    answer = read_line(data, 1)
    assert _FAULT.encode() not in answer.data, answer.data[:500]


TARGETS: dict[str, Callable[[bytes, str], None]] = {
    "log": log,
    "pack": pack,
    "text": text,
    "rule": rule,
    "line": line,
    "form": pages.form,
}


def seeds(target: str) -> list[tuple[str, bytes]]:
    """The name and the bytes of each file in the corpus that a target begins with."""
    return [(path.name, path.read_bytes()) for path in sorted(CORPUS.iterdir()) if path.name.split("-")[0] == target]


def run(target: str, name: str, data: bytes) -> None:
    """One input through its target. Raises whatever must not be."""
    with ended_by(LONGEST):
        TARGETS[target](data, name.partition("-")[2].split(".")[0])


TOKENS = (
    *(b"\x00", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b"\n\n", b"\t", b" ", b"\x1f\x8b", b"PK\x03\x04"),
    *(b'"', b"'", b"`", b"(", b")", b"[", b"]", b"{", b"}", b"<", b">", b"&", b"#", b"%", b"\\", b"/", b"|"),
    *(b"*", b":", b"=", b"-"),
    *(b"0", b"-1", b"9" * 19, b"9" * 25, b"9" * 400, b"1e308", b"1e999", b"-1e999", b"NaN", b"0x", b"null", b"true", b"1.5"),
    *(b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59.999999-14:00", b"2021-02-30", b"99/Zzz/9999:99:99:99 +9999"),
    *(b"\\ud800", b"\\u0000", b"\xed\xa0\x80", b"\xe2\x80\xae", b"&#0;", b"&#x110000;", b"<![CDATA[", b"<!--", b"]]>"),
    *(b"=?utf-8?b?", b"?="),
    *(b"a" * 300, b"[" * 300, b"{\"a\":" * 300, b"<div>" * 300, b"(" * 300, b"%s", b"${x}", b"\n#Fields: ", b"a{99999999999}"),
)  # fmt: skip


def mutated(data: bytes, others: list[bytes], random: Random) -> bytes:
    """The bytes with up to a dozen faults: cut, doubled, overwritten, spliced, and with what parsers trip over put in."""
    made = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 3, 5, 12))):
        at = random.randrange(len(made) + 1)
        end = min(len(made), at + random.choice((1, 1, 2, 4, 16, 64, 300)))
        match random.randrange(8):
            case 0:
                made[at:at] = random.choice(TOKENS)
            case 1:
                made[at:end] = random.choice(TOKENS)
            case 2:
                del made[at:end]
            case 3:
                made[at:at] = made[at:end] * random.choice((1, 2, 50))
            case 4:
                made[at:end] = random.randbytes(end - at)
            case 5:
                other = random.choice(others)
                start = random.randrange(len(other) + 1)
                made[at:at] = other[start : start + random.choice((4, 40, 400))]
            case 6:  # a number, where one stands
                digits = [place for place in range(at, min(at + 200, len(made))) if 48 <= made[place] <= 57]
                if digits:
                    made[digits[0] : digits[0] + random.randrange(1, 5)] = random.choice(TOKENS)
            case _:
                if random.random() < 0.3:
                    del made[max(at, 1) :]
    return bytes(made[: 1 << 17])
