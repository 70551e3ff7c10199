"""How well a verdict bears strain: another prior, tools that somebody planted, items that are easily faked or shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import numpy as np

from indicia.errors import UsageError
from indicia.records import Evidence, EvidenceKind, Verdict
from indicia.weigh.affair import set_aside
from indicia.weigh.board import lay_out, reprior
from indicia.weigh.features import is_software
from indicia.weigh.gather import from_ids
from indicia.weigh.known import UNKNOWN, Known
from indicia.weigh.model import grounds_of
from indicia.weigh.observed import assess_observed, decided

__all__ = ["Planted", "Stress", "ease_of_faking", "plant", "prior_range", "sensitivity", "strained"]

_TRIED = 300  # items that are left out one by one
_PRIORS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


class Planted(msgspec.Struct, frozen=True, kw_only=True):
    """What planting a rival's tools makes of the verdict: `fooled` if the rival is named then."""

    rival: str
    tools: tuple[str, ...]
    verdict: Verdict
    leaders: tuple[str, ...]
    fooled: bool


class Stress(msgspec.Struct, frozen=True, kw_only=True):
    """How a weighing bears strain. `priors`: (prior of an unknown actor, the verdict, its leaders); `without`: the same for
    each item without which the verdict is another, by its evidence id; `ease` in words by evidence id."""

    priors: tuple[tuple[float, Verdict, tuple[str, ...]], ...]
    without: tuple[tuple[str, Verdict, tuple[str, ...]], ...] = ()
    ease: dict[str, str]
    planted: Planted | None = None


def strained(evidence: Sequence[Evidence], knowledge: Known, rival: str | None = None) -> Stress | None:
    """The strain on what was observed among `evidence`; None where nothing was. Raises: UsageError as `plant` does."""
    if not any(item.kind is EvidenceKind.OBSERVED for item in evidence):
        return None
    return Stress(
        priors=prior_range(evidence, knowledge),
        without=sensitivity(evidence, knowledge),
        ease=ease_of_faking(evidence, knowledge),
        planted=plant(evidence, knowledge, rival) if rival else None,
    )


def plant(evidence: Sequence[Evidence], knowledge: Known, rival: str, tools: int = 3) -> Planted:
    """The verdict on the observed evidence with the `tools` rarest pieces of software of `rival` (a G id) added to it.

    Raises: UsageError if the rival is not known or has no software.
    """
    own_reports = set_aside(evidence, knowledge)
    profiles = grounds_of(knowledge, own_reports).profiles
    relations = profiles.relations
    if rival not in relations.row:
        raise UsageError(f"ATT&CK {knowledge.attack.version} has no group {rival!r}")
    first = len(relations.techniques)
    own = np.flatnonzero(profiles.uses[relations.row[rival], first:]) + first
    rarest = own[np.argsort(profiles.users[own], kind="stable")][:tools]
    if not len(rarest):
        raise UsageError(f"no software of {rival} is known that could be planted")
    planted = tuple(relations.features[at] for at in rarest)
    added = from_ids(software=planted, knowledge=knowledge, author="planted")
    found = assess_observed((*evidence, *added), knowledge, leave_out=own_reports)
    return Planted(rival=rival, tools=planted, verdict=found.verdict, leaders=found.leaders, fooled=found.leaders == (rival,))


def prior_range(evidence: Sequence[Evidence], knowledge: Known) -> tuple[tuple[float, Verdict, tuple[str, ...]], ...]:
    """For a row of prior probabilities of an actor we do not know: (prior, the verdict, its leaders)."""
    items = [item for item in evidence if item.kind is EvidenceKind.OBSERVED]
    board = lay_out(items, knowledge, None, set_aside(evidence, knowledge))
    found = []
    for share in _PRIORS:
        varied = replace(board, prior=reprior(board.prior, board.hypotheses, board.tree, {UNKNOWN.id: share}))
        decision = decided(varied, varied.posterior())
        found.append((share, decision.verdict, decision.named_of(board.hypotheses)))
    return tuple(found)


def sensitivity(evidence: Sequence[Evidence], knowledge: Known) -> tuple[tuple[str, Verdict, tuple[str, ...]], ...]:
    """The items without which the verdict would be another, each with that verdict and its leaders; the first few hundred are
    tried."""
    items = [item for item in evidence if item.kind is EvidenceKind.OBSERVED]
    board = lay_out(items, knowledge, None, set_aside(evidence, knowledge))
    whole = decided(board, board.posterior())
    standing = whole.verdict, whole.named_of(board.hypotheses)
    found = []
    for at in [at for at in range(len(items)) if board.factors[at] > 0][:_TRIED]:
        factors = board.factors.copy()
        factors[at] = 0
        less = replace(board, factors=factors)
        decision = decided(less, less.posterior())
        if (decision.verdict, decision.named_of(board.hypotheses)) != standing:
            found.append((items[at].id, decision.verdict, decision.named_of(board.hypotheses)))
    return tuple(found)


def ease_of_faking(evidence: Sequence[Evidence], knowledge: Known) -> dict[str, str]:
    """For each observed item how easily it could be shared or planted, in words; by evidence id."""
    profiles = grounds_of(knowledge, set_aside(evidence, knowledge)).profiles
    relations = profiles.relations
    result = {}
    for item in evidence:
        if item.kind is not EvidenceKind.OBSERVED:
            continue
        column = relations.column.get(item.feature)
        if column is None:
            result[item.id] = "not to be told"
        elif relations.is_tool[column]:
            result[item.id] = "easy: a public tool, anybody's"
        elif not is_software(item.feature):
            result[item.id] = f"easy to share: {profiles.users[column]:.0f} groups are known for it"
        elif profiles.users[column] > 2:
            result[item.id] = f"shared already: {profiles.users[column]:.0f} groups have it"
        else:
            result[item.id] = "hard to get at, but once it is public it can be planted"
    return result
