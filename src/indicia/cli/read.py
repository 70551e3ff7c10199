"""`indicia read`: the ledger of claims, techniques, indicators and names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from indicia.cli import exits
from indicia.cli.options import Color, Date, Json, JsonLines, Output, Quiet, Verbose, read_date, talk
from indicia.cli.talk import plain, standard_input, write_out
from indicia.errors import InputError, UsageError
from indicia.records import Basis, Claim, Document, Mention, MentionKind, Severity, Stance

__all__ = ["read"]


def read(
    sources: Annotated[list[str], typer.Argument(help="Files, folders, or - for stdin.", show_default=False)],
    as_json: Json = False,
    as_lines: JsonLines = False,
    output: Output = None,
    date: Date = None,
    jobs: Annotated[int | None, typer.Option("--jobs", help="Processes for --jsonl -; all cores if not given.")] = None,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """Who says what about whom, and the techniques, indicators and names, each with its place.

    [bold]Examples[/]

      indicia read statement.html

      indicia read --json advisory.pdf > advisory.json

      cat texts.jsonl | indicia read --jsonl -     [dim]one {"id", "text", "date"?} a line, one answer a line[/]
    """
    from indicia.cli.streaming import answer_lines
    from indicia.knowledge import load
    from indicia.pipeline import read_sources

    voice = talk(quiet, verbose, color)
    if as_json and as_lines:
        raise UsageError("--json and --jsonl exclude each other")
    if as_lines and sources == ["-"]:
        return answer_lines(voice, output, jobs=jobs, published=read_date(date))
    with voice.progress() as progress:
        documents, claims, mentions, problems = read_sources(
            sources, load(), published=read_date(date), stdin=standard_input(), progress=progress
        )
    voice.problems(problems)
    if not documents:
        raise InputError("none of the sources could be used", hint="see the messages above")
    if as_json or as_lines:
        write_out(_machine(documents, claims, mentions, as_lines), output)
    else:
        _show(documents, claims, mentions, color)
    return exits.E_PARTIAL if any(problem.severity is Severity.FAILED for problem in problems) else exits.E_OK


_STYLES = {
    Stance.ACCUSES: "red",
    Stance.ENDORSES: "magenta",
    Stance.DENIES: "green",
    Stance.DECLINES: "dim",
    Stance.QUESTIONS: "yellow",
}


def _machine(documents: Sequence[Document], claims: Sequence[Claim], mentions: Sequence[Mention], as_lines: bool) -> bytes:
    import orjson

    from indicia.read.rows import reading_row
    from indicia.records import Reading

    rows = [
        reading_row(
            Reading(
                document=document.id,
                claims=tuple(claim for claim in claims if claim.quote.document == document.id),
                mentions=tuple(mention for mention in mentions if mention.span.document == document.id),
            ),
            document,
        )
        for document in documents
    ]
    if as_lines:
        return b"".join(orjson.dumps(row) + b"\n" for row in rows)
    return orjson.dumps({"documents": rows}, option=orjson.OPT_INDENT_2) + b"\n"


def _show(documents: Sequence[Document], claims: Sequence[Claim], mentions: Sequence[Mention], color: bool) -> None:
    from indicia.share.brief.inert import defang

    console = Console(no_color=not color, highlight=False)
    by_id = {document.id: document for document in documents}
    console.print(f"[bold]{len(claims)} claims[/]")
    for claim in claims:
        document = by_id[claim.quote.document]
        party = claim.source.party
        accused = claim.accused.party
        level = (claim.accused.level or claim.accused.type).value
        said = [claim.firmness.value + (f" “{claim.firmness_cue.text}”" if claim.firmness_cue else "")]
        said += [claim.basis.value] if claim.basis is not Basis.NONE_STATED else []
        said += [claim.date] if claim.date else []
        said += ["via " + ", ".join(span.text for span in claim.source.via)] if claim.source.via else []
        source, target = (escape(plain(one.canonical if one else "(nobody named)")) for one in (party, accused))
        stance = f"[{_STYLES[claim.stance]}]{claim.stance.value}[/]"
        console.print(f"\n[bold]{source}[/] {stance} [bold]{target}[/] ({level}; {escape(plain('; '.join(said)))})")
        console.print(f"    [italic]{escape(plain(' '.join(claim.quote.text.split())))}[/]")
        console.print(
            f"    [dim]{escape(plain(f'{document.name}, {document.where(claim.quote.start)}'))}; score {claim.score:.2f}[/]"
        )
    console.print()
    for kind in MentionKind:
        values: dict[str, int] = {}
        for mention in mentions:
            if mention.kind is kind:
                shown = defang(mention.value) if kind is MentionKind.INDICATOR else mention.value
                shown = f"{shown} ({mention.context.value})" if mention.context.value != "stated" else shown
                values[shown] = values.get(shown, 0) + 1
        if values:
            listed = ", ".join(f"{value} x{count}" if count > 1 else value for value, count in sorted(values.items()))
            console.print(f"[bold]{kind.value}[/] ({len(values)}): {escape(plain(listed))}")
