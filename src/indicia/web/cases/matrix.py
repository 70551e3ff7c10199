"""The techniques of a case by tactic, as hot as they are sure: worked, seen, tried, stated."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from indicia.knowledge import Knowledge
from indicia.records import Case, Context, MentionKind, Outcome, Rank
from indicia.view.drawing import HEAT, Cell
from indicia.web.cases.sightings import Sightings

__all__ = ["Tactic", "matrix_of"]

BEST = (Outcome.SUCCESS, Outcome.UNKNOWN, Outcome.ATTEMPT)
RANKS = list(Rank)


class Tactic(NamedTuple):
    """A column of the matrix: its name, and its techniques with their heat, the hottest first."""

    name: str
    cells: list[tuple[Cell, str]]


def matrix_of(case: Case, knowledge: Knowledge, sightings: Sightings) -> list[Tactic]:
    """The tactics that have a technique which is seen or stated, in ATT&CK's order. Sightings are counted, all of them."""
    attack = knowledge.attack
    found: dict[str, tuple[Rank, int, Outcome]] = {}

    def add(value: str, rank: Rank, count: int, outcome: Outcome) -> None:
        row = attack.technique(value)
        if row is None:
            return
        before = found.get(row.id)
        if before is None or RANKS.index(rank) < RANKS.index(before[0]):
            found[row.id] = (rank, count, outcome)
        elif rank is before[0]:
            found[row.id] = (rank, before[1] + count, min(before[2], outcome, key=BEST.index))

    for (technique, outcome), count in _seen(sightings).items():
        add(technique, Rank.SEEN, count, Outcome(outcome))
    for mention in case.mentions:
        if mention.kind is MentionKind.TECHNIQUE and mention.context is Context.STATED:
            add(mention.target or mention.value, Rank.STATED, 1, Outcome.UNKNOWN)
    by_tactic: dict[str, list[Cell]] = defaultdict(list)
    for id, (rank, count, outcome) in found.items():
        row = attack.technique(id)
        assert row is not None  # it was found there a moment ago
        cell = Cell(id=id, name=row.name, tactics=tuple(row.tactics), rank=rank, count=count, outcome=outcome)
        for tactic in row.tactics:
            by_tactic[tactic].append(cell)
    order = list(HEAT)
    tactics = [(one.name, by_tactic[one.shortname]) for one in sorted(attack.tactics, key=lambda one: one.order)]
    return [
        Tactic(name, [(cell, cell.heat) for cell in sorted(cells, key=lambda cell: (order.index(cell.heat), cell.id))])
        for name, cells in tactics
        if cells
    ]


def _seen(sightings: Sightings) -> dict[tuple[str, str], int]:
    """How often each technique was sighted with each outcome."""
    columns = sightings.columns
    outcomes = columns.names["outcome"]
    if not len(columns):
        return {}
    keys = columns.codes["technique"].astype(np.int64) * len(outcomes) + columns.codes["outcome"]
    found: dict[tuple[str, str], int] = defaultdict(int)
    counts = np.bincount(keys, minlength=1)
    for key in np.flatnonzero(counts).tolist():
        for technique in columns.techniques[key // len(outcomes)]:
            found[(technique, outcomes[key % len(outcomes)])] += int(counts[key])
    return found
