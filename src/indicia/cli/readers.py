"""Readers beside our own that the command line asks for: a model behind an address, and files of claims."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import orjson
import typer
from typer import Argument

from indicia.cli import exits
from indicia.cli.exchange import read_secret
from indicia.cli.options import Date, Json, MadeOf, Output, Unmarked, Voice, read_date, read_marking
from indicia.cli.results import strictest_shown
from indicia.cli.talk import Talk, console_for, plain, standard_input, write_out
from indicia.errors import InputError, UsageError
from indicia.fetching import Fetcher, host_of, place_of
from indicia.models import need_models
from indicia.read.fronts import Held
from indicia.records import Tlp, shown_marking
from indicia.writing import write_atomically

if TYPE_CHECKING:
    from indicia.read.offered import FromFile
    from indicia.read.reading import Reader
    from indicia.readers import ModelReader

ClaimFiles = Annotated[
    list[Path] | None,
    typer.Option("--claims", help="A file of claims by another reader (docs/readers.md). May be repeated."),
]
OtherReader = Annotated[
    str | None,
    typer.Option("--reader", help="Let a language model read too, under this name: ollama, llama.cpp, vllm, lmstudio or any."),
]
ModelUrl = Annotated[
    str | None,
    typer.Option("--model-url", help="Where the model of --reader is asked, such as http://127.0.0.1:11434/v1."),
]
ModelName = Annotated[str | None, typer.Option("--model", help="What the server calls the model of --reader.")]
ModelKeyFile = Annotated[
    str | None, typer.Option("--model-key-file", help="A file with the key of the model's server; - reads it from stdin.")
]
ModelMaySee = Annotated[
    str | None,
    typer.Option(
        "--model-may-see",
        help="The highest marking that the model is shown: clear, green or amber. Elsewhere than on this machine: clear.",
        show_default=False,
    ),
]
ModelSeconds = Annotated[float, typer.Option("--model-seconds", help="Seconds to wait for one answer of the model.", min=1)]
ModelBudget = Annotated[int, typer.Option("--model-budget", help="Requests that a run may send to the model.", min=1)]


@dataclass(slots=True)
class Asked:
    """The readers of one run."""

    model: ModelReader | None = None
    files: list[FromFile] = field(default_factory=list)

    @property
    def readers(self) -> tuple[Reader, ...]:
        return (*((self.model,) if self.model is not None else ()), *self.files)

    @contextmanager
    def told(self, voice: Talk) -> Iterator[tuple[Reader, ...]]:
        """The readers for a run, at whose end it is said what was sent where, and which claims nobody had a text for."""
        try:
            yield self.readers
        finally:
            if self.model is not None:
                voice.say(f"{self.model.name}: {self.model.spent}")
            for name in (name for file in self.files for name in file.unasked()):
                voice.warn(f"claims are given on {name}, which is none of the texts")


class OtherReaders(NamedTuple):
    """What the options say of those who read beside our own reader: files of claims, and a model."""

    claims: ClaimFiles = None
    reader: OtherReader = None
    model_url: ModelUrl = None
    model: ModelName = None
    model_key_file: ModelKeyFile = None
    model_may_see: ModelMaySee = None
    model_seconds: ModelSeconds = 120
    model_budget: ModelBudget = 500


Others = Annotated[OtherReaders, MadeOf(OtherReaders)]


def asked_readers(others: OtherReaders, unmarked: str | None) -> Asked:
    """Those who read beside our own reader in a run. Opens no connection. Raises: UsageError, InputError, FormatError, each
    with what to do."""
    from indicia.read.offered import read_offered

    files = [one for path in others.claims or () for one in read_offered(path)]
    return Asked(None if others.reader is None else _model_reader(others.reader, others, unmarked), files)


def _model_reader(reader: str, by: OtherReaders, unmarked: str | None) -> ModelReader:
    from indicia.read.offered import usable_name
    from indicia.readers import Budget, ModelReader, ModelServer, known_server

    try:
        name = usable_name(reader)
    except ValueError as error:
        raise UsageError(str(error), hint="--reader takes a short name of your own") from None
    address = by.model_url or known_server(name)
    if address is None:
        raise UsageError(f"where is {name!r} asked?", hint="--model-url http://HOST:PORT/v1")
    if by.model is None:
        raise UsageError(f"which model of {name!r} reads?", hint="--model NAME, as the server calls it")
    server = ModelServer(address, by.model, key=read_secret(by.model_key_file), seconds=by.model_seconds)
    allowed, counts = read_marking(by.model_may_see), read_marking(unmarked)
    return ModelReader(name, server, may_see=allowed, unmarked=counts, budget=Budget(requests=by.model_budget))


def compare_readers(
    sources: list[str] = Argument(..., help="Files, folders, or - for stdin.", show_default=False),
    *,
    others: Others,
    unmarked: Unmarked = None,
    date: Date = None,
    as_json: Json = False,
    output: Output = None,
    voice: Voice,
) -> int:
    """Which claims our own reader and others read in the same texts, and which only one of them.

    [bold]Examples[/]

      indicia compare-readers statements/ --claims theirs.jsonl

      indicia compare-readers statements/ --reader ollama --model llama3.3 --claims theirs.jsonl
    """
    import orjson

    need_models()
    asked = asked_readers(others, unmarked)
    if not asked.readers:
        raise UsageError("there is nobody to compare with", hint="--claims FILE or --reader NAME")
    with asked.told(voice) as readers, voice.progress() as progress:
        marking, rows, fell = _compared(sources, readers, read_date(date), progress)
    told = {
        "marking": marking,
        "claims": rows,
        "not_taken": {f"{name}: {why}": count for (name, why), count in sorted(fell.items())},
    }
    if as_json:
        write_out(orjson.dumps(told, option=orjson.OPT_INDENT_2), output)
        return exits.E_OK
    console = console_for(voice.color, sys.stdout)
    console.print(marking, markup=False)
    for row in rows:
        who = " and ".join(row["readers"])
        console.print(f"{plain(row['document'])}  {plain(who)}: {plain(row['says'])}", markup=False, soft_wrap=True)
    counted = Counter(" and ".join(row["readers"]) + ("" if len(row["readers"]) > 1 else " alone") for row in rows)
    console.print()
    for who, count in counted.most_common():
        console.print(f"{count:>6}  {plain(who)}", markup=False)
    for (name, why), count in sorted(fell.items()):
        console.print(f"{count:>6}  {plain(name)}, not taken: {why}", markup=False)
    return exits.E_OK


def _compared(
    sources: list[str], readers: Any, published: str | None, progress: Any
) -> tuple[str, list[dict[str, Any]], Counter[tuple[str, str]]]:
    """The strictest marking of the texts; each claim that anybody reads, with who does, in the order of the texts; and what
    fell, by reader and reason."""
    from indicia.knowledge import load
    from indicia.pipeline import each_piece
    from indicia.share.stix.told import headline

    rows: list[dict[str, Any]] = []
    fell: Counter[tuple[str, str]] = Counter()
    markings: list[Tlp | None] = []
    for piece in each_piece(sources, load(), published=published, readers=readers, stdin=standard_input(), progress=progress):
        markings += (document.marking for document in piece.documents)
        names = {document.id: document.file_name for document in piece.documents}
        fell.update((one.reader, one.fault.value) for one in piece.fallen)
        for claim in piece.claims:
            rows.append(
                {
                    "document": names[claim.quote.document],
                    "readers": list(claim.readers),
                    "says": headline(claim),
                    "score": claim.score,
                    "quote": claim.quote.text,
                    "start": claim.quote.start,
                    "end": claim.quote.end,
                }
            )
    if not markings:
        raise InputError("none of the sources could be used", hint="check the paths")
    return shown_marking(strictest_shown(markings)), rows, fell


# Addresses in the place of files: each is fetched once, because the user wrote it, and kept beside what was made of it.
LARGEST = 20_000_000  # bytes of one page or file
_ENDINGS = {"text/html": ".html", "application/pdf": ".pdf", "text/plain": ".txt", "application/json": ".json"}


class Page(NamedTuple):
    """What an address gave, and when."""

    address: str
    time: str
    data: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def fetched_sources(sources: Sequence[str], voice: Talk) -> tuple[list[str | Held], list[Page]]:
    """The sources with what stands at an address in its place, and those pages.

    Only the hosts that are written are asked, with or without `www.`; none in a private network, unless it is written outright.
    Raises: UsageError, InputError, LimitError, each with what to do.
    """
    out: list[str | Held] = []
    pages: list[Page] = []
    for source in sources:
        if not host_of(source):
            out.append(source)
            continue
        host = host_of(source)
        port = place_of(source).removeprefix(host)
        bare = host.removeprefix("www.")
        found = Fetcher(frozenset(f"{one}{port}" for one in (host, bare, f"www.{bare}")), largest=LARGEST).get(source)
        assert found is not None  # without a version to compare with there is always an answer
        page = Page(source, datetime.now(UTC).isoformat(timespec="seconds"), found.data, found.media_type)
        voice.say(f"fetched {source}: {len(page.data):,} bytes, SHA-256 {page.sha256[:12]}…", "dim")
        pages.append(page)
        out.append(Held(source, page.data))
    return out, pages


def keep_pages(pages: Sequence[Page], folder: Path) -> None:
    """Writes the pages as they came, and a list of them with their times and hashes."""
    rows = []
    for page in pages:
        file = f"{host_of(page.address)}-{page.sha256[:12]}{_ENDINGS.get(page.media_type, '')}"
        write_atomically(folder / file, page.data)
        rows.append({"address": page.address, "time": page.time, "sha256": page.sha256, "file": file})
    if rows:
        write_atomically(folder / "fetched.json", orjson.dumps(rows, option=orjson.OPT_INDENT_2))
