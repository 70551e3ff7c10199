"""Cutting a text into what is read at once: which sentences are worth it, their parties and verbs, their drafts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import ahocorasick_rs

from indicia.knowledge import Knowledge
from indicia.knowledge.names import is_risky
from indicia.read.claims.draft.answers import Answer, Told, accused_in, answers, may_answer
from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.draft.drafts import drafts
from indicia.read.claims.draft.speech import Speech, speeches
from indicia.read.claims.draft.suspects import specific
from indicia.read.claims.known.names import Names
from indicia.read.claims.parse.grammar import Sentence, verb_groups
from indicia.read.claims.parse.parties import parties
from indicia.read.claims.parse.party import Party
from indicia.read.claims.parse.units import units
from indicia.read.claims.parse.unnamed import beside_verbs
from indicia.read.claims.score.pairs import joined, pair_features, party_features
from indicia.read.claims.score.scorer import MAX_PARTIES, MAX_TOKENS, Job, Scorer
from indicia.read.claims.words.lexicon import lexicon
from indicia.read.claims.words.words import lowered
from indicia.records import Stance

__all__ = ["AROUND", "SHORT", "Cut", "Gate", "cut", "job_of", "leans_back", "parse", "widened"]


class Cut(NamedTuple):
    """A sentence with its drafts, after the sentence before it: parties, units and drafts are counted over both."""

    whole: Sentence
    own: tuple[int, int]  # text range of the sentence itself
    back: tuple[int, int] | None  # that of the sentence before, where it is taken too
    before: int  # so many parties belong to the sentence before
    said: list[Speech]
    found: list[Draft]
    number: int


class Gate:
    """Tells cheaply which sentences are worth reading: words of attack and accusation, known actors, states that are often
    accused."""

    def __init__(self, knowledge: Knowledge) -> None:
        lex = lexicon()
        actors = {
            surface.lower()
            for actor in knowledge.actors
            for surface in (actor.name, *(alias.name for alias in actor.aliases))
            if len(surface) > 3 and not is_risky(surface)
        }
        self._long = ahocorasick_rs.AhoCorasick([*lex.gate, *actors])
        self._short = ahocorasick_rs.AhoCorasick(lex.short)

    def hits(self, text: str, *, short: bool) -> list[int]:
        """Offsets in `text` at which a telling word begins, in order."""
        low = lowered(text)
        found = [a for _, a, _ in self._long.find_matches_as_indexes(low) if a == 0 or not low[a - 1].isalnum()]
        if short:
            more = (a for _, a, _ in self._short.find_matches_as_indexes(low) if a == 0 or not low[a - 1].isalnum())
            found = sorted((*found, *more))
        return found


SHORT = 1200  # characters up to which a text is read even if only words of speech stand in it
AROUND = 2  # sentences on both sides of a telling word that are read too


def parse(text: str, start: int, end: int, names: Names) -> Sentence:
    """One sentence cut up into units, parties and verbs."""
    row = units(text, start, end, names)
    found = parties(text, row)
    at = _places(found, len(row))
    verbs = verb_groups(row, at, lexicon())
    more = list(beside_verbs(row, at, verbs, lexicon()))
    if more:
        found = sorted((*found, *more), key=lambda party: party.first)
        at = _places(found, len(row))
    return Sentence(start, end, row, found, at, verbs)


def _places(found: list[Party], size: int) -> list[int]:
    """Which party each unit belongs to, -1 for none."""
    at = [-1] * size
    for index, party in enumerate(found):
        for k in range(party.first, party.last):
            at[k] = index
    return at


def cut(context: Sentence | None, sentence: Sentence, number: int, previous: Cut | None = None) -> Cut:
    """Joins a sentence to the one before it, where it needs that, and finds its drafts. `previous`: the one before, cut."""
    said = speeches(sentence)
    found = list(drafts(sentence, said))
    replies: list[Answer] = []
    if may_answer(sentence):
        told = accused_in(previous.whole, previous.found, previous.before) if previous is not None else Told()
        replies = list(answers(sentence, said, found, context, told))
    if context is not None and not any(reply.before for reply in replies) and not leans_back(sentence):
        context = None
    found = [*(d for d in found if not _answered(d, replies)), *(reply.draft for reply in replies if not reply.before)]
    alone = Cut(sentence, (sentence.start, sentence.end), None, 0, said, found, number)
    if context is None:
        return alone
    before, shift = len(context.parties), len(context.row)
    wide = widened(alone, context)
    wide.found.extend(
        d._replace(source=d.source + before, cue=d.cue + shift) for d in (reply.draft for reply in replies if reply.before)
    )
    return wide


def widened(alone: Cut, context: Sentence) -> Cut:
    """A sentence that was cut by itself, together with the one before it."""
    sentence = alone.whole
    before, shift = len(context.parties), len(context.row)
    whole = Sentence(
        context.start,
        sentence.end,
        [*context.row, *sentence.row],
        joined(context, sentence),
        [*context.at, *(k + before if k >= 0 else -1 for k in sentence.at)],
        [*context.verbs, *(v._replace(first=v.first + shift, at=v.at + shift) for v in sentence.verbs)],
    )
    said = [
        s._replace(speakers=tuple(k + before for k in s.speakers), lo=s.lo + shift, hi=s.hi + shift, verb=s.verb + shift)
        for s in alone.said
    ]
    found = [
        d._replace(
            source=d.source + before if d.source >= 0 else -1,
            accused=d.accused + before if d.accused >= 0 else -1,
            act=(d.act[0] + shift, d.act[1] + shift) if d.act else None,
            cue=d.cue + shift,
            hedge=d.hedge + shift if d.hedge >= 0 else -1,
        )
        for d in alone.found
    ]
    return Cut(whole, alone.own, (context.start, context.end), before, said, found, alone.number)


def _answered(draft: Draft, replies: Sequence[Answer]) -> bool:
    """Whether an answer says whom a draft that names nobody, or only its own speaker, is about."""
    vague = draft.accused < 0 or draft.self_reference and draft.rule != "plea"
    return (
        vague
        and draft.stance is not Stance.ACCUSES
        and any(reply.draft.source == draft.source and abs(reply.draft.cue - draft.cue) < 12 for reply in replies)
    )


_PLAIN = frozenset({"accuse", "behind", "deny", "denied-accusation", "link", "nominal", "responsible"})  # rules that rarely err


def _is_plain(draft: Draft, parties: Sequence[Party]) -> bool:
    """Whether a rule that rarely errs names who accuses and who is accused, a territory from which it came, or what a known
    actor did, or the words leave little doubt."""
    if draft.rule == "narration":
        return draft.accused >= 0 and parties[draft.accused].kinds[0] == "actor"
    return draft.rule == "origin" or draft.floor is not None or draft.rule in _PLAIN and draft.source >= 0 <= draft.accused


def job_of(piece: Cut, text: str, model: Scorer) -> Job | None:
    """What the scorer needs to know of a sentence, or None where there is nothing to score."""
    count = len(piece.whole.parties)
    if count == piece.before or count > MAX_PARTIES:
        return None
    parts: list[tuple[int, ...]] = []
    starts: list[int] = []
    ends: list[int] = []
    for begin, end in (piece.back, piece.own) if piece.back is not None and piece.before else (piece.own,):
        ids, offsets = model.encode(text[begin:end])
        if len(ids) > MAX_TOKENS:
            return None
        parts.append(tuple(ids))
        # the marks at both ends have no place in the text
        starts += [begin, *(begin + a for a, _ in offsets[1:-1]), end]
        ends += [begin, *(begin + b for _, b in offsets[1:-1]), end]
    spans = [_token_range(starts, ends, p.start, p.end) for p in piece.whole.parties]
    return Job(
        tuple(parts),
        spans,
        party_features(piece.whole.parties),
        pair_features(piece.whole.parties, piece.before, piece.found, piece.said),
        any(_is_plain(draft, piece.whole.parties) for draft in piece.found),
    )


def _token_range(starts: list[int], ends: list[int], start: int, end: int) -> tuple[int, int]:
    """Tokens that touch [start, end); the mark at the beginning where there are none."""
    first, last = bisect_right(ends, start), bisect_left(starts, end)
    return (first, last) if first < last else (0, 1)


def leans_back(sentence: Sentence) -> bool:
    """Whether a sentence needs the one before it: it points back, goes on quoting, or names hardly anybody."""
    if len(sentence.parties) < 2:
        return True
    if any(p.kinds[0] == "pronoun" or (p.definite and not specific(p)) for p in sentence.parties):
        return True
    return any(unit.low in ("“", "”", '"', "his", "her", "its", "their") for unit in sentence.row)
