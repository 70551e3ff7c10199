"""Which known incident a piece of text is about: by its names or by words that together tell it."""

from __future__ import annotations

import re

import ahocorasick_rs

from indicia.knowledge import Knowledge
from indicia.knowledge.tables import Incident

__all__ = ["Incidents"]

_PLAIN = re.compile(r"(?:['’]s\b)|[^\w.&/-]+|\.(?=\s|$)")


def _plain(text: str) -> str:
    """Words in small letters between single spaces, without possessives: "Norway's parliament" is " norway parliament "."""
    return f" {' '.join(_PLAIN.sub(' ', text.lower()).split())} "


class Incidents:
    """Names of known incidents in one automaton, and the sets of words that together tell one."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._rows: list[Incident] = []
        self.by_id = {incident.id: incident for incident in knowledge.incidents}
        self._last: tuple[str, str | None, Incident | None] = ("", None, None)
        surfaces: list[str] = []
        self._alternatives: list[tuple[list[frozenset[str]], Incident]] = []
        for incident in knowledge.incidents:
            for name in (incident.name, *incident.names):
                if len(name) > 3:
                    surfaces.append(name.lower())
                    self._rows.append(incident)
            for alternative in incident.words:
                self._alternatives.append(
                    ([frozenset(_plain(option) for option in item.split("|")) for item in alternative], incident)
                )
        self._options = sorted({option for items, _ in self._alternatives for item in items for option in item})
        # an alternative is worth a look only where a word of its first set stands; they stay in their order
        self._begun: dict[str, list[int]] = {}
        for at, (items, _) in enumerate(self._alternatives):
            for option in items[0]:
                self._begun.setdefault(option, []).append(at)
        self._words = ahocorasick_rs.AhoCorasick(self._options) if self._options else None
        self._automaton = (
            ahocorasick_rs.AhoCorasick(surfaces, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest) if surfaces else None
        )

    def _by_name(self, piece: str, until: str | None) -> Incident | None:
        low = piece.lower()
        if self._automaton is None or len(low) != len(piece):
            return None
        hits = [
            (b - a, -a, i)
            for i, a, b in self._automaton.find_matches_as_indexes(low)
            if (a == 0 or not low[a - 1].isalnum())
            and (b == len(low) or not low[b].isalnum())
            and _had_begun(self._rows[i], until)
        ]
        return self._rows[max(hits)[2]] if hits else None

    def _by_words(self, piece: str, until: str | None) -> Incident | None:
        if self._last[:2] == (piece, until):
            return self._last[2]
        plain = _plain(piece)
        best: tuple[int, Incident] | None = None
        hits = self._words.find_matches_as_indexes(plain, overlapping=True) if self._words is not None else ()
        present = {self._options[i] for i, _, _ in hits}
        for at in sorted({at for option in present for at in self._begun.get(option, ())}):
            items, incident = self._alternatives[at]
            fits = not any(item.isdisjoint(present) for item in items) and _had_begun(incident, until)
            if fits and (best is None or len(items) > best[0]):
                best = (len(items), incident)
        self._last = (piece, until, best[1] if best else None)
        return self._last[2]

    def named(self, piece: str, until: str | None = None) -> Incident | None:
        """The known incident that a piece of text of the day `until` names: none that began later."""
        return self._by_name(piece, until) if piece else None

    def told(self, piece: str, until: str | None = None) -> Incident | None:
        """The known incident that a piece of text of the day `until` names or tells by its words."""
        return self._by_name(piece, until) or self._by_words(piece, until)


def _had_begun(incident: Incident, until: str | None) -> bool:
    """Whether an incident can be spoken of on a day, as far as the dates (as 2021, 2021-03 or 2021-03-02) tell."""
    begun = incident.start or incident.disclosed
    if begun is None or until is None:
        return True
    size = min(len(begun), len(until))
    return begun[:size] <= until[:size]
