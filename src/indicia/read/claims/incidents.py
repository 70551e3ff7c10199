"""Which incident a claim is about: one that is known by its names, or what the act's own words call it."""

from __future__ import annotations

import re

import ahocorasick_rs

from indicia.knowledge import Knowledge
from indicia.records import Document

__all__ = ["Incidents"]

_DULL = frozenset(
    """the a an of on in at by for to and or with from against its their his her attack attacks hack hacks breach intrusion incident campaign operation
    operations cyber cyberattack cyberattacks malicious activity activities behind responsible involvement role responsibility it this that those these
    targeted targeting hacking breaking into compromise""".split()
)
_WORD = re.compile(r"\w[\w'’-]*")


class Incidents:
    """Names of known incidents in one automaton."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._rows = []
        surfaces = []
        for incident in knowledge.incidents:
            for name in (incident.name, *incident.names):
                if len(name) > 3:
                    surfaces.append(name.lower())
                    self._rows.append(incident)
        self._automaton = (
            ahocorasick_rs.AhoCorasick(surfaces, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest) if surfaces else None
        )

    def find(self, text: str, start: int, end: int, act: str, document: Document) -> tuple[str | None, str | None]:
        """(name, id in our knowledge or None): looked for in the act, then in the sentence, then in the sentences before it."""
        if self._automaton is not None:
            for piece in (act, text[start:end], text[max(0, start - 400) : start]):
                low = piece.lower()
                if len(low) != len(piece):
                    continue
                hits = [
                    (b - a, i)
                    for i, a, b in self._automaton.find_matches_as_indexes(low)
                    if (a == 0 or not low[a - 1].isalnum()) and (b == len(low) or not low[b].isalnum())
                ]
                if hits:
                    incident = self._rows[max(hits)[1]]
                    return incident.name, incident.id
        words = [w for w in _WORD.findall(act) if w.lower() not in _DULL and not w.isdigit()]
        if words:
            return act, None
        return None, None
