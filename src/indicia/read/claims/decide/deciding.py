"""What one claim makes moot, and which of several readings of one is the best."""

from __future__ import annotations

import re

from indicia.read.claims.draft.suspects import specific
from indicia.read.claims.parse.party import Party
from indicia.read.claims.refer.resolving import Found
from indicia.records import Stance

__all__ = ["clearing_itself", "consistent", "is_plain", "leads_back", "names_nobody", "rank", "taking_credit", "wrong_side"]


SURE_BY_RULE = 0.5  # the scorer's probability
_PRIORITY = {"hostile": 1, "narration": 0, "tied": 0, "behind": 2, "responsible": 2, "participle": 1}


def rank(found: Found) -> tuple[int, int, int]:
    return (int(1000 * found.score), _PRIORITY.get(found.draft.rule, 3), found.draft.act is not None)


def consistent(found: list[Found], text: str) -> list[Found]:
    """Of the claims of one sentence, drops what a likelier one makes moot: narration beside a spoken claim on the same
    accused, an
    accusation that the same source denies, an apposition ("X, a group tied to ...") beside the name it explains."""
    out = []
    for one in found:
        others = [other for other in found if other is not one and _moot(one, other, text)]
        # of two that make each other moot the better one stays
        if not any(rank(other) >= rank(one) or not _moot(other, one, text) for other in others):
            out.append(one)
    return out


def _named(party: Party) -> bool:
    """Whether the party is called by a name of its own."""
    return party.kinds[0] in ("actor", "named_person", "unknown_name", "organisation")


# the words that every report on an intrusion is full of: they say that somebody did it, not who
_ANYBODY = re.compile(
    r"(?:(?:the|a|an|this|that|these|those|same|other|several|some|unknown|unidentified|unnamed|malicious|cyber|threat) )*+"
    r"(?:actors?|adversar(?:y|ies)|attackers?|hackers?|intruders?|operators?|(?:cyber)?criminals?|groups?|teams?|affiliates?)",
    re.IGNORECASE,
)


def names_nobody(found: Found, text: str) -> bool:
    """Whether an accusation in the text's own voice ("the threat actors then dumped ...") leads to nobody in particular."""
    accused = found.accused
    if found.draft.stance is not Stance.ACCUSES or accused is None or found.accused_is is None:
        return False
    told = found.source is None or found.source.kinds[0] == "pronoun"
    anybody = not specific(accused) and _ANYBODY.fullmatch(_surface(accused, text)) is not None
    return told and anybody and not leads_back(found, text)


def leads_back(found: Found, text: str) -> bool:
    """Whether the words for the accused were resolved to somebody: to a known one, a state, or other words."""
    accused, who = found.accused, found.accused_is
    if accused is None or who is None:
        return False
    return bool(who.id or who.state or who.canonical.lower() != _surface(accused, text).lower())


def _surface(party: Party, text: str) -> str:
    return " ".join(text[party.start : party.end].split())


def _one_side(found: Found) -> bool:
    """Whether a source speaks of itself or of its own state."""
    source, accused = found.source_is, found.accused_is
    if source is None or accused is None:
        return False
    return source.same == accused.same or (source.state is not None and source.state == accused.state)


def clearing_itself(found: Found) -> Found:
    """Who doubts that its own side did it denies it."""
    if found.draft.stance is Stance.QUESTIONS and _one_side(found):
        return found._replace(draft=found.draft._replace(stance=Stance.DENIES))
    return found


def taking_credit(found: Found) -> Found:
    """Who says of itself that it did it takes credit."""
    source, accused = found.source_is, found.accused_is
    if found.draft.stance is Stance.ACCUSES and source is not None and accused is not None and source.same == accused.same:
        return found._replace(draft=found.draft._replace(stance=Stance.CLAIMS))
    return found


def is_plain(found: Found) -> bool:
    """Whether a rule reads plainly what annotated documents hold too rarely to overrule it: that a source clears its own side,
    or that something was done from the territory of a state."""
    if found.draft.rule == "origin":
        return found.score >= SURE_BY_RULE
    return found.draft.stance is Stance.DENIES and found.draft.rule not in ("scorer", "judge") and _one_side(found)


def wrong_side(found: Found) -> bool:
    """Whether one state would deny what another is accused of, or back an accusation of its own side. It may doubt the one; a
    denial is the other's own, and so is the finding."""
    states = [one.state for one in (found.source_is, found.accused_is) if one is not None and one.state is not None]
    if found.draft.stance is Stance.ENDORSES:
        return len(states) == 2 and len(set(states)) == 1
    return found.draft.stance is Stance.DENIES and len(set(states)) == 2


def _listed(one: Found, other: Found) -> bool:
    """Whether the source of `other` is one of those that explain the source of `one`: "Allies, such as Canada and Spain"."""
    broad, narrow = one.source, other.source
    if broad is None or narrow is None or not broad.plural or broad.name is not None or narrow.name is None:
        return False
    row = one.piece.whole.row
    after = [unit.low for unit in row[broad.last : broad.last + 4] if unit.low != ","]
    return broad.last < narrow.first <= broad.last + 24 and (after[:2] == ["such", "as"] or after[:1] == ["including"])


_CALLING = frozenset("called named dubbed known as styled calling itself themselves , ( group".split())
_HOME = re.compile(
    r"(?:his|her|its|their|our|my) (?:own )?"
    r"(?:country|government|nation|state|side|homeland|agency|service|ministry|company|firm)",
    re.IGNORECASE,
)


def _called(one: Party | None, other: Party | None, found: Found) -> bool:
    """Whether `other` is the name by which the text calls `one`: "a group called X"."""
    if one is None or other is None or one.name is not None or not one.last < other.first <= one.last + 4:
        return False
    between = [unit.low for unit in found.piece.whole.row[one.last : other.first]]
    return set(between) <= _CALLING and between != [","]


def _nameless(one: Found, other: Found) -> bool:
    """Whether `one` says of a nameless party what `other` says of it by its name."""
    pairs = ((one.source, other.source), (one.accused, other.accused))
    return any(_called(a, b, one) for a, b in pairs) and all(a == b or _called(a, b, one) for a, b in pairs)


def _inside(one: Found, other: Found) -> bool:
    """Whether the accused of `one` only tells where that of `other` sits: "a man in Magnitogorsk"."""
    if one.accused is None or other.accused is None or one.source != other.source:
        return False
    return one.accused.first == other.accused.last + 1 and one.piece.whole.row[other.accused.last].low in (
        "in",
        "from",
        "near",
        "at",
    )


def _home(one: Found, other: Found, text: str) -> bool:
    """Whether both deny for one side, `other` in the words "his country"."""
    if one.accused is None or other.accused is None or one.source != other.source or one.accused != one.source:
        return False
    return _HOME.fullmatch(" ".join(text[other.accused.start : other.accused.end].split())) is not None


def _moot(one: Found, other: Found, text: str) -> bool:
    if one.draft.stance is other.draft.stance and (_nameless(one, other) or _inside(one, other) or _home(one, other, text)):
        return True
    if one.accused_is is None or other.accused_is is None:
        return False
    same_source = one.draft.source == other.draft.source
    if one.draft.stance is other.draft.stance is Stance.DECLINES and one.draft.rule == "scorer" and not same_source:
        # a rule reads plainly who declines to confirm it: nobody else does
        return other.draft.floor is not None and one.accused_is.same == other.accused_is.same and other.score >= one.score
    if same_source and one.draft.stance is other.draft.stance is Stance.DENIES:
        # who rejects the accusation that the sentence before tells: of whom it is, beside the speaker itself
        if one.draft.rule == "scorer" and one.draft.self_reference and other.draft.answer:
            return True
        if other.draft.rule == "scorer" and other.draft.self_reference and one.draft.answer:
            return False
    if same_source and one.draft.stance is other.draft.stance and one.accused is not None and other.accused is not None:
        own = one.piece.own[0]
        if one.accused.start < own <= other.accused.start:
            return True  # whom the sentence before accuses, beside whom this one does
        row = one.piece.whole.row
        after = other.accused.last
        if (
            after + 1 == one.accused.first
            and row[after].low in (",", "(", "–")
            and row[one.accused.first].low in ("a", "an", "the", "its", "another")
        ):
            return True
        before = one.accused.last
        several = one.accused.plural and not _named(one.accused) and _named(other.accused)
        if several and before + 1 == other.accused.first and row[before].low in (",", ":", "(", "–"):
            return True  # "two Russians, A and B": the names say it
    if same_source and one.draft.stance is other.draft.stance and one.draft.rule == "scorer" and other.score >= one.score:
        # the state or its people beside the agency or group of it that the same source names in the same sentence
        broad = one.accused is not None and one.accused.kinds[0] in ("state", "capital")
        narrow = other.accused is not None and other.accused.kinds[0] not in ("state", "capital")
        if broad and narrow and one.accused_is.state is not None and one.accused_is.state == other.accused_is.state:
            return True
    if one.accused_is.same != other.accused_is.same or one.draft.stance is not Stance.ACCUSES:
        return False
    if other.draft.stance is Stance.ACCUSES and _listed(one, other):
        return True
    if one.draft.source < 0 <= other.draft.source:
        return other.score >= one.score or other.draft.rule != "scorer"
    return same_source and other.draft.stance in (Stance.DENIES, Stance.QUESTIONS, Stance.ENDORSES) and other.score >= one.score
