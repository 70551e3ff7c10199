"""Draft claims of one sentence: which words of accusing, denying, endorsing, declining and doubting tie which parties together.

Every rule yields drafts with its own name (`rule`), so that a claim can say why it is there. Rules look for a cue and then for the
parties around it by the light grammar; speech ("X said that ...", "according to X", “...,” said X) gives the speaker of what has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from indicia.read.claims.grammar import Sentence, Verb, coordinated, next_party, subject
from indicia.read.claims.lexicon import FUNCTION, lexicon
from indicia.read.claims.parties import Party
from indicia.records import Stance

__all__ = ["Draft", "Speech", "drafts", "speeches"]


class Draft(NamedTuple):
    """A claim in terms of units. `source` and `accused` are indexes of parties (-1: none); `act` is a range of units or None."""

    stance: Stance
    source: int
    accused: int
    act: tuple[int, int] | None
    cue: int  # unit
    rule: str
    legal: bool = False
    self_reference: bool = False  # the accused is the speaker or its state ("denied any role")
    hedge: int = -1  # unit of a cue that hedges by itself: "linked", "suspects"
    lenient: bool = False  # speaker found by nearness only


class Speech(NamedTuple):
    """Somebody speaks: the parties, the units that they say, and the relays named with it."""

    speakers: tuple[int, ...]
    lo: int
    hi: int
    verb: int
    lemma: str
    negated: bool = False


_LEGAL = frozenset(
    "charge indict sanction blacklist designate arrest convict prosecute arraign extradite sentence list fine".split()
)
_HEDGE_LINK = frozenset("link tie connect trace associate relate map tag".split())
_SPEECH_STOP = frozenset((";",))
_ACCUSED_NO = frozenset("media court report intl pronoun person_speaker malware".split())
_SAY_WEAK = frozenset(
    "see find know hold show call describe detect observe read gather put figure label understand repeat hear learn reason".split()
)
_NOMINALS = frozenset(
    """accusation accusations allegation allegations attribution attributions claim claims finding findings assertion assertions charge charges
    conclusion conclusions assessment assessments finger-pointing suspicion suspicions contention insinuation insinuations statement
    verdict judgement judgment statements""".split()
)
_BEHIND = frozenset("behind".split())


def can_speak(party: Party) -> bool:
    """Whether a party of this kind can be the source of a claim."""
    first = party.kinds[0]
    if first in ("place", "malware"):
        return False
    if first in ("person", "group", "criminal"):
        return (
            any(k in party.kinds for k in ("gov_body", "gov_person", "company", "anonymous", "person_speaker"))
            or first != "person"
        )
    return True


def can_be_accused(party: Party) -> bool:
    """Whether a party of this kind can be accused of an attack."""
    first = party.kinds[0]
    if first in _ACCUSED_NO:
        return False
    if first == "gov_person":
        return party.head not in ("spokesman", "spokeswoman", "spokesperson", "spokespeople", "reporters")
    if first in ("gov_body", "company"):
        return "agency" in party.kinds or "person" in party.kinds or party.hostile or "group" in party.kinds
    return True


def _accusable(sentence: Sentence, index: int) -> bool:
    return index >= 0 and can_be_accused(sentence.parties[index])


_SPYING = frozenset(
    "intelligence gru svr fsb mss pla rgb irgc mois nsa cia unit army military spies spooks guard guards bureau corps".split()
)


def suspect(party: Party) -> bool:
    """Whether the party is of a kind that is accused rather than harmed: an actor, criminals, a state, spies, hostile groups."""
    first = party.kinds[0]
    if first == "agency":
        return party.name is not None or party.head in _SPYING
    if first in ("actor", "criminal", "state", "capital"):
        return True
    return first in ("group", "person") and (party.hostile or "criminal" in party.kinds or party.state is not None)


def specific(party: Party) -> bool:
    """Whether the party says who: a known or capitalised name, a state, or a phrase with a state in it."""
    return (
        party.state is not None
        or party.name is not None
        or party.person_name is not None
        or party.kinds[0] in ("unknown_name", "organisation", "actor")
    )


def speeches(sentence: Sentence) -> list[Speech]:
    """Who says what in a sentence: by verbs of saying with a subject, "according to X" and "X: ..."."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    out: list[Speech] = []
    n = len(row)
    for verb in sentence.verbs:
        if "say" not in verb.classes or verb.participle or verb.form == "ing" and verb.lemma not in ("quote", "cite"):
            if not (
                verb.form == "ing" and verb.lemma in ("say", "state", "add", "note", "conclude", "assess", "declare", "warn")
            ):
                continue
            # "..., saying that": the subject of the sentence goes on
            earlier = [s for s in out if s.verb < verb.at]
            heads = [v for v in sentence.verbs if v.at < verb.first]
            if earlier:
                out.append(Speech(earlier[-1].speakers, verb.at + 1, n, verb.at, verb.lemma))
            elif heads:
                who, _, _ = subject(sentence, heads[0].first)
                if who:
                    out.append(Speech(tuple(who), verb.at + 1, n, verb.at, verb.lemma))
            continue
        if verb.passive or (
            verb.at + 1 < n
            and row[verb.at + 1].low == "to"
            and verb.lemma in ("say", "believe", "think", "suspect", "know", "hold")
        ):
            continue
        who, first, how = subject(sentence, verb.first)
        inverted = False
        if not who or how == "thing":
            # “...,” said X
            nxt = verb.at + 1
            if (
                nxt < n
                and at[nxt] >= 0
                and parties[at[nxt]].first == nxt
                and verb.first > 0
                and row[verb.first - 1].low in (",", "”", '"', "'", "’", "?", "!")
            ):
                who, first, inverted = coordinated(row, parties, at, at[nxt], back=False), verb.first, True
            elif how == "thing":
                continue
        who = [w for w in who if can_speak(parties[w])]
        if not who:
            continue
        before = first - 1
        framed = inverted or (before >= 0 and row[before].low in (",", "”", '"', "–", "—", "’", "'") and how != "relative")
        if framed and before >= 0 and not inverted:
            # "Hacking is not our policy, Iran's mission answered": speech around the frame, unless the frame opens the sentence
            opening = all(
                row[k].low in FUNCTION or row[k].kind in ("number", "mark") or row[k].low.endswith("ly") for k in range(before)
            )
            framed = before > 3 and not opening
            if (
                framed
                and row[before].low == ","
                and not any(v.at < before for v in sentence.verbs)
                and "”" not in (u.low for u in row[:before])
            ):
                framed = any(is_finite(row[k].low) for k in range(before))
        if framed:
            out.append(Speech(tuple(who), 0, n, verb.at, verb.lemma, verb.negated))
        else:
            hi = _clause_end(sentence, verb.at + 1) if verb.lemma in _SAY_WEAK else n
            for k in range(verb.at + 1, hi):
                if row[k].low in _SPEECH_STOP:
                    hi = k
                    break
            out.append(Speech(tuple(who), verb.at + 1, hi, verb.at, verb.lemma, verb.negated))
    for k in range(n - 1):
        low = row[k].low
        if low == "according" and row[k + 1].low == "to":
            index = next_party(sentence, k + 2, n, reach=5, through_verbs=True)
            if index >= 0:
                out.append(Speech(tuple(coordinated(row, parties, at, index, back=False)), 0, n, k, "according"))
        elif (
            low in ("view", "judgement", "judgment", "opinion", "assessment", "estimate", "reading", "telling", "words", "eyes")
            and at[k] < 0
        ):
            # "in Mandiant's view", "in the view of"
            back = k - 1
            if (
                row[back].low == "'s"
                and back > 0
                and at[back - 1] >= 0
                and _starts_with(sentence, at[back - 1], ("in", "by", "to"))
            ):
                out.append(Speech((at[back - 1],), 0, n, k, "view"))
            elif row[k + 1].low == "of" and row[back].low == "the" and back > 0 and row[back - 1].low == "in":
                index = next_party(sentence, k + 2, n, reach=3)
                if index >= 0:
                    out.append(Speech((index,), 0, n, k, "view"))
        elif (
            low in _NOMINALS
            and k > 1
            and row[k - 1].low == "'s"
            and at[k - 2] >= 0
            and can_speak(parties[at[k - 2]])
            and ("that" in (row[j].low for j in range(k + 1, min(n, k + 3))))
        ):
            # "Norway's claim that Russia hacked ..."
            out.append(Speech((at[k - 2],), k + 1, _clause_end(sentence, k + 2), k, "nominal"))
        elif (
            low in _NOMINALS
            and k + 2 < n
            and row[k + 1].low in ("of", "by", "from")
            and at[k + 2] >= 0
            and can_speak(parties[at[k + 2]])
        ):
            last = parties[at[k + 2]].last
            if last < n and row[last].low == "that":
                out.append(
                    Speech(
                        tuple(coordinated(row, parties, at, at[k + 2], back=False)),
                        last,
                        _clause_end(sentence, last + 1),
                        k,
                        "nominal",
                    )
                )
        elif (
            low in ("with", "what")
            and k > 0
            and row[k - 1].low
            in (
                "agree",
                "agrees",
                "agreed",
                "agreeing",
                "concur",
                "concurs",
                "concurred",
                "side",
                "sides",
                "sided",
                "believe",
                "believes",
            )
            and low == "with"
        ):
            index = next_party(sentence, k + 1, n, reach=3)
            if index >= 0 and any(row[j].low == "that" for j in range(parties[index].last, min(n, parties[index].last + 5))):
                out.append(
                    Speech(tuple(coordinated(row, parties, at, index, back=False)), parties[index].last, n, k, "nominal")
                )
        elif low == ":" and 0 < k < 12 and at[k - 1] >= 0 and parties[at[k - 1]].first <= 1:
            out.append(Speech((at[k - 1],), k + 1, n, k, "colon"))
        elif low == ":" and at[k + 1] >= 0 and parties[at[k + 1]].last >= n - 1 and k > 3:
            out.append(Speech((at[k + 1],), 0, k, k, "colon"))  # headline: "Moscow behind hack: officials"
    out += _loose_speeches(sentence, out)
    return out


def _loose_speeches(sentence: Sentence, known: list[Speech]) -> Iterator[Speech]:
    """Speech by position where no verb of saying is known: "X wishes to alert all that ...", "..., X has calculated."."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(2, n - 2):
        if row[k].low != "that" or at[k] >= 0 or row[k + 1].kind == "mark":
            continue
        if any(s.lo <= k + 1 and k - s.lo < 9 and s.lo > 0 for s in known):
            continue
        before = at[k - 1]
        if (
            before >= 0
            and parties[before].kinds[0] not in ("pronoun", "gov_person", "person", "media")
            and row[k - 1].low not in ("reporters", "lawmakers")
        ):
            continue  # a relative clause
        start = (
            max((j for j in range(k) if at[j] < 0 and row[j].low in (";", ":", "“", "”", '"', "but", "while")), default=-1) + 1
        )
        speaker = next(
            (
                at[j]
                for j in range(start, k)
                if at[j] >= 0 and can_speak(parties[at[j]]) and parties[at[j]].kinds[0] != "malware"
            ),
            -1,
        )
        if speaker >= 0 and parties[speaker].last < k:
            group = coordinated(row, parties, at, speaker, back=False)
            yield Speech(tuple(g for g in group if parties[g].last <= k), k + 1, n, k, "that")
    last = n - 1
    while last > 0 and row[last].kind == "mark":
        last -= 1
    for k in range(max(4, last - 12), last):
        if row[k].low == "," and at[k] < 0 and at[k + 1] >= 0:
            group = coordinated(row, parties, at, at[k + 1], back=False)
            end = parties[group[-1]].last
            tail = row[end : last + 1]
            if tail and len(tail) <= 5 and not any(s.verb >= k for s in known) and can_speak(parties[group[0]]) and all(u.kind == "word" for u in tail) and tail[0].low not in (
                "and", "or", "of", "in", "for", "to", "with", "at", "on", "which", "who", "that", "as", "by", "from", "a", "the"
            ):  # fmt: skip
                yield Speech(tuple(group), 0, k, k, "trailing")
                break


def is_finite(low: str) -> bool:
    """A rough test for a word that makes a clause: an auxiliary or a past form."""
    return low in ("is", "are", "was", "were", "has", "have", "had", "did", "does", "will") or low in lexicon().verbs


def _starts_with(sentence: Sentence, index: int, lows: tuple[str, ...]) -> bool:
    first = sentence.parties[index].first
    return first > 0 and sentence.row[first - 1].low in lows


def speakers_at(all_speeches: list[Speech], unit: int) -> list[Speech]:
    """The speeches that hold a unit, innermost first."""
    inside = [s for s in all_speeches if s.lo <= unit < s.hi and s.verb != unit]
    return sorted(inside, key=lambda s: (s.hi - s.lo, -s.lo))


def _clause_start(sentence: Sentence, i: int) -> int:
    """First unit of the clause that holds unit i: after "that", a quote mark or a sentence-level comma."""
    row = sentence.row
    for k in range(i - 1, -1, -1):
        low = row[k].low
        if low in ("that", ";", ":", "“", "”", '"') and sentence.at[k] < 0:
            return k + 1
        if low == "," and k + 1 < i and row[k + 1].low not in ("which", "who"):
            if any(v.first <= k for v in sentence.verbs):
                return k + 1
    return 0


def _clause_end(sentence: Sentence, i: int) -> int:
    """The unit after the clause that holds unit i."""
    row = sentence.row
    n = len(row)
    for k in range(i, n):
        low = row[k].low
        if low in (";", ":", "”", "“", '"', ".", "!", "?", "–", "—"):
            return k
        if low == "," and k + 1 < n and (
            row[k + 1].low in ("and", "but", "which", "who", "although", "though", "while", "whereas", "as", "according", "a", "an", "the", "it", "he", "she",
                               "they", "saying", "said", "adding", "citing", "because", "so", "without", "with", "using", "in")
            or sentence.at[k + 1] >= 0
        ):  # fmt: skip
            following = sentence.at[k + 1]
            if (
                following >= 0
                and k > 0
                and sentence.at[k - 1] >= 0
                and row[sentence.parties[following].last : sentence.parties[following].last + 1]
            ):
                after = row[min(sentence.parties[following].last, n - 1)].low
                if after in (",", "and", "or"):
                    continue
            return k
    return n


def _act_words(sentence: Sentence, lo: int, hi: int) -> bool:
    lex = lexicon()
    return any(u.low in lex.acts or u.low in lex.findings for u in sentence.row[lo:hi])


def _trim(sentence: Sentence, lo: int, hi: int) -> tuple[int, int] | None:
    row = sentence.row
    while lo < hi and (
        row[lo].kind == "mark"
        or row[lo].low in ("of", "for", "over", "with", "that", "in", "on", "about", "as", "to", "and", "by", "against", "back")
    ):
        if row[lo].low in ("“", '"') and hi - lo > 2:
            pass
        lo += 1
    while hi > lo and (row[hi - 1].kind in ("mark", "possessive") or row[hi - 1].low in FUNCTION):
        hi -= 1
    return (lo, hi) if hi > lo else None


def drafts(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """All drafts of a sentence. Speech gives the source of those that have no subject of their own.

    A pronoun that speaks inside the speech of others is those others: "Canada and Japan said they supported ...".
    """
    for draft in _all(sentence, said):
        if draft.source >= 0 and sentence.parties[draft.source].kinds[0] == "pronoun":
            first = sentence.parties[draft.source].first
            outer = [
                s
                for s in speakers_at(said, first)
                if s.lemma != "colon" and draft.source not in s.speakers and (s.lo == 0 or first - s.lo <= 4)
            ]
            if outer and all(sentence.parties[k].kinds[0] != "pronoun" for k in outer[0].speakers):
                for k in outer[0].speakers:
                    yield draft._replace(source=k)
                continue
        yield draft


def _all(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    for verb in sentence.verbs:
        if verb.conditional and not _may_have(sentence, verb):
            if not verb.classes & {"decline", "say", "hostile"} and not (verb.passive and "link" in verb.classes):
                continue
        if verb.participle:
            yield from _participle(sentence, verb, said)
            continue
        if "link" in verb.classes and verb.form != "ing":
            yield from _link(sentence, verb, said)
        elif "link" in verb.classes:
            yield from _link(sentence, verb, said)
        if "accuse" in verb.classes:
            yield from _accuse(sentence, verb, said)
        if "deny" in verb.classes:
            yield from _deny(sentence, verb, said)
        if "endorse" in verb.classes:
            yield from _endorse(sentence, verb, said)
        if "question" in verb.classes:
            yield from _question(sentence, verb, said)
        if "hostile" in verb.classes:
            yield from _hostile(sentence, verb, said)
        if "tied" in verb.classes:
            yield from _tied(sentence, verb, said)
    yield from _phrases(sentence, said)
    yield from _refusals(sentence, said)
    yield from _listings(sentence, said)
    yield from _sightings(sentence, said)
    yield from _support(sentence, said)
    yield from _doubts(sentence, said)
    yield from _involving(sentence, said)
    yield from _pleas(sentence, said)
    yield from _general_denials(sentence, said)
    yield from _any_passive(sentence, said)
    yield from _nominal_accusations(sentence, said)


def _may_have(sentence: Sentence, verb: Verb) -> bool:
    """ "may have stolen" is a weak accusation; "would steal" is none."""
    group = [u.low for u in sentence.row[verb.first : verb.at]]
    return "have" in group or "be" in group and "may" in group


def _source(sentence: Sentence, said: list[Speech], unit: int) -> tuple[int, ...]:
    inside = speakers_at(said, unit)
    return inside[0].speakers if inside else (-1,)


def _objects(sentence: Sentence, i: int, reach: int = 8) -> list[int]:
    index = next_party(sentence, i, len(sentence.row), reach=reach)
    if index < 0:
        return []
    return coordinated(sentence.row, sentence.parties, sentence.at, index, back=False)


def _by(sentence: Sentence, i: int, stop: int) -> int:
    """The party of the first "by X" at or after unit i."""
    for k in range(i, min(stop, i + 14)):
        if sentence.row[k].low == "by" and k + 1 < len(sentence.row):
            return next_party(sentence, k + 1, stop, reach=2)
    return -1


def _participle(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    """ "attacks attributed to APT28", "hackers accused of": no speaker of its own, so it is taken only inside speech or as narration."""
    row = sentence.row
    if "link" in verb.classes and verb.at + 1 < len(row) and row[verb.at + 1].low in ("to", "with", "on", "by"):
        source = -1
        k = verb.at + 1
        if row[k].low == "by":
            source = next_party(sentence, k + 1, len(row), reach=2)
            if source < 0:
                return
            k = sentence.parties[source].last
            if not (k < len(row) and row[k].low in ("to", "with", "on")):
                return
        for accused in _objects(sentence, k + 1, 3):
            if _accusable(sentence, accused):
                start = _clause_start(sentence, verb.first)
                hedge = verb.at if verb.lemma in _HEDGE_LINK else -1
                yield Draft(
                    Stance.ACCUSES, source, accused, _trim(sentence, start, verb.first), verb.at, "participle", hedge=hedge
                )


def _link(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    stop = n
    # where "to X" stands
    target = -1
    k = verb.at + 1
    limit = min(n, verb.at + 45)
    prepositions = (
        ("on",)
        if verb.lemma == "blame"
        else ("to", "with", "on", "at")
        if verb.lemma in ("lay", "pin", "fasten", "chalk")
        else ("to", "with")
    )
    while k < limit:
        low = row[k].low
        if low in (";", ":", "“"):
            break
        if low in prepositions and at[k] < 0 and k + 1 < n:
            index = next_party(sentence, k + 1, stop, reach=3, through_verbs=True)
            if (
                index >= 0
                and can_be_accused(parties[index])
                and (parties[index].kinds[0] not in ("agency", "gov_body") or suspect(parties[index]))
                and not (low == "with" and parties[index].kinds[0] not in ("actor", "agency", "state", "capital", "group"))
            ):
                target = index
                target_at = k
                # "to break into X to Y": the last fitting "to" wins when the first is part of the act
                break
        k += 1
    if target < 0:
        subject_first = subject(sentence, verb.first)[0]
        if subject_first and verb.at + 1 < n and row[verb.at + 1].low in ("to", "with"):
            k = parties[subject_first[0]].first - 1
            if k > 0 and row[k].low in ("which", "whom", "that", "who"):
                k -= 2 if row[k - 1].low == "," else 1
                if k >= 0 and at[k] >= 0 and can_be_accused(parties[at[k]]):
                    for s in subject_first:
                        yield Draft(
                            Stance.ACCUSES,
                            s,
                            at[k],
                            _trim(sentence, verb.at + 2, _clause_end(sentence, verb.at + 2)),
                            verb.at,
                            "link-relative",
                            hedge=verb.at,
                        )
        return
    hedge = verb.at if verb.lemma in _HEDGE_LINK else -1
    accused = coordinated(row, parties, at, target, back=False)
    if verb.passive:
        who = [i for i in [_by(sentence, verb.at + 1, n)] if i >= 0 and i not in accused and can_speak(parties[i])]
        things, first, how = subject(sentence, verb.first)
        sources: tuple[int, ...] = tuple(who) or _source(sentence, said, verb.at)
        act = _trim(sentence, _clause_start(sentence, verb.first), verb.first)
        if how in ("party", "relative") and things and _is_actor(parties[things[0]]) and not _is_actor(parties[target]):
            accused = things
            act = (verb.at, parties[target].last)
        if verb.negated:
            for s in sources:
                for a in accused:
                    yield Draft(
                        Stance.DECLINES if s >= 0 else Stance.QUESTIONS, s, a, act, verb.at, "link-negated", lenient=True
                    )
            return
        for s in sources:
            for a in accused:
                yield Draft(Stance.ACCUSES, s, a, act, verb.at, "link-passive", hedge=hedge)
        return
    who, _, how = subject(sentence, verb.first)
    who = [w for w in who if can_speak(parties[w])]
    sources = tuple(who) or (_source(sentence, said, verb.at) if how != "thing" or True else (-1,))
    act = _trim(sentence, verb.at + 1, target_at)
    middle = next_party(sentence, verb.at + 1, target_at, reach=4)
    if (
        middle >= 0
        and _is_actor(parties[middle])
        and (parties[middle].kinds[0] != "unknown_name" or parties[target].kinds[0] in ("state", "capital", "agency"))
        and not _act_words(sentence, parties[middle].last, target_at)
    ):
        accused = coordinated(row, parties, at, middle, back=False)
        act = (verb.at, parties[target].last)
    elif act is None:
        # "APT31, whom it links to the breach": the object stands before the relative pronoun
        if not who:
            return
        k = parties[who[0]].first - 1
        if k > 0 and row[k].low in ("which", "whom", "that", "who"):
            k -= 2 if row[k - 1].low == "," else 1
            if k >= 0 and at[k] >= 0 and can_be_accused(parties[at[k]]):
                for s in sources:
                    yield Draft(
                        Stance.ACCUSES, s, at[k], (verb.at, parties[target].last), verb.at, "link-relative", hedge=hedge
                    )
        return
    if verb.lemma in ("lay", "relate", "track", "attach", "peg", "credit", "assign", "report", "map") and not _act_words(
        sentence, verb.at, target_at
    ):
        return
    if verb.negated:
        for s in sources:
            if s >= 0:
                yield Draft(
                    Stance.DECLINES,
                    s,
                    -1 if verb.lemma == "attribute" and not specific(parties[accused[0]]) else accused[0],
                    act,
                    verb.at,
                    "link-negated",
                )
        return
    for s in sources:
        for a in accused:
            if s != a:
                yield Draft(Stance.ACCUSES, s, a, act, verb.at, "link", hedge=hedge)


def _is_actor(party: Party) -> bool:
    return (
        party.kinds[0] in ("actor", "named_person", "person", "criminal")
        or (party.kinds[0] == "group" and party.hostile)
        or party.kinds[0] == "unknown_name"
    )


def _accuse(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    legal = verb.lemma in _LEGAL
    if verb.lemma in ("target", "list", "fine", "out", "find") and not legal:
        return
    if verb.passive:
        who, _, how = subject(sentence, verb.first)
        agent = _by(sentence, verb.at + 1, n)
        end = _clause_end(sentence, verb.at + 1)
        act = None
        for k in range(verb.at + 1, end):
            if row[k].low in ("of", "for", "over", "with", "in", "as", "to"):
                act = _trim(sentence, k + 1, end)
                break
        sources = (agent,) if agent >= 0 and can_speak(parties[agent]) else _source(sentence, said, verb.at)
        if (
            verb.lemma in ("suspect",)
            and agent < 0
            and row[verb.at + 1 : verb.at + 2]
            and row[verb.at + 1].low not in ("of", "to")
        ):
            return
        if how not in ("party", "relative"):
            return
        for a in who:
            if not _accusable(sentence, a):
                continue
            for s in sources:
                if verb.negated:
                    if s >= 0:
                        yield Draft(Stance.QUESTIONS, s, a, act, verb.at, "accuse-negated", lenient=True)
                    continue
                yield Draft(
                    Stance.ACCUSES,
                    s,
                    a,
                    act,
                    verb.at,
                    "accuse-passive",
                    legal=legal,
                    hedge=verb.at if verb.lemma == "suspect" else -1,
                )
        return
    who, _, how = subject(sentence, verb.first)
    who = [w for w in who if can_speak(parties[w])]
    sources = tuple(who) or _source(sentence, said, verb.at)
    if how == "thing" and not who and sources == (-1,):
        return
    objects = _objects(sentence, verb.at + 1, 7)
    if verb.at + 1 < n and row[verb.at + 1].low in ("no", "nobody", "none"):
        return
    end = _clause_end(sentence, verb.at + 1)
    if verb.lemma in ("blame",):
        for k in range(verb.at + 1, min(n, verb.at + 40)):
            if row[k].low == "on" and at[k] < 0:
                index = next_party(sentence, k + 1, n, reach=2)
                if (
                    index >= 0
                    and _accusable(sentence, index)
                    and parties[index].kinds[0] not in ("place",)
                    and _act_words(sentence, verb.at + 1, k)
                ):
                    objects = coordinated(row, parties, at, index, back=False)
                    act = _trim(sentence, verb.at + 1, k)
                    for s in sources:
                        for a in objects:
                            yield Draft(Stance.ACCUSES, s, a, act, verb.at, "blame-on")
                    return
    if verb.lemma in ("condemn", "denounce", "decry", "deplore", "criticize", "criticise", "rebuke", "castigate", "censure"):
        # "condemned the campaign by APT28", "condemned Beijing's hacking operations"
        agent = _by(sentence, verb.at + 1, end)
        if agent >= 0 and _accusable(sentence, agent) and _act_words(sentence, verb.at + 1, parties[agent].first):
            objects = coordinated(row, parties, at, agent, back=False)
            for s in sources:
                for a in objects:
                    yield Draft(Stance.ACCUSES, s, a, _trim(sentence, verb.at + 1, end), verb.at, "condemn")
            return
    if not objects:
        return
    if legal or verb.lemma == "name":
        for k in range(verb.at + 1, n - 2):
            if row[k].low in ("including", "namely", ":") or row[k].low == "among" and row[k + 1].low in ("them", "others"):
                named: list[tuple[int, int]] = []
                for j in range(k + 1, n):
                    index = at[j]
                    if (
                        index >= 0
                        and parties[index].first == j
                        and _accusable(sentence, index)
                        and specific(parties[index])
                        and parties[index].kinds[0] != "unknown_name"
                    ):
                        if row[j - 1].low in ("them", "including", "namely", ":", "and", ",", "the", "others"):
                            named.append((index, j))
                for index, _ in named:
                    end_of = _clause_end(sentence, parties[index].last)
                    act_of = (
                        _trim(sentence, parties[index].last + 1, end_of)
                        if parties[index].last < n and row[parties[index].last].low in ("for", "over")
                        else None
                    )
                    for s in sources:
                        yield Draft(Stance.ACCUSES, s, index, act_of, verb.at, "accuse-listed", legal=legal)
                if named and not specific(parties[objects[0]]):
                    return
                break
    last = parties[objects[-1]].last
    if verb.lemma in ("name", "identify", "expose", "unmask", "single", "finger", "suspect", "designate", "out") and any(
        row[k].low == "as" for k in range(last, min(last + 6, n))
    ):
        k = next(k for k in range(last, min(last + 6, n)) if row[k].low == "as")
        index = next_party(sentence, k + 1, n, reach=4)
        if index >= 0 and _accusable(sentence, index) and specific(parties[index]) and not specific(parties[objects[0]]):
            objects = [index]
    act = None
    sharp = any(row[k].low in ("of", "for", "over", "with") and at[k] < 0 for k in range(last, min(end, last + 10)))
    for k in range(last, min(end, last + 16)):
        if row[k].low in (("of", "for", "over", "with") if sharp else ("in", "as", "because", "on")) and at[k] < 0:
            if k + 1 < n and (row[k + 1].kind == "number" or row[k + 1].low in _MONTHS):
                continue
            act = _trim(sentence, k + 1, end)
            break
    if act is None and last < end and _act_words(sentence, last, end):
        act = _trim(sentence, parties[objects[0]].first, end)
    if verb.negated:
        for s in sources:
            if s >= 0:
                yield Draft(Stance.DECLINES, s, -1, act, verb.at, "accuse-negated", lenient=True)
        return
    for s in sources:
        for a in objects:
            if s != a and _accusable(sentence, a):
                yield Draft(
                    Stance.ACCUSES, s, a, act, verb.at, "accuse", legal=legal, hedge=verb.at if verb.lemma == "suspect" else -1
                )


_MONTHS = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday".split()
)


def _deny(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    row, parties = sentence.row, sentence.parties
    n = len(row)
    if (
        verb.passive
        or verb.negated
        or verb.lemma in ("decry", "protest", "ridicule", "scorn")
        and not _nominal_ahead(sentence, verb.at)
    ):
        return
    who, _, how = subject(sentence, verb.first)
    who = [w for w in who if can_speak(parties[w])]
    if not who:
        nxt = verb.at + 1
        if nxt < n and sentence.at[nxt] >= 0 and verb.first > 0 and row[verb.first - 1].low in (",", "”", '"'):
            who = [sentence.at[nxt]]
    sources = tuple(who) or _source(sentence, said, verb.at)
    if sources == (-1,):
        return
    window = range(verb.at + 1, min(n, verb.at + 30))
    act = _trim(sentence, verb.at + 1, _clause_end(sentence, verb.at + 1))
    # whom does it clear? a party that is accusable in a "that" clause or after "by"/"against"
    accused = -1
    accuser: list[int] = []
    for k in window:
        index = sentence.at[k]
        if index < 0 or index in who:
            continue
        party = parties[index]
        if party.first != k:
            continue
        if (
            k + 0 < n
            and party.last < n
            and row[party.last].low == "'s"
            and any(u.low in _NOMINALS for u in row[party.last + 1 : party.last + 4])
        ):
            accuser.append(index)
            continue
        if row[party.first - 1].low in ("by", "from") and any(
            u.low in _NOMINALS for u in row[max(0, party.first - 4) : party.first]
        ):
            accuser = coordinated(sentence.row, parties, sentence.at, index, back=False)
            continue
        if party.kinds[0] == "pronoun" and party.head in ("it", "they", "he", "she"):
            break
        if can_be_accused(party) and suspect(party) and index not in accuser:
            if (
                row[k - 1].low in ("in", "on", "at", "of", "with")
                and row[k - 1].low != "of"
                and party.kinds[0] in ("state", "capital")
            ):
                continue
            accused = index
            break
    for s in sources:
        if s < 0:
            continue
        speaker = parties[s]
        if (
            accused >= 0
            and speaker.state is not None
            and parties[accused].state == speaker.state
            or accused >= 0
            and speaker.kinds[0] == "pronoun"
        ):
            yield Draft(Stance.DENIES, s, accused, act, verb.at, "deny")
        elif accused >= 0 and speaker.kinds[0] in ("actor", "criminal", "group", "person", "named_person"):
            yield Draft(Stance.DENIES, s, s, act, verb.at, "deny-self", self_reference=True)
        elif (
            accused >= 0
            and _nominal_ahead(sentence, verb.at)
            and speaker.state is not None
            and parties[accused].state != speaker.state
            and not accuser
        ):
            yield Draft(Stance.DENIES, s, s, act, verb.at, "deny-self", self_reference=True)
        elif (
            accused >= 0
            and speaker.state is not None
            and parties[accused].state not in (None, speaker.state)
            and "that" in (u.low for u in row[verb.at + 1 : verb.at + 3])
        ):
            yield Draft(Stance.QUESTIONS, s, accused, act, verb.at, "deny-other")
        else:
            yield Draft(Stance.DENIES, s, s, act, verb.at, "deny-self", self_reference=True)
        for a in accuser:
            if can_speak(parties[a]):
                yield Draft(
                    Stance.ACCUSES,
                    a,
                    s if accused < 0 else accused,
                    act,
                    verb.at,
                    "denied-accusation",
                )


def _nominal_ahead(sentence: Sentence, i: int) -> bool:
    return any(
        u.low in _NOMINALS or u.low in ("involvement", "role", "report", "reports", "part")
        for u in sentence.row[i + 1 : i + 14]
    )


def _endorse(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    row, parties = sentence.row, sentence.parties
    n = len(row)
    if verb.negated or verb.passive:
        return
    end = min(n, verb.at + 30)
    finding = next(
        (
            k
            for k in range(verb.at + 1, min(n, verb.at + 12))
            if row[k].low in lexicon().findings or row[k].low in ("solidarity", "support")
        ),
        -1,
    )
    joining = verb.lemma in (
        "join",
        "align",
        "associate",
        "side",
        "stand",
        "echo",
        "second",
        "back",
        "support",
        "sign",
        "cosign",
        "co-sign",
    )
    blaming = next(
        (v for v in sentence.verbs if verb.at < v.at <= verb.at + 10 and v.form == "ing" and v.classes & {"accuse", "link"}),
        None,
    )
    if finding < 0 and not (joining and blaming):
        return
    who, _, _ = subject(sentence, verb.first)
    who = [w for w in who if can_speak(parties[w])]
    sources = tuple(who) or _source(sentence, said, verb.at)
    begin = (blaming.at if blaming else finding) + 1
    accused = -1
    for k in range(begin, end):
        index = sentence.at[k]
        if index >= 0 and index not in who and can_be_accused(parties[index]) and parties[index].first == k:
            party = parties[index]
            if party.kinds[0] in ("actor", "agency", "group", "criminal") or party.hostile:
                accused = index
                break
            if (
                accused < 0
                and party.kinds[0] in ("state", "capital")
                and row[k - 1].low not in ("in", "by", "from", "with", "of")
            ):
                accused = index
                break
    if accused < 0:
        return
    for s in sources:
        if s >= 0:
            stance = Stance.ACCUSES if blaming is not None and verb.lemma == "join" else Stance.ENDORSES
            yield Draft(
                stance,
                s,
                accused,
                _trim(sentence, parties[accused].last, _clause_end(sentence, parties[accused].last)),
                verb.at,
                "endorse",
            )


def _question(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    parties = sentence.parties
    if verb.passive or verb.negated:
        return
    who, _, how = subject(sentence, verb.first)
    who = [w for w in who if can_speak(parties[w])]
    if not who:
        return
    for k in range(verb.at + 1, min(len(sentence.row), verb.at + 24)):
        index = sentence.at[k]
        if (
            index >= 0
            and parties[index].first == k
            and index not in who
            and _accusable(sentence, index)
            and specific(parties[index])
        ):
            if (
                k + 1 < len(sentence.row)
                and sentence.row[parties[index].last : parties[index].last + 1]
                and sentence.row[min(parties[index].last, len(sentence.row) - 1)].low == "'s"
            ):
                continue
            for s in who:
                yield Draft(
                    Stance.QUESTIONS,
                    s,
                    index,
                    _trim(sentence, parties[index].last, _clause_end(sentence, parties[index].last)),
                    verb.at,
                    "question",
                )
            return


_NEVER = frozenset("never not no nothing n't neither nor cannot".split())


def _hostile(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    """ACTOR did it, or it was done by ACTOR."""
    row, parties = sentence.row, sentence.parties
    n = len(row)
    lex = lexicon()
    inside = speakers_at(said, verb.at)
    sources = inside[0].speakers if inside else (-1,)
    end = _clause_end(sentence, verb.at + 1)
    if verb.form == "ing" and verb.first == verb.at:
        before = row[verb.at - 1].low if verb.at else ""
        if before in ("seen", "caught", "observed", "spotted", "found", "detected", "filmed"):
            who, _, how = subject(sentence, _group_start(sentence, verb.at - 1))
            for a in who if how in ("party", "relative") else ():
                if suspect(parties[a]) or parties[a].kinds[0] in ("unknown_name", "group"):
                    for s in sources:
                        if s != a:
                            yield Draft(
                                Stance.ACCUSES,
                                s,
                                a,
                                _trim(sentence, verb.at, end),
                                verb.at,
                                "narration" if s < 0 else "hostile",
                            )
        return
    if verb.conditional and not _may_have(sentence, verb):
        return
    if _conditional_clause(sentence, verb):
        return
    if verb.passive:
        agent = _by(sentence, verb.at + 1, end)
        if agent < 0 or not _accusable(sentence, agent) or verb.negated:
            return
        agents = coordinated(row, parties, sentence.at, agent, back=False)
        act = _trim(sentence, _clause_start(sentence, verb.first), verb.at + 1)
        for s in sources:
            for a in agents:
                if s != a:
                    yield Draft(Stance.ACCUSES, s, a, act, verb.at, "hostile-passive")
        return
    who, first, how = subject(sentence, verb.first)
    if how not in ("party", "relative") or not who:
        return
    if how == "relative" and any(s.verb > first for s in inside):
        pass
    weak = verb.lemma in lex.weak and not (verb.at + 1 < n and row[verb.at + 1].low in ("into", "inside"))
    act = _trim(sentence, verb.at, end)
    for a in who:
        party = parties[a]
        if party.kinds[0] == "pronoun":
            if not (inside or False):
                continue
        elif not can_be_accused(party) or not _suits(party, weak, bool(inside), sentence, verb.at, end):
            continue
        for s in sources:
            if s == a:
                continue
            if verb.negated:
                if s >= 0:
                    yield Draft(
                        Stance.DENIES, s, a, act, verb.at, "hostile-negated", self_reference=party.kinds[0] == "pronoun"
                    )
            else:
                yield Draft(Stance.ACCUSES, s, a, act, verb.at, "hostile" if s >= 0 else "narration")


def _conditional_clause(sentence: Sentence, verb: Verb) -> bool:
    for k in range(verb.first - 1, max(-1, verb.first - 14), -1):
        low = sentence.row[k].low
        if low in (",", ";", "“", "that"):
            return False
        if low in ("if", "whether", "unless", "should", "imagine", "suppose"):
            return True
    return False


_USING = frozenset("use uses used using employ employed make makes made have has had take takes".split())
_IDLE = frozenset(
    "rents rented rent lent lends lend uses use used makes made make takes has plays calls called call announced stays stay lives lived".split()
)


def _suits(party: Party, weak: bool, spoken: bool, sentence: Sentence, at: int, end: int) -> bool:
    first = party.kinds[0]
    if sentence.row[at].low in _USING and not _act_words(sentence, at, end):
        return False
    if first in ("actor", "criminal"):
        return spoken or sentence.row[at].low not in _IDLE or _act_words(sentence, at, end)
    if first in (
        "group",
        "person",
        "agency",
        "named_person",
        "unknown_name",
        "organisation",
        "state",
        "capital",
        "place",
        "gov_body",
        "gov_person",
        "vendor",
        "company",
    ):
        strong = (
            not weak
            or spoken
            or _act_words(sentence, at, end)
            or any(sentence.at[k] >= 0 and sentence.parties[sentence.at[k]].kinds[0] == "malware" for k in range(at, end))
        )
        if first == "group":
            return (party.hostile or specific(party)) and (strong or party.hostile) or spoken or party.definite and strong
        if first in ("state", "capital", "agency", "person"):
            return strong
        return strong and (spoken or first == "named_person")
    return False


def _tied(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    """ACTOR works for STATE: accuses the actor, with the state."""
    row, parties = sentence.row, sentence.parties
    if verb.negated or "link" in verb.classes:
        return
    inside = speakers_at(said, verb.at)
    who, _, how = subject(sentence, verb.first)
    if how not in ("party", "relative") or not who or not _is_actor(parties[who[0]]):
        return
    for k in range(verb.at + 1, min(len(row), verb.at + 7)):
        if row[k].low in ("for", "to", "with", "by", "of"):
            index = next_party(sentence, k + 1, len(row), reach=2)
            if index >= 0 and parties[index].kinds[0] in ("state", "capital", "agency", "gov_body") and parties[index].state:
                for s in inside[0].speakers if inside else (-1,):
                    for a in who:
                        yield Draft(Stance.ACCUSES, s, a, (verb.at, parties[index].last), verb.at, "tied")
            return


_RESPONSIBLE = frozenset("responsible accountable culpable answerable guilty".split())
_WORK = frozenset(
    "work handiwork doing hallmark hallmarks fingerprints signature hand hands behest orders operation creation product brainchild".split()
)
_ORIGIN = frozenset(
    "conducted carried launched run operated directed controlled staged mounted routed came come comes originated originate originates emanated stemmed hailed".split()
)
_POINTS = frozenset("point points pointed pointing".split())
_NO_PART = frozenset("involvement role part hand knowledge responsibility link links connection connections complicity".split())


def _phrases(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """Fixed ways to accuse: behind, responsible for, the work of, came from, points to, suspicion fell on, door."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(n):
        low = row[k].low
        if at[k] >= 0 and low not in ("hand", "hands", "work", "operation"):
            continue
        inside = speakers_at(said, k)
        sources = inside[0].speakers if inside else (-1,)
        negated = any(row[j].low in _NEVER for j in range(max(0, k - 5), k))
        hypothetical = any(row[j].low in ("if", "whether", "who", "would", "could") for j in range(max(0, k - 6), k))
        if low in ("behind", "orchestrating") and k:
            who, _, how = ([at[k - 1]], k, "party") if at[k - 1] >= 0 else _copula_subject(sentence, k)
            if at[k - 1] >= 0:
                who = coordinated(row, parties, at, at[k - 1], back=True)
            end = _clause_end(sentence, k + 1)
            for a in who:
                if _accusable(sentence, a) or parties[a].kinds[0] == "pronoun":
                    yield from _clear_or_accuse(
                        sentence, sources, a, _trim(sentence, k, end), k, "behind", negated, hypothetical
                    )
        elif low in _RESPONSIBLE and k:
            who, _, how = _copula_subject(sentence, k)
            if not who and at[k - 1] >= 0:
                who = [at[k - 1]]
                holders = [v for v in sentence.verbs if v.at < k and v.lemma in ("hold", "consider", "deem", "find", "call")]
                if holders:
                    speaker, _, _ = subject(sentence, holders[-1].first)
                    if speaker:
                        sources = tuple(speaker)
            end = _clause_end(sentence, k + 1)
            for a in who:
                if _accusable(sentence, a) or parties[a].kinds[0] == "pronoun":
                    yield from _clear_or_accuse(
                        sentence, sources, a, _trim(sentence, k + 1, end), k, "responsible", negated, hypothetical
                    )
        elif low in _WORK and k + 2 < n and row[k + 1].low == "of":
            index = next_party(sentence, k + 2, n, reach=2)
            if index >= 0 and _accusable(sentence, index):
                start = _clause_start(sentence, k)
                for a in coordinated(row, parties, at, index, back=False):
                    yield from _clear_or_accuse(
                        sentence, sources, a, _trim(sentence, start, k), k, "work-of", negated, hypothetical
                    )
        elif low in _ORIGIN and k + 2 < n and row[k + 1].low in ("from", "in", "out"):
            index = next_party(sentence, k + 2, n, reach=3)
            if index >= 0 and _accusable(sentence, index):
                start = _clause_start(sentence, k)
                if row[k - 1].low in ('"', "“"):
                    start = _clause_start(sentence, k - 1)
                if _act_words(sentence, start, k):
                    yield from _clear_or_accuse(
                        sentence, sources, index, _trim(sentence, start, k), k, "origin", negated, hypothetical
                    )
        elif low in _POINTS and k + 2 < n and row[k + 1].low in ("to", "at", "toward", "towards", "the"):
            if row[k + 1].low == "the" and row[k + 2].low in ("finger", "fingers"):
                index = next_party(sentence, k + 3, n, reach=3)
            else:
                index = next_party(sentence, k + 2, n, reach=3)
            if index < 0 or not _accusable(sentence, index) or not specific(parties[index]):
                continue
            start = _group_start(sentence, k)
            if low == "pointing" and row[k - 1].low == "by" and any(v.at < k for v in sentence.verbs):
                start = next(v.first for v in sentence.verbs if v.at < k)
            who, _, how = subject(sentence, start)
            who = [w for w in who if can_speak(parties[w]) and not _is_actor(parties[w])]
            finger = row[k + 1].low == "the"
            for s in tuple(who) or sources:
                for a in coordinated(row, parties, at, index, back=False):
                    yield Draft(
                        Stance.ACCUSES,
                        s,
                        a,
                        _trim(sentence, parties[a].last, _clause_end(sentence, parties[a].last)),
                        k,
                        "point",
                        hedge=-1 if finger else k,
                    )
        elif low in ("suspicion", "suspicions", "blame", "fingers") and k + 2 < n:
            for j in range(k + 1, min(k + 5, n - 1)):
                if row[j].low in ("on", "at", "upon"):
                    index = next_party(sentence, j + 1, n, reach=2)
                    if index >= 0 and _accusable(sentence, index) and row[k + 1].low not in ("it", "the"):
                        yield Draft(Stance.ACCUSES, sources[0], index, None, k, "suspicion", hedge=k if low != "blame" else -1)
                    break
        elif low == "door" and k > 1 and row[k - 1].low == "'s" and at[k - 2] >= 0:
            a = at[k - 2]
            verbs = [v for v in sentence.verbs if v.at < k and v.lemma in ("lay", "put", "place")]
            if verbs and _accusable(sentence, a):
                verb = verbs[-1]
                who, _, _ = subject(sentence, verb.first)
                agents = [w for w in who if can_speak(parties[w])] if not verb.passive else []
                for s in tuple(agents) or sources:
                    yield Draft(Stance.ACCUSES, s, a, None, k, "door")
        elif low in ("involved", "complicit", "involvement") and k:
            if low == "involvement":
                continue
            who, _, _ = _copula_subject(sentence, k)
            end = _clause_end(sentence, k + 1)
            for a in who:
                if _accusable(sentence, a) or parties[a].kinds[0] == "pronoun":
                    yield from _clear_or_accuse(
                        sentence, sources, a, _trim(sentence, k + 1, end), k, "involved", negated, hypothetical
                    )
        elif low == "nothing" and [u.low for u in row[k + 1 : k + 4]] == ["to", "do", "with"]:
            who, _, _ = subject(sentence, _group_start(sentence, k - 1))
            for a in who:
                for s in sources:
                    if s >= 0 or parties[a].kinds[0] != "pronoun":
                        source = s if s >= 0 else a
                        yield Draft(
                            Stance.DENIES,
                            source,
                            a if parties[a].kinds[0] != "pronoun" else source,
                            _trim(sentence, k + 4, _clause_end(sentence, k + 4)),
                            k,
                            "nothing-to-do",
                            self_reference=parties[a].kinds[0] == "pronoun" or a == source,
                        )
        elif low in (
            "baseless",
            "groundless",
            "unfounded",
            "fabricated",
            "absurd",
            "nonsense",
            "slander",
            "fabrication",
            "lies",
            "ridiculous",
            "false",
            "untrue",
            "smear",
            "smears",
            "preposterous",
            "hasty",
        ):
            verbs = [
                v
                for v in sentence.verbs
                if v.at < k and v.lemma in ("call", "describe", "deem", "label", "say", "dismiss", "tell")
            ]
            if verbs and k - verbs[-1].at < 16:
                who, _, _ = subject(sentence, verbs[-1].first)
                for s in who:
                    if can_speak(parties[s]):
                        yield Draft(Stance.DENIES, s, s, None, k, "called-baseless", self_reference=True)


def _group_start(sentence: Sentence, k: int) -> int:
    row, at = sentence.row, sentence.at
    while (
        k > 0
        and at[k - 1] < 0
        and (
            row[k - 1].low
            in ("has", "have", "had", "having", "also", "is", "are", "was", "were", "been", "would", "did", "not")
            or row[k - 1].low.endswith("ly")
        )
    ):
        k -= 1
    return k


def _copula_subject(sentence: Sentence, k: int) -> tuple[list[int], int, str]:
    """The subject of "... was (almost certainly) responsible", "... sits behind", "... is likely behind"."""
    row, at = sentence.row, sentence.at
    j = k
    seen = False
    while j > 0 and k - j < 9 and at[j - 1] < 0:
        low = row[j - 1].low
        if low in ("is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "stands", "stood", "stand", "sits", "sat", "sit", "lies", "lay", "lie", "hides", "hid",
                   '"', "“", "”", "to", "remains", "remain", "not", "never", "likely", "probably", "almost", "highly", "very", "most", "also", "themselves", "itself", "the", "directly", "may", "might"):  # fmt: skip
            seen = True
            j -= 1
        elif low.endswith("ly") or low in (
            "believed",
            "thought",
            "said",
            "suspected",
            "known",
            "understood",
            "alleged",
            "reported",
            "assessed",
            "deemed",
            "held",
            "centrally",
        ):
            j -= 1
        else:
            break
    if not seen:
        return [], k, "none"
    return subject(sentence, j)


def _clear_or_accuse(
    sentence: Sentence,
    sources: tuple[int, ...],
    a: int,
    act: tuple[int, int] | None,
    k: int,
    rule: str,
    negated: bool,
    hypothetical: bool,
) -> Iterator[Draft]:
    parties = sentence.parties
    for s in sources:
        if s == a:
            continue
        if negated:
            if s >= 0:
                speaker = parties[s]
                own = parties[a].kinds[0] == "pronoun" or (speaker.state is not None and speaker.state == parties[a].state)
                yield Draft(
                    Stance.DENIES if own else Stance.QUESTIONS,
                    s,
                    a,
                    act,
                    k,
                    rule + "-negated",
                    self_reference=parties[a].kinds[0] == "pronoun",
                )
        elif not hypothetical:
            if parties[a].kinds[0] == "pronoun" and s < 0:
                continue
            yield Draft(Stance.ACCUSES, s, a, act, k, rule)


_REFUSE_VERBS = frozenset(
    """name identify attribute blame accuse say comment speculate point assign determine disclose reveal discuss confirm link pin specify
    tell establish publish draw finger elaborate share describe know""".split()
)


def _refusals(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """Declines: will not say who, too early to say, without naming, made no attribution."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    lows = [u.low for u in row]
    for k in range(n):
        low = lows[k]
        first = -1
        if (
            low in ("declined", "declines", "refused", "refuses", "decline", "refuse")
            and k + 2 < n
            and lows[k + 1] == "to"
            and lows[k + 2] in _REFUSE_VERBS
        ):
            first, tail = k, k + 3
        elif low in ("not", "n't", "cannot", "never") or low.endswith("n't"):
            j = k + 1
            while (
                j < n
                and (
                    lows[j]
                    in (
                        "yet",
                        "be",
                        "been",
                        "publicly",
                        "formally",
                        "able",
                        "to",
                        "in",
                        "a",
                        "position",
                        "so",
                        "ready",
                        "prepared",
                        "immediately",
                        "officially",
                        "have",
                        "has",
                        "want",
                        "going",
                    )
                    or lows[j].endswith("ly")
                )
                and j - k < 7
            ):
                j += 1
            if j < n and lows[j] in (
                "name",
                "named",
                "identify",
                "identified",
                "attribute",
                "attributed",
                "attributing",
                "naming",
                "blame",
                "blamed",
                "say",
                "said",
                "determine",
                "determined",
                "disclose",
                "disclosed",
                "speculate",
                "comment",
                "pointed",
                "point",
                "drawn",
                "establish",
                "tell",
                "publish",
                "specify",
                "know",
                "reveal",
            ):
                if lows[j] in (
                    "say",
                    "said",
                    "comment",
                    "drawn",
                    "speculate",
                    "disclose",
                    "disclosed",
                    "tell",
                    "know",
                    "specify",
                    "determine",
                    "determined",
                    "establish",
                    "reveal",
                ) and not any(
                    w
                    in (
                        "who",
                        "which",
                        "whom",
                        "whether",
                        "culprit",
                        "it",
                        "origin",
                        "perpetrator",
                        "actor",
                        "responsible",
                        "behind",
                    )
                    for w in lows[j + 1 : j + 6]
                ):
                    continue
                first, tail = k, j + 1
        elif low in ("without", "stopped", "stopping", "stops", "avoided", "avoiding", "shied") and any(
            lows[j]
            in ("naming", "attributing", "identifying", "blaming", "pointing", "saying", "attribution", "accusing", "name")
            for j in range(k + 1, min(n, k + 5))
        ):
            first, tail = k, k + 2
        elif low == "early" and k and lows[k - 1] in ("too", "premature") or low == "premature":
            if any(
                w
                in ("say", "attribute", "name", "speculate", "tell", "know", "blame", "draw", "point", "assign", "attribution")
                for w in lows[k + 1 : k + 5]
            ):
                first, tail = k, k + 3
        elif (
            low == "no"
            and k + 1 < n
            and lows[k + 1] in ("attribution", "culprit", "name", "names")
            or low == "no"
            and lows[k + 1 : k + 3] == ["public", "attribution"]
        ):
            first, tail = k, k + 2
        elif (
            low == "unable"
            and k + 2 < n
            and lows[k + 1] == "to"
            and lows[k + 2] in ("determine", "identify", "attribute", "say", "name", "establish")
        ):
            first, tail = k, k + 3
        if first < 0:
            continue
        inside = speakers_at(said, k)
        who: list[int] = []
        if low in ("early", "premature"):
            who = list(inside[0].speakers) if inside else []
        else:
            start = _group_start(sentence, k)
            while (
                start > 0
                and lows[start - 1]
                in (
                    "could",
                    "would",
                    "will",
                    "can",
                    "did",
                    "does",
                    "do",
                    "has",
                    "have",
                    "had",
                    "is",
                    "was",
                    "are",
                    "were",
                    "so",
                    "far",
                    "yet",
                    "but",
                    "and",
                )
                and at[start - 1] < 0
            ):
                if lows[start - 1] in ("but", "and"):
                    break
                start -= 1
            who, _, how = subject(sentence, start)
            who = [w for w in who if can_speak(parties[w])]
            if who and parties[who[0]].kinds[0] == "pronoun" and parties[who[0]].head in ("we", "i") and inside:
                who = list(inside[0].speakers)
            if not who and inside:
                who = list(inside[0].speakers)
            if not who:
                earlier = [v for v in sentence.verbs if v.at < k]
                if earlier:
                    who, _, _ = subject(sentence, earlier[0].first)
                    who = [w for w in who if can_speak(parties[w])]
        act = _trim(sentence, tail, _clause_end(sentence, tail))
        if (
            who
            and inside
            and parties[who[0]].kinds[0] in ("state", "gov_body")
            and parties[who[0]].name is None
            and who[0] not in inside[0].speakers
        ):
            who = list(inside[0].speakers)  # the minister said only that the state would not disclose it
        # "would not name Russia", "could not say whether APT28 was involved"
        named = -1
        for j in range(tail - 1, min(n, tail + 4)):
            if at[j] >= 0 and parties[at[j]].first == j:
                if suspect(parties[at[j]]) and at[j] not in who:
                    named = at[j]
                break
            if lows[j] in ("who", "which", "what"):
                break
        for s in who:
            yield Draft(Stance.DECLINES, s, named, act, k, "refusal")


def _listings(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "put three officers on a wanted list", "imposed sanctions on", "issued a warrant for", "unsealed an indictment against"."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(n):
        if at[k] >= 0 and row[k].low not in ("indictment", "warrant", "complaint"):
            continue
        low = row[k].low
        objects: list[int] = []
        end = k
        if low in ("put", "puts", "placed", "places", "added", "adds", "putting", "placing", "adding"):
            index = next_party(sentence, k + 1, n, reach=4)
            if index >= 0 and any(
                u.low in ("list", "lists", "blacklist", "register") for u in row[parties[index].last : parties[index].last + 9]
            ):
                objects = coordinated(row, parties, at, index, back=False)
                end = k
        elif low in (
            "sanctions",
            "freeze",
            "freezes",
            "ban",
            "bans",
            "measures",
            "warrant",
            "warrants",
            "indictment",
            "indictments",
            "charges",
            "complaint",
            "case",
            "restrictions",
            "bounty",
            "reward",
        ):
            for j in range(k + 1, min(k + 9, n - 1)):
                if row[j].low in ("on", "against", "for", "upon", "charging", "accusing", "naming") and at[j] < 0:
                    index = next_party(sentence, j + 1, n, reach=4)
                    if index >= 0 and can_be_accused(parties[index]):
                        objects = coordinated(row, parties, at, index, back=False)
                    break
            start = _group_start(sentence, k)
            while (
                start > 0
                and at[start - 1] < 0
                and row[start - 1].kind == "word"
                and row[start - 1].low not in ("and", "that", "who", "which")
                and k - start < 7
            ):
                start -= 1
            end = start
        if not objects:
            continue
        who, _, _ = subject(sentence, end)
        who = [w for w in who if can_speak(parties[w]) and w not in objects]
        last = parties[objects[-1]].last
        act = None
        for j in range(last, min(n, last + 14)):
            if row[j].low in ("for", "over", "with", "of", "because", "after") and at[j] < 0:
                act = _trim(sentence, j + 1, _clause_end(sentence, j + 1))
                break
        for s in tuple(who) or _source(sentence, said, k):
            for a in objects:
                if s != a and _accusable(sentence, a):
                    yield Draft(Stance.ACCUSES, s, a, act, k, "listing", legal=True)


_SEE = frozenset(
    "see spot detect observe find catch identify discover notice track uncover watch consider deem call label judge believe think brand rate hold reckon suspect describe count make".split()
)
_CULPRIT = frozenset(
    "culprit culprits thief thieves author authors perpetrator perpetrators architect architects hacker hackers attacker attackers party mastermind masterminds source responsible offender offenders intruder intruders suspect behind orchestrator orchestrators sponsor originator candidate explanation".split()
)


def _sightings(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "saw Lazarus in the heist", "sees links between X and Lazarus", "considers North Korea the likely thief"."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    lex = lexicon()
    for verb in sentence.verbs:
        if verb.lemma not in _SEE or verb.passive or verb.conditional:
            continue
        who, _, how = subject(sentence, verb.first)
        who = [w for w in who if can_speak(parties[w])]
        if not who:
            continue
        end = _clause_end(sentence, verb.at + 1)
        for k in range(verb.at + 1, min(end, verb.at + 14)):
            index = at[k]
            if index < 0 or parties[index].first != k or not can_be_accused(parties[index]) or index in who:
                continue
            party = parties[index]
            between = {u.low for u in row[verb.at + 1 : k]}
            group = coordinated(row, parties, at, index, back=False)
            after = parties[group[-1]].last
            tail = [u.low for u in row[after : min(n, after + 8)]]
            linked = bool(
                between
                & {
                    "links",
                    "link",
                    "connection",
                    "connections",
                    "overlap",
                    "overlaps",
                    "ties",
                    "hand",
                    "similarities",
                    "signs",
                    "traces",
                    "fingerprints",
                    "hallmarks",
                    "work",
                }
            )
            direct = k <= verb.at + 2 or bool(between & {"and", ","})
            culprit = any(w in _CULPRIT for w in tail[:7])
            placed = (
                bool(tail)
                and tail[0] in ("in", "behind", "among", "as", "inside", "using", "at", "on", "exploiting", "targeting")
                or bool(tail and tail[0].endswith("ing"))
            )
            hand = (
                bool(tail)
                and tail[0] == "'s"
                and len(tail) > 1
                and tail[1] in ("hand", "fingerprints", "work", "involvement", "doing")
            )
            if not (
                linked
                or hand
                or direct
                and (culprit or placed)
                and (
                    party.kinds[0] in ("actor", "state", "capital", "agency", "criminal")
                    or party.hostile
                    or culprit
                    or "behind" in tail[:3]
                )
            ):
                continue
            for s in who:
                for a in group:
                    if linked and len(group) > 1 and not specific(parties[a]):
                        continue  # "links between Russian services and individual hackers"
                    if verb.negated:
                        yield Draft(Stance.QUESTIONS, s, a, _trim(sentence, party.last, end), verb.at, "sighting-negated")
                    elif can_be_accused(parties[a]):
                        yield Draft(
                            Stance.ACCUSES,
                            s,
                            a,
                            _trim(sentence, party.last, end),
                            verb.at,
                            "sighting",
                            hedge=verb.at if linked else -1,
                        )
            break
    for k in range(n):
        # "China's involvement", "the Kremlin's hand", with a speaker
        if (
            at[k] < 0
            and row[k].low in ("involvement", "hand", "fingerprints", "complicity", "handiwork", "role")
            and k > 1
            and row[k - 1].low == "'s"
            and at[k - 2] >= 0
        ):
            a = at[k - 2]
            if can_be_accused(parties[a]) and specific(parties[a]):
                inside = speakers_at(said, k)
                for s in inside[0].speakers if inside else ():
                    if s != a:
                        yield Draft(
                            Stance.ACCUSES, s, a, _trim(sentence, k + 1, _clause_end(sentence, k + 1)), k, "involvement"
                        )
    del lex


def _involving(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "the attacks involved Russian gangs", "the use of hackers by the Chinese government", "hacking by China"."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(1, n - 1):
        low = row[k].low
        if at[k] >= 0:
            continue
        if low in ("involved", "involves", "involving"):
            index = next_party(sentence, k + 1, n, reach=3)
            start = _clause_start(sentence, _group_start(sentence, k))
            if index >= 0 and suspect(parties[index]) and _act_words(sentence, start, k):
                inside = speakers_at(said, k)
                for s in inside[0].speakers if inside else (-1,):
                    yield Draft(Stance.ACCUSES, s, index, _trim(sentence, start, k), k, "involved-object")
        elif low == "by" and at[k + 1] >= 0 and suspect(parties[at[k + 1]]):
            noun = next(
                (
                    j
                    for j in range(k - 1, max(-1, k - 10), -1)
                    if (row[j].low in lexicon().acts or row[j].low in ("use", "abuse", "hacking", "targeting", "recruitment"))
                    and at[j] < 0
                ),
                -1,
            )
            verb = next(
                (
                    j
                    for j in range(k - 1, max(-1, k - 10), -1)
                    if at[j] < 0 and row[j].low.endswith("ed") and row[j].low not in FUNCTION
                ),
                -1,
            )
            if noun >= 0 and verb < noun:
                inside = speakers_at(said, k)
                for s in inside[0].speakers if inside else ():
                    if s != at[k + 1]:
                        yield Draft(Stance.ACCUSES, s, at[k + 1], (max(0, noun - 1), parties[at[k + 1]].last), k, "act-by")


_SUPPORT = frozenset("support solidarity backing agreement endorsement approval thanks welcome concurrence".split())


_THIN = frozenset(
    "thin thinner weak weaker flimsy inconclusive circumstantial unproven unconvincing scant insufficient shaky unconvinced unpersuaded sceptical skeptical".split()
)


def _doubts(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "the evidence tying X to Y is thin", "no evidence that X", "is not convinced that X"."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    lows = [u.low for u in row]
    n = len(row)
    for k in range(n):
        thin = lows[k] in _THIN
        none = lows[k] == "evidence" and k > 0 and lows[k - 1] in ("no", "any", "little", "without", "insufficient")
        unsure = lows[k] in ("convinced", "persuaded", "sure", "certain") and any(
            w in _NEVER or w.endswith("n't") for w in lows[max(0, k - 4) : k]
        )
        if not (thin or none or unsure):
            continue
        inside = speakers_at(said, k)
        who = list(inside[0].speakers) if inside else []
        if not who:
            found, _, how = _copula_subject(sentence, k)
            who = [w for w in found if can_speak(parties[w])] if how == "party" else []
        if not who:
            found, _, _ = subject(sentence, _group_start(sentence, k))
            who = [w for w in found if can_speak(parties[w])]
        order = (
            range(k - 1, -1, -1)
            if thin and lows[k] not in ("sceptical", "skeptical", "unconvinced", "unpersuaded")
            else range(k + 1, min(n, k + 20))
        )
        for j in order:
            index = at[j]
            if index >= 0 and index not in who and suspect(parties[index]):
                for s in who:
                    yield Draft(Stance.QUESTIONS, s, index, None, k, "doubt")
                break


def _support(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "expressed support for the finding that", "stands with Prague", "shares the view", "put its name to", "made the same finding"."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(n):
        if at[k] >= 0:
            continue
        low = row[k].low
        noun = low in _SUPPORT and any(
            row[j].low
            in (
                "express",
                "expressed",
                "expresses",
                "declare",
                "declared",
                "declares",
                "voiced",
                "offered",
                "lent",
                "gave",
                "pledged",
                "reiterated",
                "threw",
                "stated",
                "in",
                "full",
                "its",
                "tweeted",
                "announced",
                "stands",
                "with",
            )
            for j in range(max(0, k - 4), k)
        )
        stand = (
            low
            in (
                "stands",
                "stand",
                "stood",
                "standing",
                "sides",
                "sided",
                "siding",
                "side",
                "agreed",
                "agrees",
                "agree",
                "concurred",
                "concurs",
                "aligned",
                "aligns",
                "align",
                "associates",
                "associate",
                "associated",
                "joins",
                "joined",
                "join",
            )
            and k + 1 < n
            and any(
                row[j].low in ("with", "by", "to") or row[j].low in ("itself", "themselves")
                for j in range(k + 1, min(n, k + 4))
            )
        )
        same = (
            low in ("same", "identical", "similar")
            and k + 1 < n
            and row[k + 1].low
            in (
                "finding",
                "conclusion",
                "conclusions",
                "findings",
                "assessment",
                "view",
                "judgement",
                "judgment",
                "attribution",
                "verdict",
            )
        )
        name = low in ("name", "names", "signature", "signatures", "weight") and any(
            row[j].low in ("put", "puts", "added", "lent", "adds", "putting") for j in range(max(0, k - 4), k)
        )
        if not (noun or stand or same or name):
            continue
        start = _group_start(sentence, k)
        for v in reversed(sentence.verbs):
            if v.at < k and k - v.at < 5:
                start = v.first
                break
        else:
            while start > 0 and at[start - 1] < 0 and row[start - 1].low not in (",", "and", "that") and k - start < 4:
                start -= 1
        who, _, _ = subject(sentence, start)
        who = [w for w in who if can_speak(parties[w])]
        accused = -1
        for j in range(k + 1, min(n, k + 40)):
            index = at[j]
            if index >= 0 and parties[index].first == j and index not in who and can_be_accused(parties[index]):
                party = parties[index]
                if suspect(party) and party.kinds[0] not in ("state", "capital"):
                    accused = index
                    break
                if (
                    accused < 0
                    and party.kinds[0] in ("state", "capital")
                    and row[j - 1].low in ("on", "that", "to", "blame", "blaming", "accusing", "against", "naming")
                    and j > k + 2
                ):
                    accused = index
        if accused >= 0:
            for s in who:
                yield Draft(
                    Stance.ENDORSES,
                    s,
                    accused,
                    _trim(sentence, parties[accused].last, _clause_end(sentence, parties[accused].last)),
                    k,
                    "support",
                )


def _pleas(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "pleaded guilty to", "was found guilty of", "admitted to": the accused is the subject."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(n):
        low = row[k].low
        if at[k] >= 0:
            continue
        if low == "guilty":
            negated = k > 0 and row[k - 1].low == "not"
            start = next((v.first for v in reversed(sentence.verbs) if v.at < k and k - v.at < 4), _group_start(sentence, k))
            who, _, _ = subject(sentence, start)
            for a in who:
                if not can_be_accused(parties[a]) and parties[a].kinds[0] != "pronoun":
                    continue
                act = _trim(sentence, k + 2, _clause_end(sentence, k + 2))
                if negated:
                    yield Draft(Stance.DENIES, a, a, act, k, "plea", legal=True, self_reference=True)
                    continue
                sources = [s for speech in speakers_at(said, k) for s in speech.speakers if s != a][:3]
                for s in sources or [a]:
                    yield Draft(Stance.ACCUSES, s, a, act, k, "plea", legal=True)
        elif low in ("admitted", "admits", "confessed", "claimed", "claims", "claim", "boasted", "boasts") and k + 1 < n:
            own = low.startswith("claim")
            if own and not any(
                u.low in ("responsibility", "credit", "attack", "hack", "breach", "theft") for u in row[k + 1 : k + 4]
            ):
                continue
            who, _, _ = subject(sentence, _group_start(sentence, k))
            for a in who:
                if can_be_accused(parties[a]) or parties[a].kinds[0] == "pronoun":
                    yield Draft(Stance.ACCUSES, a, a, _trim(sentence, k + 1, _clause_end(sentence, k + 1)), k, "self-claim")


_OFTEN_ACCUSED = frozenset("RU CN KP IR BY SY VN PK IN IL TR AE SA MA HU RS VE CU".split())
_SILENT = frozenset(
    "comment know name identify say attribute speculate disclose believe evidence doubt confirm determine pay tell discuss rule exclude longer".split()
)


def _may_clear_itself(party: Party) -> bool:
    """Whether a general "we never do such things" of this speaker is a denial: one who is often accused, an actor, a company."""
    if party.kinds[0] in ("actor", "criminal", "vendor", "named_person", "unknown_name", "pronoun", "organisation"):
        return True
    return party.state in _OFTEN_ACCUSED


def _general_denials(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "X said it has never ...", “We do not ...”, "China opposes all forms of": a speaker clears itself without a verb of denying."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    for speech in said:
        if not any(_may_clear_itself(parties[k]) for k in speech.speakers):
            continue
        for k in range(speech.lo, min(speech.hi, len(row))):
            low = row[k].low
            if low in ("never", "not", "no", "nothing", "neither", "nor", "opposes", "oppose", "opposed") or low.endswith(
                "n't"
            ):
                before = [row[j].low for j in (*range(max(0, k - 5), k), *range(k + 1, min(k + 3, speech.hi, len(row))))]
                if any(row[j].low in _SILENT for j in range(k + 1, min(k + 4, len(row)))):
                    continue
                own = any(w in ("it", "we", "they", "he", "she", "our", "its", "their", "i") for w in before)
                state = any(
                    at[j] >= 0
                    and any(
                        parties[at[j]].state is not None and parties[at[j]].state == parties[s].state for s in speech.speakers
                    )
                    for j in range(max(0, k - 5), k)
                )
                if own or state:
                    for s in speech.speakers:
                        yield Draft(
                            Stance.DENIES,
                            s,
                            s,
                            _trim(sentence, k + 1, _clause_end(sentence, k + 1)),
                            k,
                            "general-denial",
                            self_reference=True,
                            lenient=True,
                        )
                    break


def _any_passive(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "was brought to its knees by KillNet": done by a hostile actor, whatever the verb."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    known = {v.at for v in sentence.verbs if v.classes & {"hostile", "accuse", "link", "say", "deny", "endorse"}}
    for k in range(2, len(row) - 1):
        if row[k].low != "by" or at[k] >= 0 or at[k + 1] < 0:
            continue
        party = parties[at[k + 1]]
        if not suspect(party) and not (party.kinds[0] in ("person", "group") and party.state):
            continue
        verb = -1
        for j in range(k - 1, max(0, k - 7), -1):
            if (
                at[j] < 0
                and row[j].kind == "word"
                and (row[j].low.endswith(("ed", "en", "wn", "de", "nt", "ught", "ung", "ut")) and row[j].low not in FUNCTION)
            ):
                verb = j
                break
        if verb < 0 or verb in known:
            continue
        inside = speakers_at(said, k)
        start = _clause_start(sentence, verb)
        negated = any(row[j].low in _NEVER for j in range(max(0, verb - 4), verb))
        for s in inside[0].speakers if inside else (-1,):
            for a in coordinated(row, parties, at, at[k + 1], back=False):
                if s != a and can_be_accused(parties[a]) and not negated:
                    yield Draft(Stance.ACCUSES, s, a, _trim(sentence, start, verb + 1), k, "any-passive")


def _nominal_accusations(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "Norway's allegations against Russia", "Mandiant's paper on APT1", "the British findings concerning APT10": accusations that are named."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(1, n):
        low = row[k].low
        if low not in lexicon().findings and low not in (
            "paper",
            "decision",
            "accusing",
            "finger-pointing",
            "blame",
            "suspicions",
            "suspicion",
        ):
            continue
        source = -1
        if row[k - 1].low == "'s" and k > 1 and at[k - 2] >= 0:
            source = at[k - 2]
        elif at[k] >= 0 and parties[at[k]].owner is not None and "report" in parties[at[k]].kinds:
            source = at[k]
        elif (
            at[k - 1] >= 0
            and parties[at[k - 1]].last == k
            and parties[at[k - 1]].kinds[0] in ("demonym", "state", "vendor", "agency", "capital", "union")
        ):
            source = at[k - 1]
        elif k + 2 < n and row[k + 1].low in ("by", "of", "from") and at[k + 2] >= 0:
            source = at[k + 2]
        if source < 0 or not can_speak(parties[source]):
            continue
        for j in range(k + 1, min(n, k + 16)):
            index = at[j]
            if row[j].low in (";", ".", "”"):
                break
            if index >= 0 and index != source and parties[index].first == j and can_be_accused(parties[index]) and row[j - 1].low in (
                "on", "against", "about", "concerning", "over", "to", "at", "of", "regarding", "that", "as", "naming", "blaming", "for", "out", "pinning", "accusing", "behind", "by"
            ):  # fmt: skip
                if any(k < v.at < j for v in sentence.verbs):
                    break
                if suspect(parties[index]):
                    for a in coordinated(row, parties, at, index, back=False):
                        if can_be_accused(parties[a]):
                            yield Draft(Stance.ACCUSES, source, a, None, k, "nominal")
                    break
