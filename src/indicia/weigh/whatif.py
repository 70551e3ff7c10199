"""What if: any number of changes to the evidence or the prior, weighed at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from indicia.errors import UsageError
from indicia.records import Evidence, EvidenceKind
from indicia.weigh.affair import incident_of, reports_on
from indicia.weigh.board import lay_out, reprior
from indicia.weigh.grades import checked, factor
from indicia.weigh.known import UNKNOWN, Known

__all__ = ["Change", "Changed", "what_if"]


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One what-if: items switched off by id, items with another weight or other grades, another prior. What is absent stays."""

    off: tuple[str, ...] = ()
    weights: dict[str, float] = {}
    grades: dict[str, tuple[str, int]] = {}  # reliability A-F, credibility 1-6
    prior: dict[str, float] = {}


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """The leading group after one change, with its probability and that of an unknown actor. `passes`: the leader reaches the
    least probability at which a group is named (the rules on corroboration are not asked again)."""

    leader: str
    probability: float
    unknown: float
    passes: bool


def what_if(
    evidence: Sequence[Evidence], knowledge: Known, changes: Sequence[Change], *, prior: Mapping[str, float] | None = None
) -> tuple[Changed, ...]:
    """What each change makes of the observed evidence, in order. A thousand take well under two seconds.

    Raises: UsageError if a change names an item that is not there, a grade that there is not, or a prior that does not fit.
    """
    items = [item for item in evidence if item.kind is EvidenceKind.OBSERVED]
    incident = incident_of(evidence, knowledge)
    board = lay_out(items, knowledge, prior, reports_on(incident, knowledge) if incident else frozenset())
    at = {item.id: number for number, item in enumerate(items)}
    factors = np.repeat(board.factors[None, :], len(changes), axis=0)
    priors = np.repeat(board.prior[None, :], len(changes), axis=0)
    for row, change in enumerate(changes):
        if strangers := [one for one in (*change.off, *change.weights, *change.grades) if one not in at]:
            raise UsageError(f"no observed item {strangers[0]!r} to change")
        for one in {**change.grades, **change.weights}:
            item = items[at[one]]
            reliability, credibility = change.grades.get(one, (item.reliability, item.credibility))
            weight = change.weights.get(one, item.weight)
            item = msgspec.structs.replace(item, reliability=reliability, credibility=credibility, weight=weight)
            factors[row, at[one]] = factor(checked(item, f"change {row}"))
        factors[row, [at[one] for one in change.off]] = 0
        if change.prior:
            priors[row] = reprior(board.prior, board.hypotheses, board.tree, change.prior)
    if not changes:
        return ()
    after = board.posterior(factors, priors)
    best = after[:, :-1].argmax(axis=1)
    named = board.model.weights.named
    assert board.hypotheses[-1] == UNKNOWN.id
    return tuple(
        Changed(
            leader=board.hypotheses[leader],
            probability=float(row[leader]),
            unknown=float(row[-1]),
            passes=bool(row[leader] >= named),
        )
        for row, leader in zip(after, best, strict=True)
    )
