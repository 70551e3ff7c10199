"""The assessment of what was observed: posterior, verdict in words, decisive items, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

import numpy as np
from numpy.typing import NDArray

from indicia.knowledge.articles import the
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
from indicia.weigh.board import Board, lay_out
from indicia.weigh.explanation import base_rates, decisive, nearest_report, telling
from indicia.weigh.features import is_software, is_technique, is_victim
from indicia.weigh.kin import kin_of, told
from indicia.weigh.known import UNKNOWN, Known
from indicia.weigh.legs import Leg
from indicia.weigh.profiles import Floats
from indicia.weigh.verdict import Decision, decide
from indicia.weigh.words import band, listed, percent, surely

__all__ = ["assess_observed", "decided"]

_WEIGHTS_FOR = 5  # leading hypotheses whose weights are kept
_MOST_OF = 0.9  # of what those hold whom the evidence makes likelier


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
    decision = decided(board, after)
    order = [int(at) for at in np.argsort(-after, kind="stable")]
    decisive_ones: tuple[int, ...] = ()
    if decision.verdict is Verdict.NAMED:
        decisive_ones = decisive(lambda factors: board.posterior(factors)[:, decision.first], board.factors, named_at)
    fits = _fitting(board, after, before, order)
    rivals = [at for at in order if board.hypotheses[at] != UNKNOWN.id] if fits else []
    shown = list(dict.fromkeys((*decision.leaders, *fits, *rivals)))[:_WEIGHTS_FOR]
    effective = board.weights()
    levels = {at.hypothesis.id: at for at in decision.levels}
    sponsor = levels.get(decision.sponsor)
    share = sponsor.probability if sponsor else fsum(after[at] for at in decision.leaders)
    leaders = [_hypothesis(board, at) for at in decision.leaders] or ([sponsor.hypothesis] if sponsor else [])
    kin = kin_of(known)
    return Assessment(
        kind=EvidenceKind.OBSERVED,
        verdict=decision.verdict,
        statement=_statement(decision.verdict, leaders, share, bool(items), bool(fits))
        + "".join(told(at.name, kin.get(at.id, ())) for at in leaders),
        leaders=tuple(at.id for at in leaders),
        likelihood=band(share) if leaders else None,
        confidence=_confidence(decision.verdict, items, decisive_ones),
        posteriors=tuple(
            Posterior(hypothesis=_hypothesis(board, at), probability=float(after[at]), prior=float(before[at])) for at in order
        ),
        levels=decision.levels,
        fits=tuple(_hypothesis(board, at) for at in fits),
        prior_only=bool(items) and not fits,
        weights=tuple(
            Weight(evidence=item.id, hypothesis=board.hypotheses[column], decibans=round(float(effective[row, column]), 3))
            for column in shown
            for row, item in enumerate(items)
        ),
        decisive=tuple(items[at].id for at in decisive_ones),
        missing=_missing(decision, items, _hypothesis(board, decision.first).name if fits else "anybody"),
        telling=telling(board) if fits else (),
        base_rates=base_rates(items, board.profiles, set_aside=bool(leave_out))
        + (nearest_report(board, decision.first) if fits else ()),
        method=_method(known, model.weights.source, len(leave_out)),
    )


def decided(board: Board, after: Floats) -> Decision:
    """The verdict on a board under its posterior."""
    return decide(board.model, board.layout, board.column_factors, after, board.prior, board.tree, board.given)


def _fitting(board: Board, after: Floats, before: Floats, order: Sequence[int]) -> list[int]:
    """The groups that the evidence makes likelier and that are known for some of it, the best first: as few as hold nine tenths
    of what all of those hold. None where the evidence tells nobody from anybody."""
    seen = board.column_factors > 0
    uses: NDArray[np.bool_] = np.zeros(len(after) - 1, dtype=bool)
    if seen.any():
        uses |= board.layout.uses[seen][:, board.model.candidates].any(axis=0)
    if len(board.given.nats):
        uses |= (board.given.nats[:, :-1] > 0).any(axis=0)
    able = [at for at in order if at < len(after) - 1 and after[at] > before[at] and uses[at]]
    held = np.cumsum(after[able])
    return able[: int(np.searchsorted(held, _MOST_OF * held[-1])) + 1] if able else []


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
    good = len(kinds) > 1 and all(item.reliability in {"A", "B"} for item in items)
    if verdict is not Verdict.NAMED:
        return Confidence.MODERATE if good else Confidence.LOW
    return Confidence.HIGH if good and len(decided) >= 3 else Confidence.MODERATE


def _statement(verdict: Verdict, leaders: Sequence[Hypothesis], share: float, any_items: bool, any_fits: bool) -> str:
    if not any_items:
        return "Nothing was observed that could be weighed: insufficient grounds."
    names = [at.name for at in leaders]
    if verdict is Verdict.NAMED:
        return f"What was observed was {surely(share)} the work of {names[0]} ({percent(share)})."
    if verdict is Verdict.TIED:
        return f"What was observed points to {listed(names, 'or')} ({percent(share)} together), and they cannot be told apart."
    if verdict is Verdict.STATE_ONLY:
        whom = f"the work of a group tied to {the(names[0])}"
    elif verdict is Verdict.TYPE_ONLY:
        whom = f"the work of {names[0]} and of no state"
    elif any_fits:
        return "What was observed does not support an attribution: insufficient grounds."
    else:
        return "What was observed tells no actor from another; only what was assumed before is left: insufficient grounds."
    return f"What was observed was {surely(share)} {whom} ({percent(share)}); we cannot tell which, known or unknown."


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
