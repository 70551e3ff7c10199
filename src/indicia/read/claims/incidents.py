"""Which incident a claim is about: one that is known by its names or telling words, or what the act's own words call it."""

from __future__ import annotations

import re

import ahocorasick_rs

from indicia.knowledge import Knowledge
from indicia.knowledge.tables import Incident
from indicia.read.claims.wordsets import word_set

__all__ = ["Incidents"]

_DULL = word_set("incidents.dull")
_WORD = re.compile(r"\w[\w’-]*")
_PLAIN = re.compile(r"(?:['’]s\b)|[^\w.&/-]+|\.(?=\s|$)")
LOOK_BACK = 500  # characters before a claim in which its incident may have been named


class Incidents:
    """Names of known incidents in one automaton, and the sets of words that together tell one."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._rows: list[Incident] = []
        self.by_id = {incident.id: incident for incident in knowledge.incidents}
        self._last: tuple[str, Incident | None] = ("", None)
        surfaces: list[str] = []
        self._alternatives: list[tuple[list[frozenset[str]], Incident]] = []
        for incident in knowledge.incidents:
            for name in (incident.name, *incident.names):
                if len(name) > 3:
                    surfaces.append(name.lower())
                    self._rows.append(incident)
            for alternative in incident.words:
                self._alternatives.append(
                    ([frozenset(f" {option} " for option in item.lower().split("|")) for item in alternative], incident)
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

    def _by_name(self, piece: str) -> Incident | None:
        low = piece.lower()
        if self._automaton is None or len(low) != len(piece):
            return None
        hits = [
            (b - a, -a, i)
            for i, a, b in self._automaton.find_matches_as_indexes(low)
            if (a == 0 or not low[a - 1].isalnum()) and (b == len(low) or not low[b].isalnum())
        ]
        return self._rows[max(hits)[2]] if hits else None

    def _by_words(self, piece: str) -> Incident | None:
        if self._last[0] == piece:
            return self._last[1]
        plain = " " + _PLAIN.sub(" ", piece.lower()) + " "
        best: tuple[int, Incident] | None = None
        hits = self._words.find_matches_as_indexes(plain, overlapping=True) if self._words is not None else ()
        present = {self._options[i] for i, _, _ in hits}
        for at in sorted({at for option in present for at in self._begun.get(option, ())}):
            items, incident = self._alternatives[at]
            if (best is None or len(items) > best[0]) and not any(item.isdisjoint(present) for item in items):
                best = (len(items), incident)
        self._last = (piece, best[1] if best else None)
        return self._last[1]

    def find(self, text: str, start: int, end: int, act: str) -> tuple[str | None, str | None, bool]:
        """(name, id in our knowledge or None, whether act or sentence tell it): looked for in the act, then in the sentence,
        then in what stands before it."""
        sentence = text[start:end]
        for piece in (act, sentence):
            incident = self._by_name(piece) if piece else None
            if incident is not None:
                return incident.name, incident.id, True
        incident = self._by_words(sentence)
        if incident is not None:
            return incident.name, incident.id, True
        words = [w for w in _WORD.findall(act) if w.lower() not in _DULL and not w.isdigit()]
        telling = any(w[0].isupper() for w in words)
        before = text[max(0, start - LOOK_BACK) : start]
        new = act.lower().startswith(("a ", "an "))  # "charged with a campaign": another one than was spoken of
        if before and not telling and not new:
            incident = self._by_name(before) or self._by_words(before + " " + sentence)
            if incident is not None:
                return incident.name, incident.id, False
        return act if words else None, None, False
