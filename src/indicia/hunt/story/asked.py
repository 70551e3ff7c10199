"""What hardly any rule could be asked of: silence there says nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indicia.hunt.story.limits import NAMES
from indicia.records import LogFile

__all__ = ["beside", "hardly_asked", "is_most", "not_judged"]

LEAST, LEAST_SHARE = 20, 0.03  # rules for one kind of log that are no longer "hardly any"; of few rules, a share of all
MOST_KINDS = 4  # named in a sentence
SHARE = 0.9  # of the records


def hardly_asked(files: Sequence[LogFile], rules: int) -> list[LogFile]:
    """Those files with records of which hardly any of the `rules` could be asked."""
    least = min(LEAST, rules * LEAST_SHARE)
    return [file for file in files if file.events and file.asked is not None and file.asked < least]


def is_most(some: Sequence[LogFile], files: Sequence[LogFile]) -> bool:
    """Whether nearly all records stand in some of the files."""
    return sum(file.events for file in some) >= SHARE * sum(file.events for file in files)


def not_judged(some: Sequence[LogFile], files: Sequence[LogFile], rules: int) -> str:
    """Why it cannot be judged by such files whether anything happened, as two sentences."""
    most = max(file.asked or 0 for file in some)
    asked = "none" if not most else "one" if most == 1 else f"at most {most:,}"
    records = sum(file.events for file in files)
    what = "one record" if records == 1 else f"{records:,} records"
    return (
        f"Whether anything happened cannot be judged: of {rules:,} rules {asked} could be asked of {what} ({_kinds(some)}). "
        "That nothing was found says nothing; other logs of the same machines, or rules for these, would."
    )


def beside(some: Sequence[LogFile]) -> str:
    """What is said of such files where others can be judged by."""
    records = sum(file.events for file in some)
    what = "one record" if records == 1 else f"{records:,} records"
    return f"That is not said of {what} ({_kinds(some)}), of which hardly any rule could be asked."


def _kinds(some: Sequence[LogFile]) -> str:
    counts: Counter[str] = Counter()
    for file in some:
        counts[NAMES.get(file.format, file.format)] += file.events
    named = sorted(counts, key=lambda name: (-counts[name], name))
    more = f" and {len(named) - MOST_KINDS} more kinds" if len(named) > MOST_KINDS else ""
    return f"{', '.join(named[:MOST_KINDS])}{more}"
