"""What rules and scorer propose, laid before the judge; and what the judge is sure of, beside it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from indicia.read.claims.decide.barred import barred, may_accuse, only_names
from indicia.read.claims.decide.deciding import wrong_side
from indicia.read.claims.decide.evidence import said_of
from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.parse.grammar import Sentence, coordinated
from indicia.read.claims.parse.kinds import Described
from indicia.read.claims.parse.party import Party
from indicia.read.claims.refer.issuer import Voice
from indicia.read.claims.refer.resolving import Found, Resolver
from indicia.read.claims.score.cutting import Cut, widened
from indicia.read.claims.score.judge import NOBODY, Judge, Verdict
from indicia.read.claims.score.windows import Turn, askable, may_decline, turn_labels, window_of
from indicia.read.claims.words.topic import line_speaks_of_computers
from indicia.records import SourceType, Stance

__all__ = ["HEARD", "PROPOSED", "Bench", "Settled", "settled"]

PROPOSED = 0.3  # the scorer's probability from which a proposal is laid before the judge
DECLINED = 0.8  # the judge's probability from which an answer in a transcript is a refusal to name anybody
HEARD = 0.3  # the judge's probability from which a claim is looked at that nobody proposed
_ENDS = re.compile(r"[.!?…][\"”’')\]*_]*$")
_MYSELF = re.compile(r"I|I['’]m|[Ww]e|[Ww]e['’]re")
_SPEAKS_TOO = 0.12  # its probability from which a party speaks too that stands in one list with the likeliest speaker


class Hearing(NamedTuple):
    """A sentence with the one before it, and the judge's verdict on each party that it was asked about; `unasked` are those
    whom it may find by itself."""

    wide: Cut
    verdicts: Mapping[int, Verdict]
    unasked: tuple[int, ...]
    silent: bool  # no word of computers stands in its paragraph
    asks: bool  # it is a question, or somebody's who asks
    heading: bool  # no mark ends it

    def of(self, found: Found) -> Verdict | None:
        """The verdict on the accused of a proposal."""
        place = _accused(self.wide, found)
        return self.verdicts[place] if place is not None else None


class Bench:
    """The judge before one document. `issuers` finds who issues it, where it tells that itself."""

    def __init__(self, text: str, model: Judge, issuers: Callable[[], Sequence[Voice]]) -> None:
        self.text = text
        self.model = model
        self.turns = turn_labels(text)
        self._find_issuers = issuers

    @cached_property
    def issuers(self) -> Sequence[Voice]:
        """Those who say what the paper tells without a speaker."""
        return self._find_issuers()

    def _voiced(self, found: Found) -> list[Found]:
        """A proposal without a speaker as one of each issuer, where there are any."""
        silent = found.source_is is None and found.draft.stance is Stance.ACCUSES
        voices = self.issuers if silent else ()
        return [found._replace(source_is=said, source_range=where) for said, where in voices] or [found]

    def turn(self, start: int) -> Turn | None:
        """The turn of a transcript in which a sentence stands."""
        at = bisect_right(self.turns, start, key=lambda turn: turn.start)
        return self.turns[at - 1] if at else None

    def _label(self, piece: Cut) -> tuple[int, int] | None:
        """Where the text names who has the turn in a sentence; None in a question, and outside a transcript."""
        turn = self.turn(piece.own[0])
        return turn.label if turn is not None else None

    def declines_plainly(self, found: Found) -> bool:
        """Whether somebody who is asked, and has the turn, plainly does not name who did it. The forest was fitted on documents
        that hold few transcripts, and in news such words are mostly about something else."""
        if found.draft.stance is not Stance.DECLINES or found.judged is None or found.source_range is None:
            return False
        return found.source_range == self._label(found.piece) and found.judged.stance(Stance.DECLINES) >= DECLINED

    def hear(
        self, piece: Cut, context: Sentence | None, earlier: Sequence[tuple[int, int]], proposed: Sequence[Found]
    ) -> Hearing | None:
        """What the judge says of a sentence, with the one before it whether it leans on that or not; None where it is too long.
        `earlier`: text ranges of the sentences before it. `proposed`: of whose accused it is asked beside those whom it may
        find by itself."""
        wide = widened(piece, context) if piece.back is None and context is not None else piece
        window = window_of(wide, self.text, self.model.encode, self.turn(piece.own[0]), earlier)
        if window is None:
            return None
        unasked = askable(wide) + ([NOBODY] if may_decline(self.text, wide) else [])
        places = [_accused(wide, one) for one in proposed]
        asked = list(dict.fromkeys([*unasked, *(place for place in places if place is not None)]))
        verdicts = dict(zip(asked, self.model.ask(window, asked), strict=True))
        silent = not line_speaks_of_computers(self.text, *piece.own)
        return Hearing(wide, verdicts, tuple(unasked), silent, self._asks(piece), _is_heading(piece, self.text))

    def _asks(self, piece: Cut) -> bool:
        turn = self.turn(piece.own[0])
        return turn is not None and turn.label is None or self.text[slice(*piece.own)].rstrip().endswith("?")

    def proposal(self, hearing: Hearing, found: Found, verdict: Verdict) -> list[Found]:
        """A proposal with what speaks for it; as one of each issuer where it has no speaker and there are any."""
        n = len(hearing.wide.whole.parties)
        if (theirs := self._of_turn(found)) is not None:
            return [self._told(theirs, hearing, verdict, n + 1, proposed=True)]
        speaker = _place(hearing.wide, found.source.start, found.source.end) if found.source is not None else n
        return [self._told(one, hearing, verdict, speaker, proposed=True) for one in self._voiced(found)]

    def _of_turn(self, found: Found) -> Found | None:
        """A proposal whose speaker is a piece of the label of its turn, or "I" in it, as one of whoever has the turn."""
        label, source = self._label(found.piece), found.source
        if label is None or source is None or source == found.accused:
            return None
        if not _touches(source, label) and _MYSELF.fullmatch(self.text, source.start, source.end) is None:
            return None
        voice, words = self._voice_of(label)
        return found._replace(source=None, source_is=voice, source_range=words)

    def _voice_of(self, label: tuple[int, int]) -> Voice:
        return Described(" ".join(self.text[slice(*label)].split()), SourceType.GOVERNMENT, None), label

    def added(self, hearing: Hearing, resolver: Resolver) -> Iterator[Found]:
        """What the judge makes out by itself, with what speaks for it."""
        wide = hearing.wide
        for accused in hearing.unasked:
            verdict = hearing.verdicts[accused]
            stance = verdict.best("stance")
            if verdict.claim < HEARD or accused == NOBODY and stance is not Stance.DECLINES:
                continue
            for source, place, voice in self._speakers(wide, accused, verdict):
                found = resolver.resolve(_draft(wide, stance, source, accused, verdict), wide, voice=voice)
                if found is not None and not wrong_side(found) and barred(found, self.text) is None:
                    yield self._told(found, hearing, verdict, place, proposed=False)

    def _told(self, found: Found, hearing: Hearing, verdict: Verdict, speaker: int, *, proposed: bool) -> Found:
        speakers = _listed(hearing.wide, speaker)
        said = said_of(
            found,
            verdict,
            speakers,
            len(self.text),
            proposed=proposed,
            silent=hearing.silent,
            asks=hearing.asks,
            heading=hearing.heading,
        )
        return found._replace(judged=verdict, features=said)

    def _speakers(self, wide: Cut, accused: int, verdict: Verdict) -> Iterator[tuple[int, int, Voice | None]]:
        """Who says it: (a party or -1, its place in the verdict, who has the turn or issues the paper). Members of one list
        speak together, so do the issuers of one paper; who cannot be the source of such a claim is passed over."""
        whole, n = wide.whole, len(wide.whole.parties)
        label = self._label(wide)
        likely = verdict.source.copy()
        if accused >= 0 and verdict.best("stance") is Stance.ACCUSES:
            likely[accused] = 0.0  # who says it of himself takes credit
        for k, party in enumerate(whole.parties):
            if label is not None and _touches(party, label):
                likely[n + 1] += likely[k]  # a piece of the label itself
                likely[k] = 0.0
            elif (
                k != accused
                and accused >= 0
                and not (may_accuse(party, whole.parties[accused]) and not only_names(party, self.text))
            ):
                likely[k] = 0.0
        first = int(np.argmax(likely))
        if first > n and label is not None:
            yield -1, first, self._voice_of(label)
        elif first >= n:
            yield from ((-1, n, voice) for voice in self.issuers or (None,))
        if first >= n:
            return
        for k in _listed(wide, first):
            if k == first or likely[k] >= _SPEAKS_TOO:
                yield k, k, None


def _accused(wide: Cut, found: Found) -> int | None:
    """Where a proposal's accused stands (NOBODY: it names none); None where no party of the sentence is it."""
    if found.accused is None:
        return NOBODY
    at = _place(wide, found.accused.start, found.accused.end)
    return at if at >= 0 else None


def _listed(wide: Cut, speaker: int) -> list[int]:
    """The parties in one list with a speaker, itself included, in order; none for a place that the judge does not know."""
    whole, n = wide.whole, len(wide.whole.parties)
    if not 0 <= speaker < n:
        return [speaker] if speaker >= n else []
    sides = (coordinated(whole.row, whole.parties, whole.at, speaker, back=back) for back in (True, False))
    return sorted({k for side in sides for k in side})


def _place(wide: Cut, start: int, end: int) -> int:
    """The party of the sentence that stands at text[start:end], or overlaps it most; -1 for none."""
    shared = [min(end, p.end) - max(start, p.start) for p in wide.whole.parties]
    best = max(range(len(shared)), key=lambda k: (shared[k], -k), default=-1)
    return best if best >= 0 and shared[best] > 0 else -1


def _draft(wide: Cut, stance: Stance, source: int, accused: int, verdict: Verdict) -> Draft:
    party = wide.whole.parties[accused if accused >= 0 else source] if max(accused, source) >= 0 else None
    return Draft(
        stance,
        source,
        accused,
        None,
        min(party.first, len(wide.whole.row) - 1) if party else 0,
        "judge",
        self_reference=source == accused >= 0,
        place=accused >= 0 and verdict.best("at") == "place",
    )


_DULL = frozenset({"the", "a", "an", "of", "s", "and", "to", "in", "by", "its"})


def _touches(party: Party, words: tuple[int, int]) -> bool:
    return party.start < words[1] and party.end > words[0]


def _is_heading(piece: Cut, text: str) -> bool:
    said = text[slice(*piece.own)].strip()
    return said.startswith("#") or _ENDS.search(said) is None


class Settled(NamedTuple):
    """A claim of the document, and what else says the same of it."""

    found: Found
    also: tuple[Found, ...]


def settled(found: Sequence[Found], text: str) -> list[Settled]:
    """Each claim of a document once, as sure as its surest statement: what one voice says of one accused. A sentence that names
    the accused states it better than a heading. In one sentence the surer stays of two that differ only in that one tells no
    speaker, or that the judge hears another than was proposed."""
    kept: list[tuple[Found, list[Found]]] = []

    def clearness(one: Found) -> tuple[object, ...]:
        vague = one.accused is not None and one.accused.kinds[0] == "pronoun"
        return vague, _is_heading(one.piece, text), -one.score, one.piece.own, one.draft.accused, one.draft.source

    for one in sorted(found, key=clearness):
        alike = next((also for other, also in kept if _same(one, other, text)), None)
        if alike is None:
            kept.append((one, []))
        else:
            alike.append(one)
    kept.sort(key=lambda pair: (pair[0].piece.own, pair[0].draft.source, pair[0].draft.accused))
    return [Settled(one._replace(score=max(o.score for o in (one, *also))), tuple(also)) for one, also in kept]


def _same(one: Found, other: Found, text: str) -> bool:
    if not _accused_alike(one, other, text):
        return False
    a, b = one.source_is, other.source_is
    one_voice = a == b or a is not None and b is not None and a.same == b.same
    one_sentence = one.piece.own == other.piece.own
    if one_voice or not one_sentence:  # in one sentence nobody takes two stances toward one party
        return one_voice and (one_sentence or one.draft.stance is other.draft.stance)
    if one.draft.stance is not other.draft.stance:
        return False
    return a is None or b is None or (one.draft.rule == "judge") != (other.draft.rule == "judge")


def _accused_alike(one: Found, other: Found, text: str) -> bool:
    """Whether two claims are about one party: by what it is known as, or where the words of one name stand in the other's."""
    a, b = one.accused_is, other.accused_is
    if a is None or b is None:
        # who names nobody does not name the one that it was asked about
        return a is b or one.draft.stance is other.draft.stance is Stance.DECLINES
    if a.same == b.same:
        return True
    mine, others = _words(one, text), _words(other, text)
    short = min(mine, others, key=len)
    return bool(short) and 2 * len(mine & others) >= len(short)


def _words(found: Found, text: str) -> frozenset[str]:
    said = text[slice(*found.accused_range)] if found.accused_range else ""
    return frozenset(word.strip("\"“”'’.,()") for word in said.lower().split()) - _DULL
