"""Page one: do the grounds hold? Hypotheses from what was observed and from what was said, side by side."""

from __future__ import annotations

from indicia.records import Assessment, Case, Verdict
from indicia.share.brief.blocks import AnyBlock, Box, Bullets, Columns, Fold, Para
from indicia.share.brief.pictures.hypotheses import hypotheses
from indicia.view.inert import Shown
from indicia.view.judgements import assessed
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes
from indicia.view.wording import sentence

__all__ = ["holds"]

GROUNDS = {
    Verdict.NAMED: ("carry a name", "blue"),
    Verdict.TIED: ("fit several", "warn"),
    Verdict.STATE_ONLY: ("carry a state, no group", "blue"),
    Verdict.INSUFFICIENT: ("insufficient grounds", "warn"),
}


def holds(case: Case, notes: Notes) -> Box:
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
    sure: list[str | Bit] = []
    for assessment, name in ((observed, "Observed:"), (said, "Said:")):
        sure += [f"{name}", *_words(assessment), " "]
    inner: list[AnyBlock] = [Columns(columns=tuple(columns))]
    decisive = [key for key in (*observed.decisive, *said.decisive) if key in notes.index.evidence]
    if decisive:
        items = tuple(line(show(notes.index.evidence[key].label, 140), notes=notes((key,))) for key in decisive[:4])
        inner += [Para(text=line("Without these the answer would be another:"), role="note"), Bullets(items=items)]
    inner.append(Para(text=line(sentence(show(weighing.agreement, 300))), role="note"))
    blocks += [Para(text=line(*sure)), Fold(summary="The hypotheses, and what decides", blocks=tuple(inner))]
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
