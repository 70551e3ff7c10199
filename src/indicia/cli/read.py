"""`indicia read`: the ledger of claims, techniques, indicators and names."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indicia.cli import exits
from indicia.cli.addresses import fetched_sources
from indicia.cli.count import Count, count_files
from indicia.cli.options import (
    Color,
    Date,
    Engine,
    Engines,
    Json,
    JsonLines,
    Master,
    Output,
    Quiet,
    Unmarked,
    Verbose,
    read_date,
    talk,
)
from indicia.cli.readers import (
    ClaimFiles,
    ModelBudget,
    ModelKeyFile,
    ModelMaySee,
    ModelName,
    ModelSeconds,
    ModelUrl,
    OtherReader,
    asked_readers,
)
from indicia.cli.talk import standard_input, write_out
from indicia.errors import InputError, UsageError
from indicia.extras import need
from indicia.models import need_models
from indicia.records import Problem

if TYPE_CHECKING:
    from indicia.pipeline import Piece

__all__ = ["read"]


def read(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Files, folders, addresses, or - for stdin.", show_default=False)
    ] = None,
    as_json: Json = False,
    as_lines: JsonLines = False,
    output: Output = None,
    date: Date = None,
    claims: ClaimFiles = None,
    reader: OtherReader = None,
    model_url: ModelUrl = None,
    model: ModelName = None,
    model_key_file: ModelKeyFile = None,
    model_may_see: ModelMaySee = None,
    model_seconds: ModelSeconds = 120,
    model_budget: ModelBudget = 500,
    unmarked: Unmarked = None,
    jobs: Annotated[int | None, typer.Option("--jobs", help="Processes for --jsonl -; all cores by default.")] = None,
    engine: Engine = Engines.LOCAL,
    master: Master = None,
    table: Annotated[
        str | None,
        typer.Option(
            "--table", help="With --engine spark: a table of texts (id, text, date), such as parquet:ADDRESS; needs -o FOLDER."
        ),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """Who says what about whom, and the techniques, indicators and names, each with its place.

    [bold]Examples[/]

      indicia read statement.html

      indicia read --json advisory.pdf > advisory.json

      indicia read statement.html --reader ollama --model llama3.3   [dim]a model of yours reads, too[/]

      indicia read statement.html --claims theirs.jsonl   [dim]claims of another program, held to the text[/]

      cat texts.jsonl | indicia read --jsonl -     [dim]one {"id", "text", "date"?} a line, one answer a line[/]
    """
    from indicia.cli.shown import Shown
    from indicia.cli.streaming import answer_lines, placed, write_array, write_lines
    from indicia.knowledge import load
    from indicia.pipeline import each_piece

    voice = talk(quiet, verbose, color)
    if as_json and as_lines:
        raise UsageError("--json and --jsonl exclude each other")
    need_models()
    if engine is Engines.SPARK or table is not None or master is not None:
        return _on_spark(engine, master, table, output, sources, read_date(date))
    if not sources:
        raise UsageError("no texts were given", hint="name files or folders, or - for stdin")
    if as_lines and sources == ["-"]:
        if reader is not None or claims:
            raise UsageError("a stream is read by our own reader alone", hint="give the texts as files")
        return answer_lines(voice, output, jobs=jobs, published=read_date(date))
    asked = asked_readers(
        claims=claims,
        reader=reader,
        url=model_url,
        model=model,
        key_file=model_key_file,
        may_see=model_may_see,
        unmarked=unmarked,
        seconds=model_seconds,
        budget=model_budget,
    )
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
        if output is None or str(output) == "-":
            shown.print(sys.stdout, color=color)
        else:
            page = io.StringIO()
            shown.print(page, color=False)
            write_out(page.getvalue().encode("utf-8", "replace"), output)
    return exits.E_OK if count.is_whole else exits.E_PARTIAL


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
