"""Whether two cases are one hand's work, without naming whose: what both show, the rarer the more.

`likeness` is the cosine of the two over ATT&CK's techniques and software, each as rare as few groups use it. The bars come from
pairs of reports of the oldest release (pairs on one group among four times as many on two) and were measured on reports that
it does not cite (`evals.weigh_hands`). Shared indicators and victims are listed beside it and raise nothing: for those there
are no data to fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from indicia.records import Case, Context, Evidence, EvidenceKind, MentionKind
from indicia.weigh.features import is_victim
from indicia.weigh.known import Known
from indicia.weigh.legs import COMMONPLACE
from indicia.weigh.model import grounds_of
from indicia.weigh.profiles import Profiles

__all__ = ["BAR", "BAR_WITH_SOFTWARE", "Hands", "likeness", "same_hand", "telling_software"]

BAR = 0.4
BAR_WITH_SOFTWARE = 0.25  # where both show software that few have
_LEAST_SHARED = 3  # features: less is chance
_LISTED = 50


class Hands(msgspec.Struct, frozen=True, kw_only=True):
    """Two cases beside each other. `likely`: one hand's work, likely. `shared`: labels of what both show, the rarest first,
    each with the number of groups that are known for it; `likeness` is 0 to 1 and no probability."""

    likely: bool
    likeness: float
    shared: tuple[tuple[str, int], ...]
    indicators: tuple[str, ...] = ()
    victims: tuple[str, ...] = ()

    @property
    def statement(self) -> str:
        """The answer in a sentence."""
        if self.likely:
            return "Same hand: likely. Both show what few groups do together; whose hand it is, is another question."
        if self.shared or self.indicators:
            return "Whether it is the same hand cannot be told: what both show is what many do."
        return "Nothing that was observed in one was observed in the other."


def likeness(profiles: Profiles, one: Sequence[int], other: Sequence[int]) -> float:
    """The cosine of two sets of columns, by rarity."""
    rarity = profiles.rarity
    shared = sorted(set(one) & set(other))
    lengths = [float(np.sqrt((rarity[list(columns)] ** 2).sum())) for columns in (one, other)]
    return float((rarity[shared] ** 2).sum()) / max(lengths[0] * lengths[1], 1e-9)


def telling_software(profiles: Profiles, columns: Iterable[int]) -> list[int]:
    """Those among the columns that are software which few have and nobody can download."""
    first, tool = len(profiles.relations.techniques), profiles.relations.is_tool
    return [at for at in columns if at >= first and not tool[at] and profiles.users[at] < COMMONPLACE]


def same_hand(one: Case, other: Case, knowledge: Known) -> Hands:
    """The two cases, by what was observed in each and weighs."""
    profiles = grounds_of(knowledge).profiles
    mine, theirs = (_observed(case) for case in (one, other))
    column = profiles.relations.column
    columns = [sorted({column[item.feature] for item in items if item.feature in column}) for items in (mine, theirs)]
    shared = sorted(set(columns[0]) & set(columns[1]), key=lambda at: (profiles.users[at], at))
    near = likeness(profiles, *columns) if all(columns) else 0.0
    bar = BAR_WITH_SOFTWARE if telling_software(profiles, shared) else BAR
    labels = {item.feature: item.label for item in mine}
    both = {item.feature for item in mine if is_victim(item.feature)} & {item.feature for item in theirs}
    return Hands(
        likely=len(shared) >= _LEAST_SHARED and near >= bar,
        likeness=round(near, 3),
        shared=tuple((labels[profiles.relations.features[at]], int(profiles.users[at])) for at in shared),
        indicators=tuple(sorted(_indicators(one) & _indicators(other)))[:_LISTED],
        victims=tuple(sorted(labels[feature] for feature in both)),
    )


def _observed(case: Case) -> list[Evidence]:
    items = case.weighing.evidence if case.weighing else ()
    return [item for item in items if item.kind is EvidenceKind.OBSERVED and item.weight]


def _indicators(case: Case) -> set[str]:
    return {one.value for one in case.mentions if one.kind is MentionKind.INDICATOR and one.context is Context.STATED}
