"""What if: changes to the evidence or the prior. Page, command line and stress all ask here, so that they say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from indicia.errors import UsageError
from indicia.records import Evidence, EvidenceKind, Weighing
from indicia.weigh.affair import set_aside
from indicia.weigh.assess import weigh
from indicia.weigh.board import lay_out, reprior
from indicia.weigh.grades import checked, factor
from indicia.weigh.known import UNKNOWN, Known


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One what-if: items switched off, items with another weight or other grades, another prior. Items go by their id or by
    what they show (`S0020`); what is absent stays."""

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


def what_if(evidence: Iterable[Evidence], knowledge: Known, change: Change) -> Weighing:
    """The weighing of the changed evidence, in full: as `weigh` does it, with the same reports set aside.

    Raises: UsageError if the change names an item that is not there, a grade that there is not, or a prior that does not fit.
    """
    return weigh(changed(evidence, change), knowledge, prior=change.prior or None)


def changed(evidence: Iterable[Evidence], change: Change) -> tuple[Evidence, ...]:
    """The evidence with one change. Raises: UsageError as `what_if` does."""
    items = tuple(evidence)
    there = {key for item in items for key in (item.id, item.feature)}
    if strangers := sorted({*change.off, *change.weights, *change.grades} - there):
        raise UsageError(f"no item {', '.join(strangers)} to change", hint="--json lists the ids of the evidence")
    off = set(change.off)
    return tuple(_changed(item, change, not off.isdisjoint((item.id, item.feature))) for item in items)


def _changed(item: Evidence, change: Change, off: bool) -> Evidence:
    for key in (item.feature, item.id):
        if key in change.grades or key in change.weights:
            reliability, credibility = change.grades.get(key, (item.reliability, item.credibility))
            weight = change.weights.get(key, item.weight)
            item = checked(
                msgspec.structs.replace(item, reliability=reliability, credibility=credibility, weight=weight), "a what-if"
            )
    return msgspec.structs.replace(item, weight=0.0) if off else item


def leaders_if(
    evidence: Sequence[Evidence], knowledge: Known, changes: Sequence[Change], *, prior: Mapping[str, float] | None = None
) -> tuple[Changed, ...]:
    """What each change makes of the observed evidence, in short and in order. A thousand take well under two seconds.

    Raises: UsageError as `what_if` does.
    """
    if not changes:
        return ()
    items = [item for item in evidence if item.kind is EvidenceKind.OBSERVED]
    board = lay_out(items, knowledge, prior, set_aside(evidence, knowledge))
    factors = np.array([[factor(item) for item in changed(items, change)] for change in changes])
    priors = np.array(
        [
            reprior(board.prior, board.hypotheses, board.tree, change.prior) if change.prior else board.prior
            for change in changes
        ]
    )
    after = board.posterior(factors.reshape(len(changes), len(items)), priors)
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
