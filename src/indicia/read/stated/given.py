"""What a machine-readable file states, as our knowledge has it today: revoked techniques led on, names given their ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from indicia.knowledge import Knowledge
from indicia.read.names.lexicon import Entry, lexicon_of, lowered
from indicia.records import Candidate, Mention, MentionKind

_NAMED = frozenset({MentionKind.ACTOR, MentionKind.SOFTWARE, MentionKind.CAMPAIGN})
_GROUP = re.compile(r" (?:group|team|gang)\Z")


def brought_up_to_date(mentions: Sequence[Mention], knowledge: Knowledge) -> list[Mention]:
    """The same mentions in the same order. A revoked technique has its successor as value and says so; one that this release
    does not know has no target; a name that means one thing only has its id, one that may mean several has the candidates.
    A technique that is given by a name that ATT&CK does not have is left out: it says nothing to anybody."""
    techniques = [mention for mention in mentions if mention.kind is MentionKind.TECHNIQUE]
    known = {technique.id for technique in knowledge.attack.techniques} if techniques else set()
    by_name: dict[str, list[Candidate]] = {}
    for technique in knowledge.attack.techniques if techniques else ():
        by_name.setdefault(technique.name.lower(), []).append(Candidate(id=technique.id, name=technique.name))
    kept = []
    for mention in mentions:
        if mention.kind is MentionKind.TECHNIQUE and mention.target:
            kept.append(_technique(mention, knowledge, known))
        elif mention.kind is MentionKind.TECHNIQUE:
            meant = by_name.get(mention.value.lower(), [])
            if len(meant) == 1:
                kept.append(msgspec.structs.replace(mention, value=meant[0].id, target=meant[0].id))
            elif meant:
                kept.append(msgspec.structs.replace(mention, candidates=tuple(meant), score=0.5))
        elif mention.kind in _NAMED and not mention.target:
            kept.append(_name(mention, knowledge))
        else:
            kept.append(mention)
    return kept


def _technique(mention: Mention, knowledge: Knowledge, known: set[str]) -> Mention:
    id = knowledge.attack.current(mention.value)
    if id == mention.value and id in known:
        return mention
    reason = knowledge.attack.led_on(mention.value)
    if id not in known:
        reason = f"{id} is not in ATT&CK {knowledge.attack.version}"
    return msgspec.structs.replace(mention, value=id, target=id if id in known else None, reason=mention.reason or reason)


def _name(mention: Mention, knowledge: Knowledge) -> Mention:
    low = lowered(mention.value)
    known = lexicon_of(knowledge).entries
    entries = [e for e in known.get(low) or known.get(_GROUP.sub("", low), []) if e.kind is mention.kind]
    ids = sorted({entry.id for entry in entries})
    if len(ids) == 1:
        return msgspec.structs.replace(mention, target=ids[0])
    candidates = tuple(
        Candidate(id=id, name=next(e.name for e in entries if e.id == id), according_to=_users(entries, id)) for id in ids
    )
    return msgspec.structs.replace(mention, candidates=candidates) if candidates else mention


def _users(entries: Iterable[Entry], id: str) -> tuple[str, ...]:
    return next(entry.according_to for entry in entries if entry.id == id)
