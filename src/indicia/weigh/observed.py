"""The assessment of what was observed: posterior, verdict in words, decisive items, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

import numpy as np

from indicia.records import (
    Assessment,
    Confidence,
    Evidence,
    EvidenceKind,
    Hypothesis,
    Level,
    Posterior,
    Verdict,
    Weight,
)
from indicia.weigh.board import Board, lay_out
from indicia.weigh.explanation import base_rates, decisive, nearest_report, telling
from indicia.weigh.features import is_software, is_technique, is_victim
from indicia.weigh.kin import kin_of, told
from indicia.weigh.known import UNKNOWN, Known
from indicia.weigh.legs import Leg
from indicia.weigh.verdict import Decision, decide
from indicia.weigh.words import band, listed, percent, surely

__all__ = ["assess_observed"]

_WEIGHTS_FOR = 5  # leading hypotheses whose weights are kept


def assess_observed(
    evidence: Sequence[Evidence],
    known: Known,
    prior: Mapping[str, float] | None = None,
    leave_out: frozenset[str] = frozenset(),
) -> Assessment:
    """Weighs the observed items among `evidence`; the others are ignored. `leave_out` names reports that may not speak."""
    items = tuple(item for item in evidence if item.kind is EvidenceKind.OBSERVED)
    board = lay_out(items, known, prior, leave_out)
    after, before = board.posterior(), np.exp(board.prior)
    model, named_at = board.model, board.model.weights.named
    decision = decide(model, board.layout, board.column_factors, after, board.prior, board.tree)
    order = [int(at) for at in np.argsort(-after, kind="stable")]
    posteriors = tuple(
        Posterior(hypothesis=_hypothesis(board, at), probability=float(after[at]), prior=float(before[at])) for at in order
    )
    decided: tuple[int, ...] = ()
    if decision.verdict is Verdict.NAMED:
        decided = decisive(lambda factors: board.posterior(factors)[:, decision.first], board.factors, named_at)
    share = fsum(after[at] for at in decision.leaders)
    shown = [at for at in order if board.hypotheses[at] != UNKNOWN.id][:_WEIGHTS_FOR]
    effective = board.weights()
    state = next((at for at in decision.levels if at.hypothesis.level is Level.STATE), None)
    kin = kin_of(known)
    return Assessment(
        kind=EvidenceKind.OBSERVED,
        verdict=decision.verdict,
        statement=_statement(decision, [_hypothesis(board, at).name for at in decision.leaders], share, state, bool(items))
        + "".join(told(at.name, kin.get(at.id, ())) for at in (_hypothesis(board, one) for one in decision.leaders)),
        leaders=tuple(board.hypotheses[at] for at in decision.leaders)
        or ((state.hypothesis.id,) if state and decision.verdict is Verdict.STATE_ONLY else ()),
        likelihood=band(share)
        if decision.leaders
        else (band(state.probability) if state and decision.verdict is Verdict.STATE_ONLY else None),
        confidence=_confidence(decision.verdict, items, decided),
        posteriors=posteriors,
        levels=decision.levels,
        weights=tuple(
            Weight(evidence=item.id, hypothesis=board.hypotheses[column], decibans=round(float(effective[row, column]), 3))
            for column in shown
            for row, item in enumerate(items)
        ),
        decisive=tuple(items[at].id for at in decided),
        missing=_missing(decision, items, _hypothesis(board, decision.first).name),
        telling=telling(board) if items else (),
        base_rates=base_rates(items, board.profiles, set_aside=bool(leave_out)) + nearest_report(board, decision.first),
        method=_method(known, model.weights.source, len(leave_out)),
    )


def _method(known: Known, source: str, left_out: int) -> str:
    without = f" without {left_out} reports on this very affair" if left_out else ""
    return f"weights of evidence over ATT&CK {known.attack.version}{without}; {source}"


def _hypothesis(board: Board, at: int) -> Hypothesis:
    return board.tree.groups.get(board.hypotheses[at], UNKNOWN)


def _confidence(verdict: Verdict, items: Sequence[Evidence], decided: Sequence[int]) -> Confidence:
    """How good the grounds are: high never from one kind of evidence, low when a single item carries the verdict."""
    if verdict in {Verdict.INSUFFICIENT, Verdict.TIED} or len(decided) == 1:
        return Confidence.LOW
    kinds = {is_software(item.feature) for item in items if not is_victim(item.feature)}
    good = all(item.reliability in {"A", "B"} for item in items)
    return Confidence.HIGH if len(kinds) > 1 and good and len(decided) >= 3 else Confidence.MODERATE


def _statement(decision: Decision, names: Sequence[str], share: float, state: Posterior | None, any_items: bool) -> str:
    if not any_items:
        return "Nothing was observed that could be weighed: insufficient grounds."
    if decision.verdict is Verdict.NAMED:
        return f"What was observed was {surely(share)} the work of {names[0]} ({percent(share)})."
    if decision.verdict is Verdict.TIED:
        return f"What was observed points to {listed(names, 'or')} ({percent(share)} together), and they cannot be told apart."
    if decision.verdict is Verdict.STATE_ONLY and state is not None:
        return (
            f"What was observed was {surely(state.probability)} the work of a group tied to {state.hypothesis.name} "
            f"({percent(state.probability)}); we cannot tell which."
        )
    return "What was observed does not support an attribution: insufficient grounds."


def _missing(decision: Decision, items: Sequence[Evidence], first: str) -> tuple[str, ...]:
    if decision.verdict is Verdict.NAMED:
        return ()
    lacks = []
    if decision.plantable:
        lacks.append(
            f"corroboration: the tools of {first} point to it, but tools can be planted, and the rest fits others better"
        )
    if decision.shared:
        lacks.append(f"anything that sets one actor apart: all that was observed fits {_others(decision.shared)} as well")
    if Leg.KINDS in decision.lacks:
        lacks.append(
            f"a second kind of evidence: naming {first} takes software that few groups have and techniques that this software "
            "does not imply"
        )
    if Leg.PRIOR in decision.lacks:
        lacks.append(
            f"evidence that does not owe its weight to how much is written about {first}: with all groups equally likely at "
            "first, it is too little"
        )
    if Leg.ITEM in decision.lacks:
        lacks.append(f"a case that survives the loss of any one item: without one of them, too little speaks for {first}")
    if Leg.RIVAL in decision.lacks:
        lacks.append(
            f"evidence that fits {first} alone: with {first} ruled out it would name another group, so it may stem from two "
            "groups or be planted"
        )
    if not any(is_software(item.feature) for item in items):
        lacks.append("software: no malware or tool is identified, and many groups share techniques")
    if not any(is_technique(item.feature) for item in items):
        lacks.append("techniques: nothing is known about how it was done")
    if items and not any(item.reliability in {"A", "B"} for item in items):
        lacks.append("better sources: every item rests on a second-hand report")
    lacks.append("traces that only one actor would leave, such as infrastructure, victims' logs, language or working hours")
    return tuple(lacks)


def _others(count: int) -> str:
    return "1 other group" if count == 1 else f"{count} other groups"
