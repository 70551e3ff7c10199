"""Who joined, answered, hardened, softened, changed or no longer says it: what new claims change in who says what.

The one place that decides it, for the brief of a case that grew as for the digest of what is watched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

from indicia.records import Claim, Record, Stance
from indicia.view.positions import Position, is_narration, positions

__all__ = ["Change", "Turn", "turns"]


class Turn(StrEnum):
    """What a source does, in the order in which it is told."""

    JOINED = "joined"
    CREDIT = "took credit"
    ENDORSED = "endorsed"
    DENIED = "denied"
    WITHDREW = "took it back"
    DOUBTED = "doubted"
    DECLINED = "declined to say"
    HARDENED = "hardened"
    SOFTENED = "softened"
    CHANGED = "changed"
    DROPPED = "no longer says it"


_FIRST = {
    Stance.ACCUSES: Turn.JOINED,
    Stance.CLAIMS: Turn.CREDIT,
    Stance.ENDORSES: Turn.ENDORSED,
    Stance.DENIES: Turn.DENIED,
    Stance.WITHDRAWS: Turn.WITHDREW,
    Stance.QUESTIONS: Turn.DOUBTED,
    Stance.DECLINES: Turn.DECLINED,
}
_ACCUSING = frozenset({Stance.ACCUSES, Stance.CLAIMS})


class Change(Record, frozen=True, kw_only=True):
    """What one source does. `now` is the position that it takes, or the old one where it gave that up; `was` what it said
    before of the same, or else of another, and None where it had said nothing."""

    turn: Turn
    now: Position
    was: Position | None = None


def turns(before: Iterable[Claim], now: Iterable[Claim], still: Iterable[str] = ()) -> tuple[Change, ...]:
    """What is said `now` and was not said `before`, both of one affair, in the order of turns. Who only repeats itself does not
    turn. A text's own voice is nobody's: it joins nobody, and is left out. `still` are ids of claims that are made as before,
    be they told of another affair now: nobody gave them up."""
    held, later = {claim.id: claim for claim in before}, tuple(now)
    old, all_now = _by_key(held.values()), _by_key(later)
    fresh = _by_key(claim for claim in later if held.get(claim.id) != claim)
    of_source: dict[str, list[Position]] = defaultdict(list)
    for one in old.values():
        of_source[one.source].append(one)
    found = [_turned(one, old.get(key), of_source[one.source]) for key, one in fresh.items()]
    said = {*still, *(claim.id for claim in later)}
    gone = (one for key, one in old.items() if key not in all_now and said.isdisjoint(one.claims))
    lost = [Change(turn=Turn.DROPPED, now=one, was=one) for one in gone]
    order = list(Turn)
    return tuple(sorted([*filter(None, found), *lost], key=lambda one: order.index(one.turn)))


_Key = tuple[str, Stance, str, str]


def _by_key(claims: Iterable[Claim]) -> Mapping[_Key, Position]:
    """The positions of named sources by who takes which side toward whom, for a deed or for a tie."""
    return {(one.source, one.stance, one.accused, one.tie): one for one in positions(claims) if not is_narration(one)}


def _turned(one: Position, was: Position | None, mine: list[Position]) -> Change | None:
    """What a new position is beside what its source said before, `mine`, of which `was` is said of the same."""
    if was is None:
        same = [each for each in mine if each.stance is one.stance or {each.stance, one.stance} <= _ACCUSING]
        if same:  # it names another now, or ties the one whom it named
            return Change(turn=Turn.CHANGED, now=one, was=same[-1])
        if mine and one.stance in _ACCUSING:  # who denied accuses now
            return Change(turn=Turn.CHANGED, now=one, was=mine[-1])
        return Change(turn=_FIRST[one.stance], now=one, was=mine[-1] if mine else None)
    if one.stance not in _ACCUSING:
        return None
    if one.said.firmness.strength > was.said.firmness.strength:
        return Change(turn=Turn.HARDENED, now=one, was=was)
    if one.said.firmness.strength < was.weakest.strength:
        return Change(turn=Turn.SOFTENED, now=one, was=was)
    return None
