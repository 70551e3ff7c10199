"""What is asked of each (item, group) pair: the numbers that the fitted weights multiply.

Five ideas, each a plain sum over items, so that an item's weight can be told exactly:

known, rate    does the group do this more than others do?          (two ways of smoothing: by features, by reports)
rare, tool, exclusive   how few others have the software; public tools are anybody's
linked, cocited   is there a report on the software that is cited for the group as well?
closest        how much of the case does the one report on the group that is nearest to it show?

What travels together is not counted twice: `rate` grows with the root of the number of items, `closest` is a share of the whole
case, and any number of exclusive pieces of software counts as one. All of it weighs less where there is little, since what one
item or two seem to tell is mostly chance (`borne`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from indicia.weigh.profiles import UNDATED, Floats, Ints, Profiles

PLAIN = ("known_T", "known_S", "linked_S", "cocited_S", "rare_S", "tool_S")  # _T of techniques, _S of software
ITEM = (*PLAIN, "rate", "closest", "exclusive_S")
ACTIVITY = ("reports", "features", "silence")
UNKNOWN_ITEM = ("technique", "software", "root")

_SHARE = 0.4  # of a group's features that are its own habit; the rest is what everybody does
_RATE_PRIOR = 30  # reports' worth of everybody's habits mixed into each group's
_FEW = 2.0  # squared number of items at which they keep half of their weight; fitted on parts of the stream's reports
_SMALL_REPORT = 3  # features; what says less is half a report


@dataclass(frozen=True, slots=True)
class ItemLayout:
    """Items (columns of the profiles, each once) against all groups, ready to be weighed. Matrices are [item, group] unless
    said otherwise. Holds no reference to the profiles it was made from."""

    columns: Ints  # [item]
    is_software: Floats  # [item]
    rarity: Floats  # [item], nats
    users: Floats  # [item]: groups known to use it
    is_tool: Floats  # [item]: comes with the system, or is to be had by anybody
    does: Floats  # [item, item]: 1 where the first is software that is known to do the second, a technique
    uses: Floats
    plain: Floats  # [item, group, PLAIN]
    rate: Floats
    exclusive: Floats  # 1 where the group alone is known to use the software, public tools left out
    nearness: Floats  # [sheet, item], see `_nearness`
    sheet_group: Ints  # [sheet], ascending
    sheet_citation: Ints  # [sheet]

    @classmethod
    def of(cls, profiles: Profiles, columns: Ints, *, sheets: bool = True) -> ItemLayout:
        """The features in `columns` as `profiles` know them. Without `sheets` no report is near to anything."""
        is_software = (columns >= len(profiles.relations.techniques)).astype(np.float64)
        is_tool = profiles.relations.is_tool[columns].astype(np.float64)
        rarity, users = profiles.rarity[columns], profiles.users[columns]
        uses = profiles.uses[:, columns].T
        nearness = _nearness(profiles, columns) if sheets else np.zeros((0, len(columns)))
        shown = np.flatnonzero(nearness.any(axis=1))
        return cls(
            columns=columns,
            is_software=is_software,
            rarity=rarity,
            users=users,
            is_tool=is_tool,
            does=_does(profiles, columns),
            uses=uses,
            plain=_plain(profiles, columns, is_software, rarity, uses),
            rate=_rate(profiles, columns),
            exclusive=uses * ((users == 1) * is_software * (1 - is_tool))[:, None],
            nearness=nearness[shown],
            sheet_group=profiles.sheets.group[shown] if sheets else shown,
            sheet_citation=profiles.sheets.citation[shown] if sheets else shown,
        )

    def closest(self, factors: Floats) -> Floats:
        """[variant, group]: the cosine of the case to the nearest report on each group. `factors` is [variant, item]."""
        best = np.zeros((len(factors), self.uses.shape[1]))
        if len(self.sheet_group):
            cosine = factors @ self.nearness.T / _root(factors @ self.rarity)[:, None]
            starts = np.unique(self.sheet_group, return_index=True)[1]
            best[:, self.sheet_group[starts]] = np.maximum.reduceat(cosine, starts, axis=1)
        return best

    def nearest(self, factors: Floats) -> Ints:
        """[group]: the sheet of the nearest report on each group under `factors` [item], -1 where none shows any item."""
        cosine = self.nearness @ factors
        found = np.full(self.uses.shape[1], -1, dtype=np.int64)
        order = np.lexsort((-np.arange(len(cosine)), cosine))  # the last of each group is its nearest, the first of equals
        found[self.sheet_group[order]] = order
        return np.where(cosine[found] > 0, found, -1) if len(cosine) else found

    def parts(self, factors: Floats) -> Floats:
        """[item, group, ITEM]: what each item adds under `factors` [item]. Summed over items: the inputs of the score."""
        items, groups = self.uses.shape
        result = np.zeros((items, groups, len(ITEM)))
        if not items:
            return result
        result[:, :, : len(PLAIN)] = self.plain * factors[:, None, None]
        result[:, :, -3] = self.rate * factors[:, None] / _root(factors.sum())
        nearest = self.nearest(factors)
        near = nearest >= 0
        result[:, near, -2] = self.nearness[nearest[near]].T * factors[:, None] / _root(factors @ self.rarity)
        exclusive = self.exclusive * factors[:, None]
        result[:, :, -1] = exclusive / np.maximum(exclusive.sum(axis=0), 1)
        return result * borne(factors.sum())

    def unknown_parts(self, factors: Floats) -> Floats:
        """[item, UNKNOWN_ITEM]: the same for an actor that we do not know."""
        root = np.ones_like(factors) / _root(factors.sum())
        return np.stack([1 - self.is_software, self.is_software, root], axis=-1) * factors[:, None] * borne(factors.sum())


def borne(total: ArrayLike) -> Floats:
    """The share of its weight that an item keeps among items whose factors sum to `total`: a third alone, two thirds of two."""
    squared = np.square(np.asarray(total, dtype=np.float64))
    return squared / (squared + _FEW)


def _does(profiles: Profiles, columns: Ints) -> Floats:
    first = len(profiles.relations.techniques)
    does = np.zeros((len(columns), len(columns)))
    at = np.flatnonzero(columns >= first)
    if len(at):
        does[at] = profiles.software_does[columns[at] - first][:, columns]
    return does


def _root(total: ArrayLike) -> Floats:
    root: Floats = np.sqrt(np.maximum(np.asarray(total), 1e-9))
    return root


def _plain(profiles: Profiles, columns: Ints, is_software: Floats, rarity: Floats, uses: Floats) -> Floats:
    """[item, group, PLAIN]: what does not depend on the other items.

    known    log likelihood ratio of a draw from the group's known features against a draw from everybody's
    linked   rarity of software that shares a report with the group and is not yet said to be used by it
    cocited  log(1 + reports on the software that are cited for the group too, each shared among its groups)
    rare     squared rarity of software that the group uses, public tools left out;  tool  rarity of a public tool it uses
    """
    users = profiles.users
    base = ((users[columns] + 0.5) / (users.sum() + 0.5 * (users > 0).sum()))[:, None]
    known = np.log1p(_SHARE / (1 - _SHARE) * uses / np.maximum(profiles.size, 1)[None, :] / base)
    cocited, linked = np.zeros_like(uses), np.zeros_like(uses)
    at = np.flatnonzero(is_software)
    if len(at):
        on_software = profiles.cited_for_software[columns[at] - len(profiles.relations.techniques)]
        on_groups = profiles.cited_for_groups
        cocited[at] = np.log1p((on_software / np.maximum(on_groups.sum(axis=0), 1)) @ on_groups.T)
        linked[at] = on_software @ on_groups.T > 0
    software, rarity = is_software[:, None], rarity[:, None]
    tool = profiles.relations.is_tool[columns][:, None]
    return np.stack(
        [
            known * (1 - software),
            known * software,
            linked * (1 - uses) * rarity,
            cocited,
            uses * (software - tool) * rarity**2 / 4,
            uses * tool * rarity,
        ],
        axis=-1,
    )


def _rate(profiles: Profiles, columns: Ints) -> Floats:
    """[item, group]: log of the feature's share in the reports on the group against its share in all, smoothed by that."""
    reports = profiles.reports
    everybody = (reports.sum(axis=0) + 0.5) / (reports.sum() + 0.5 * reports.shape[1])
    base = everybody[columns][:, None]
    own = reports[:, columns].T + _RATE_PRIOR * base
    ratio: Floats = np.log(own / (reports.sum(axis=1)[None, :] + _RATE_PRIOR) / base)
    return ratio


def _nearness(profiles: Profiles, columns: Ints) -> Floats:
    """[sheet, item]: rarity of the items that the report shows, by the root of the report's own length. Summed over the case's
    items and divided by the root of the case's length it is the cosine of the two."""
    sheets = profiles.sheets
    count = np.bincount(sheets.row, minlength=len(sheets.group))
    scale = np.where(count >= _SMALL_REPORT, 1.0, 0.5) / _root(sheets.length(profiles.rarity))
    return sheets.shows(columns, len(profiles.relations.features)) * profiles.rarity[columns] * scale[:, None]


def activity_inputs(profiles: Profiles) -> Floats:
    """[group, ACTIVITY]: how much is known of each group before any evidence, in logs; and for how long it has been silent: the
    log of one more than the years from its newest dated report to the newest of all (of the oldest where it has none)."""
    cited = profiles.cited_for_groups
    years = np.array([0 if date == UNDATED else int(date[:4]) for date in profiles.relations.dates.tolist()])
    dated = years[(cited.sum(axis=0) > 0) & (years > 0)]
    oldest, newest = (int(dated.min()), int(dated.max())) if len(dated) else (0, 0)
    last = np.maximum((cited * years).max(axis=1, initial=0), oldest)
    return np.stack([np.log1p(cited.sum(axis=1)), np.log(np.maximum(profiles.size, 1)), np.log1p(newest - last)], axis=-1)
