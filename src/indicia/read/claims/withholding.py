"""Withholding an accusation: declining to name anybody, doubting that it was X."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.clauses import NEVER, clause_end, copula_subject, group_start, trim_units
from indicia.read.claims.draft import ANSWERED, CLEAR, PLAIN, Draft
from indicia.read.claims.grammar import Sentence, Verb, next_party, subject
from indicia.read.claims.speech import Speech, speakers_at
from indicia.read.claims.suspects import accusable, can_speak, feared, specific, suspect
from indicia.read.claims.wordsets import word_set
from indicia.records import Stance

__all__ = ["answering", "doubted", "doubts", "question", "refusals", "withheld_by"]

_REFUSE_VERBS = word_set("rules.refuse_verbs")
_THIN = word_set("rules.thin")


def question(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
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
            and accusable(sentence, index)
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
                    trim_units(sentence, parties[index].last, clause_end(sentence, parties[index].last)),
                    verb.at,
                    "question",
                )
            return


def doubts(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "the evidence tying X to Y is thin", "no evidence that X", "is not convinced that X"."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    lows = [u.low for u in row]
    n = len(row)
    for k in range(n):
        if lows[k] not in _DOUBTS:
            continue
        thin = lows[k] in _THIN
        none = lows[k] in _PROOF and k > 0 and lows[k - 1] in ("no", "any", "little", "without", "insufficient")
        apart = lows[k] == "out" and k > 0 and lows[k - 1] in ("rules", "ruled") or lows[k] in ("excludes", "excluded")
        if apart and (k < 2 or lows[k - 2] == "be" or any(_negates(low) for low in lows[max(0, k - 5) : k])):
            apart = False  # "would not rule out", "cannot be ruled out"
        unsure = lows[k] in _UNSURE and any(w in NEVER or w.endswith("n't") for w in lows[max(0, k - 4) : k])
        if not (thin or none or unsure or apart):
            continue
        inside = speakers_at(said, k)
        who = list(inside[0].speakers) if inside else []
        if not who:
            found, _, how = copula_subject(sentence, k)
            who = [w for w in found if can_speak(parties[w])] if how == "party" else []
        if not who:
            found, _, _ = subject(sentence, k - 1 if apart and lows[k] == "out" else group_start(sentence, k))
            who = [w for w in found if can_speak(parties[w])]
        order = (
            range(k - 1, -1, -1)
            if thin and lows[k] not in ("sceptical", "skeptical", "unconvinced", "unpersuaded")
            else range(k + 1, min(n, k + 20))
        )
        for j in order:
            index = at[j]
            if index >= 0 and index not in who and (suspect(parties[index]) or feared(sentence, parties[index])):
                floor = CLEAR if (none or apart) and _did(sentence, index) else None
                for s in who:
                    yield Draft(Stance.QUESTIONS, s, index, None, k, "doubt", floor=floor)
                break
    yield from _disbelief(sentence, said)


def doubted(sentence: Sentence) -> list[tuple[int, int]]:
    """The clauses that are told only to be doubted, as (first unit, unit after): after "found no evidence that", "ruled out
    that", "does not believe that"."""
    row = sentence.row
    out = []
    for k, unit in enumerate(row):
        if unit.low != "that" or k < 2 or sentence.at[k] >= 0:
            continue
        last = row[k - 1].low
        if last != "out" and last not in _PROOF and last not in _BELIEVING:
            continue
        before = [u.low for u in row[max(0, k - 6) : k - 1]]
        negated = any(_negates(low) or low == "without" for low in before)
        if negated if last != "out" else before[-1] in ("rules", "ruled", "ruling") and not negated:
            out.append((k + 1, clause_end(sentence, k + 1)))
    return out


def _did(sentence: Sentence, index: int) -> bool:
    """Whether what follows a party in its clause says that it did it: a verb of attack, "was behind", "had a hand in"."""
    party = sentence.parties[index]
    end = clause_end(sentence, party.last)
    if any(party.last <= verb.first < end and ("hostile" in verb.classes or verb.lemma == "do") for verb in sentence.verbs):
        return True
    return any(unit.low in _DOERS for unit in sentence.row[party.last : end])


def _disbelief(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "does not believe that X did it", "did not think this was done by a government"."""
    row, at, parties = sentence.row, sentence.at, sentence.parties
    for verb in sentence.verbs:
        if verb.lemma not in _BELIEVING or not verb.negated or verb.passive or verb.participle:
            continue
        who = answering(sentence, said, verb.first)
        end = clause_end(sentence, verb.at + 1)
        for k in range(verb.at + 1, min(end, verb.at + 14)):
            index = at[k]
            if index < 0 or parties[index].first != k or index in who or parties[index].kinds[0] == "pronoun":
                continue
            likely = suspect(parties[index]) or feared(sentence, parties[index])
            agent = row[k - 1].low == "by" or row[k - 1].low == "of" and row[k - 2].low in ("work", "handiwork")
            if likely and (agent or k <= verb.at + 2 and _did(sentence, index)):
                for s in who:
                    yield Draft(Stance.QUESTIONS, s, index, None, verb.at, "doubt", floor=CLEAR)
            break


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
                        '"',
                        "”",
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
                if (
                    lows[j]
                    in (
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
                        "publish",
                    )
                    and not any(
                        w
                        in (
                            "who",
                            "which",
                            "whom",
                            "whether",
                            "culprit",
                            "if",
                            "attacker",
                            "attackers",
                            "hackers",
                            "attribution",
                            "authorship",
                            "responsibility",
                            "author",
                            "authors",
                            "name",
                            "names",
                            "identity",
                            "it",
                            "origin",
                            "perpetrator",
                            "actor",
                            "responsible",
                            "behind",
                        )
                        for w in lows[j + 1 : j + 6]
                    )
                    and not _who_before(sentence, k)
                ):
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
        if named >= 0:
            floor = ANSWERED if _did(sentence, named) else None
        else:
            floor = PLAIN if _of_author(sentence, k, tail) else None
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
        if open_still and any(word in _AUTHORS or word in _DOERS for word in lows[i + 2 : i + 9]):
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
    if low in _REFUSING or low in _ABLE and any(_negates(row[i].low) for i in range(max(0, k - 6), k)):
        return next((v.first for v in sentence.verbs if v.at == k - 1), group_start(sentence, k - 1))
    return -1


def answering(sentence: Sentence, said: list[Speech], first: int) -> list[int]:
    """The speakers before a verb group, also over "so far"; else those in whose words it stands."""
    row, parties = sentence.row, sentence.parties
    while first > 0 and row[first - 1].low in _BETWEEN and sentence.at[first - 1] < 0:
        first -= 1
    who = [s for s in subject(sentence, first)[0] if can_speak(parties[s])]
    if not who:
        inside = speakers_at(said, first)
        who = list(inside[0].speakers) if inside else []
    return who


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
        if not _did(sentence, index):
            continue
        for s in answering(sentence, said, first):
            if s != index:
                act = trim_units(sentence, parties[index].last, end)
                yield Draft(Stance.DECLINES, s, index, act, verb.at, "refusal", floor=ANSWERED)


_ATTRIBUTING = word_set("withholding.attributing")
_NAMING_BARE = word_set("withholding.naming_bare")
_AUTHORS = word_set("withholding.authors")
_DOING = word_set("withholding.doing")
_PROOF = frozenset({"evidence", "proof", "sign", "signs", "indication", "indications"})
_BELIEVING = frozenset({"believe", "think", "accept"})
_UNSURE = frozenset({"convinced", "persuaded", "sure", "certain"})
_APART = frozenset({"out", "excludes", "excluded"})
_DOUBTS = _THIN | _PROOF | _UNSURE | _APART  # all words at which `doubts` looks
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
_DOERS = frozenset(
    {"behind", "responsible", "involved", "hand", "role", "part", "anything", "author", "gang", "culprit", "one"}
)
_REFUSING = word_set("answers.refusing")
_ABLE = frozenset({"able", "position", "ready", "prepared", "going", "willing"})
_NOT = frozenset({"not", "never", "neither", "n't", "no", "nor"})
_BETWEEN = frozenset("so far yet has have had is are was were would will could can did does do still".split())
_WITHHOLDING = word_set("withholding.withholding")
_CUES = _WITHHOLDING | NEVER | word_set("withholding.cues")  # all words at which `refusals` looks
_NAMING = word_set("withholding.naming")
_TELLING = word_set("withholding.telling")
_WHO = word_set("withholding.who")


def _negates(low: str) -> bool:
    return low in _NOT or low.endswith("n't")


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
