"""The evidence and what it weighs: pictures, the table with grades, what is missing and what would tell most."""

from __future__ import annotations

from indicia.records import Assessment, Case
from indicia.share.brief.blocks import AnyBlock, Bullets, Fold, Heading, Para, Row, Section, Table
from indicia.share.brief.known import BriefKnowledge
from indicia.share.brief.pages.holds import side_by_side
from indicia.share.brief.pictures.weights import weights
from indicia.view.judgements import listed
from indicia.view.language import noted
from indicia.view.lines import Line, line
from indicia.view.notes import Notes
from indicia.view.wording import because, called, leader, many, percent
from indicia.view.words import source_words

__all__ = ["grounds_section"]

ROWS = 150


def grounds_section(case: Case, notes: Notes, known: BriefKnowledge) -> Section:
    """Observed and said apart, then all evidence in one table."""
    title = noted("The grounds, item by item")
    weighing, show = case.weighing, notes.index.show
    if weighing is None:
        return Section(id="evidence", title=title, blocks=(Para(text=line("Nothing was weighed."), role="warn"),))
    blocks: list[AnyBlock] = list(side_by_side(case, notes))
    for assessment, name, short in (
        (weighing.observed, "What was observed", "observed"),
        (weighing.said, "What was said", "said"),
    ):
        blocks.append(Heading(text=f"{name}: {assessment.verdict.value}"))
        picture = weights(f"weights-{short}", assessment, notes.index.evidence, show)
        blocks.append(picture if picture else Para(text=line("No evidence of this kind."), role="note"))
        items = _remarks(assessment, notes, known)
        if items:
            blocks.append(Bullets(items=items))
        table = _posteriors(name, assessment, notes)
        if table.rows:
            summary = f"{name}: {many(len(table.rows), 'hypothesis', 'hypotheses')}, before and after"
            blocks.append(Fold(summary=summary, blocks=(table,)))
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
            Row(
                cells=(
                    line(show(hypothesis.name, 90)),
                    line(hypothesis.level.value if hypothesis.level else "\u2013"),
                    line(show(tied + according, 140)),
                    line(percent(one.prior)),
                    line(percent(one.probability)),
                )
            )
        )
    return Table(
        caption=f"{name}: hypotheses",
        head=("Hypothesis", "Level", "Adds up to", "Before", "After"),
        rows=tuple(rows[:ROWS]),
        shown=6,
        left_out=max(0, len(rows) - ROWS),
        elsewhere="the JSON form",
        widths=(30, 10, 38, 11, 11),
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
            Row(
                cells=(
                    line(show(one.label, 140), notes=notes((one.id,))),
                    line(one.kind.value),
                    line(show(_origin(one.origin, notes), 60)),
                    line(f"{one.reliability}{one.credibility}"),
                    line(
                        "switched off" if off else "\u2013" if decibans is None else f"{decibans:+.1f}".replace("-", "\u2212")
                    ),
                    line("decisive" if one.id in decisive else "", f" {show(one.note, 120)}" if one.note else ""),
                ),
                tone="quiet" if off else "",
            )
        )
    return Table(
        caption="Evidence. Grade: reliability of the source (A to F) and credibility of the item (1 to 6), after the "
        "Admiralty code. Weight in decibans for the leading hypothesis",
        head=("Item", "Kind", "Origin", "Grade", "Weight", "Remark"),
        rows=tuple(rows),
        shown=20,
        left_out=max(0, len(items) - ROWS),
        elsewhere="the JSON form",
        widths=(40, 11, 15, 8, 10, 16),
    )
