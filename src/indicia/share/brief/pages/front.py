"""Page one: what a manager has to know in two minutes."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.records import (
    Advice,
    Assessment,
    Case,
    Claim,
    HuntVerdict,
    Measure,
    MeasureKind,
    Outcome,
    RuleLevel,
    Sighting,
    Stage,
    Stance,
    Verdict,
)
from indicia.share.brief.blocks import AnyBlock, Bit, Box, Bullets, Columns, Fold, Line, Para, Row, Step, Steps, Table, line
from indicia.share.brief.coalition import Position, firmness_words, is_narration, of_main_affair, positions, stance_words
from indicia.share.brief.inert import Shown
from indicia.share.brief.judgements import Sentence, assessed, listed, reach_words, without_reach
from indicia.share.brief.notes import Notes, moment
from indicia.share.brief.pictures.hypotheses import hypotheses, percent

__all__ = ["first_things", "page_one"]

ROWS = 6


def page_one(case: Case, judgements: Sequence[Sentence], notes: Notes) -> tuple[Box, ...]:
    """The five boxes of page one."""
    return (
        _judgements(judgements, notes),
        _coalition(case, notes),
        _ours(case, notes),
        _grounds(case, notes),
        _to_do(case, notes),
    )


def _judgements(judgements: Sequence[Sentence], notes: Notes) -> Box:
    show = notes.index.show
    items = []
    for one in judgements:
        bits: list[str | Bit] = [show(one.text)]
        if one.likelihood:
            bits += [" ", Bit(text=f"Likelihood: {one.likelihood.value}", look="tag-blue")]
        if one.confidence:
            bits += [" ", Bit(text=f"Confidence: {one.confidence.value}", look="tag-violet")]
        items.append(line(*bits, notes=notes(one.traces)))
    blocks: tuple[AnyBlock, ...] = (Bullets(items=tuple(items), ordered=True, role="judgements"),)
    if any(one.likelihood or one.confidence for one in judgements):
        blocks += (
            Para(
                text=line(
                    "Likelihood says how probable a thing is, confidence how good the grounds are; one never stands "
                    "for the other."
                ),
                role="note",
            ),
        )
    return Box(id="judgements", title="Key judgements", blocks=blocks, wide=True)


def _coalition(case: Case, notes: Notes) -> Box:
    title = "Who says what"
    if not case.claims:
        nothing = Para(
            text=line(
                "No attribution claim was found in the texts. Give statements, news or reports in which somebody accuses, "
                "denies or declines to."
            ),
            role="warn",
        )
        return Box(id="who", title=title, lead="No claims found", tone="quiet", blocks=(nothing,), wide=True)
    mine, others = of_main_affair(case)
    found = positions(mine)
    for_it = [one for one in found if one.stance in {Stance.ACCUSES, Stance.ENDORSES} and not is_narration(one)]
    against = [one for one in found if one.stance not in {Stance.ACCUSES, Stance.ENDORSES}]
    aside = [one for one in found if is_narration(one) and one not in against]
    blocks: list[AnyBlock] = []
    if for_it:
        blocks.append(_accusing("Accusations and endorsements", for_it, notes))
    if against:
        blocks.append(
            Table(
                caption="Denials, doubts and silence",
                head=("Source", "Stance", "Said", "In the words"),
                rows=tuple(_position_row(one, notes, full=False) for one in against),
                shown=ROWS,
                widths=(21, 26, 11, 42),
            )
        )
    if aside:
        table = _accusing("In the texts' own voice, without a source", aside, notes)
        blocks.append(Fold(summary=f"{_many(len(aside), 'accusation')} without a source", blocks=(table,)))
    if others:
        show = notes.index.show
        names = listed((show(one.incident or one.incident_id or "", 60) for one in others), 4)
        table = _accusing("Claims on other affairs", positions(others), notes)
        blocks.append(Fold(summary=f"{_many(len(others), 'claim')} on other affairs: {names}", blocks=(table,)))
    sources = len({one.source for one in for_it if one.stance is Stance.ACCUSES})
    denials = len({one.source for one in against if one.stance is Stance.DENIES})
    lead = f"{_many(sources, 'source')} accuse{'s' if sources == 1 else ''}, {denials} den{'ies' if denials == 1 else 'y'}"
    return Box(id="who", title=title, lead=lead, tone="blue", blocks=tuple(blocks), wide=True)


def _accusing(caption: str, found: Sequence[Position], notes: Notes) -> Table:
    return Table(
        caption=caption,
        head=("Source", "Names", "Level", "How firmly", "On what grounds", "Said", "In the words"),
        rows=tuple(_position_row(one, notes, full=True) for one in found),
        shown=ROWS,
        widths=(16, 16, 8, 13, 11, 10, 26),
    )


def _position_row(one: Position, notes: Notes, *, full: bool) -> Row:
    show, claim = notes.index.show, one.firmest
    more = f" (and {len(one.claims) - 1} more)" if len(one.claims) > 1 else ""
    quote = line(Bit(text=f"\u201c{show(claim.quote.text, 120)}\u201d", look="quote"), more, notes=notes((claim.id,)))
    said = said_on(claim, one.first, notes)
    if not full:
        return Row(
            cells=(
                line(show(one.source, 90)),
                line(Bit(text=stance_words(claim)[0], look="strong"), f" {show(stance_words(claim)[1], 90)}"),
                said,
                quote,
            ),
            tone="bad" if one.stance is Stance.DENIES else "quiet",
        )
    firm: list[str | Bit] = [firmness_words(claim)]
    if claim.firmness_cue:
        firm.append(Bit(text=f" \u201c{show(claim.firmness_cue.text, 60)}\u201d", look="quote"))
    names = show(one.accused, 90) if one.stance is Stance.ACCUSES else " ".join(show(part, 80) for part in stance_words(claim))
    level = one.level.value if one.level else "\u2013"
    return Row(
        cells=(line(show(one.source, 90)), line(names), line(level), line(*firm), line(claim.basis.value), said, quote),
        tone="" if one.stance is Stance.ACCUSES else "good",
    )


def said_on(claim: Claim, date: str | None, notes: Notes) -> Line:
    """The claim's date; where the text gives none, the date of the text itself, called so."""
    show = notes.index.show
    document = notes.index.documents.get(claim.quote.document)
    if date:
        return line(Bit(text=show(date, 20), look="date"))
    if document and document.published:
        return line(Bit(text="text of ", look="quiet"), Bit(text=show(document.published, 20), look="date"))
    return line("no date")


TONES = {
    HuntVerdict.COMPROMISE: ("Yes: compromise", "bad"),
    HuntVerdict.LIKELY: ("Probably: signs of compromise", "bad"),
    HuntVerdict.ATTEMPT: ("Attempts only", "warn"),
    HuntVerdict.NOT_SEEN: ("Not seen, as far as the logs reach", "good"),
    HuntVerdict.NO_LOGS: ("Not known: no logs", "quiet"),
}


def _ours(case: Case, notes: Notes) -> Box:
    hunt, show = case.hunt, notes.index.show
    title = "Did it happen to us?"
    if hunt is None or hunt.verdict is HuntVerdict.NO_LOGS:
        advice = (
            "Give the folder of your logs with --logs. Most telling here: the logs of the servers named in the "
            "texts (for Exchange its Logging "
            "folder, IIS logs of both sites, and the Windows event logs), as far back as they are kept."
        )
        warning = Para(text=line(advice), role="warn")
        return Box(id="ours", title=title, lead="Not known: no logs", tone="quiet", blocks=(warning,), wide=True)
    lead, tone = TONES[hunt.verdict]
    worked = tuple(one.id for one in hunt.sightings if one.outcome is Outcome.SUCCESS)
    blocks: list[AnyBlock] = [
        Para(text=line(_sentence(show(notes.index.local(without_reach(hunt.reason)), 500)), notes=notes(worked[:3]))),
        Para(text=line(reach_words(hunt), _unread(case)), role="note"),
    ]
    chains = sorted(hunt.chains, key=lambda chain: chain.outcome is not Outcome.SUCCESS)
    first = [chain for chain in chains if chain.outcome is Outcome.SUCCESS][:2] or chains[:1]
    for chain in first:
        mine = [notes.index.sightings[key] for key in chain.sightings if key in notes.index.sightings]
        blocks.append(_steps(chain.host, chain.stages, mine, notes))
    if len(chains) > len(first):
        rest = len(chains) - len(first)
        blocks.append(
            Para(
                text=line(
                    f"{_many(rest, 'more chain')} of sightings, none more serious, {'is' if rest == 1 else 'are'} told under ",
                    Bit(text="What our logs show", href="#hunt"),
                    ".",
                ),
                role="note",
            )
        )
    return Box(id="ours", title=title, lead=lead, tone=tone, blocks=tuple(blocks), wide=True)


def _unread(case: Case) -> str:
    hunt = case.hunt
    if hunt is None:
        return ""
    skipped = sum(one.skipped for one in hunt.files)
    unknown = sum(not one.events and not one.format for one in hunt.files)
    rules = sum(one.skipped is not None for one in hunt.rules)
    parts = [
        text
        for count, text in (
            (skipped, f"{_many(skipped, 'record')} could not be read"),
            (unknown, f"{_many(unknown, 'file')} of no known format"),
            (rules, f"{_many(rules, 'rule')} could not run"),
        )
        if count
    ]
    return f" Not looked at: {', '.join(parts)}; see Limits." if parts else ""


def _steps(host: str, stages: Sequence[Stage], mine: Sequence[Sighting], notes: Notes) -> Steps:
    show = notes.index.show
    items = []
    for stage in stages:
        if stage is Stage.OTHER and len(stages) > 1:
            continue
        # What tells most: success, then a rule rather than an indicator, then the highest level, then the first.
        found = sorted(
            (one for one in mine if one.stage is stage),
            key=lambda one: (one.outcome is not Outcome.SUCCESS, one.indicator is not None, -list(RuleLevel).index(one.level)),
        )
        best = found[0] if found else None
        state = "missing" if best is None else "done" if best.outcome is Outcome.SUCCESS else "tried"
        detail = (
            line(f"{moment(best)[11:19]} {show(best.title, 90)}", notes=notes((best.id,)))
            if best
            else line("no line of its own")
        )
        items.append(Step(name=stage.value, state=state, detail=detail))
    day = f", {moment(mine[0])[:10]}" if mine else ""
    return Steps(title=f"What happened on {show(host, 60)}{day} (times in UTC)", items=tuple(items))


GROUNDS = {
    Verdict.NAMED: ("carry a name", "blue"),
    Verdict.TIED: ("fit several", "warn"),
    Verdict.STATE_ONLY: ("carry a state, no group", "blue"),
    Verdict.INSUFFICIENT: ("insufficient grounds", "warn"),
}


def _grounds(case: Case, notes: Notes) -> Box:
    title = "Do the grounds hold?"
    if case.weighing is None:
        nothing = Para(text=line("Nothing was weighed: there were neither claims nor observations."), role="warn")
        return Box(id="grounds", title=title, lead="Nothing to weigh", tone="quiet", blocks=(nothing,), wide=True)
    weighing, show = case.weighing, notes.index.show
    observed, said = weighing.observed, weighing.said
    lead = f"Observed: {_lead(observed, show)}. Said: {_lead(said, show)}"
    blocks: list[AnyBlock] = []
    columns = []
    for assessment, name, short in ((observed, "What was observed", "observed"), (said, "What was said", "said")):
        column: list[AnyBlock] = []
        column.append(
            Para(
                text=line(
                    *_named(name, show(assessed(assessment, name), 420)),
                    *_words(assessment),
                    notes=notes(assessment.decisive[:3]),
                )
            )
        )
        picture = hypotheses(f"hypotheses-{short}", f"{name}: how likely each hypothesis is", assessment, show)
        if picture and assessment.weights:  # without evidence the bars would only show what was assumed
            column.append(picture)
        columns.append(tuple(column))
    blocks.append(Columns(columns=tuple(columns)))
    decisive = [key for key in (*observed.decisive, *said.decisive) if key in notes.index.evidence]
    if decisive:
        items = tuple(line(show(notes.index.evidence[key].label, 140), notes=notes((key,))) for key in decisive[:4])
        blocks += [Para(text=line("Without these the answer would be another:"), role="note"), Bullets(items=items)]
    blocks.append(Para(text=line(_sentence(show(weighing.agreement, 300))), role="note"))
    return Box(id="grounds", title=title, lead=lead, tone=GROUNDS[observed.verdict][1], blocks=tuple(blocks), wide=True)


def _named(name: str, text: str) -> tuple[str | Bit, ...]:
    """The statement with its name in bold where it begins with that."""
    return (Bit(text=name, look="strong"), text.removeprefix(name)) if text.startswith(name) else (text,)


def _lead(assessment: Assessment, show: Shown) -> str:
    """The verdict in a few words: the leaders with the likelihood that the weighing gave, or that there are none."""
    both = (*assessment.posteriors, *assessment.levels)
    names = list(dict.fromkeys(one.hypothesis.name for one in both if one.hypothesis.id in assessment.leaders))
    if assessment.verdict is Verdict.INSUFFICIENT or not names:
        return GROUNDS[assessment.verdict][0]
    name = show(" or ".join(names[:3]), 60)
    return f"{name}, {assessment.likelihood.value}" if assessment.likelihood else f"{GROUNDS[assessment.verdict][0]}: {name}"


def _words(assessment: Assessment) -> list[str | Bit]:
    bits: list[str | Bit] = []
    if assessment.likelihood:
        bits += [" ", Bit(text=f"Likelihood: {assessment.likelihood.value}", look="tag-blue")]
    bits += [" ", Bit(text=f"Confidence: {assessment.confidence.value}", look="tag-violet")]
    return bits


BY_EFFORT = {1: "this week", 2: "this month", 3: "this quarter"}


def by_when(measure: Measure) -> str:
    """By when, in words: hours where they were set, two days for a patch, else by how much work it is."""
    if measure.within_hours is not None:
        hours = measure.within_hours
        if hours <= 72:
            return f"within {hours} hour{'s' if hours > 1 else ''}"
        return f"within {hours // 24} days"
    if measure.kind is MeasureKind.PATCH:
        return "within 48 hours"
    return BY_EFFORT.get(measure.effort, "this quarter")


def first_things(advice: Advice, most: int = 5) -> tuple[Measure, ...]:
    """The first things to do: evidence and isolation when a compromise was sighted, patches, then what covers most."""
    todo = [one for one in advice.measures if not one.in_place]
    contain = [one for one in todo if one.kind is MeasureKind.CONTAIN]
    patches = [one for one in todo if one.kind is MeasureKind.PATCH]
    others = [one for one in todo if one.kind in {MeasureKind.MITIGATE, MeasureKind.LOG}]
    hunts = [one for one in todo if one.kind is MeasureKind.HUNT]
    if contain:
        urgent = [one for one in contain if (one.within_hours or 999) <= 4][:3]
        keys = [one for one in contain if one not in urgent and "credential" in one.title.lower()]
        chosen = [*urgent, *patches[:1], *keys, *contain[len(urgent) :], *others]
    else:
        chosen = [*patches[:3], *others[:2], *hunts[:1], *others[2:]]
    first = list(dict.fromkeys(chosen))[:most]
    return tuple(sorted(first, key=_hours)) if contain else tuple(first)


def _hours(measure: Measure) -> int:
    """By when, as hours; what bears none comes last."""
    return measure.within_hours if measure.within_hours is not None else 48 if measure.kind is MeasureKind.PATCH else 9999


def _to_do(case: Case, notes: Notes) -> Box:
    title = "What to do, by when"
    if case.advice is None or not case.advice.measures:
        text = case.advice.summary if case.advice else "No advice was worked out for this case."
        nothing = Para(text=line(notes.index.show(text, 400) or "Nothing particular."), role="warn")
        return Box(id="todo", title=title, lead="Nothing particular", tone="quiet", blocks=(nothing,), wide=True)
    show = notes.index.show
    first = first_things(case.advice)
    items: list[Line] = []
    for one in first:
        items.append(
            line(
                Bit(text=f"{_capital(by_when(one))}: ", look="strong"),
                Bit(text=show(one.title, 160), look="strong", href=f"#{one.id}"),
                f". {show(_first_sentences(one.instruction, 240))}",
                notes=notes((one.id,)),
            )
        )
    blocks: list[AnyBlock] = [Bullets(items=tuple(items), ordered=True, role="todo")]
    reports = [one for one in case.advice.measures if one.kind is MeasureKind.REPORT]
    if reports:
        soonest = min(one.within_hours or 999 for one in reports)
        blocks.append(
            Para(
                text=line(
                    f"Reporting clocks may be running: the shortest first deadline among {len(reports)} duties is "
                    f"{soonest} hours. ",
                    Bit(text="See the checklist", href="#reporting"),
                    ".",
                ),
                role="note",
            )
        )
    few = case.advice.curve[:5]
    if few:
        first_few = (
            "The first preventive measure covers" if len(few) == 1 else f"The first {len(few)} preventive measures cover"
        )
        text = f"{first_few} {few[-1].covered * 100:.0f} % of what this case calls for, by weight."
        blocks.append(Para(text=line(text, " ", Bit(text="All measures", href="#measures"), "."), role="note"))
    return Box(
        id="todo",
        title=title,
        lead=f"The first {len(first)} of {len(case.advice.measures)}",
        tone="green",
        blocks=tuple(blocks),
        wide=True,
    )


def _first_sentences(text: str, most: int) -> str:
    """Whole sentences of `text`, as many as fit `most` characters, at least one."""
    text = " ".join(text.split())
    end = 0
    while (found := text.find(". ", end)) >= 0 and found + 1 <= most:
        end = found + 1
    if len(text) <= most:
        return text
    return text[:end] if end else text[:most].rsplit(" ", 1)[0] + "\u2026"


def _sentence(text: str) -> str:
    text = text.strip()
    return _capital(text if text.endswith((".", "!", "?", "\u2026")) else f"{text}.") if text else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


__all__ += ["by_when", "percent"]
