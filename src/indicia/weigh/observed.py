"""The assessment of what was observed: posterior, verdict in words, decisive items, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indicia.records import (
    Assessment,
    Confidence,
    Evidence,
    EvidenceKind,
    Hypothesis,
    Posterior,
    Verdict,
    Weight,
)
from indicia.weigh.base_rates import base_rates
from indicia.weigh.board import Board, lay_out
from indicia.weigh.decisive import decisive
from indicia.weigh.known import UNKNOWN, Known
from indicia.weigh.levels import sums
from indicia.weigh.telling import telling
from indicia.weigh.words import band, listed, percent

__all__ = ["assess_observed"]

_STATE_SURE = 0.9  # least posterior at which a state alone is named
_TIED_AT_LEAST = 0.2  # of each of two that together would be named
_WEIGHTS_FOR = 5  # leading hypotheses whose weights are kept


def assess_observed(evidence: Sequence[Evidence], known: Known, prior: Mapping[str, float] | None = None) -> Assessment:
    """Weighs the observed items among `evidence`; the others are ignored."""
    items = tuple(item for item in evidence if item.kind is EvidenceKind.OBSERVED)
    board = lay_out(items, known, prior)
    after = board.posterior()
    before = np.exp(board.prior)
    order = np.argsort(-after, kind="stable")
    named_at = board.model.weights.named
    posteriors = tuple(
        Posterior(hypothesis=_hypothesis(board, at), probability=float(after[at]), prior=float(before[at])) for at in order
    )
    shares = dict(zip(board.hypotheses, after.tolist(), strict=True))
    levels = sums(shares, dict(zip(board.hypotheses, before.tolist(), strict=True)), board.tree)
    groups = [int(at) for at in order if board.hypotheses[at] != UNKNOWN.id]
    first, second = groups[0], groups[1]
    decided: tuple[int, ...] = ()
    if not items:
        verdict, leaders = Verdict.INSUFFICIENT, []
    elif after[first] >= named_at:
        verdict, leaders = Verdict.NAMED, [first]
        decided = decisive(board, first, named_at)
    elif after[first] + after[second] >= named_at and after[second] >= _TIED_AT_LEAST:
        verdict, leaders = Verdict.TIED, [first, second]
    elif levels and levels[0].probability >= _STATE_SURE:
        verdict, leaders = Verdict.STATE_ONLY, []
    else:
        verdict, leaders = Verdict.INSUFFICIENT, []
    names = [posteriors[0].hypothesis.name] if not leaders else [board.tree.groups[board.hypotheses[at]].name for at in leaders]
    effective = board.effective
    shown = groups[:_WEIGHTS_FOR]
    return Assessment(
        kind=EvidenceKind.OBSERVED,
        verdict=verdict,
        statement=_statement(verdict, names, float(sum(after[at] for at in leaders)), levels, bool(items)),
        leaders=tuple(board.hypotheses[at] for at in leaders)
        or ((levels[0].hypothesis.id,) if verdict is Verdict.STATE_ONLY else ()),
        likelihood=band(float(sum(after[at] for at in leaders))) if leaders else None,
        confidence=_confidence(verdict, items, decided),
        posteriors=posteriors,
        levels=levels,
        weights=tuple(
            Weight(evidence=item.id, hypothesis=board.hypotheses[column], decibans=round(float(effective[row, column]), 3))
            for column in shown
            for row, item in enumerate(items)
        ),
        decisive=tuple(items[at].id for at in decided),
        missing=_missing(verdict, items),
        telling=telling(board) if items else (),
        base_rates=base_rates(items, board.model.profiles),
        method=f"weights of evidence over ATT&CK {known.attack.version}; {board.model.weights.source}",
    )


def _hypothesis(board: Board, at: int) -> Hypothesis:
    return board.tree.groups.get(board.hypotheses[at], UNKNOWN)


def _confidence(verdict: Verdict, items: Sequence[Evidence], decided: Sequence[int]) -> Confidence:
    """How good the grounds are: high never from one kind of evidence, low when a single item carries the verdict."""
    if verdict in {Verdict.INSUFFICIENT, Verdict.TIED} or len(decided) == 1:
        return Confidence.LOW
    kinds = {item.feature[0] for item in items if ":" not in item.feature}
    good = all(item.reliability in {"A", "B"} for item in items)
    return Confidence.HIGH if len(kinds) > 1 and good and len(decided) >= 3 else Confidence.MODERATE


def _statement(verdict: Verdict, names: Sequence[str], share: float, levels: Sequence[Posterior], any_items: bool) -> str:
    if not any_items:
        return "Nothing was observed that could be weighed: insufficient grounds."
    if verdict is Verdict.NAMED:
        return f"What was observed was {band(share)} the work of {names[0]} ({percent(share)})."
    if verdict is Verdict.TIED:
        return f"What was observed points to {listed(names, 'or')} ({percent(share)} together), and they cannot be told apart."
    if verdict is Verdict.STATE_ONLY:
        state = levels[0]
        return (
            f"What was observed was {band(state.probability)} the work of a group tied to {state.hypothesis.name} "
            f"({percent(state.probability)}); which one cannot be told."
        )
    return "What was observed does not carry an attribution: insufficient grounds."


def _missing(verdict: Verdict, items: Sequence[Evidence]) -> tuple[str, ...]:
    if verdict is Verdict.NAMED:
        return ()
    lacks = []
    if not any(item.feature.startswith("S") for item in items):
        lacks.append("software: no malware or tool is identified, and techniques are shared by many")
    if not any(item.feature.startswith("T") for item in items):
        lacks.append("techniques: nothing is known of how it was done")
    if not any(item.reliability in {"A", "B"} for item in items):
        lacks.append("sources better than press: every item rests on a report at second hand")
    lacks.append("infrastructure, victims' logs or language and working hours that only one actor would leave")
    return tuple(lacks)
