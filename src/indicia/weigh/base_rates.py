"""Base rates: how many groups each observed thing fits, said before anything is concluded from it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from indicia.records import Evidence
from indicia.weigh.board import Board
from indicia.weigh.features import is_family, is_software, is_technique
from indicia.weigh.profiles import Profiles
from indicia.weigh.words import listed

__all__ = ["base_rates", "fitting", "nearest_report"]

_MOST_LINES = 6


def fitting(profiles: Profiles, features: Sequence[str]) -> int:
    """Number of groups that ATT&CK relates to every one of `features`, relations of campaigns left out; 0 if it does not
    know one of them."""
    column = profiles.relations.column
    if any(feature not in column for feature in features):
        return 0
    return int(profiles.direct[:, [column[feature] for feature in features]].all(axis=1).sum())


def base_rates(items: Sequence[Evidence], profiles: Profiles, *, set_aside: bool = False) -> tuple[str, ...]:
    """Sentences such as "T1190 with T1505.003 fits 23 groups": all techniques together, or the rarest pair of them where no
    group shows all; then each piece of software, rarest first. `set_aside`: without the reports on this very affair."""
    without = ", the reports on this very affair set aside" if set_aside else ""
    known = [item.feature for item in items if item.feature in profiles.relations.column]
    techniques = sorted({feature for feature in known if is_technique(feature)})
    software = sorted({feature for feature in known if is_software(feature)})
    lines = []
    if techniques:
        shown = techniques
        if len(techniques) > 2 and not fitting(profiles, techniques):
            pairs = [(fitting(profiles, pair), pair) for pair in combinations(_rarest(profiles, techniques, 8), 2)]
            shown = list(min((pair for pair in pairs if pair[0]), default=(0, tuple(techniques[:2])))[1])
        count = fitting(profiles, shown)
        together = listed(shown, "with") if len(shown) == 2 else listed(shown)
        lines.append(f"{together} {'fits' if len(shown) <= 2 else 'fit'} {_groups(count)}{without}")
    counts = sorted((fitting(profiles, [feature]), feature) for feature in software)
    lines += [f"{_called(profiles, feature)} fits {_groups(count)}{without}" for count, feature in counts]
    return tuple(lines[:_MOST_LINES])


def nearest_report(board: Board, hypothesis: int) -> tuple[str, ...]:
    """A sentence on the report nearest to the items among those on one group: it may be on this very affair."""
    row = board.model.candidates[hypothesis]
    factors = board.column_factors
    if not len(factors) or (sheet := int(board.layout.nearest(factors)[row])) < 0:
        return ()
    shown = int(((board.layout.nearness[sheet] > 0) & (factors > 0)).sum())
    citation = board.profiles.relations.citations[board.layout.sheet_citation[sheet]]
    group = board.profiles.relations.names[board.hypotheses[hypothesis]]
    return (f"the nearest report on {group} ({citation}) shows {shown} of the {int((factors > 0).sum())} items",)


def _rarest(profiles: Profiles, features: Sequence[str], count: int) -> list[str]:
    users = profiles.users[[profiles.relations.column[feature] for feature in features]]
    return [features[at] for at in np.argsort(users, kind="stable")[:count]]


def _called(profiles: Profiles, feature: str) -> str:
    name = profiles.relations.names[feature]
    return f"{name}, by the titles of reports on it," if is_family(feature) else f"{name} ({feature})"


def _groups(count: int) -> str:
    return {0: "no group", 1: "1 group"}.get(count, f"{count} groups")
