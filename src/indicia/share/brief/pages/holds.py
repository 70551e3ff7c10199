"""Do the grounds hold? On page one the verdicts with likelihood and confidence; in the annex the hypotheses side by side."""

from __future__ import annotations

from indicia.knowledge.articles import capital
from indicia.records import Accord, Assessment, Case, Level, Stance, Verdict, Weighing, to_check
from indicia.share.brief.blocks import (
    AnyBlock,
    Box,
    Bullets,
    Columns,
    Fold,
    Heading,
    Para,
    Section,
    Table,
    note,
    para,
    row,
    table,
    warn,
)
from indicia.share.brief.pages.techniques import BriefKnowledge
from indicia.share.brief.pictures import hypotheses, weights
from indicia.view.affair import subject
from indicia.view.inert import Shown
from indicia.view.judgements import assessed, listed
from indicia.view.language import colon, foreign, noted, tell, tell_many
from indicia.view.lines import Bit, Line, line
from indicia.view.notes import Notes
from indicia.view.saying import party_name
from indicia.view.sides import COLUMNS, side_rows
from indicia.view.wording import because, called, fitting, leader, many, percent, sentence
from indicia.view.words import by_state, source_words

FITTING = 3  # groups that are named of those that the evidence fits
CONFIDENCE = "Confidence: {}"  # one message for each: its adjective agrees with it
GROUNDS = {
    Verdict.NAMED: ("one actor", "blue"),
    Verdict.TIED: ("more than one actor fits", "warn"),
    Verdict.STATE_ONLY: ("a state, but no group", "blue"),
    Verdict.TYPE_ONLY: ("criminals, but no group", "blue"),
    Verdict.INSUFFICIENT: ("insufficient grounds", "warn"),
}


def holds(case: Case, notes: Notes) -> Box:
    """The box of page one: a line each on what was observed and on what was said."""
    title = tell("Do the grounds hold?")
    if case.weighing is None:
        empty = warn(tell("There was nothing to weigh: no claims and no observations."))
        return Box(id="grounds", title=title, lead=tell("Nothing to weigh"), tone="quiet", blocks=(empty,))
    show, observed, said = notes.index.show, case.weighing.observed, case.weighing.said
    blocks = [warn(*against)] if (against := _against(case, show)) else []
    for assessment, name, hedge in (
        (observed, tell("What we observed"), ""),
        (said, tell("What was said"), tell(", if you take the speakers at their word")),
    ):
        states = _states(case) if assessment is said else ()
        able = assessment.verdict is not Verdict.INSUFFICIENT
        names = show(tell(" or ").join(states[:3]), 60) if states and able else _leaders(assessment, show)
        if not assessment.weights and not assessment.prior_only:
            nothing = tell("nothing found to weigh")
            blocks.append(para(Bit(text=f"{name}{colon()}", look="strong"), f"{nothing}."))
            continue
        bits: list[str | Bit] = [Bit(text=f"{name}{colon()}", look="strong")]
        if assessment.verdict is Verdict.INSUFFICIENT:
            bits.append(_too_little(case, assessment) + ".")
        else:
            bits += [names or tell(GROUNDS[assessment.verdict][0])]
            bits += [hedge if names else "", ".", *([] if states else _words(assessment))]
        blocks.append(para(*bits, notes=notes(assessment.decisive[:3])))
    tone = "warn" if case.weighing.contradicted else GROUNDS[observed.verdict][1]
    return Box(id="grounds", title=title, lead=_lead(case.weighing), tone=tone, blocks=tuple(blocks), more="evidence")


def _states(case: Case) -> tuple[str, ...]:
    """The states that somebody accuses as such: where a state is what was said, no group is told as what was said."""
    mine = (one for one in subject(case).mine if one.stance is Stance.ACCUSES and one.accused.level is Level.STATE)
    return tuple(dict.fromkeys(party_name(by_state(one.accused.state)[0]) for one in mine if one.accused.state))


def _too_little(case: Case, assessment: Assessment) -> str:
    """That the grounds are insufficient, and why."""
    if case.weighing is None or assessment is case.weighing.observed:
        if assessment.prior_only:
            return tell("insufficient grounds: what was observed tells no actor from another")
        return tell("insufficient grounds: what was observed does not single out one actor") + _fits(assessment)
    if waiting := len(to_check(case.claims, case.judgements)):
        return tell_many(
            "insufficient grounds: too little was said to go on, and {count} claim still needs checking",
            "insufficient grounds: too little was said to go on, and {count} claims still need checking",
            waiting,
        )
    return tell("insufficient grounds: too little was said to go on")


def _fits(assessment: Assessment) -> str:
    """Whom it fits, as a set: no number, for the grounds carry none."""
    names = [one.name for one in assessment.fits]
    if not names:
        return ""
    rest = len(names) - FITTING
    told = ", ".join(names[:FITTING])
    if rest > 0:
        told = tell_many("{names} and {count} more group", "{names} and {count} more groups", rest, names=told)
    return ". " + tell("It fits {names}", names=told)


def _against(case: Case, show: Shown) -> list[str | Bit]:
    """The contradictions, each side with who says so."""
    bits: list[str | Bit] = []
    for side in case.weighing.compared if case.weighing else ():
        if side.standing is not Accord.CONTRADICT and not side.split:
            continue
        said = "; ".join(f"{party_name(one.name)} ({', '.join(one.by)})" for one in side.said)
        seen = "; ".join(f"{party_name(one.name)} ({', '.join(one.by)})" for one in side.observed)
        if side.standing is Accord.CONTRADICT:
            bits.append(tell("Said: {said}. Observed: {observed}.", said=show(said, 300), observed=show(seen, 300)))
        else:
            bits.append(tell("Said: {said}.", said=show(said, 300)))
        break  # the states, where they contradict; the rest stands in the annex
    return bits


def _lead(weighing: Weighing) -> str:
    observed, said = weighing.observed, weighing.said
    if any(side.standing is Accord.CONTRADICT for side in weighing.compared):
        return tell("Said and observed contradict each other")
    if weighing.contradicted:
        return tell("The speakers contradict one another")
    if not observed.weights and not said.weights:
        return tell("Nothing to weigh")
    if observed.verdict is not Verdict.INSUFFICIENT:
        return capital(tell(GROUNDS[observed.verdict][0]))
    return tell("Not by what we observed") if said.verdict is not Verdict.INSUFFICIENT else tell("Insufficient grounds")


def side_by_side(case: Case, notes: Notes) -> tuple[AnyBlock, ...]:
    """The annex: both assessments in their own words with their hypotheses, what decides, and whether they agree."""
    if case.weighing is None:
        return ()
    weighing, show = case.weighing, notes.index.show
    observed, said = weighing.observed, weighing.said
    columns = []
    for assessment, name, short in ((observed, "What was observed", "observed"), (said, "What was said", "said")):
        told = line(
            *_named(name, show(assessed(assessment, name), 420)), *_words(assessment), notes=notes(assessment.decisive[:3])
        )
        column: list[AnyBlock] = [Para(text=told)]
        picture = hypotheses(f"hypotheses-{short}", f"{name}: how likely each hypothesis is", assessment, show)
        if picture:
            column.append(picture)
        elif assessment.weights and (fits := fitting(assessment)):
            column.append(note("Fits ", show(fits, 300), "; the grounds bear no number."))
        columns.append(tuple(column))
    blocks: list[AnyBlock] = [Columns(columns=tuple(columns))]
    decisive = [key for key in (*observed.decisive, *said.decisive) if key in notes.index.evidence]
    if decisive:
        items = tuple(line(show(notes.index.evidence[key].label, 140), notes=notes((key,))) for key in decisive[:4])
        blocks += [note("Without these items the answer would change:"), Bullets(items=items)]
    stand = para(sentence(show(weighing.agreement, 600)), role="warn" if weighing.contradicted else "note")
    sides = _sides(weighing, show)
    return (stand, *blocks, *sides) if weighing.contradicted else (*blocks, stand, *sides)


def _sides(weighing: Weighing, show: Shown) -> tuple[AnyBlock, ...]:
    """Said and observed side by side, by state and by group."""
    rows = [row(*(show(cell, 300) for cell in cells)) for cells in side_rows(weighing.compared)]
    columns = dict(zip(COLUMNS, (10, 40, 30, 20), strict=True))
    return (table("Said and observed, side by side", columns, rows),) if rows else ()


def _named(name: str, text: str) -> tuple[str | Bit, ...]:
    """The statement with its name in bold where it begins with that."""
    return (Bit(text=name, look="strong"), text.removeprefix(name)) if text.startswith(name) else (text,)


def _leaders(assessment: Assessment, show: Shown) -> str:
    """The names of the leading hypotheses; empty where there are none."""
    both = (*assessment.posteriors, *assessment.levels)
    names = list(dict.fromkeys(one.hypothesis.name for one in both if one.hypothesis.id in assessment.leaders))
    return (
        ""
        if assessment.verdict is Verdict.INSUFFICIENT
        else show(tell(" or ").join(map(party_name, names[:3]) if foreign() else names[:3]), 60)
    )


def _words(assessment: Assessment) -> list[str | Bit]:
    bits: list[str | Bit] = []
    if assessment.likelihood:
        bits += [" ", Bit(text=tell("Likelihood: {likelihood}", likelihood=tell(assessment.likelihood.value)), look="tag-blue")]
    return [*bits, " ", Bit(text=tell(CONFIDENCE.format(assessment.confidence.value)), look="tag-violet")]


# The evidence and what it weighs: pictures, the table with grades, what is missing and what would tell most.
ROWS = 150


def grounds_section(case: Case, notes: Notes, known: BriefKnowledge) -> Section:
    """Observed and said apart, then all evidence in one table."""
    title = noted("The grounds, item by item")
    weighing, show = case.weighing, notes.index.show
    if weighing is None:
        return Section(id="evidence", title=title, blocks=(warn("Nothing was weighed."),))
    blocks: list[AnyBlock] = list(side_by_side(case, notes))
    for assessment, name, short in (
        (weighing.observed, "What was observed", "observed"),
        (weighing.said, "What was said", "said"),
    ):
        blocks.append(Heading(text=f"{name}: {assessment.verdict.value}"))
        picture = weights(f"weights-{short}", assessment, notes.index.evidence, show)
        blocks.append(picture if picture else note("No evidence of this kind."))
        items = _remarks(assessment, notes, known)
        if items:
            blocks.append(Bullets(items=items))
        whole = _posteriors(name, assessment, notes)
        if whole.rows:
            summary = f"{name}: {many(len(whole.rows), 'hypothesis', 'hypotheses')}, before and after"
            blocks.append(Fold(summary=summary, blocks=(whole,)))
    blocks += [Heading(text="All evidence"), _table(case, notes)]
    return Section(id="evidence", title=title, blocks=tuple(blocks))


def _remarks(assessment: Assessment, notes: Notes, known: BriefKnowledge) -> tuple[Line, ...]:
    show = notes.index.show
    items = (
        [line("Prior alone: the evidence tells no actor from another.")] if assessment.prior_only and assessment.weights else []
    )
    items += [line(f"Base rate: {show(text, 200)}.") for text in assessment.base_rates[:6]]
    items += [line(f"Missing: {show(because(text), 200)}") for text in assessment.missing[:6]]
    telling = [(known.name(feature), bits) for feature, bits in assessment.telling if bits >= 0.05]
    if telling:
        words = listed((f"{name} ({bits:.1f} bit)" for name, bits in telling), 6)
        items.append(line(f"Would tell us most if seen: {show(words, 500)}."))
    if assessment.method:
        items.append(line(f"Method: {show(assessment.method, 400)}."))
    return tuple(items)


def _posteriors(name: str, assessment: Assessment, notes: Notes) -> Table:
    show = notes.index.show
    rows = []
    names = called(assessment)
    for one in (*assessment.posteriors, *assessment.levels):
        hypothesis = one.hypothesis
        tied = names.get(hypothesis.parent, hypothesis.parent) if hypothesis.parent else "\u2013"
        according = f" (according to {', '.join(hypothesis.according_to[:4])})" if hypothesis.according_to else ""
        rows.append(
            row(
                show(hypothesis.name, 90),
                hypothesis.level.value if hypothesis.level else "\u2013",
                show(tied + according, 140),
                percent(one.prior),
                percent(one.probability),
            )
        )
    return table(
        f"{name}: hypotheses",
        {"Hypothesis": 30, "Level": 10, "Adds up to": 38, "Before": 11, "After": 11},
        rows[:ROWS],
        shown=6,
        of=len(rows),
    )


def _origin(origin: str, notes: Notes) -> str:
    """The origin in words: the source of the claim, the title of the text, or what the weighing called it."""
    if origin in notes.index.claims:
        return source_words(notes.index.claims[origin])
    document = next((one for one in notes.index.documents.values() if origin in {one.id, one.name}), None)
    return notes.index.title(document) if document else origin


def _table(case: Case, notes: Notes) -> Table:
    show = notes.index.show
    weighing = case.weighing
    assert weighing is not None
    heaviest: dict[str, float] = {}
    for assessment in (weighing.observed, weighing.said):
        about = leader(assessment)
        for weight in assessment.weights:
            if weight.hypothesis == about:
                heaviest[weight.evidence] = weight.decibans
    decisive = {*weighing.observed.decisive, *weighing.said.decisive}
    items = sorted(weighing.evidence, key=lambda one: (-abs(heaviest.get(one.id, 0.0)), one.id))
    rows = []
    for one in items[:ROWS]:
        decibans = heaviest.get(one.id)
        off = one.weight == 0
        rows.append(
            row(
                line(show(one.label, 140), notes=notes((one.id,))),
                one.kind.value,
                show(_origin(one.origin, notes), 60),
                f"{one.reliability}{one.credibility}",
                "switched off" if off else "\u2013" if decibans is None else f"{decibans:+.1f}".replace("-", "\u2212"),
                line("decisive" if one.id in decisive else "", f" {show(one.note, 120)}" if one.note else ""),
                tone="quiet" if off else "",
            )
        )
    return table(
        "Evidence. Grade: reliability of the source (A to F) and credibility of the item (1 to 6), after the "
        "Admiralty code. Weight in decibans for the leading hypothesis",
        {"Item": 40, "Kind": 11, "Origin": 15, "Grade": 8, "Weight": 10, "Remark": 16},
        rows,
        shown=20,
        of=len(items),
    )
