"""What is fuzzed: all that reads what others wrote.

To add a format, add a file to `corpus`; to add a reader, a function and a row.
"""

from __future__ import annotations

import contextlib
import io
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from indicia.advise.words import read_profile
from indicia.cli.settings import by_command, in_force
from indicia.errors import IndiciaError
from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats import FORMATS, Format, LogInput, recognise
from indicia.hunt.logs.inputs import find_logs
from indicia.hunt.match.book import load_rules
from indicia.hunt.rules.sigma import compile_documents, read_documents
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.sight.scan import Scanner
from indicia.hunt.tuning import read_tuning
from indicia.knowledge import load
from indicia.knowledge.updating import update
from indicia.pipeline import as_left, load_case
from indicia.pipeline.sources import read_sources
from indicia.pipeline.stream import read_line
from indicia.read.fronts import Held, open_source
from indicia.read.fronts.formats import FRONTS
from indicia.read.fronts.office import read_message_here
from indicia.read.fronts.opened import Limits, to_document
from indicia.read.fronts.sniff import FileKind
from indicia.read.fronts.syndication import entries_of
from indicia.read.indicators import find_indicators
from indicia.read.names import find_names
from indicia.read.reading import read_document
from indicia.read.rows import reading_row
from indicia.read.techniques import find_techniques
from indicia.records import Document, Problem, to_json
from indicia.share import pieces
from indicia.share.stix import read_bundle
from scripts.cli_reference import parser
from tests import sample_case
from tests.fuzz import pages
from tests.fuzz.offices import office_files
from tests.fuzz.seeds import Real
from tests.fuzz.target import Target

__all__ = ["TARGETS"]

READ = 3_000  # characters of a document that are read for everything
_FAULT = "a fault in Indicia"
_KINDS = {kind.name.lower(): kind for kind in FRONTS}
_JSON = {"stix": "json", "misp": "json", "navigator": "json"}
_LIMITS = Limits(file_bytes=1 << 20, total_bytes=4 << 20, part_bytes=1 << 16, first_bytes=1 << 15, pdf_seconds=10.0)
_SHARED = ("md", "csv", "stix", "misp", "navigator", "timesketch", "html")


@cache
def _scanner() -> Scanner:
    sought = (IndicatorSought(type="ipv4-addr", value="198.51.100.7"), IndicatorSought(type="domain-name", value="a.example"))
    return Scanner(load_rules([], builtin=True)[0], sought, 50)


def _forms(data: bytes, hint: str) -> list[Format]:
    """What the bytes are taken for, and what they were made from."""
    of_hint = next((form for form in FORMATS if form.name == hint), None)
    return [form for form in dict.fromkeys((recognise(data[:16_384], "a.log"), of_hint)) if form is not None]


def log(data: bytes, hint: str) -> None:
    """Read, and all of it asked for."""
    for form in _forms(data, hint):
        wanted = _scanner().wanted(form, whole=True)
        with contextlib.suppress(OSError, EOFError):  # which whoever reads a log turns into a problem
            for item in form.read([LogInput("a.log", lambda: io.BytesIO(data), len(data))], wanted):
                if not isinstance(item, Problem):
                    _whole(item)


def hunt(data: bytes, hint: str) -> None:
    """Through all rules of our own and some indicators."""
    for form in _forms(data, hint):
        _scanner().begin()
        found = _scanner().scan(form, [LogInput("a.log", lambda: io.BytesIO(data), len(data))])
        faults = [problem.what for problem in found.problems if _FAULT in problem.what]
        assert not faults, f"{form.name}: {faults[0]}"


def _whole(batch: EventBatch) -> None:
    """All that may be asked of a batch, as of its first events."""
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


def _documents(data: bytes, hint: str) -> list[Document]:
    """Opened as any source and by the front end that it was made for."""
    documents = list(open_source("-", stdin=io.BytesIO(data), limits=_LIMITS).documents)
    kind = _KINDS.get(_JSON.get(hint, hint))
    if kind is not None and kind is not FileKind.PDF:  # a process each; opened above where it still is one
        try:
            parsed = FRONTS[kind](data, "a", _LIMITS, None)
            document = to_document("a", data, parsed)
            if parsed.find is not None:
                parsed.find(document)
            documents.append(document)
        except (IndiciaError, RecursionError):  # which the way in turns into a problem
            pass
    for document in documents:
        to_json(document)
    return documents


def text(data: bytes, hint: str) -> None:
    """Through its front end, and what stands in it but claims found."""
    for document in _documents(data, hint)[:2]:
        short = _short(document)
        find_indicators(short)
        find_names(short, load())
        find_techniques(short, load())


def office(data: bytes, hint: str) -> None:
    """Read by the front end that it was made for, in this process where that may be."""
    front = read_message_here if hint == "message" else lambda *given: FRONTS[_KINDS[hint]](*given, None)
    with contextlib.suppress(IndiciaError, RecursionError):  # which the way in turns into a problem
        parsed = front(data, "a", _LIMITS)
        to_json(to_document("a", data, parsed))
        for _, content in parsed.attached:
            assert content is not None


def claims(data: bytes, hint: str) -> None:
    """Read for everything, which takes a hundred times as long."""
    for document in _documents(data, hint)[:1]:
        short = _short(document)
        orjson.dumps(reading_row(read_document(short, load()), short))


def _short(document: Document) -> Document:
    return Document(id=document.id, name=document.name, text=document.text[:READ], sha256="", media_type=document.media_type)


def sought(data: bytes, hint: str) -> None:
    """What a machine-readable report says outright, as the sources of a case and the indicators of a hunt are read."""
    read_sources([Held("a", data[: 1 << 14])], load())


def rule(data: bytes, hint: str) -> None:
    """Read and compiled."""
    documents, _ = read_documents(data, "a.yml")
    compile_documents([("a.yml", documents)])


def line(data: bytes, hint: str) -> None:
    """Answered."""
    answer = read_line(data, 1)
    assert _FAULT.encode() not in answer.data, answer.data[:500]


def setting(data: bytes, hint: str) -> None:
    """The files with which a user says how it is to be."""
    words = data.decode("utf-8", "replace")
    read_profile(words)
    with contextlib.suppress(IndiciaError):
        read_tuning(words, "a.yml")
    with TemporaryDirectory() as folder, contextlib.suppress(IndiciaError):
        file = Path(folder) / "config.toml"
        file.write_bytes(data)
        os.environ["INDICIA_SETTINGS"] = str(file)
        try:
            by_command(in_force(_parser()))
        finally:
            del os.environ["INDICIA_SETTINGS"]


@cache
def _parser() -> object:
    return parser()


def feed(data: bytes, hint: str) -> None:
    """Its entries, and their pages."""
    with contextlib.suppress(IndiciaError):
        for entry in entries_of(data, "https://feeds.example.org/a"):
            assert entry.digest


def case(data: bytes, hint: str) -> None:
    """A case of somebody else, looked at and passed on; a bundle of ours read back."""
    with contextlib.suppress(IndiciaError):
        if hint == "bundle":
            opened = read_bundle(data)
        else:
            with TemporaryDirectory() as folder:
                file = Path(folder) / "case.json"
                file.write_bytes(data)
                opened = load_case(file)
        left = as_left(opened, load())
        for form in _SHARED:
            b"".join(pieces(left, form, load()))


def _cases() -> list[tuple[str, bytes]]:
    made = sample_case.small_case()
    return [("case-json.json", to_json(made)), ("case-bundle.json", b"".join(pieces(made, "stix", load())))]


def official(data: bytes, hint: str) -> None:
    """Taken for an official file of what is known."""
    with TemporaryDirectory() as folder, contextlib.suppress(IndiciaError):
        file = Path(folder) / "a.json"
        file.write_bytes(data)
        update([file], Path(folder) / "out")


def _logs() -> list[tuple[str, bytes]]:
    """What the tests of formats and of kinds of records give, and tables of both binary kinds."""
    found = [(f"log-{one['format']}.txt", str(one["text"]).encode()) for one in _cases_of("engine_formats") if "text" in one]
    found += [("log-jsonl.txt", str(one["text"]).encode()) for one in _cases_of("envelopes")]
    for one in _cases_of("sources"):
        found += [("log-jsonl.txt", orjson.dumps(one["record"]))] if "record" in one else []
        found += [("log-lines.txt", f"{one['line']}\n".encode())] if "line" in one else []
    table = pa.table(
        {
            "Timestamp": pa.array([datetime(2026, 3, 1, 10, second, tzinfo=UTC) for second in range(4)]),
            "EventID": [1, 1, 3, None],
            "CommandLine": pa.array(["whoami", "whoami", None, "net user"]).dictionary_encode(),
            "Hosts": [["a", "b"], [], None, ["c"]],
            "More": pa.array([[("k", "v")], [], None, [("l", None)]], pa.map_(pa.string(), pa.string())),
        }
    )
    packed, plain = io.BytesIO(), io.BytesIO()
    pq.write_table(table, packed)
    with pa.ipc.new_file(plain, table.schema) as file:
        file.write_table(table)
    return [*found, ("log-parquet.parquet", packed.getvalue()), ("log-parquet.arrow", plain.getvalue())]


def _cases_of(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(
        (Path(__file__).parents[1] / "cases" / "hunt" / f"{name}.yml").read_text("utf-8")
    )
    return found


_LOGS = (
    Real("examples/exchange-2021/logs/**/HttpProxy_*.gz", "httpproxy", ours=True),
    Real("examples/exchange-2021/logs/**/u_ex*.gz", "iis", ours=True),
    Real("examples/exchange-2021/logs/**/ECPServer*.LOG", "ecp-server", ours=True),
    Real("examples/exchange-2021/logs/**/*.jsonl", "windows-json", ours=True),
    Real("logs/evtx-attack-samples/**/*.evtx", "evtx"),
    Real("sigma/regression_data/**/*.json", "windows-json"),
)
_TEXTS = (
    Real("examples/exchange-2021/texts/*.txt", "plain", ours=True),
    Real("examples/exchange-2021/texts/*.html", "html", ours=True),
    Real("docs/*.md", "markdown", ours=True),
    Real("cases/**/*.txt", "plain"),
    Real("reading/annoctr/*.json", "json"),
    Real("attack/*-12.1.json.gz", "stix"),
    Real("knowledge/misp-galaxy/*.json", "json"),
)
_RULES = (
    Real("src/indicia/hunt/**/*.yml", "plain", ours=True),
    Real("sigma/rules/**/*.yml", "plain"),
    Real("sigma/rules-*/**/*.yml", "plain"),
)
_OFFICIAL = (Real("attack/*-12.1.json.gz", ""), Real("knowledge/kev/*.json", ""), Real("knowledge/mappings/*.json", ""),
             Real("knowledge/misp-galaxy/mitre-d3fend.json", ""))  # fmt: skip

TARGETS: dict[str, Target] = {
    "log": Target(log, 355, "log-*", _LOGS, _logs),
    "hunt": Target(hunt, 20, "log-*", _LOGS, _logs),
    "pack": Target(pack, 100, "pack-*"),
    "text": Target(text, 200, "text-*", _TEXTS),
    "office": Target(office, 30, "office-*", made=office_files),
    "claims": Target(claims, 8, "text-*", _TEXTS),
    "sought": Target(sought, 5, "text-[smnc]*[nv]"),
    "rule": Target(rule, 150, "rule-*", _RULES),
    "line": Target(line, 20, "line-*"),
    "setting": Target(setting, 50, "setting-*"),
    "feed": Target(feed, 50, "feed-*"),
    "case": Target(case, 5, "case-*", made=_cases),
    "official": Target(official, 7, "official-*", _OFFICIAL),
    "form": Target(pages.form, 30, "form-*"),
}
