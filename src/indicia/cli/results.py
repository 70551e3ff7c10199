"""What a command says of its result: how it is marked, and what became of every file that was given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from indicia.cli.options import read_marking
from indicia.cli.talk import Talk
from indicia.records import UNMARKED, Case, Hunt, Problem, Record, Severity, Tlp, shown_marking, to_json
from indicia.walking import EMPTY

# What became of every file that was given: read, read in part, passed over and why. Said at the end of every run.
MOST_REASONS = 4
_WITHIN = re.compile(r"(?::\d+|#char=\d+,\d+| (?:chunk|record|page) \d+)$")  # how a place in a file is told


class Count(NamedTuple):
    """How many files were read, read in part, empty and passed over, and how many of these for which reason."""

    read: int
    in_part: int
    empty: int
    passed: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def is_whole(self) -> bool:
        """Whether all was read, but for what was empty."""
        return not self.in_part and not self.passed

    def __str__(self) -> str:
        """One line, as it is said.

        >>> str(Count(3, 1, 1, 2, (("is encrypted", 2),)))
        '7 files: 3 read, 1 read in part, 1 empty, 2 passed over (is encrypted: 2)'
        """
        total = self.read + self.in_part + self.empty + self.passed
        numbers = ((self.read, "read"), (self.in_part, "read in part"), (self.empty, "empty"), (self.passed, "passed over"))
        told = ", ".join(f"{number:,} {word}" for number, word in numbers if number) or "none"
        if self.reasons:
            shown = [f"{reason}: {number:,}" for reason, number in self.reasons[:MOST_REASONS]]
            told += f" ({'; '.join(shown)}{'; …' if len(self.reasons) > MOST_REASONS else ''})"
        return f"{total:,} file{'' if total == 1 else 's'}: {told}"


def count_files(read: Iterable[str], problems: Iterable[Problem]) -> Count:
    """`read` are the names of the files, or of parts of them, that something was read of.

    A problem with one of these says that it was read in part, any other that what it is about was passed over.
    """
    names = {_WITHIN.sub("", name) for name in read}
    in_part: set[str] = set()
    empty: set[str] = set()
    passed: dict[str, str] = {}
    for problem in problems:
        file = problem.where if problem.where in names else _WITHIN.sub("", problem.where)
        if problem.what == EMPTY:
            empty.add(file)
        elif problem.severity is not Severity.NOTE and problem.where:
            if file in names:
                in_part.add(file)
            else:
                passed.setdefault(file, problem.what.partition(":")[0])
    reasons = Counter(passed.values())
    ranked = tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
    return Count(len(names - in_part), len(in_part), len(empty), len(passed), ranked)


def count_logs(found: Hunt, rules: Iterable[str]) -> Count:
    """The same of a hunt; `rules` are where its rules came from, which are no logs."""
    places = tuple(rules)
    logs = {one.file for one in found.files}
    about_logs = [
        problem
        for problem in found.problems
        if not (places and problem.where.startswith(places) and problem.where.endswith((".yml", ".yaml")))
        or problem.where in logs
    ]
    broken = {_WITHIN.sub("", problem.where) for problem in about_logs if problem.severity is not Severity.NOTE}
    return count_files((one.file for one in found.files if one.format and (one.events or one.file not in broken)), about_logs)


# How what a command prints bears its marking: a first line for people, a first field for machines.
def marked_json(record: Record, marking: Tlp | None, **more: Any) -> bytes:
    """The record as JSON, with its marking as one more field, the first, and `more` fields after its own.

    >>> from indicia.records import About
    >>> marked_json(About(name="a"), Tlp.RED)[:31]
    b'{"marking":"TLP:RED","name":"a"'
    """
    fields = msgspec.json.encode(msgspec.to_builtins(record) | more) if more else to_json(record)
    return b'{"marking":"%s"%s%s' % (shown_marking(marking).encode(), b"" if fields == b"{}" else b",", fields[1:])


def strictest_shown(markings: Iterable[Tlp | None]) -> Tlp | None:
    """The strictest marking of texts that are no case; None, which is shown as such, where no other is stricter than none."""
    return max(markings, key=lambda one: (one or UNMARKED).rank, default=None)


def counting_as(case: Case, unmarked: str | None) -> Case:
    """The case, in which texts without a marking count as the user says; as before without a word. Raises: UsageError."""
    tlp = read_marking(unmarked)
    return case if tlp is None or tlp is case.unmarked else msgspec.structs.replace(case, unmarked=tlp)


def tell_unmarked(case: Case, voice: Talk) -> None:
    """Says how many texts bear no marking, and as what they count."""
    count = sum(document.marking is None for document in case.documents)
    if count:
        texts = "1 text has no marking and counts" if count == 1 else f"{count:,} texts have no marking and count"
        voice.say(f"{texts} as {case.unmarked.label}; --unmarked changes that", "dim")


def tell_judgements(case: Case, audience: Tlp, voice: Talk) -> None:
    """Says how many judgements the audience does not get, so that what the machine read stands as it was read."""
    from indicia.share.redact import judged_as

    above = sum(judged_as(case, one).rank > audience.rank for one in case.judgements)
    if above:
        told = "1 judgement is" if above == 1 else f"{above:,} judgements are"
        voice.say(f"{told} marked above {audience.label} and not applied; indicia judge --tlp marks one lower", "yellow")
