"""Who says what in a sentence: by verbs of saying, "according to X", "X: ...", and by position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from indicia.read.claims.draft.suspects import can_speak
from indicia.read.claims.parse.clauses import clause_end
from indicia.read.claims.parse.grammar import Sentence, coordinated, next_party, subject
from indicia.read.claims.words.lexicon import FUNCTION, lexicon
from indicia.read.claims.words.wordsets import word_set

__all__ = ["NOMINALS", "Speech", "is_finite", "speaker_of", "speakers_at", "speaking", "speeches"]


class Speech(NamedTuple):
    """Somebody speaks: the parties, the units that they say, and the relays named with it."""

    speakers: tuple[int, ...]
    lo: int
    hi: int
    verb: int
    lemma: str
    negated: bool = False


_SPEECH_STOP = frozenset((";",))
_SAY_WEAK = word_set("rules.say_weak")
NOMINALS = word_set("rules.nominals")


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
        if row[verb.at].low == "known" and verb.first == verb.at:
            continue  # "the unit known as Sandworm" says nothing
        who, first, how = subject(sentence, verb.first)
        inverted = False
        if len(who) > 1 and first > 0 and _closes(sentence, verb.at) and row[parties[who[-1]].first - 1].low == ",":
            # "X is behind APT40 and APT31, the UK assesses": only the last one speaks
            who, first = [who[-1]], parties[who[-1]].first
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
        if not framed and before >= 0 and row[before].low in (",", "–", "—") and verb.at + 1 < n and how != "relative":
            framed = row[verb.at + 1].low == row[before].low  # "In Vietnam, Trend Micro observes, ..."
        if framed:
            out.append(Speech(tuple(who), 0, n, verb.at, verb.lemma, verb.negated))
        else:
            hi = clause_end(sentence, verb.at + 1) if verb.lemma in _SAY_WEAK else n
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
            low in NOMINALS
            and k > 1
            and row[k - 1].low == "'s"
            and at[k - 2] >= 0
            and can_speak(parties[at[k - 2]])
            and ("that" in (row[j].low for j in range(k + 1, min(n, k + 3))))
        ):
            # "Norway's claim that Russia hacked ..."
            out.append(Speech((at[k - 2],), k + 1, clause_end(sentence, k + 2), k, "nominal"))
        elif (
            low in NOMINALS
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
                        clause_end(sentence, last + 1),
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
            if (
                tail
                and len(tail) <= 5
                and not any(s.verb >= k for s in known)
                and can_speak(parties[group[0]])
                and all(u.kind == "word" for u in tail)
                and tail[0].low
                not in (
                    "and",
                    "or",
                    "of",
                    "in",
                    "for",
                    "to",
                    "with",
                    "at",
                    "on",
                    "which",
                    "who",
                    "that",
                    "as",
                    "by",
                    "from",
                    "a",
                    "the",
                )
            ):
                yield Speech(tuple(group), 0, k, k, "trailing")
                break


def _closes(sentence: Sentence, at: int) -> bool:
    """Whether nothing but marks and a word or two ("said on Monday") follows unit `at`, and another verb stands before it."""
    rest = [u for u in sentence.row[at + 1 :] if u.kind != "mark"]
    return len(rest) <= 2 and any(v.at < at for v in sentence.verbs)


def is_finite(low: str) -> bool:
    """A rough test for a word that makes a clause: an auxiliary or a past form."""
    return low in ("is", "are", "was", "were", "has", "have", "had", "did", "does", "will") or low in lexicon().verbs


def _starts_with(sentence: Sentence, index: int, lows: tuple[str, ...]) -> bool:
    first = sentence.parties[index].first
    return first > 0 and sentence.row[first - 1].low in lows


def speakers_at(all_speeches: Iterable[Speech], unit: int) -> list[Speech]:
    """The speeches that hold a unit, innermost first."""
    inside = [s for s in all_speeches if s.lo <= unit < s.hi and s.verb != unit]
    return sorted(inside, key=lambda s: (s.hi - s.lo, -s.lo))


def speaker_of(sentence: Sentence, said: list[Speech], unit: int) -> tuple[int, ...]:
    inside = speakers_at(said, unit)
    return inside[0].speakers if inside else (-1,)


def speaking(sentence: Sentence, said: list[Speech], source: int) -> tuple[int, ...]:
    """Who speaks where `source` does: a pronoun inside the speech of others is those others."""
    if source >= 0 and sentence.parties[source].kinds[0] == "pronoun":
        own = {"he": "his", "she": "her", "they": "their", "it": "its"}.get(sentence.parties[source].head)
        first = sentence.parties[source].first
        outer = [
            s
            for s in speakers_at(said, first)
            if s.lemma != "colon" and source not in s.speakers and (s.lo == 0 or first - s.lo <= 4)
        ]
        if outer and any(sentence.row[sentence.parties[k].first].low == own for k in outer[0].speakers):
            return (source,)  # "he denied any part in it, his lawyer said"
        if outer and all(sentence.parties[k].kinds[0] != "pronoun" for k in outer[0].speakers):
            return outer[0].speakers
    return (source,)
