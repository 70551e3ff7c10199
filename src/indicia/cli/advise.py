"""`indicia advise`: what do we do?"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from indicia import __version__
from indicia.cli import exits
from indicia.cli.options import Json, Output, Voice, short_id
from indicia.cli.results import marked_json
from indicia.cli.talk import console_for, plain, write_out
from indicia.errors import UsageError
from indicia.records import Advice, Case, Measure, MeasureKind, Mention, MentionKind, Span, Tlp, Versions, stable_id
from indicia.view.first import by_when

GOALS = ("CISA CPG 2.0 ", "NIST CSF 2.0 ")


def advise(
    case: Annotated[str | None, typer.Argument(help="A case file, or the folder of a brief.", show_default=False)] = None,
    techniques: Annotated[
        list[str] | None, typer.Option("--techniques", help="ATT&CK techniques or CVEs: T1190 CVE-2021-26855")
    ] = None,
    have: Annotated[
        list[str] | None,
        typer.Option("--have", help="What is already in place, and what you are: edr,mfa,small,energy ..."),
    ] = None,
    as_json: Json = False,
    output: Output = None,
    *,
    voice: Voice,
) -> int:
    """What to patch, mitigate, detect and hunt for, the most effective first, each with its reason.

    [bold]Examples[/]

      indicia advise brief/ --have mfa,edr

      indicia advise --techniques T1190 T1505.003 CVE-2021-26855
    """
    from indicia.advise.advice import advise as advise_case
    from indicia.cli.options import words
    from indicia.knowledge import load
    from indicia.pipeline import as_left, load_case
    from indicia.share.redact import marking_of

    if (case is None) == (not techniques):
        raise UsageError("give either a case or --techniques", hint="for example: indicia advise --techniques T1190 T1505.003")
    knowledge = load()
    subject = as_left(load_case(case), knowledge) if case is not None else _by_hand(words(techniques))
    marking = marking_of(subject) if case is not None else None
    advice = advise_case(subject, knowledge, have=words(have) if have else None)
    if as_json:
        write_out(marked_json(advice, marking) + b"\n", output)
    else:
        _show(advice, marking, voice.color, queries=voice.verbose > 0)
    return exits.E_OK


def _by_hand(ids: tuple[str, ...]) -> Case:
    """A case that holds nothing but the ids that a person gave; their own words are the source."""
    mentions = []
    for identity in ids:
        vulnerability = identity.upper().startswith("CVE-")
        mentions.append(
            Mention(
                id=stable_id("mention", "by hand", identity),
                kind=MentionKind.VULNERABILITY if vulnerability else MentionKind.TECHNIQUE,
                value=identity.upper(),
                target=None if vulnerability else identity.upper(),
                span=Span(document="by hand", start=0, end=len(identity), text=identity),
                method="by hand",
            )
        )
    return Case(name="by hand", versions=Versions(indicia=__version__), mentions=tuple(mentions))


def _details(measure: Measure) -> str:
    """By when, what it costs, whence it is known and which goals ask for it."""
    cost = {1: "hours to days", 2: "weeks", 3: "months"}[measure.effort]
    asked = {name: [one.removeprefix(name) for one in measure.references if one.startswith(name)] for name in GOALS}
    goals = [f"{name}{', '.join(ids)}" for name, ids in asked.items() if ids]
    return "; ".join(
        (by_when(measure), f"{cost} of work", measure.rank.value, measure.source, *goals, f"id {short_id(measure.id)}")
    )


def _show(advice: Advice, marking: Tlp | None, color: bool, *, queries: bool) -> None:
    console = console_for(color)
    if marking is not None:
        console.print(marking.label, style="bold")
    if advice.summary:
        console.print(escape(plain(advice.summary)))
    for number, measure in enumerate(advice.measures, 1):
        due = f" [red]CISA: {measure.due}[/]" if measure.due else ""
        done = " [green](in place)[/]" if measure.in_place else ""
        console.print(f"[bold]{number}. {escape(plain(measure.title))}[/] [dim]{measure.kind.value}[/]{due}{done}")
        console.print(f"   {escape(plain(measure.instruction))}")
        if measure.why:
            console.print(f"   {escape(plain(measure.why))}")
        if measure.kind is MeasureKind.HUNT and measure.text:
            if queries:
                console.print(escape(plain(measure.text)), style="cyan", soft_wrap=True)
            else:
                console.print("   [dim]-v shows the query for Splunk, Elastic and Kusto[/]")
        console.print(f"   [dim]{escape(plain(_details(measure)))}[/]")
    for gap in advice.gaps:
        console.print(f"[yellow]gap:[/] {escape(plain(gap))}")
