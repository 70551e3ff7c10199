"""What rules and scorer propose, weighed with the judge's verdict; and what the judge is sure of, beside it.

Scorer and judge were taught on different texts: our own passages and real documents. A regression over what both say, fitted on
real documents that neither has seen and on passages of ours that the judge has not seen, gives the probability of a claim.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from indicia.read.claims.decide.barred import barred, may_accuse, only_names
from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.parse.grammar import Sentence, coordinated
from indicia.read.claims.refer.resolving import Found, Resolver
from indicia.read.claims.score.choosing import is_strict
from indicia.read.claims.score.cutting import Cut, widened
from indicia.read.claims.score.judge import NOBODY, Judge, Verdict
from indicia.read.claims.score.windows import Turn, askable, may_decline, turn_labels, window_of
from indicia.read.claims.words.topic import line_speaks_of_computers
from indicia.records import Stance

__all__ = ["ADDED", "PROPOSED", "Bench", "Settled", "chance", "settled"]

PROPOSED = 0.3  # the scorer's probability from which a proposal is laid before the judge
ADDED = 0.55  # the probability from which a claim stands that nobody proposed
_LISTED = 0.12  # its probability from which a party speaks too that stands in one list with the likeliest speaker
_SHORT, _LONG = 500, 6000  # characters: in a passage a claim is likelier than in a document, and in between in between
# Log odds, fitted by `scripts/fit_confirming.py` on documents that neither scorer nor judge has seen: of what was proposed ...
_PROPOSALS = {
    "bias": -3.11, "scorer": 0.64, "judge": 0.36, "stance": 0.04, "speaker": 0.84, "short": 1.37, "answers": 0.3,
    "strict": -0.76, "silent": -0.34, "asks": -1.18,
}  # fmt: skip
# ... and of what was not.
_ADDITIONS = {
    "bias": -3.78, "judge": 0.33, "stance": 0.36, "speaker": 0.52, "short": 1.51, "nobody accused": -1.42,
    "nobody speaks": -0.15, "silent": 0.23, "asks": -0.7,
}  # fmt: skip


def chance(features: Sequence[float], *, proposed: bool = True) -> float:
    """The probability of a claim from the features of `Bench.proposal` or, where nobody proposed it, `Bench.addition`."""
    weights = _PROPOSALS if proposed else _ADDITIONS
    total = sum(weight * value for weight, value in zip(weights.values(), features, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def _logit(p: float) -> float:
    p = min(max(p, 1e-3), 1 - 1e-3)
    return math.log(p / (1 - p))


class Hearing(NamedTuple):
    """A sentence with the one before it, and the judge's verdict on each party that it was asked about; `unasked` are those
    whom it may find by itself."""

    wide: Cut
    verdicts: Mapping[int, Verdict]
    unasked: tuple[int, ...]
    silent: bool  # no word of computers stands in its paragraph
    asks: bool  # it is a question, or somebody's who asks

    def of(self, found: Found) -> Verdict | None:
        """The verdict on the accused of a proposal."""
        place = _accused(self.wide, found)
        return self.verdicts[place] if place is not None else None


class Bench:
    """The judge before one document."""

    def __init__(self, text: str, model: Judge) -> None:
        self.text = text
        self.model = model
        self.turns = turn_labels(text)
        self.short = max(0.0, min(1.0, (_LONG - len(text)) / (_LONG - _SHORT)))

    def turn(self, start: int) -> Turn | None:
        """The turn of a transcript in which a sentence stands."""
        at = bisect_right(self.turns, start, key=lambda turn: turn.start)
        return self.turns[at - 1] if at else None

    def hear(self, piece: Cut, context: Sentence | None, proposed: Sequence[Found]) -> Hearing | None:
        """What the judge says of a sentence, with the one before it whether it leans on that or not; None where it is too long.
        `proposed`: of whose accused it is asked beside those whom it may find by itself."""
        wide = widened(piece, context) if piece.back is None and context is not None else piece
        window = window_of(wide, self.text, self.model.encode, self.turn(piece.own[0]))
        if window is None:
            return None
        unasked = askable(wide) + ([NOBODY] if may_decline(self.text, wide) else [])
        places = [_accused(wide, one) for one in proposed]
        asked = list(dict.fromkeys([*unasked, *(place for place in places if place is not None)]))
        verdicts = dict(zip(asked, self.model.ask(window, asked), strict=True))
        silent = not line_speaks_of_computers(self.text, *piece.own)
        return Hearing(wide, verdicts, tuple(unasked), silent, self._asks(piece))

    def _asks(self, piece: Cut) -> bool:
        turn = self.turn(piece.own[0])
        return turn is not None and turn.label is None or self.text[slice(*piece.own)].rstrip().endswith("?")

    def proposal(self, hearing: Hearing, found: Found, verdict: Verdict) -> tuple[float, ...]:
        """What speaks for a proposal."""
        wide = hearing.wide
        n = len(wide.whole.parties)
        if found.source is not None:
            at = _place(wide, found.source.start, found.source.end)
            speaks = float(verdict.source[at]) if at >= 0 else 0.0
        else:
            speaks = float(verdict.source[n])
        return (
            1.0,
            _logit(found.score),
            _logit(verdict.claim),
            _logit(verdict.stance(found.draft.stance)),
            speaks,
            self.short,
            float(found.draft.stance is not Stance.ACCUSES),
            float(is_strict(found.draft)),
            float(hearing.silent),
            float(hearing.asks),
        )

    def addition(self, hearing: Hearing, accused: int, verdict: Verdict) -> tuple[float, ...]:
        """What speaks for a claim that nobody proposed."""
        return (
            1.0,
            _logit(verdict.claim),
            _logit(verdict.stance(verdict.best("stance"))),
            float(verdict.source.max()),
            self.short,
            float(accused == NOBODY),
            float(int(np.argmax(verdict.source)) >= len(hearing.wide.whole.parties)),
            float(hearing.silent),
            float(hearing.asks),
        )

    def added(self, hearing: Hearing, resolver: Resolver, least: float) -> Iterator[Found]:
        """The claims that the judge makes out by itself with a probability of at least `least`."""
        wide = hearing.wide
        for accused in hearing.unasked:
            verdict = hearing.verdicts[accused]
            stance = verdict.best("stance")
            features = self.addition(hearing, accused, verdict)
            score = chance(features, proposed=False)
            if score < least or accused == NOBODY and stance is not Stance.DECLINES:
                continue
            for source, label in self._speakers(wide, accused, verdict):
                found = resolver.resolve(_draft(wide, stance, source, accused, verdict), wide, turn=label)
                if found is not None and barred(found, self.text) is None:
                    yield found._replace(score=score, judged=verdict, features=features)

    def _speakers(self, wide: Cut, accused: int, verdict: Verdict) -> Iterator[tuple[int, tuple[int, int] | None]]:
        """Who says it: (a party or -1, where the label of the turn stands). Members of one list speak together; who cannot
        be the source of such a claim is passed over."""
        whole, n = wide.whole, len(wide.whole.parties)
        turn = self.turn(wide.own[0])
        label = turn.label if turn is not None else None
        likely = verdict.source.copy()
        for k, party in enumerate(whole.parties):
            if label is not None and party.start < label[1] and party.end > label[0]:
                likely[n + 1] += likely[k]  # a piece of the label itself
                likely[k] = 0.0
            elif (
                k != accused
                and accused >= 0
                and not (may_accuse(party, whole.parties[accused]) and not only_names(party, self.text))
            ):
                likely[k] = 0.0
        first = int(np.argmax(likely))
        if first >= n:
            yield -1, label if first > n else None
            return
        listed = {
            k
            for k in range(n)
            if likely[k] >= _LISTED
            and max(k, first) in coordinated(whole.row, whole.parties, whole.at, min(k, first), back=False)
        }
        for k in sorted(listed | {first}):
            yield k, None


def _accused(wide: Cut, found: Found) -> int | None:
    """Where a proposal's accused stands (NOBODY: it names none); None where no party of the sentence is it."""
    if found.accused is None:
        return NOBODY
    at = _place(wide, found.accused.start, found.accused.end)
    return at if at >= 0 else None


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


class Settled(NamedTuple):
    """A claim of the document, and what else says the same of it."""

    found: Found
    also: tuple[Found, ...]


def settled(found: Sequence[Found], text: str) -> list[Settled]:
    """Each claim of a document once, at its surest statement: what one voice says of one accused. Where two differ only in that
    one of them tells no speaker, the surer stays; what the judge adds stands only where nothing like it was proposed."""
    kept: list[tuple[Found, list[Found]]] = []

    def clearness(one: Found) -> tuple[object, ...]:
        vague = one.accused is not None and one.accused.kinds[0] == "pronoun"
        return one.draft.rule == "judge", vague, -one.score, one.piece.own, one.draft.accused, one.draft.source

    for one in sorted(found, key=clearness):
        alike = next((also for other, also in kept if _same(one, other, text)), None)
        if alike is None:
            kept.append((one, []))
        else:
            alike.append(one)
    kept.sort(key=lambda pair: (pair[0].piece.own, pair[0].draft.source, pair[0].draft.accused))
    return [Settled(one, tuple(also)) for one, also in kept]


def _same(one: Found, other: Found, text: str) -> bool:
    if one.draft.stance is not other.draft.stance or not _accused_alike(one, other, text):
        return False
    a, b = one.source_is, other.source_is
    return a is None or b is None or a.same == b.same or (one.draft.rule == "judge") != (other.draft.rule == "judge")


def _accused_alike(one: Found, other: Found, text: str) -> bool:
    """Whether two claims are about one party: by what it is known as, or where the words of one name stand in the other's."""
    a, b = one.accused_is, other.accused_is
    if a is None or b is None:
        return a is b or one.draft.stance is Stance.DECLINES  # who names nobody does not name the one that it was asked about
    if a.same == b.same:
        return True
    mine, others = _words(one, text), _words(other, text)
    short = min(mine, others, key=len)
    return bool(short) and 2 * len(mine & others) >= len(short)


def _words(found: Found, text: str) -> frozenset[str]:
    said = text[slice(*found.accused_range)] if found.accused_range else ""
    return frozenset(word.strip("\"“”'’.,()") for word in said.lower().split()) - _DULL
