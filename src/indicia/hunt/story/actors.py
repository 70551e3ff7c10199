"""Machines and principals, the worst first: what a responder asks before any story."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from indicia.hunt.story.verdict import verdict_of, worst_of
from indicia.records import Chain, HuntVerdict, Sighting

MOST_TECHNIQUES = 5


class ActorRow(NamedTuple):
    """A machine or a principal: what is to be said of it, from when to when, its worst trace, the techniques seen most."""

    name: str
    verdict: HuntVerdict
    first: datetime | None
    last: datetime | None
    worst: Sighting
    techniques: tuple[str, ...]


def actors_in(chains: Sequence[Chain], by_id: Mapping[str, Sighting]) -> list[ActorRow]:
    """A row for each machine and principal of the chains, the worst first. `by_id` are the sightings."""
    of_name: defaultdict[str, list[Chain]] = defaultdict(list)
    for chain in chains:
        of_name[chain.host].append(chain)
    rows = [_row(name, some, by_id) for name, some in of_name.items()]
    order = {verdict: rank for rank, verdict in enumerate(HuntVerdict)}
    return sorted(rows, key=lambda row: (order[row.verdict], row.first is None, row.first or datetime.max, row.name))


def _row(name: str, chains: Sequence[Chain], by_id: Mapping[str, Sighting]) -> ActorRow:
    members = [by_id[identity] for chain in chains for identity in chain.sightings]
    counts = Counter(technique for each in members for technique in each.techniques)
    ranked = sorted(counts, key=lambda technique: (-counts[technique], technique))[:MOST_TECHNIQUES]
    return ActorRow(
        name,
        verdict_of(members, chains),
        min((chain.start for chain in chains if chain.start is not None), default=None),
        max((chain.end for chain in chains if chain.end is not None), default=None),
        worst_of(members),
        tuple(ranked),
    )
