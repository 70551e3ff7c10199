"""`indicia weigh`: do the grounds hold?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from typer import Argument, Option

from indicia import __version__
from indicia.cli import exits
from indicia.cli.options import Json, Output, Voice, short_id
from indicia.cli.results import marked_json, strictest_shown
from indicia.cli.talk import Talk, console_for, plain, standard_input, write_out
from indicia.errors import UsageError
from indicia.records import (
    Advice,
    Assessment,
    Case,
    Claim,
    Evidence,
    Measure,
    MeasureKind,
    Mention,
    MentionKind,
    Span,
    Tlp,
    Verdict,
    Versions,
    Weighing,
    stable_id,
    those_counted,
    to_check,
)
from indicia.view.first import by_when

if TYPE_CHECKING:
    from indicia.knowledge import Knowledge
    from indicia.weigh.stress import Stress


def weigh(
    case: str | None = Argument(None, help="A case file, or the folder of a brief.", show_default=False),
    techniques: list[str] | None = Option(None, help="ATT&CK techniques: T1190 T1505.003"),
    software: list[str] | None = Option(None, help="ATT&CK software ids or names: S0020"),
    victims: list[str] | None = Option(None, help="Victims' countries, ISO codes: NO FI"),
    sectors: list[str] | None = Option(None, help="Victims' sectors: energy government"),
    evidence: list[Path] | None = Option(None, help="A report, STIX bundle or Navigator layer to take evidence from."),
    without: list[str] | None = Option(None, help="What if these items (ids or features) were not there?"),
    unknown: float | None = Option(None, "--prior-unknown", help="Prior probability of an actor we do not know, 0 to 1."),
    rival: str | None = Option(
        None, "--plant", help="Stress test: what if three rare tools of this group (G id) had been planted?"
    ),
    board: bool = Option(False, "--board", help="Also the board: every item of evidence by hypotheses."),
    compare: str | None = Option(None, help="Another case: is it one hand's work, without naming whose?"),
    as_json: Json = False,
    output: Output = None,
    *,
    voice: Voice,
) -> int:
    """Who did it, judging by what was observed, and who is said to have done it. May answer "insufficient grounds".

    [bold]Examples[/]

      indicia weigh brief/

      indicia weigh --techniques T1190 T1505.003 --software S0020

      indicia weigh --evidence layer.json

      indicia weigh brief/ --without S0020        [dim]what if that item were wrong?[/]
    """
    from indicia.cli.options import words
    from indicia.knowledge import load
    from indicia.weigh.gather import from_ids
    from indicia.weigh.stress import strained
    from indicia.weigh.whatif import Change, what_if

    if compare is not None:
        return _hands(case, compare, as_json, output, voice.color)
    by_hand = any((techniques, software, victims, sectors))
    if sum((case is not None, by_hand, bool(evidence))) != 1:
        raise UsageError(
            "give one of: a case, --evidence, or evidence by hand",
            hint="for example: indicia weigh --techniques T1190 T1505.003 --software S0020",
        )
    knowledge = load()
    marking: Tlp | None = None
    waiting: Sequence[str] = ()
    if case is not None:
        items, marking, waiting = _of_case(case, knowledge, voice)
    elif evidence:
        items, marking, waiting = _of_files(evidence, knowledge, voice)
    else:
        items = from_ids(words(techniques), words(software), words(victims), words(sectors), knowledge=knowledge)
    change = Change(off=words(without), prior={} if unknown is None else {"unknown": unknown})
    weighing = what_if(items, knowledge, change)
    stress = strained(weighing.evidence, knowledge, rival)
    if as_json:
        more = {"stress": msgspec.to_builtins(stress)} if rival and stress else {}
        write_out(marked_json(weighing, marking, **more) + b"\n", output)
    else:
        _show(weighing, marking, waiting, voice.color)
        if board:
            _board(weighing, voice.color)
        if stress:
            _stress(weighing, stress, voice.color)
    return exits.E_OK


def _hands(case: str | None, compare: str, as_json: bool, output: Path | None, color: bool) -> int:
    """Two cases beside each other: the same hand or not to be told."""
    from indicia.knowledge import load
    from indicia.pipeline import as_left, load_case
    from indicia.share.redact import marking_of
    from indicia.view.wording import many
    from indicia.weigh.hands import same_hand

    if case is None:
        raise UsageError("--compare takes two cases", hint="for example: indicia weigh one.indicia --compare other.indicia")
    knowledge = load()
    one, other = (as_left(load_case(path), knowledge) for path in (case, compare))
    found = same_hand(one, other, knowledge)
    marking = strictest_shown((marking_of(one), marking_of(other)))
    if as_json:
        told = {"marking": marking.label if marking else None, "statement": found.statement, **msgspec.to_builtins(found)}
        write_out(msgspec.json.encode(told) + b"\n", output)
        return exits.E_OK
    console = console_for(color)
    if marking is not None:
        console.print(marking.label, style="bold")
    console.print(f"[bold]{escape(found.statement)}[/]")
    for label, users in found.shared:
        console.print(f"  both: {escape(plain(label))}, known of {many(users, 'group')}")
    for value in (*(f"indicator {one}" for one in found.indicators), *found.victims):
        console.print(f"  both: {escape(plain(value))}")
    return exits.E_OK


def _board(weighing: Weighing, color: bool) -> None:
    """What was observed by hypotheses, in decibans: what speaks against a hypothesis stands out, as in Heuer's matrix."""
    from indicia.view.wording import called

    assessment, labels = weighing.observed, {item.id: item.label for item in weighing.evidence}
    names = called(assessment)
    columns = list(dict.fromkeys(one.hypothesis for one in assessment.weights))
    cells = {(one.evidence, one.hypothesis): one.decibans for one in assessment.weights}
    table = Table(title="\nBoard, in decibans", title_justify="left")
    table.add_column("Evidence", overflow="fold")
    for column in columns:
        table.add_column(escape(plain(names.get(column, column))), justify="right", overflow="fold")
    for item in dict.fromkeys(one.evidence for one in assessment.weights):
        row = [f"{cells.get((item, column), 0.0):+.1f}" for column in columns]
        table.add_row(escape(plain(labels.get(item, item))), *row)
    if columns:
        console_for(color).print(table)


def _of_files(files: Sequence[Path], knowledge: Knowledge, voice: Talk) -> tuple[Sequence[Evidence], Tlp | None, list[str]]:
    """The evidence in reports, bundles and layers, the strictest marking of them, and what the claims that are still to be
    checked say: they count in no case, and here neither."""
    from indicia.affairs.joining import join_affairs
    from indicia.affairs.origins import led_back
    from indicia.pipeline import read_sources
    from indicia.weigh.gather import gather

    documents, claims, mentions, problems = read_sources([str(path) for path in files], knowledge, stdin=standard_input())
    voice.problems(problems)
    claims = led_back(claims, documents)
    counted = those_counted(claims, ())
    items = gather(counted, mentions, None, documents, knowledge, join_affairs(counted, documents, knowledge))
    return items, strictest_shown(document.marking for document in documents), _labels(to_check(claims, ()), knowledge)


def _of_case(case: str, knowledge: Knowledge, voice: Talk) -> tuple[Sequence[Evidence], Tlp, list[str]]:
    """The evidence of a case as a person's judgements left it, the marking of the case, and what those of its claims say that
    are still to be checked."""
    from indicia.knowledge.updating import since
    from indicia.pipeline import as_left, load_case
    from indicia.share.redact import marking_of
    from indicia.weigh.gather import gather

    left = as_left(load_case(case), knowledge)
    if other := since(left.versions.knowledge, knowledge):
        voice.say(f"the case was made with other data, and is weighed anew here: {other}", "yellow")
    waiting = _labels(to_check(left.claims, left.judgements), knowledge)
    if left.weighing is not None:
        return left.weighing.evidence, marking_of(left), waiting
    counted = those_counted(left.claims, left.judgements)
    return gather(counted, left.mentions, left.hunt, left.documents, knowledge, left.affairs), marking_of(left), waiting


def _labels(claims: Sequence[Claim], knowledge: Knowledge) -> list[str]:
    from indicia.weigh.gather import gather

    return [item.label for item in gather(claims, (), None, (), knowledge) if item.said]


def _stress(weighing: Weighing, stress: Stress, color: bool) -> None:
    """How much hangs on the prior, and on each item being genuine."""
    from indicia.view.wording import called

    console, items, names = console_for(color), weighing.evidence, called(weighing.observed)

    def worded(verdict: Verdict, leaders: Sequence[str]) -> str:
        return f"{verdict.value} {', '.join(names.get(one, one) for one in leaders)}".strip()

    verdicts = list(dict.fromkeys(worded(verdict, leaders) for _, verdict, leaders in stress.priors))
    told = "the verdict stays" if len(verdicts) == 1 else "the verdict changes: " + "; ".join(verdicts)
    console.print(f"  with other priors for an unknown actor {escape(plain(told))}", style="dim")
    labels = {item.id: item.label for item in items}
    for identity, verdict, named in stress.without:
        console.print(f"  without {escape(plain(labels[identity]))}: {escape(plain(worded(verdict, named)))}", style="dim")
    for identity, words_ in stress.ease.items():
        if words_.startswith("easy"):
            console.print(f"  {escape(plain(labels[identity]))}: {escape(plain(words_))}", style="dim")
    if planted := stress.planted:
        led = f", {', '.join(planted.leaders)}" if planted.leaders else ""
        fooled = "the plant would deceive us" if planted.fooled else "the plant does not deceive us"
        tools, rival = ", ".join(planted.tools), planted.rival
        console.print(f"  with {escape(tools)} of {escape(rival)} planted: {planted.verdict.value}{escape(led)}; {fooled}")


def _show(weighing: Weighing, marking: Tlp | None, waiting: Sequence[str], color: bool) -> None:
    from indicia.view.judgements import assessed

    console = console_for(color)
    if marking is not None:
        console.print(marking.label, style="bold")
    console.print(f"\n[bold]Together[/]: {escape(plain(weighing.agreement))}")
    for title, assessment in (("What was observed", weighing.observed), ("What was said", weighing.said)):
        console.print(f"\n{escape(plain(assessed(assessment, title)))}", style="bold")
        _show_one(console, assessment, {item.id: item.label for item in weighing.evidence})
    for label in waiting:
        console.print(f"  to check, and not counted until somebody confirms: {escape(plain(label))}", style="yellow")
    _side_by_side(console, weighing)


def _side_by_side(console: Console, weighing: Weighing) -> None:
    """What was said beside what was observed, by state and by group."""
    from indicia.view.sides import COLUMNS, side_rows

    if not weighing.compared:
        return
    table = Table(title="\nSide by side", title_justify="left", expand=False)
    for column in COLUMNS:
        table.add_column(column, overflow="fold")
    for row in side_rows(weighing.compared):
        table.add_row(*(escape(plain(cell)) for cell in row))
    console.print(table)


def _show_one(console: Console, assessment: Assessment, labels: dict[str, str]) -> None:
    from indicia.view.wording import because, called, fitting, leader, percent

    if fits := fitting(assessment):
        console.print(f"  fits: {escape(plain(fits))}")
    shown = assessment.posteriors[:6]
    named = {one.hypothesis.id for one in shown}
    wider = [one for one in assessment.levels if one.hypothesis.id not in named][:4]
    if shown or wider:
        table = Table(expand=False)
        table.add_column("Hypothesis")
        table.add_column("Probability", justify="right")
        table.add_column("Level")
        for number, posterior in enumerate((*shown, *wider)):
            hypothesis = posterior.hypothesis
            level = hypothesis.level.value if hypothesis.level else ""
            # What several hypotheses add up to stands apart: it does not add up with them.
            table.add_row(
                escape(plain(hypothesis.name)), percent(posterior.probability), level, end_section=number == len(shown) - 1
            )
        console.print(table)
    for line in assessment.base_rates:
        console.print(f"  base rate: {escape(plain(line))}")
    names = called(assessment)
    leaders = {leader(assessment)}
    strongest = sorted((w for w in assessment.weights if w.hypothesis in leaders), key=lambda weight: -abs(weight.decibans))[:8]
    for weight in strongest:
        mark = " [bold]decisive[/]" if weight.evidence in assessment.decisive else ""
        label = escape(plain(labels.get(weight.evidence, weight.evidence)))
        whom = escape(plain(names.get(weight.hypothesis, weight.hypothesis)))
        console.print(f"  {weight.decibans:+6.1f} dB  {label} → {whom}{mark}  [dim]{short_id(weight.evidence)}[/]")
    for line in assessment.missing:
        console.print(f"  missing: {escape(plain(because(line)))}", style="yellow")


# `indicia advise`: what do we do?
GOALS = ("CISA CPG 2.0 ", "NIST CSF 2.0 ")


def advise(
    case: str | None = Argument(None, help="A case file, or the folder of a brief.", show_default=False),
    techniques: list[str] | None = Option(None, help="ATT&CK techniques or CVEs: T1190 CVE-2021-26855"),
    have: list[str] | None = Option(None, help="What is already in place, and what you are: edr,mfa,small,energy ..."),
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
        _show_measures(advice, marking, voice.color, queries=voice.verbose > 0)
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


def _show_measures(advice: Advice, marking: Tlp | None, color: bool, *, queries: bool) -> None:
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
