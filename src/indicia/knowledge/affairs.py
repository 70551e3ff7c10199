"""Which well-known incidents a piece of text speaks of: by name, by vulnerability, by the words that together name it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

import ahocorasick_rs

from indicia.knowledge.tables import Incident

__all__ = ["Affairs", "Found"]

_CVE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.IGNORECASE)
_ORDER = {"name": 0, "cve": 1, "words": 2}


class Found(NamedTuple):
    """An incident and why: `by` is how it was recognised, `surfaces` the words or names in the text, in lower case."""

    incident: Incident
    by: Literal["name", "cve", "words"]
    surfaces: tuple[str, ...]


class Affairs:
    """All names and words of the incidents in one automaton; one pass per text, however many incidents there are."""

    def __init__(self, incidents: Iterable[Incident]) -> None:
        self._incidents = tuple(incidents)
        self._names: dict[str, list[Incident]] = {}
        self._sets: list[tuple[Incident, tuple[frozenset[str], ...]]] = []
        self._cves: dict[str, list[Incident]] = {}
        for incident in self._incidents:
            for name in dict.fromkeys(name.casefold() for name in (incident.name, *incident.names)):
                self._names.setdefault(name, []).append(incident)
            for items in incident.words:
                self._sets.append((incident, tuple(frozenset(item.split("|")) for item in items)))
            for cve in incident.cves:
                self._cves.setdefault(cve, []).append(incident)
        self._sets_with: dict[str, list[int]] = {}  # by a word of its first item: without one of these a set is not told
        for number, (_, all_items) in enumerate(self._sets):
            for word in all_items[0]:
                self._sets_with.setdefault(word, []).append(number)
        words = {word for _, items in self._sets for item in items for word in item}
        self._surfaces = sorted(set(self._names) | words)
        self._automaton = ahocorasick_rs.AhoCorasick(self._surfaces) if self._surfaces else None

    def find(self, text: str) -> tuple[Found, ...]:
        """The incidents that `text` (a sentence or a few) speaks of, each once: by name first (the longest name first), then by
        vulnerability, then by words (the set with the most items first). Sets of words are loose: let nothing but the place
        where they stand, the date or the accused decide between several incidents."""
        low = text.casefold()
        seen = self._seen(low)
        found: list[Found] = [
            Found(incident, "name", (name,))
            for name in sorted(seen & set(self._names), key=len, reverse=True)
            for incident in self._names[name]
        ]
        for cve in dict.fromkeys(match[0].upper() for match in _CVE.finditer(text)):
            found += [Found(incident, "cve", (cve.casefold(),)) for incident in self._cves.get(cve, ())]
        maybe = {number for word in seen for number in self._sets_with.get(word, ())}
        by_words = [
            Found(incident, "words", tuple(min(item & seen) for item in items))
            for incident, items in (self._sets[number] for number in sorted(maybe))
            if all(not seen.isdisjoint(item) for item in items)
        ]
        found += sorted(by_words, key=lambda one: (-len(one.surfaces), one.incident.id))
        best: dict[str, Found] = {}
        for one in found:
            best.setdefault(one.incident.id, one)
        return tuple(sorted(best.values(), key=lambda one: _ORDER[one.by]))

    def _seen(self, low: str) -> set[str]:
        """The names and words that stand in the text as words of their own."""
        if self._automaton is None:
            return set()
        return {
            self._surfaces[index]
            for index, start, end in self._automaton.find_matches_as_indexes(low, overlapping=True)
            if not (start and low[start - 1].isalnum()) and not (end < len(low) and low[end].isalnum())
        }
