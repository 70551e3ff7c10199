"""`indicia compare-readers`: who reads what, side by side."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Annotated, Any

import typer

from indicia.cli import exits
from indicia.cli.options import Date, Json, Output, Unmarked, Voice, read_date
from indicia.cli.readers import Others, asked_readers
from indicia.cli.results import strictest_shown
from indicia.cli.talk import console_for, plain, standard_input, write_out
from indicia.errors import InputError, UsageError
from indicia.models import need_models
from indicia.records import Tlp, shown_marking


def compare_readers(
    sources: Annotated[list[str], typer.Argument(help="Files, folders, or - for stdin.", show_default=False)],
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
