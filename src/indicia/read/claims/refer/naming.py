"""What to call the incident of a claim: a known one, or the text's own words for the deed and for who was hit.

Looked for in the act, in the sentence, and, where these say only that there was an attack ("the attack", "they", nothing), in
what stands before: the nearest sentence that tells one, at last the heading.
"""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import NamedTuple

from indicia.knowledge.tables import Incident
from indicia.read.claims.draft.deeds import bare_act, deeds, hit, is_deed, owner, tells
from indicia.read.claims.known.incidents import Incidents
from indicia.read.claims.parse.units import DETERMINERS
from indicia.read.claims.refer.resolving import Found
from indicia.read.claims.refer.ties import Lands
from indicia.read.claims.score.cutting import Cut
from indicia.read.claims.words.sentences import sentences
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Stance

__all__ = ["Called", "Namer"]

_IS, _WHAT = frozenset({"is", "was", "are", "were"}), frozenset({"a", "an", "the", "one"})
_ENDS = frozenset({"that", "which", "who", ";", ":"})
_APPOSED = 16  # words between a name and "is": other names for it
SHORT = 1500  # characters of a text that is mostly about one affair
_EMPTY = word_set("incidents.empty")
LOOK_BACK = 500  # characters before a claim in which its incident may have been told
HEADING = 160  # characters of a text's first line that may name it
_CALENDAR = word_set("grammar.months")
REMEMBERED = 320  # sentences: those of one batch and some before it


class Called(NamedTuple):
    """An incident's name, its id in our knowledge, and whether the claim's own sentence tells it."""

    name: str | None
    id: str | None
    here: bool


class Namer:
    """Names the incidents of one document's claims."""

    def __init__(self, text: str, incidents: Incidents, lands: Lands, published: str | None = None) -> None:
        self.text = text
        self.published = published
        self.incidents = incidents
        self.lands = lands
        self._met: deque[Cut] = deque(maxlen=REMEMBERED)

    def meet(self, piece: Cut) -> None:
        """Remembers a sentence, for what points back to it."""
        self._met.append(piece)

    def call(self, found: Found, start: int, end: int) -> Called:
        """The incident of a claim whose quote is `start:end`."""
        if _of_doers(found):
            return Called(None, None, False)
        own = self._own(found)
        words = self._text(found.piece, own) if own else ""
        known = self._named(words) or self._told_of(self.text[start:end])
        if known is not None:
            return Called(known.name, known.id, True)
        if not own and _is_profile(found):
            return Called(None, None, False)
        bare = self._nearest(found, telling=False)
        act = found.draft.act or own or bare
        first = found.piece.whole.row[act[0]].low if act is not None else ""
        new = first in ("a", "an")  # "charged with a campaign": another one than was spoken of
        if not _names(words) and not new:
            before = self._before(found, start, end, words, deed=bare is not None)
            if before is not None:
                return before
        pointing = not words or words.lower().startswith(("the ", "this ", "that ", "these ", "those "))
        if pointing and not new and not _names(words) and (only := self._only) is not None:
            return Called(only.name, only.id, False)
        if words and own and not is_deed(found.piece.whole, *own):
            return Called(None, None, False)
        if not words and not self._tells_deed(found.piece):
            return Called(None, None, False)
        return Called(self._worth(self._with_hit(found.piece, own, words, found)), None, False)

    def _named(self, words: str) -> Incident | None:
        return self.incidents.named(words, self.published)

    def _told_of(self, words: str) -> Incident | None:
        return self.incidents.told(words, self.published)

    # -- the claim's own sentence

    def _own(self, found: Found) -> tuple[int, int] | None:
        """The units that tell the deed: the act's, else those of the nearest noun for one."""
        draft, sentence = found.draft, found.piece.whole
        if draft.act is not None:
            act = bare_act(sentence, *draft.act, draft.accused, draft.source)
            if draft.stance is Stance.DECLINES:
                # "has not attributed the attack and will not before"; "does not name a country"
                act = next(deeds(sentence, *act), (0, 0))
            if act[0] < act[1] and tells(sentence, *act):
                return act
        return self._nearest(found, telling=True)

    def _nearest(self, found: Found, *, telling: bool) -> tuple[int, int] | None:
        """The noun for a deed nearest to the claim's cue in its sentence. `telling`: one that says which."""
        draft, sentence = found.draft, found.piece.whole
        avoid = frozenset(k for k in (draft.accused, draft.source) if k >= 0)
        near = deeds(sentence, _begin(found.piece), len(sentence.row), avoid)
        fit = [deed for deed in near if not telling or tells(sentence, *deed)]
        return min(fit, key=lambda deed: abs(deed[0] - draft.cue), default=None)

    def _with_hit(self, piece: Cut, own: tuple[int, int] | None, words: str, found: Found) -> str | None:
        """The words, and who was hit where they hold no name."""
        if _names(words):
            return words
        sentence = piece.whole
        index = owner(sentence, *own, frozenset({found.draft.accused})) if own else -1
        if index < 0:
            avoid = {k for speech in piece.said for k in speech.speakers} | {found.draft.accused, found.draft.source}
            index = self._hit(piece, own, frozenset(avoid))
        return self._joined(piece, index, words)

    def _hit(self, piece: Cut, own: tuple[int, int] | None, avoid: frozenset[int]) -> int:
        sentence = piece.whole
        index = hit(sentence, *own, piece.said, avoid) if own else -1
        return index if index >= 0 else hit(sentence, _begin(piece), len(sentence.row), piece.said, avoid)

    def _joined(self, piece: Cut, index: int, words: str) -> str | None:
        if index < 0:
            return words or None
        name = self.text[piece.whole.parties[index].start : piece.whole.parties[index].core_end]
        return f"{name}: {words}" if words else name

    @cached_property
    def _only(self) -> Incident | None:
        """The one known incident that a short text tells anywhere, also after a claim whose sentence only says who."""
        if len(self.text) > SHORT:
            return None
        found = [
            incident for start, end in sentences(self.text) if (incident := self._told_of(self.text[start:end])) is not None
        ]
        return found[0] if len({incident.id for incident in found}) == 1 else None

    def _worth(self, told: str | None) -> str | None:
        """What is told, unless it is only the name of a land or city, or words that tell of no deed at all."""
        bare = " ".join(word for word in (told or "").lower().strip("\"“”'’ ").split() if word not in DETERMINERS)
        land = bare in self.lands.places or bare in self.lands.peoples
        empty = all(word in _EMPTY for word in bare.split())
        return None if land or empty else told

    # -- what stands before it

    def _before(self, found: Found, start: int, end: int, words: str, *, deed: bool) -> Called | None:
        """What stands before tells: the nearest sentence with a known incident or a deed, then all of it together, then the
        heading, at last a body that was spoken of. `deed`: the claim's own sentence says that there was one; else a body
        counts only where its sentence does."""
        body = None
        for piece in reversed(self._met):
            if piece.number >= found.piece.number or piece.own[1] > start:
                continue
            if piece.own[0] < start - LOOK_BACK:
                break
            known = self._told_of(self.text[slice(*piece.own)])
            if known is not None:
                return Called(known.name, known.id, False)
            if not words:
                done, told = self._told(piece)
                if done and self._worth(told):
                    return Called(told, None, False)
                if deed or self._tells_deed(piece):
                    body = body or self._worth(told)
        window = self.text[max(0, start - LOOK_BACK) : start]
        if window:
            known = self._told_of(window + " " + self.text[start:end])
            if known is not None:
                return Called(known.name, known.id, False)
        heading = self.text[:HEADING].lstrip().partition("\n")[0] if start > HEADING else ""
        known = self._told_of(heading) if heading else None
        if known is not None:
            return Called(known.name, known.id, False)
        return Called(body, None, False) if body else None

    def _tells_deed(self, piece: Cut) -> bool:
        sentence = piece.whole
        return is_deed(sentence, _begin(piece), len(sentence.row), alone=True)

    def _told(self, piece: Cut) -> tuple[bool, str | None]:
        """Whether a sentence before tells a deed, and its words with the name of who was hit."""
        sentence = piece.whole
        near = deeds(sentence, _begin(piece), len(sentence.row))
        found = next((deed for deed in near if tells(sentence, *deed) and is_deed(sentence, *deed)), None)
        words = self._text(piece, found) if found else ""
        told = words if _names(words) else self._joined(piece, self._hit(piece, found, frozenset()), words)
        return bool(words), told

    def _text(self, piece: Cut, units: tuple[int, int]) -> str:
        row = piece.whole.row
        return self.text[row[units[0]].start : row[units[1] - 1].end]


def _of_doers(found: Found) -> bool:
    """Whether a claim says who is behind a group, not behind a deed: "the ministry is behind the groups called A and B"."""
    behind = found.draft.cue + 1
    after = (party for party in found.piece.whole.parties if party.first == behind)
    return found.draft.rule == "behind" and any(party.kinds[0] in ("actor", "criminal", "group") for party in after)


def _is_profile(found: Found) -> bool:
    """Whether a sentence says what its accused is ("X, also known as Y, is a group that ..."): what stands before it is about
    another."""
    party, row = found.accused, found.piece.whole.row
    if party is None or found.draft.stance is not Stance.ACCUSES or party.first - _begin(found.piece) > 2:
        return False
    at = next((k for k in range(party.last, len(row) - 1) if row[k].low in _IS), len(row))
    inside = all(unit.low not in _ENDS for unit in row[party.last : at])
    return at + 1 < len(row) and inside and row[at + 1].low in _WHAT and at - party.last <= _APPOSED


def _begin(piece: Cut) -> int:
    """The first unit of the sentence itself, after those of the one before it."""
    return next((k for k, unit in enumerate(piece.whole.row) if unit.start >= piece.own[0]), 0)


def _names(words: str) -> bool:
    """Whether a name stands in the words for a deed; that of a month or a day tells not which deed it was."""
    bare = [word.lstrip("“\"'(") for word in words.split()]
    return any(word[:1].isupper() and word.rstrip(".,'’s").lower() not in _CALENDAR for word in bare)
