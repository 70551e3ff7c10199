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

from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.parse.grammar import Sentence, coordinated
from indicia.read.claims.refer.resolving import Found, Resolver
from indicia.read.claims.score.choosing import is_strict
from indicia.read.claims.score.cutting import Cut, widened
from indicia.read.claims.score.judge import NOBODY, Judge, Verdict
from indicia.read.claims.score.windows import Turn, askable, may_decline, turn_labels, window_of
from indicia.records import Stance

__all__ = ["PROPOSED", "SURE", "Bench", "chance", "settled"]

PROPOSED = 0.3  # the scorer's probability from which a proposal is laid before the judge
SURE = 0.55  # the probability from which a claim stands that nobody proposed
_LISTED = 0.12  # its probability from which a party speaks too that stands in one list with the likeliest speaker
_SHORT, _LONG = 500, 6000  # characters: in a passage a claim is likelier than in a document, and in between in between
# Log odds, fitted by `scripts/fit_confirming.py` on documents that neither scorer nor judge has seen: of what was proposed ...
_PROPOSALS = {
    "bias": -2.69, "scorer": 0.64, "judge": 0.26, "stance": 0.18, "speaker": 0.95, "short": 1.23, "answers": 0.49, "strict":
    -0.8,
}  # fmt: skip
# ... and of what was not.
_ADDITIONS = {
    "bias": -2.56, "judge": 0.33, "stance": 0.31, "speaker": 0.15, "short": 1.21, "nobody accused": -1.45, "nobody speaks":
    -0.13,
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
        return Hearing(wide, dict(zip(asked, self.model.ask(window, asked), strict=True)), tuple(unasked))

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
        )

    def addition(self, wide: Cut, accused: int, verdict: Verdict) -> tuple[float, ...]:
        """What speaks for a claim that nobody proposed."""
        return (
            1.0,
            _logit(verdict.claim),
            _logit(verdict.stance(verdict.best("stance"))),
            float(verdict.source.max()),
            self.short,
            float(accused == NOBODY),
            float(int(np.argmax(verdict.source)) >= len(wide.whole.parties)),
        )

    def added(self, hearing: Hearing, resolver: Resolver, least: float) -> Iterator[Found]:
        """The claims that the judge makes out by itself with a probability of at least `least`."""
        wide = hearing.wide
        for accused in hearing.unasked:
            verdict = hearing.verdicts[accused]
            stance = verdict.best("stance")
            features = self.addition(wide, accused, verdict)
            score = chance(features, proposed=False)
            if score < least or accused == NOBODY and stance is not Stance.DECLINES:
                continue
            for source, label in self._speakers(wide, verdict):
                found = resolver.resolve(_draft(wide, stance, source, accused, verdict), wide, turn=label)
                if found is not None:
                    yield found._replace(score=score, judged=verdict, features=features)

    def _speakers(self, wide: Cut, verdict: Verdict) -> Iterator[tuple[int, tuple[int, int] | None]]:
        """Who says it: (a party or -1, where the label of the turn stands). Members of one list speak together."""
        whole, n = wide.whole, len(wide.whole.parties)
        first = int(np.argmax(verdict.source))
        if first >= n:
            turn = self.turn(wide.own[0])
            yield -1, turn.label if first > n and turn is not None else None
            return
        listed = {
            k
            for k in range(n)
            if verdict.source[k] >= _LISTED
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


def settled(found: Sequence[Found], text: str) -> list[Found]:
    """Each claim of a document once, at its surest statement: what one voice says of one accused. Where two differ only in that
    one of them tells no speaker, the surer stays; what the judge adds stands only where nothing like it was proposed."""
    kept: list[Found] = []

    def clearness(one: Found) -> tuple[object, ...]:
        vague = one.accused is not None and one.accused.kinds[0] == "pronoun"
        return one.draft.rule == "judge", vague, -one.score, one.piece.own, one.draft.accused, one.draft.source

    for one in sorted(found, key=clearness):
        if not any(_same(one, other, text) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: (f.piece.own, f.draft.source, f.draft.accused))


def _same(one: Found, other: Found, text: str) -> bool:
    if one.draft.stance is not other.draft.stance or not _accused_alike(one, other, text):
        return False
    a, b = one.source_is, other.source_is
    return a is None or b is None or a.same == b.same or (one.draft.rule == "judge") != (other.draft.rule == "judge")


def _accused_alike(one: Found, other: Found, text: str) -> bool:
    """Whether two claims are about one party: by what it is known as, or where the words of one name stand in the other's."""
    a, b = one.accused_is, other.accused_is
    if a is None or b is None:
        return a is b
    if a.same == b.same:
        return True
    mine, others = _words(one, text), _words(other, text)
    short = min(mine, others, key=len)
    return bool(short) and 2 * len(mine & others) >= len(short)


def _words(found: Found, text: str) -> frozenset[str]:
    said = text[slice(*found.accused_range)] if found.accused_range else ""
    return frozenset(word.strip("\"“”'’.,()") for word in said.lower().split()) - _DULL
