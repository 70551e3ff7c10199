"""Words of the trade that tell a technique by themselves (`terms.txt`): "vssadmin delete shadows", "kerberoasting".

What marked reports seldom taught (the clouds, identity, Linux, macOS) has words of its own all the same. How often a line is
right was counted on marked reports of many publishers and stands in the table (`scripts/train_techniques_whole.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation


class Term(NamedTuple):
    """A line of the table: the technique, the share of the documents with its words that are marked with it, its groups."""

    technique: str
    share: float
    groups: tuple[tuple[str, ...], ...]


class Told(NamedTuple):
    """A line that holds in a text, and the half-open range from its first word to its last."""

    term: Term
    start: int
    end: int


class Terms:
    def __init__(self, lines: tuple[Term, ...]) -> None:
        self.lines = lines
        places: dict[str, list[tuple[int, int]]] = {}
        self._barred = [{group for group, words in enumerate(line.groups) if words[0].startswith("!")} for line in lines]
        for number, line in enumerate(lines):
            for group, words in enumerate(line.groups):
                for word in words:
                    places.setdefault(word.removeprefix("!"), []).append((number, group))
        self._places = [places[word] for word in places]
        self._open = [word.endswith("*") for word in places]
        patterns = [word.rstrip("*") for word in places]
        self._automaton = AhoCorasick(patterns, implementation=Implementation.DFA)

    def told(self, text: str) -> Iterator[Told]:
        """The lines whose groups stand in the text as the table says, in its order."""
        low = text.lower()
        if len(low) != len(text):  # a letter that is longer in lower case
            low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        met: dict[int, dict[int, tuple[int, int]]] = {}
        for index, start, end in self._automaton.find_matches_as_indexes(low, overlapping=True):
            if start and low[start].isalnum() and low[start - 1].isalnum():
                continue
            if not self._open[index] and low[end - 1].isalnum() and low[end : end + 1].isalnum():
                continue
            for number, group in self._places[index]:
                met.setdefault(number, {}).setdefault(group, (start, end))
        for number in sorted(met):
            line, own = self.lines[number], met[number]
            if own.keys() == set(range(len(line.groups))) - self._barred[number]:
                yield Told(line, min(at for at, _ in own.values()), max(end for _, end in own.values()))


@cache
def terms() -> Terms:
    return Terms(tuple(read(resources.files("indicia.read.techniques").joinpath("terms.txt").read_text("utf-8"))))


def read(table: str) -> Iterator[Term]:
    """The lines of a table; its head tells their form."""
    for line in table.splitlines():
        if line and not line.startswith("#"):
            technique, share, words = line.split(" ", 2)
            groups = tuple(tuple(word.strip() for word in group.split("|")) for group in words.split(" + "))
            yield Term(technique, float(share), groups)
