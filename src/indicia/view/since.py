"""What changed since the last brief of the same case: who joined, who denied, who hardened, what a person confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from indicia.knowledge.articles import the
from indicia.records import Case, Claim, HuntVerdict, Record, Stance, Verdict, those_counted, to_check
from indicia.view.affair import subject
from indicia.view.inert import clip
from indicia.view.judgements import Sentence, agreeing, listed
from indicia.view.language import foreign, forms, joined, tell, tell_many
from indicia.view.positions import Position, is_narration, positions
from indicia.view.saying import clause, firm_words, party_name, voice_words
from indicia.view.words import firmness_words, surely


# Who joined, answered, hardened, softened, changed or no longer says it: what new claims change in who says what.
#
# The one place that decides it, for the brief of a case that grew as for the digest of what is watched.
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


FEW = 4
MORE = forms(
    "To check: {count} more claim that the reader is not sure of.",
    "To check: {count} more claims that the reader is not sure of.",
)


def since(before: Case, now: Case) -> tuple[Sentence, ...]:
    """A sentence for each kind of change, the weightiest first; one that says so where nothing that counts changed."""
    by_turn: dict[Turn, list[Change]] = {}
    for one in turns(
        subject(before).mine, subject(now).mine, (claim.id for claim in those_counted(now.claims, now.judgements))
    ):
        by_turn.setdefault(one.turn, []).append(one)
    found = (
        *_sides(by_turn),
        *_moved(by_turn),
        *_gone(by_turn),
        *_judged(before, now),
        *_ours(before, now),
        *_grounds(before, now),
    )
    nothing = () if found else (Sentence(text=tell("Nothing of note has changed.")),)
    texts = len(now.documents) - len(before.documents)
    more = (Sentence(text=tell_many("{count} text was added.", "{count} texts were added.", texts)),) if texts > 0 else ()
    return (*found, *nothing, *more)


def _told(found: Iterable[Position]) -> str:
    """`Norway names Russia and Canada ties X to the Russian state`."""
    if foreign():
        return "; ".join(f"{voice_words((one,))} {clause(one)}" for one in list(found)[:FEW])
    out = []
    for one in found:
        verb, _, whom = one.says.partition(" ")
        words = surely(one.said) if one.stance is Stance.ACCUSES else ""
        out.append(
            f"{the(clip(one.who, 80))} {agreeing(verb, (one,))} {the(clip(whom, 90))}{f' ({clip(words, 50)})' if words else ''}"
        )
    return listed(out, FEW)


def _names(found: Iterable[Position]) -> str:
    return (
        listed((voice_words((one,)) for one in found), FEW)
        if not foreign()
        else joined([voice_words((one,)) for one in found][:FEW])
    )


def _traces(found: Iterable[Position]) -> tuple[str, ...]:
    return tuple(one.firmest.id for one in found)[:FEW]


def _sides(by_turn: Mapping[Turn, Sequence[Change]]) -> Iterator[Sentence]:
    """Who takes a side that it had not taken: by name, or with what it says where it had spoken already."""
    for turn, words, each in (
        (Turn.JOINED, tell("Joined the accusers: {names}."), _names),
        (Turn.CHANGED, tell("Now says: {names}."), _told),
        (Turn.DENIED, tell("Denied: {names}."), _names),
        (Turn.WITHDREW, tell("Took it back: {names}."), _names),
        (Turn.DOUBTED, tell("Doubted: {names}."), _names),
        (Turn.ENDORSED, tell("Endorsed: {names}."), _names),
        (Turn.CREDIT, tell("Took credit: {names}."), _names),
        (Turn.DECLINED, tell("Declined to name anyone: {names}."), _names),
    ):
        mine = [one.now for one in by_turn.get(turn, ())]
        if mine:
            yield Sentence(text=words.format(names=each(mine)), traces=_traces(mine))


def _moved(by_turn: Mapping[Turn, Sequence[Change]]) -> Iterator[Sentence]:
    """Who says the same with firmer or weaker words."""
    for turn, words in (
        (Turn.HARDENED, tell("Firmer now: {who} on {accused}, from {before} to {now}.")),
        (Turn.SOFTENED, tell("Less firm now: {who} on {accused}, from {before} to {now}.")),
    ):
        for change in by_turn.get(turn, ()):
            one, was = change.now, change.was
            if was is not None:
                first, then = (clip(_how(each), 50) for each in (was, one))
                who = voice_words((one,))
                accused = party_name(one.accused)
                text = words.format(who=who, accused=accused, before=first, now=then)
                yield Sentence(text=text, traces=(was.firmest.id, one.firmest.id))


def _how(one: Position) -> str:
    return firm_words((one,)) if foreign() else surely(one.said) or firmness_words(one.said)


def _gone(by_turn: Mapping[Turn, Sequence[Change]]) -> Iterator[Sentence]:
    lost = [one.now for one in by_turn.get(Turn.DROPPED, ())]
    if lost:
        yield Sentence(text=tell("No longer counted: {told}.", told=_told(lost)))


def _judged(before: Case, now: Case) -> Iterator[Sentence]:
    """What people decided since, in numbers: which claims those are, the annex says."""
    seen = {one.id for one in before.judgements}
    by_action: dict[str, set[str]] = {}
    for one in now.judgements:
        if one.id not in seen:
            by_action.setdefault(one.action, set()).add(one.subject)
    claims = {claim.id for claim in now.claims}
    for action, words in (
        ("confirm", forms("{count} claim was confirmed by a person.", "{count} claims were confirmed by a person.")),
        ("correct", forms("{count} claim was corrected by a person.", "{count} claims were corrected by a person.")),
        ("reject", forms("{count} claim was rejected by a person.", "{count} claims were rejected by a person.")),
    ):
        mine = sorted(by_action.get(action, set()) & claims)
        if mine:
            yield Sentence(text=tell_many(*words, len(mine)), traces=tuple(mine[:FEW]))
    left, was = (len(to_check(one.claims, one.judgements)) for one in (now, before))
    if left > was:
        yield Sentence(text=tell_many(*MORE, left - was))


def _ours(before: Case, now: Case) -> Iterator[Sentence]:
    first, then = ((one.hunt.verdict if one.hunt else HuntVerdict.NO_LOGS) for one in (before, now))
    if first is not then:
        yield Sentence(text=tell("Our logs: from {before} to {now}.", before=tell(first.value), now=tell(then.value)))


def _grounds(before: Case, now: Case) -> Iterator[Sentence]:
    if before.weighing is None or now.weighing is None:
        return
    for name, first, then in (
        (tell("What we observed"), before.weighing.observed, now.weighing.observed),
        (tell("What was said"), before.weighing.said, now.weighing.said),
    ):
        if first.verdict is not then.verdict or first.leaders != then.leaders:
            names = [one.hypothesis.name for one in (*then.posteriors, *then.levels) if one.hypothesis.id in then.leaders]
            told = (
                tell("insufficient grounds")
                if then.verdict is Verdict.INSUFFICIENT or not names
                else tell(" or ").join(map(party_name, dict.fromkeys(names)))
            )
            yield Sentence(text=tell("{name} now points to: {told}.", name=name, told=told) if names else f"{name}: {told}.")
