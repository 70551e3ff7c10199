"""Features of parties and of (source, accused) pairs for the learned scorer. All integers or 0/1, so the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.draft.speech import Speech, speakers_at
from indicia.read.claims.parse.grammar import Sentence
from indicia.read.claims.parse.party import Party
from indicia.read.claims.words.wordsets import word_list
from indicia.records import AccusedType, Stance

__all__ = ["ACCUSED_TYPES", "PAIR_SIZE", "PARTY_SIZE", "STANCES", "joined", "pair_features", "party_features"]

# What the trained scorer knows, in the order in which it was taught.
STANCES = (Stance.ACCUSES, Stance.ENDORSES, Stance.DENIES, Stance.DECLINES, Stance.QUESTIONS)
ACCUSED_TYPES = tuple(kind for kind in AccusedType if kind is not AccusedType.COMPANY)
_KINDS = (
    "state",
    "capital",
    "demonym",
    "union",
    "agency",
    "vendor",
    "media",
    "actor",
    "malware",
    "group",
    "criminal",
    "person",
    "place",
    "gov_person",
    "gov_body",
    "anonymous",
    "company",
    "person_speaker",
    "court",
    "intl",
    "report",
    "pronoun",
    "named_person",
    "unknown_name",
    "organisation",
)
_KIND_AT = {kind: i for i, kind in enumerate(_KINDS)}
_PRONOUNS = ("it", "he", "she", "they", "we", "i")
_DETAILS = ("group", "criminal", "hacktivist", "persona", "intelligence", "military", "police", "ministry", "court", "media")
_SUSPECT_STATES = ("RU", "CN", "KP", "IR", "US")
PARTY_SIZE = 2 * len(_KINDS) + len(_PRONOUNS) + len(_DETAILS) + len(_SUSPECT_STATES) + 9
_DISTANCES = (0, 1, 2, 4, 7, 11, 16, 24)
_BUCKETS = (*(sum(gap >= edge for edge in _DISTANCES) - 1 for gap in range(31)), -1)  # the last one is for parties that overlap
RULES = tuple(word_list("pairs.rules"))
_RULE_AT = {rule: i for i, rule in enumerate(RULES)}
PAIR_SIZE = 2 * len(_DISTANCES) + 8 + 3 * len(STANCES) + 4 + 2 + len(RULES) + 4

F = npt.NDArray[np.float32]


def party_features(parties: Sequence[Party]) -> F:
    """One row of PARTY_SIZE numbers per party."""
    out = np.zeros((len(parties), PARTY_SIZE), dtype=np.float32)
    for i, party in enumerate(parties):
        row = out[i]
        base = 0
        for rank, kind in enumerate(party.kinds):
            at = _KIND_AT.get(kind)
            if at is not None:
                row[(0 if rank == 0 else len(_KINDS)) + at] = 1
        base = 2 * len(_KINDS)
        if party.kinds[0] == "pronoun" and party.head in _PRONOUNS:
            row[base + _PRONOUNS.index(party.head)] = 1
        base += len(_PRONOUNS)
        name = party.name
        if name is not None and name.detail in _DETAILS:
            row[base + _DETAILS.index(name.detail)] = 1
        base += len(_DETAILS)
        if party.state in _SUSPECT_STATES:
            row[base + _SUSPECT_STATES.index(party.state)] = 1
        base += len(_SUSPECT_STATES)
        row[base : base + 9] = (
            party.hostile,
            party.tie is not None,
            party.state is not None,
            party.plural,
            party.definite,
            party.person_name is not None,
            party.owner is not None,
            name is not None,
            party.first == 0,
        )
    return out


def joined(context: Sentence | None, sentence: Sentence) -> list[Party]:
    """The parties of a sentence after those of the sentence before it, with unit positions counted over both."""
    if context is None:
        return list(sentence.parties)
    shift = len(context.row)
    return [
        *context.parties,
        *(party._replace(first=party.first + shift, last=party.last + shift) for party in sentence.parties),
    ]


def pair_features(parties: Sequence[Party], before: int, found: Sequence[Draft], said: Sequence[Speech]) -> F:
    """An array [n + 1, n + 1, PAIR_SIZE] over sources and accused; the last index stands for "nobody".

    The first `before` parties are those of the sentence before; `found` and `said` are the drafts and the speeches of the
    sentence itself, with parties and units counted over both.
    """
    n = len(parties)
    out = np.zeros((n + 1, n + 1, PAIR_SIZE), dtype=np.float32)
    width = len(_DISTANCES)
    ones: list[int] = []  # places of ones in the flat array: one assignment for all is several times faster than one for each
    for s, one in enumerate(parties):
        for a, other in enumerate(parties):
            row = (s * (n + 1) + a) * PAIR_SIZE
            if s == a:
                ones.append(row + 2 * width)
            elif s < a:
                ones.append(row + _BUCKETS[max(-1, min(other.first - one.last, 30))] % PAIR_SIZE)
                ones.append(row + 2 * width + 1)
            else:
                ones.append(row + width + _BUCKETS[max(-1, min(one.first - other.last, 30))])
                ones.append(row + 2 * width + 2)
            if abs(s - a) == 1:
                ones.append(row + 2 * width + 3)
            if one.state is not None and other.state is not None:
                ones.append(row + 2 * width + (4 if one.state == other.state else 5))
    out.reshape(-1)[ones] = 1
    out[n, :, 2 * width + 6] = 1
    out[:, n, 2 * width + 7] = 1
    base = 2 * width + 8
    k = len(STANCES)
    for draft in found:
        stance = STANCES.index(draft.stance)
        s = draft.source if draft.source >= 0 else n
        a = s if draft.self_reference and draft.source >= 0 else draft.accused if draft.accused >= 0 else n
        out[s, a, base + stance] = 1
        out[s, :, base + k + stance] = 1
        out[:, a, base + 2 * k + stance] = 1
        if draft.rule in ("narration", "participle", "tied"):
            out[s, a, base + 3 * k] = 1
        if draft.hedge >= 0:
            out[s, a, base + 3 * k + 1] = 1
        if draft.legal:
            out[s, a, base + 3 * k + 2] = 1
        out[s, a, base + 3 * k + 3] = 1
        if draft.rule in _RULE_AT:
            out[s, a, base + 3 * k + 6 + _RULE_AT[draft.rule]] = 1
    out[:before, :, base + 3 * k + 4] = 1
    out[:, :before, base + 3 * k + 5] = 1
    last = PAIR_SIZE - 4
    for a in range(before, n):
        inside = speakers_at(said, parties[a].first)
        for s in inside[0].speakers if inside else (n,):
            out[s, a, last] = 1  # speaks the words in which the accused stands, or nobody does
        for outer in inside[1:]:
            for s in outer.speakers:
                out[s, a, last + 1] = 1
    for speech in said:
        for s in speech.speakers:
            out[s, :, last + 2] = 1
            if speech.negated:
                out[s, :, last + 3] = 1
    return out
