"""Clauses of a sentence: where one begins and ends, what stands around a cue."""

from __future__ import annotations

from indicia.read.claims.parse.grammar import Sentence, Verb, coordinated, next_party, subject
from indicia.read.claims.words.lexicon import FUNCTION, lexicon
from indicia.read.claims.words.wordsets import word_set

__all__ = [
    "able_now",
    "NEVER",
    "act_words",
    "agent_after",
    "attacking",
    "clause_end",
    "clause_start",
    "conditional_clause",
    "deed_words",
    "copula_subject",
    "group_start",
    "may_have",
    "objects_after",
    "trim_units",
]

NEVER = word_set("rules.never")


def clause_start(sentence: Sentence, i: int) -> int:
    """First unit of the clause that holds unit i: after "that", a quote mark or a sentence-level comma."""
    row = sentence.row
    for k in range(i - 1, -1, -1):
        low = row[k].low
        if low in ("that", ";", ":", "“", "”", '"') and sentence.at[k] < 0:
            return k + 1
        opens = low == "," and k + 1 < i and row[k + 1].low not in ("which", "who")
        if opens and any(v.first <= k for v in sentence.verbs):
            return k + 1
    return 0


def clause_end(sentence: Sentence, i: int) -> int:
    """The unit after the clause that holds unit i."""
    row = sentence.row
    n = len(row)
    for k in range(i, n):
        low = row[k].low
        if low in (";", ":", "”", "“", '"', ".", "!", "?", "–", "—"):
            return k
        if (
            low == ","
            and k + 1 < n
            and (
                row[k + 1].low
                in (
                    "and",
                    "but",
                    "which",
                    "who",
                    "although",
                    "though",
                    "while",
                    "whereas",
                    "as",
                    "according",
                    "a",
                    "an",
                    "the",
                    "it",
                    "he",
                    "she",
                    "they",
                    "saying",
                    "said",
                    "adding",
                    "citing",
                    "because",
                    "so",
                    "without",
                    "with",
                    "using",
                    "in",
                )
                or sentence.at[k + 1] >= 0
            )
        ):
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


def act_words(sentence: Sentence, lo: int, hi: int) -> bool:
    lex = lexicon()
    return any(u.low in lex.acts or u.low in lex.findings for u in sentence.row[lo:hi])


def deed_words(sentence: Sentence, lo: int, hi: int) -> bool:
    """Whether a noun for a hostile deed stands there: "attack", not "advisory" or "report"."""
    return any(u.low in lexicon().acts for u in sentence.row[lo:hi])


def attacking(sentence: Sentence, lo: int, hi: int) -> bool:
    """Whether a verb of attack stands there that accuses by itself: "hacking", not "using"."""
    weak = lexicon().weak
    return any(lo <= verb.at < hi and "hostile" in verb.classes and verb.lemma not in weak for verb in sentence.verbs)


def trim_units(sentence: Sentence, lo: int, hi: int) -> tuple[int, int] | None:
    row, hi = sentence.row, min(hi, len(sentence.row))
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


def objects_after(sentence: Sentence, i: int, reach: int = 8) -> list[int]:
    index = next_party(sentence, i, len(sentence.row), reach=reach)
    if index < 0:
        return []
    return coordinated(sentence.row, sentence.parties, sentence.at, index, back=False)


def agent_after(sentence: Sentence, i: int, stop: int) -> int:
    """The party of the first "by X" at or after unit i."""
    for k in range(i, min(stop, i + 14)):
        if sentence.row[k].low == "by" and k + 1 < len(sentence.row):
            return next_party(sentence, k + 1, stop, reach=2)
    return -1


def group_start(sentence: Sentence, k: int) -> int:
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


def copula_subject(sentence: Sentence, k: int) -> tuple[list[int], int, str]:
    """The subject of "... was (almost certainly) responsible", "... sits behind", "... is likely behind"."""
    row, at = sentence.row, sentence.at
    j = k
    seen = False
    while j > 0 and k - j < 9 and at[j - 1] < 0:
        low = row[j - 1].low
        if low in (
            "is",
            "are",
            "was",
            "were",
            "be",
            "been",
            "being",
            "has",
            "have",
            "had",
            "stands",
            "stood",
            "stand",
            "sits",
            "sat",
            "sit",
            "lies",
            "lay",
            "lie",
            "hides",
            "hid",
            '"',
            "“",
            "”",
            "to",
            "remains",
            "remain",
            "not",
            "never",
            "likely",
            "probably",
            "almost",
            "highly",
            "very",
            "most",
            "also",
            "themselves",
            "itself",
            "the",
            "directly",
            "at",
            "least",
            "may",
            "might",
        ):
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


def may_have(sentence: Sentence, verb: Verb) -> bool:
    """ "may have stolen" is a weak accusation; "would steal" is none."""
    group = [u.low for u in sentence.row[verb.first : verb.at]]
    return "have" in group or "be" in group and "may" in group


def able_now(sentence: Sentence, verb: Verb) -> bool:
    """ "can now clearly be attributed" attributes."""
    group = {u.low for u in sentence.row[verb.first : verb.at]}
    return bool(group & {"can", "could"}) and bool(group & {"now", "clearly", "confidently", "today"}) and not verb.negated


def conditional_clause(sentence: Sentence, verb: Verb) -> bool:
    for k in range(verb.first - 1, max(-1, verb.first - 14), -1):
        low = sentence.row[k].low
        if low in (",", ";", "“", "that"):
            return False
        if low in ("if", "whether", "unless", "should", "imagine", "suppose"):
            return True
    return False
