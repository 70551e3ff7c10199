"""Withholding an accusation: declining to name anybody or to confirm that it was X."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.draft.doubting import DOERS, answering, did, negates
from indicia.read.claims.draft.draft import ANSWERED, PLAIN, Draft
from indicia.read.claims.draft.speech import Speech, speakers_at
from indicia.read.claims.draft.suspects import accusable, can_speak, specific, suspect
from indicia.read.claims.parse.clauses import NEVER, clause_end, group_start, trim_units
from indicia.read.claims.parse.grammar import Sentence, Verb, next_party, subject
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Stance

__all__ = ["refusals", "withheld_by"]

_REFUSE_VERBS = word_set("rules.refuse_verbs")


def refusals(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """Declines: will not say who, too early to say, without naming, made no attribution."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    lows = [u.low for u in row]
    for k in range(n):
        low = lows[k]
        if low not in _CUES and not low.endswith("n't"):
            continue
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
            while j < n and (lows[j] in _MEANWHILE or lows[j].endswith("ly")) and j - k < 7:
                j += 1
            if j < n and (lows[j] in _TOLD or lows[j] in _NAMED):
                asked = any(word in _ASKED for word in lows[j + 1 : j + 6])
                if lows[j] in _TOLD and not asked and not _who_before(sentence, k):
                    continue
                first, tail = k, j + 1
        elif (
            low in ("without", "stopped", "stopping", "stops", "avoided", "avoiding", "shied")
            or low == "back"
            and k
            and lows[k - 1] in ("held", "hold", "holds", "holding", "stepped")
        ) and any(
            lows[j]
            in (
                "naming",
                "attributing",
                "identifying",
                "blaming",
                "pointing",
                "saying",
                "attribution",
                "accusing",
                "name",
                "linking",
                "tying",
            )
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
        elif low == "yet":
            if k + 2 < n and lows[k + 1] == "to" and lows[k + 2] in _REFUSE_VERBS and lows[k - 1] in ("has", "have", "had"):
                first, tail = k, k + 3
        elif low == "open":
            if k and lows[k - 1] in _LEAVING and k + 1 < n and lows[k + 1] in ("who", "whether", "which", "whose"):
                first, tail = k, k + 2
        elif low in ("mum", "silent", "tight-lipped"):
            if (
                k + 2 < n
                and lows[k + 1] in ("on", "about")
                and any(w in _WHO or w in _ATTRIBUTING for w in lows[k + 2 : k + 4])
            ):
                first, tail = k, k + 3
        elif low in ("unclear", "uncertain"):
            if k + 1 < n and lows[k + 1] in ("who", "whether", "if", "which"):
                first, tail = k, k + 2
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
        if first < 0 and (tail := _withheld(sentence, k)) > 0:
            first = k
        if first < 0:
            continue
        inside = speakers_at(said, k)
        who: list[int] = []
        if low in ("early", "premature", "unclear", "uncertain"):
            who = list(inside[0].speakers) if inside else []
        else:
            start = next((verb.first for verb in sentence.verbs if verb.at == k - 1), group_start(sentence, k))
            if low == "open":
                start = k - 1 - (lows[k - 1] == "it")  # "left it open who"
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
        if who and inside and parties[who[0]].kinds[0] == "report" and who[0] not in inside[0].speakers:
            who = list(inside[0].speakers)  # "confirmed that a complaint had been filed but would not say"
        act = trim_units(sentence, tail, clause_end(sentence, tail))
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
            if at[j] >= 0 and lows[j] == "it" and j + 1 < n and lows[j + 1] in ("was", "is"):
                continue  # "could not say whether it was X"
            if at[j] >= 0 and parties[at[j]].first == j:
                if suspect(parties[at[j]]) and specific(parties[at[j]]) and at[j] not in who:
                    named = at[j]
                break
            if lows[j] in ("who", "which", "what"):
                break
        if named < 0 and any(low in _ATTRIBUTING or low in ("linking", "tying") for low in lows[tail - 1 : tail + 2]):
            named = _attributed_to(sentence, tail, who)
        floor = PLAIN if named < 0 and _of_author(sentence, k, tail) else None
        if named >= 0 and did(sentence, named):
            floor = ANSWERED
        for s in who:
            # "would not say who was affected", "did not say how many": about the author only where the scorer thinks so
            yield Draft(Stance.DECLINES, s, named, act, k, "refusal", floor=floor, lenient=floor is None and named < 0)
    yield from _unconfirmed(sentence, said)


def _attributed_to(sentence: Sentence, tail: int, who: list[int]) -> int:
    """To whom it is not attributed, where a suspect is named: "would not attribute the theft of the files to Turla"; or -1."""
    row, at, parties = sentence.row, sentence.at, sentence.parties
    for j in range(tail, min(clause_end(sentence, tail), tail + 16) - 1):
        index = at[j + 1]
        if row[j].low == "to" and at[j] < 0 <= index and suspect(parties[index]) and specific(parties[index]):
            return index if index not in who else -1
    return -1


def _of_author(sentence: Sentence, k: int, tail: int) -> bool:
    """Whether what is withheld is plainly the author: "attribute", "name the culprit", "who did it", not "who was hit"."""
    row = sentence.row
    lows = [unit.low for unit in row[k : min(len(row), max(tail, k) + 9)]]
    for i, low in enumerate(lows):
        following = lows[i + 1 : i + 5]
        if low in ("attribution", "attributions") and not any(u.low in _MAKING for u in row[max(0, k + i - 5) : k + i]):
            continue  # "does not share the attribution"
        if low in _ATTRIBUTING or low in ("behind", "responsible", "culpable"):
            return True
        if low in _NAMING_BARE and any(word in _AUTHORS for word in following):
            return True
        open_still = low in ("unclear", "uncertain") and following[:1] in (["if"], ["whether"])
        if open_still and any(word in _AUTHORS or word in DOERS for word in lows[i + 2 : i + 9]):
            return True
        if low in ("point", "pointing") and any(word in ("finger", "fingers") for word in following):
            return True
        if low in _SAYING and any(word in ("name", "names", "identity", "identities") for word in following[:2]):
            return not any(word in _VICTIMS for word in lows[i + 1 : i + 7])
        told = low in ("information", "details", "statement", "idea", "view") and lows[0] in _NOTHING or low == "comment"
        if told and any(word in _ORIGINS for word in lows[i + 1 : i + 7]):
            return True
        if low == "who" and following and not any(word in _VICTIMS for word in following):
            return any(word in _AUTHORS for word in following[:2]) or following[0] in _DOING or following[0].endswith("ed")
        asked = low in ("which", "what") and following and following[0] in _AUTHORS and lows[i - 1] != "to"
        if asked and not any(word in _VICTIMS for word in following):
            return True
    return False


def withheld_by(sentence: Sentence, verb: Verb) -> int:
    """The first unit of the group that withholds what the verb says ("declined to", "could not"), or -1."""
    row = sentence.row
    if verb.negated:
        return verb.first
    k = verb.first
    if k < 1 or row[k].low != "to":
        return -1
    low = row[k - 1].low
    if low in _REFUSING or low in _ABLE and any(negates(row[i].low) for i in range(max(0, k - 6), k)):
        return next((v.first for v in sentence.verbs if v.at == k - 1), group_start(sentence, k - 1))
    return -1


def _unconfirmed(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "has not confirmed that Akira did it", "neither confirmed nor denied that Pyongyang had stolen": whom is declined."""
    row, at, parties = sentence.row, sentence.at, sentence.parties
    for verb in sentence.verbs:
        if verb.lemma not in ("confirm", "verify", "corroborate") or verb.passive or verb.participle:
            continue
        first = withheld_by(sentence, verb)
        that = next((j for j in range(verb.at + 1, min(len(row), verb.at + 8)) if row[j].low == "that" and at[j] < 0), -1)
        if first < 0 or that < 0 or that + 2 >= len(row):
            continue
        index = next_party(sentence, that + 1, len(row), reach=2)
        if (
            index < 0
            or not accusable(sentence, index)
            or parties[index].kinds[0] == "pronoun"
            or parties[index].first > that + 1
        ):
            continue
        end = clause_end(sentence, parties[index].last)
        if not did(sentence, index):
            continue
        for s in answering(sentence, said, first):
            if s != index:
                act = trim_units(sentence, parties[index].last, end)
                yield Draft(Stance.DECLINES, s, index, act, verb.at, "refusal", floor=ANSWERED)


_ATTRIBUTING = word_set("withholding.attributing")
_NAMING_BARE = word_set("withholding.naming_bare")
_AUTHORS = word_set("withholding.authors")
_DOING = word_set("withholding.doing")
_NOTHING = frozenset({"no", "not", "without", "any"})
_ORIGINS = frozenset(
    {
        "attacker",
        "attribution",
        "authorship",
        "responsibility",
        "responsible",
        "origin",
        "author",
        "authors",
        "identity",
        "perpetrators",
        "attackers",
        "hackers",
        "who",
        "culprits",
    }
)
_LEAVING = frozenset({"left", "leaves", "leave", "leaving", "it"})
_SAYING = frozenset({"give", "say", "disclose", "reveal", "repeat", "publish"})
_VICTIMS = word_set("withholding.victims")
_MAKING = frozenset(
    "make makes made making offer offers offered give gives gave given provide provides provided issue issued".split()
)
_MEANWHILE = word_set("withholding.meanwhile")
_NAMED = word_set("withholding.named")
_TOLD = word_set("withholding.told")
_ASKED = word_set("withholding.asked")
_REFUSING = word_set("answers.refusing")
_ABLE = frozenset({"able", "position", "ready", "prepared", "going", "willing"})
_WITHHOLDING = word_set("withholding.withholding")
_CUES = _WITHHOLDING | NEVER | word_set("withholding.cues")  # all words at which `refusals` looks
_NAMING = word_set("withholding.naming")
_TELLING = word_set("withholding.telling")
_WHO = word_set("withholding.who")


def _withheld(sentence: Sentence, k: int) -> int:
    """The unit after the naming that unit k withholds ("gave no details on who", "refrained from attributing"), or 0."""
    row, at = sentence.row, sentence.at
    low = row[k].low
    against = low == "against" and k > 0 and row[k - 1].low in ("decided", "decides", "chose", "advised", "opted")
    if at[k] >= 0 or not (low in _WITHHOLDING or low in NEVER or low.endswith("n't") or against):
        return 0
    end = min(clause_end(sentence, k + 1), k + 10)
    for j in range(k + 1, end):
        word = row[j].low
        if at[j] >= 0 and word not in _WHO and word != "statement":
            continue
        if word in _NAMING:
            return j + 1
        if word in _TELLING:
            return (
                j + 1 if any(row[i].low in _WHO for i in range(j + 1, min(j + 9, len(row)))) or _who_before(sentence, k) else 0
            )
    return 0


def _who_before(sentence: Sentence, k: int) -> bool:
    """Whether the question stands in front: "who it was, she would not say"."""
    return any(sentence.row[i].low in ("who", "whom", "which", "whose", "whether") for i in range(max(0, k - 14), k)) and any(
        sentence.row[i].low in (",", ";") for i in range(max(0, k - 8), k)
    )
