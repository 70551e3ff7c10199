"""Sums over groups: what a posterior over groups says of agencies and states, with the mapping's own doubt."""

from __future__ import annotations

from collections.abc import Mapping

from indicia.records import Hypothesis, Posterior
from indicia.weigh.known import UNKNOWN, Tree

__all__ = ["sums"]


def sums(
    probability: Mapping[str, float], prior: Mapping[str, float], tree: Tree, everybody: Mapping[str, float] | None = None
) -> tuple[Posterior, ...]:
    """Posteriors of all agencies, states and types that have any group, most probable first. A group counts to its agency and
    state only with the probability that the mapping is right; what the doubt takes away goes to no other state. `everybody`:
    states and types with the probability that whoever did it, known or not, works for them; no less than their groups hold."""
    above: dict[str, Hypothesis] = {}
    after: dict[str, float] = {}
    before: dict[str, float] = {}
    for group, share in probability.items():
        if group == UNKNOWN.id:
            continue
        for hypothesis, sure in tree.chain(group):
            above[hypothesis.id] = hypothesis
            after[hypothesis.id] = after.get(hypothesis.id, 0.0) + sure * share
            before[hypothesis.id] = before.get(hypothesis.id, 0.0) + sure * prior.get(group, 0.0)
    for at, share in (everybody or {}).items():
        if at in after:
            after[at] = max(after[at], share)
    ordered = sorted(above, key=lambda at: (-after[at], at))
    return tuple(Posterior(hypothesis=above[at], probability=after[at], prior=before[at]) for at in ordered)
