"""What was said beside what was observed, as rows of words: states in one, groups and agencies in another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicia.records import Accord, Compared, Level, NamedBy

__all__ = ["COLUMNS", "side_rows"]

COLUMNS = ("By", "Said", "Observed", "They")
_LEVELS = {Level.STATE: "state", Level.GROUP: "group"}


def side_rows(rows: Iterable[Compared]) -> list[tuple[str, str, str, str]]:
    """One row of words for each level: its name, what was said, what was observed, how they stand to each other."""
    return [
        (_LEVELS.get(row.level, row.level.value), _said(row), _named(row.observed) or "nothing", _stand(row)) for row in rows
    ]


def _said(row: Compared) -> str:
    parts = [_named(row.said)]
    parts += [f"{_named(row.credit)} takes credit" if row.credit else ""]
    parts += [f"disputed: {_named(row.cleared)}" if row.cleared else ""]
    return "; ".join(part for part in parts if part) or "nothing"


def _named(named: Sequence[NamedBy]) -> str:
    return "; ".join(f"{one.name} ({', '.join(one.by)})" if one.by else one.name for one in named)


def _stand(row: Compared) -> str:
    words = {Accord.AGREE: "agree", Accord.CONTRADICT: "contradict each other"}
    silent = "nothing was observed to compare" if not row.observed else "nothing was said to compare"
    both = row.said and row.observed
    found = words.get(row.standing, "cannot be compared" if both else silent)
    return f"speakers contradict one another; {found}" if row.split else found
