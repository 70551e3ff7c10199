"""Do the grounds hold? On page one the verdicts with likelihood and confidence; in the annex the hypotheses side by side."""

from __future__ import annotations

from indicia.knowledge.articles import capital
from indicia.records import Accord, Assessment, Case, Level, Stance, Verdict, Weighing, to_check
from indicia.share.brief.blocks import AnyBlock, Box, Bullets, Columns, Para, Row, Table
from indicia.share.brief.pictures.hypotheses import hypotheses
from indicia.view.affair import subject
from indicia.view.inert import Shown
from indicia.view.judgements import assessed
from indicia.view.language import colon, foreign, tell, tell_many
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes
from indicia.view.saying import party_name
from indicia.view.sides import COLUMNS, side_rows
from indicia.view.wording import fitting, sentence
from indicia.view.words import by_state

__all__ = ["holds", "side_by_side"]

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
        empty = Para(text=line(tell("There was nothing to weigh: no claims and no observations.")), role="warn")
        return Box(id="grounds", title=title, lead=tell("Nothing to weigh"), tone="quiet", blocks=(empty,))
    show, observed, said = notes.index.show, case.weighing.observed, case.weighing.said
    blocks = [Para(text=line(*against), role="warn")] if (against := _against(case, show)) else []
    for assessment, name, hedge in (
        (observed, tell("What we observed"), ""),
        (said, tell("What was said"), tell(", if you take the speakers at their word")),
    ):
        states = _states(case) if assessment is said else ()
        able = assessment.verdict is not Verdict.INSUFFICIENT
        names = show(tell(" or ").join(states[:3]), 60) if states and able else _leaders(assessment, show)
        if not assessment.weights and not assessment.prior_only:
            nothing = tell("nothing found to weigh")
            blocks.append(Para(text=line(Bit(text=f"{name}{colon()}", look="strong"), f"{nothing}.")))
            continue
        bits: list[str | Bit] = [Bit(text=f"{name}{colon()}", look="strong")]
        if assessment.verdict is Verdict.INSUFFICIENT:
            bits.append(_too_little(case, assessment) + ".")
        else:
            bits += [names or tell(GROUNDS[assessment.verdict][0])]
            bits += [hedge if names else "", ".", *([] if states else _words(assessment))]
        blocks.append(Para(text=line(*bits, notes=notes(assessment.decisive[:3]))))
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
    for row in case.weighing.compared if case.weighing else ():
        if row.standing is not Accord.CONTRADICT and not row.split:
            continue
        said = "; ".join(f"{party_name(one.name)} ({', '.join(one.by)})" for one in row.said)
        seen = "; ".join(f"{party_name(one.name)} ({', '.join(one.by)})" for one in row.observed)
        if row.standing is Accord.CONTRADICT:
            bits.append(tell("Said: {said}. Observed: {observed}.", said=show(said, 300), observed=show(seen, 300)))
        else:
            bits.append(tell("Said: {said}.", said=show(said, 300)))
        break  # the states, where they contradict; the rest stands in the annex
    return bits


def _lead(weighing: Weighing) -> str:
    observed, said = weighing.observed, weighing.said
    if any(row.standing is Accord.CONTRADICT for row in weighing.compared):
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
            column.append(Para(text=line("Fits ", show(fits, 300), "; the grounds bear no number."), role="note"))
        columns.append(tuple(column))
    blocks: list[AnyBlock] = [Columns(columns=tuple(columns))]
    decisive = [key for key in (*observed.decisive, *said.decisive) if key in notes.index.evidence]
    if decisive:
        items = tuple(line(show(notes.index.evidence[key].label, 140), notes=notes((key,))) for key in decisive[:4])
        blocks += [Para(text=line("Without these items the answer would change:"), role="note"), Bullets(items=items)]
    stand = Para(text=line(sentence(show(weighing.agreement, 600))), role="warn" if weighing.contradicted else "note")
    sides = _sides(weighing, show)
    return (stand, *blocks, *sides) if weighing.contradicted else (*blocks, stand, *sides)


def _sides(weighing: Weighing, show: Shown) -> tuple[AnyBlock, ...]:
    """Said and observed side by side, by state and by group."""
    rows = tuple(Row(cells=tuple(line(show(cell, 300)) for cell in row)) for row in side_rows(weighing.compared))
    return (Table(caption="Said and observed, side by side", head=COLUMNS, rows=rows, widths=(10, 40, 30, 20)),) if rows else ()


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
