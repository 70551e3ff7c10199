"""`indicia read`: the ledger of claims, techniques, indicators and names."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from typer import Argument, Option

from indicia.cli import exits
from indicia.cli.options import Date, Engine, Engines, Json, JsonLines, Master, Output, Unmarked, Voice, read_date
from indicia.cli.readers import Others, asked_readers, fetched_sources
from indicia.cli.results import Count, count_files
from indicia.cli.talk import Talk, plain, standard_input, write_out
from indicia.errors import InputError, UsageError
from indicia.extras import need
from indicia.models import need_models
from indicia.records import Problem
from indicia.writing import PRIVATE, written

if TYPE_CHECKING:
    from indicia.cli.results import Shown
    from indicia.pipeline import Piece

# What `indicia read` writes for machines as it reads: whole lines only, whoever stops it.
_STEP = 1 << 20  # bytes


def answer_lines(voice: Talk, output: Path | None, *, jobs: int | None, published: str | None) -> int:
    """Answers each line of standard input and returns an exit code.

    Raises: InputError where there is no standard input.
    """
    from indicia.pipeline import lines_of, read_lines

    stdin = standard_input()
    if stdin is None:
        raise InputError("there is no standard input here", hint='pipe {"id", "text"} lines into it')
    if stdin.isatty():
        voice.say('reading {"id", "text"} lines from the terminal; Ctrl-D ends them', "dim")
    count = bad = 0
    answers = read_lines(lines_of(stdin), jobs=jobs, published=published, tell=voice.warn)
    with voice.progress() as progress, placed(output) as file, closing(answers):
        writer = _WholeLines(file)
        for answer in answers:
            writer.write(answer.data)
            count += 1
            bad += not answer.fine
            if progress:
                progress("documents", count, None)
    if bad:
        voice.warn(f"{bad:,} of {count:,} lines could not be used; each has an error object with its number")
    elif not count:
        voice.warn("no lines came in")
    return exits.E_NOTHING if count and bad == count else exits.E_PARTIAL if bad else exits.E_OK


class _WholeLines:
    """Writes lines so that Ctrl-C comes before or after one, never within: a second Ctrl-C gives up at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._writing = False
        self._asked = False
        signal.signal(signal.SIGINT, self._interrupt)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if not self._writing or self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def write(self, line: bytes) -> None:
        self._writing = True
        self._file.write(line + b"\n")
        self._file.flush()
        self._writing = False
        if self._asked:
            raise KeyboardInterrupt


def placed(output: Path | None) -> AbstractContextManager[BinaryIO]:
    """The file that takes its name when all is written, or stdout when `output` is None or `-`."""
    if output is not None and str(output) != "-":
        return written(output, new=PRIVATE)
    return nullcontext(cast(BinaryIO, _OnTerminal(sys.stdout.buffer)) if sys.stdout.isatty() else sys.stdout.buffer)


class _OnTerminal:
    """A terminal, which gets nothing to obey. What is written to it is whole lines, or ASCII in between."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.flush = file.flush

    def write(self, data: bytes) -> int:
        return self._file.write(plain(data.decode("utf-8", "replace")).encode())


def _rows(pieces: Iterable[Piece]) -> Iterator[dict[str, Any]]:
    """One row for each document."""
    from indicia.read.rows import reading_row
    from indicia.records import Reading

    for piece in pieces:
        for document in piece.documents:
            reading = Reading(
                document=document.id,
                claims=tuple(claim for claim in piece.claims if claim.quote.document == document.id),
                mentions=tuple(mention for mention in piece.mentions if mention.span.document == document.id),
                problems=piece.problems,
                fallen=piece.fallen,
            )
            yield reading_row(reading, document)


def write_lines(file: BinaryIO, pieces: Iterable[Piece]) -> None:
    """One line for each document, as soon as it is read."""
    import orjson

    writer = _WholeLines(file)
    for row in _rows(pieces):
        writer.write(orjson.dumps(row))


def write_array(file: BinaryIO, pieces: Iterable[Piece]) -> None:
    """`{"documents": [...]}`, each document as soon as it is read."""
    import orjson

    gap = b'{\n  "documents": [\n    '
    for row in _rows(pieces):
        file.write(gap)
        data = orjson.dumps(row, option=orjson.OPT_INDENT_2)
        for at in range(0, len(data), _STEP):  # of what hundreds of thousands of indicators make, no second copy
            file.write(data[at : at + _STEP].replace(b"\n", b"\n    "))
        gap = b",\n    "
    file.write(b"\n  ]\n}\n")
    file.flush()


def read(
    sources: list[str] | None = Argument(None, help="Files, folders, addresses, or - for stdin.", show_default=False),
    as_json: Json = False,
    as_lines: JsonLines = False,
    output: Output = None,
    date: Date = None,
    *,
    others: Others,
    unmarked: Unmarked = None,
    jobs: int | None = Option(None, help="Processes for --jsonl -; all cores by default."),
    engine: Engine = Engines.LOCAL,
    master: Master = None,
    table: str | None = Option(
        None, help="With --engine spark: a table of texts (id, text, date), such as parquet:ADDRESS; needs -o FOLDER."
    ),
    voice: Voice,
) -> int:
    """Who says what about whom, and the techniques, indicators and names, each with its place.

    [bold]Examples[/]

      indicia read statement.html

      indicia read --json advisory.pdf > advisory.json

      indicia read statement.html --reader ollama --model llama3.3   [dim]a model of yours reads, too[/]

      indicia read statement.html --claims theirs.jsonl   [dim]claims of another program, held to the text[/]

      cat texts.jsonl | indicia read --jsonl -     [dim]one {"id", "text", "date"?} a line, one answer a line[/]
    """
    from indicia.cli.results import Shown
    from indicia.knowledge import load
    from indicia.pipeline import each_piece

    if as_json and as_lines:
        raise UsageError("--json and --jsonl exclude each other")
    need_models()
    if engine is Engines.SPARK or table is not None or master is not None:
        return _on_spark(engine, master, table, output, sources, read_date(date))
    if not sources:
        raise UsageError("no texts were given", hint="name files or folders, or - for stdin")
    if as_lines and sources == ["-"]:
        if others.reader is not None or others.claims:
            raise UsageError("a stream is read by our own reader alone", hint="give the texts as files")
        return answer_lines(voice, output, jobs=jobs, published=read_date(date))
    asked = asked_readers(others, unmarked)
    seen = _Seen()
    texts, _ = fetched_sources(sources, voice)
    try:
        with asked.told(voice) as readers, voice.progress() as progress:
            pieces = each_piece(
                texts, load(), published=read_date(date), readers=readers, stdin=standard_input(), progress=progress
            )
            if as_json or as_lines:
                with placed(output) as file:
                    (write_lines if as_lines else write_array)(file, seen.each(pieces))
            else:
                shown = Shown()
                for piece in seen.each(pieces):
                    shown.add(piece)
    finally:
        voice.problems(seen.problems)
        count = seen.count()
        voice.say(str(count), "dim" if count.is_whole else "yellow")
    if not (as_json or as_lines):
        _show(shown, output, voice.color)
    return exits.E_OK if count.is_whole else exits.E_PARTIAL


def _show(shown: Shown, output: Path | None, color: bool) -> None:
    if output is None or str(output) == "-":
        shown.print(sys.stdout, color=color)
    else:
        page = io.StringIO()
        shown.print(page, color=False)
        write_out(page.getvalue().encode("utf-8", "replace"), output)


def _on_spark(
    engine: Engines, master: str | None, table: str | None, output: Path | None, sources: list[str] | None, date: str | None
) -> int:
    if engine is not Engines.SPARK:
        raise UsageError("--table and --master are for --engine spark")
    if table is None or output is None or sources:
        raise UsageError("with Spark, texts are read only from --table, into a folder (-o FOLDER)")
    need("spark")
    from indicia.spark.reading import read_texts
    from indicia.spark.session import begin
    from indicia.spark.tables import read_table

    asked = read_table(table)
    with begin(master) as session:
        read_texts(session, asked, str(output.absolute()), published=date)
    return exits.E_OK


class _Seen:
    """What a run leaves behind when each piece is gone: its problems, and what was read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._read: dict[str, None] = {}

    def count(self) -> Count:
        """What became of the files."""
        return count_files(self._read, self.problems)

    def each(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """The pieces that hold documents. Raises: InputError at the end when there were none."""
        documents = 0
        for piece in pieces:
            documents += len(piece.documents)
            self.problems += piece.problems
            self._read.update((document.name.partition("#char=")[0], None) for document in piece.documents)
            if piece.documents:
                yield piece
        if not documents:
            raise InputError("none of the sources could be used", hint="see the messages above")


# `indicia affairs`: one ledger over the texts that were read on Spark.
def affairs(
    folder: Path = Argument(..., help="What `indicia read --engine spark` wrote.", show_default=False),
    output: Path = Option(..., "-o", "--output", help="The folder of Parquet to write (docs/scale.md).", show_default=False),
    master: Master = None,
) -> int:
    """Which claims in many texts are about the same deed, who repeats whom, and how many voices there are, with Apache Spark.

    [bold]Examples[/]

      indicia read --engine spark --table parquet:archive/ -o read/

      indicia affairs read/ -o ledger/
    """
    need("spark")
    from indicia.spark.ledger import join_ledger
    from indicia.spark.session import begin

    with begin(master) as session:
        join_ledger(session, str(folder.absolute()), str(output.absolute()))
    return exits.E_OK
