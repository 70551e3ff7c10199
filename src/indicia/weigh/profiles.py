"""What each group is known to use, as arrays: which report says so, and so what is left when a report is set aside.

`Relations` holds ATT&CK's `uses` relations of one release as triples (user, feature, citation). `Relations.profiles` counts
them per group; the evaluation leaves out a report, everything after a date, or a campaign there, and nowhere else, so that
nothing of a tested report can come in by another way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indicia.knowledge import Attack
from indicia.knowledge.tables import Malware

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
UNDATED = "9999"  # later than all
_UNCITED = 0  # index of the citation that stands for "no report named"


@dataclass(frozen=True, slots=True)
class Uses:
    """Triples, one row each: user row, feature column, citation index."""

    user: Ints
    feature: Ints
    citation: Ints

    @property
    def columns(self) -> tuple[Ints, Ints, Ints]:
        return self.user, self.feature, self.citation

    def keep(self, which: NDArray[np.bool_]) -> Uses:
        return Uses(self.user[which], self.feature[which], self.citation[which])


@dataclass(frozen=True)
class Sheets:
    """One row per (group, report), sorted by group: `group` and `citation` of each row; `row` and `feature` of each entry."""

    group: Ints
    citation: Ints
    row: Ints
    feature: Ints

    def length(self, value: Floats) -> Floats:
        """Per row the sum over its features of `value` [feature]."""
        length: Floats = np.bincount(self.row, weights=value[self.feature], minlength=len(self.group)).astype(np.float64)
        return length

    def shows(self, columns: Ints, features: int) -> Floats:
        """[row, item]: 1 where the report says that the group uses the feature in `columns`."""
        place = np.full(features, -1, dtype=np.int64)
        place[columns] = np.arange(len(columns))
        wanted = place[self.feature] >= 0
        result = np.zeros((len(self.group), len(columns)))
        result[self.row[wanted], place[self.feature[wanted]]] = 1
        return result


class Relations:
    """ATT&CK's relations of one release as triples, ready to be counted under any selection of reports.

    `families` that ATT&CK lacks are software of the groups to which reports tie them. None of these reports is told, so the
    ties count only where no report is left out.
    """

    def __init__(self, attack: Attack, families: Iterable[Malware] = ()) -> None:
        families = tuple(families)
        self.version = attack.version
        self.groups: tuple[str, ...] = tuple(sorted(group.id for group in attack.groups))
        self.names: dict[str, str] = {technique.id: technique.name for technique in attack.techniques}
        self.names |= {software.id: software.name for software in attack.software}
        self.names |= {family.id: family.name for family in families}
        self.names |= {group.id: group.name for group in attack.groups}
        self.techniques: tuple[str, ...] = tuple(sorted(technique.id for technique in attack.techniques))
        self.software: tuple[str, ...] = tuple(sorted((*(row.id for row in attack.software), *(row.id for row in families))))
        self.features: tuple[str, ...] = self.techniques + self.software
        self.column: dict[str, int] = {feature: at for at, feature in enumerate(self.features)}
        self.row: dict[str, int] = {group: at for at, group in enumerate(self.groups)}
        tools = {software.id for software in attack.software if software.type == "tool"}
        self.is_tool = np.array([feature in tools for feature in self.features])
        self.campaigns: dict[str, int] = {campaign.id: at for at, campaign in enumerate(attack.campaigns)}
        self.citations: tuple[str, ...] = ("", *sorted({name for use in attack.uses for name in use.citations}))
        self._citation = {name: at for at, name in enumerate(self.citations)}
        dates = {citation.name: citation.date for citation in attack.citations}
        self.dates = np.array([_latest(dates.get(name)) for name in self.citations])
        attributed = {campaign.id: campaign.attributed_to for campaign in attack.campaigns}
        software_row = {software: at for at, software in enumerate(self.software)}
        own: list[tuple[int, int, int]] = [
            (self.row[group], self.column[family.id], _UNCITED)
            for family in families
            for group in family.groups
            if group in self.row
        ]
        by_campaign: list[tuple[int, int, int, int]] = []
        by_software: list[tuple[int, int, int]] = []
        for use in attack.uses:
            if (column := self.column.get(use.target)) is None:
                continue
            for citation in [self._citation[name] for name in use.citations] or [_UNCITED]:
                if use.source in self.row:
                    own.append((self.row[use.source], column, citation))
                elif use.source in software_row:
                    by_software.append((software_row[use.source], column, citation))
                elif use.source in attributed:
                    campaign = self.campaigns[use.source]
                    by_campaign += [
                        (self.row[group], column, citation, campaign) for group in attributed[use.source] if group in self.row
                    ]
        self._own = _triples(own)
        self._by_campaign = _triples([row[:3] for row in by_campaign])
        self._campaign = np.array([row[3] for row in by_campaign], dtype=np.int64)
        self._by_software = _triples(by_software)

    def reports(self, techniques: int) -> list[tuple[int, int, Ints]]:
        """(group row, citation index, feature columns) of every report cited for a group's own use of that many techniques."""
        found: dict[tuple[int, int], set[int]] = {}
        for user, feature, citation in zip(*(one.tolist() for one in self._own.columns), strict=True):
            if citation != _UNCITED:
                found.setdefault((user, citation), set()).add(feature)
        limit = len(self.techniques)
        return [
            (user, citation, np.array(sorted(features), dtype=np.int64))
            for (user, citation), features in sorted(found.items())
            if sum(feature < limit for feature in features) >= techniques
        ]

    def profiles(
        self, *, drop: Collection[str] = (), before: str | None = None, without_campaign: str | None = None
    ) -> Profiles:
        """Counts per group from the reports that are left. `drop` names citations to leave out, `before` an ISO date that a
        report must precede (undated reports are left out then), `without_campaign` a campaign whose relations are left out.
        Relations that name no report count only when nothing is left out: nobody can tell what they rest on."""
        usable = np.ones(len(self.citations), dtype=bool)
        if drop or before is not None:
            usable[_UNCITED] = False
            usable[[self._citation[name] for name in drop if name in self._citation]] = False
            if before is not None:
                usable &= self.dates < before
        of_campaigns = usable[self._by_campaign.citation]
        if without_campaign is not None and without_campaign in self.campaigns:
            of_campaigns &= self._campaign != self.campaigns[without_campaign]
        return Profiles(
            self,
            own=self._own.keep(usable[self._own.citation]),
            by_campaign=self._by_campaign.keep(of_campaigns),
            by_software=self._by_software.keep(usable[self._by_software.citation]),
        )


def _latest(date: str | None) -> str:
    """The last day that a date cut to month or year can mean; no date is later than all."""
    return (date + "-12-31"[len(date) - 4 :] if len(date) < 10 else date) if date else UNDATED


def _triples(rows: list[tuple[int, int, int]]) -> Uses:
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Uses(table[:, 0], table[:, 1], table[:, 2])


class Profiles:
    """What the reports that are left say of every group. All matrices have one row per group, one column per feature."""

    def __init__(self, relations: Relations, own: Uses, by_campaign: Uses, by_software: Uses) -> None:
        self.relations = relations
        self._own, self._by_campaign, self._by_software = own, by_campaign, by_software

    def _count(self, uses: Uses, rows: int) -> Floats:
        columns = len(self.relations.features)
        flat = np.bincount(uses.user * columns + uses.feature, minlength=rows * columns)
        return flat.reshape(rows, columns).astype(np.float64)

    @cached_property
    def reports(self) -> Floats:
        """Number of reports behind each (group, feature), those of its campaigns included."""
        rows = len(self.relations.groups)
        return self._count(self._own, rows) + self._count(self._by_campaign, rows)

    @cached_property
    def uses(self) -> Floats:
        """1 where a group is known to use the feature, else 0."""
        return (self.reports > 0).astype(np.float64)

    @cached_property
    def size(self) -> Floats:
        """Number of features known of each group."""
        size: Floats = self.uses.sum(axis=1)
        return size

    @cached_property
    def users(self) -> Floats:
        """Number of groups known to use each feature."""
        users: Floats = self.uses.sum(axis=0)
        return users

    @cached_property
    def rarity(self) -> Floats:
        """log((1 + groups) / (1 + users)) of each feature, in nats."""
        known = int((self.size > 0).sum())
        rarity: Floats = np.log((1 + known) / (1 + self.users))
        return rarity

    @cached_property
    def software_does(self) -> Floats:
        """1 where a piece of software (row) is known to do a technique (column)."""
        return (self._count(self._by_software, len(self.relations.software)) > 0).astype(np.float64)

    def _reports_of(self, uses: Uses, rows: int) -> Floats:
        cited = uses.citation != _UNCITED
        columns = len(self.relations.citations)
        flat = np.bincount(uses.user[cited] * columns + uses.citation[cited], minlength=rows * columns)
        return (flat.reshape(rows, columns) > 0).astype(np.float64)

    @cached_property
    def sheets(self) -> Sheets:
        """What each report that is left says of each group it is cited for."""
        user, feature, citation = (
            np.concatenate(both) for both in zip(self._own.columns, self._by_campaign.columns, strict=True)
        )
        cited = citation != _UNCITED
        reports, features = len(self.relations.citations), len(self.relations.features)
        entries = np.unique((user[cited] * reports + citation[cited]) * features + feature[cited])
        rows, row_of = np.unique(entries // features, return_inverse=True)
        return Sheets(group=rows // reports, citation=rows % reports, row=row_of, feature=entries % features)

    @cached_property
    def cited_for_groups(self) -> Floats:
        """1 where a report (column) is cited for a group (row)."""
        rows = len(self.relations.groups)
        return np.maximum(self._reports_of(self._own, rows), self._reports_of(self._by_campaign, rows))

    @cached_property
    def cited_for_software(self) -> Floats:
        """1 where a report (column) is cited for a piece of software (row)."""
        return self._reports_of(self._by_software, len(self.relations.software))
