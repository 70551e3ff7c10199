"""Whether a text is about attacks on computers at all, or about other things of which people accuse each other."""

from __future__ import annotations

import re
from functools import lru_cache

from indicia.read.claims.words.words import lowered
from indicia.read.claims.words.wordsets import word_list

__all__ = ["is_of_other_affairs", "line_speaks_of_computers", "speaks_of_computers", "topic_of"]

AROUND = 500  # characters on both sides of a sentence that tell its topic too

_CYBER = re.compile(
    r"\b(?:" + "|".join(map(re.escape, word_list("topic.cyber"))) + r")"
    r"|\b(?:" + "|".join(map(re.escape, word_list("topic.cyber_words"))) + r")\b"
    r"|\b(?:apt|unc|uac|ta|dev|unk|cve)[-_ ]?\d",
)
_EITHER = re.compile(r"\b(?:" + "|".join(map(re.escape, word_list("topic.either"))) + r")\b")
_OTHER = re.compile(r"\b(?:" + "|".join(map(re.escape, word_list("topic.other"))) + r")")


def line_speaks_of_computers(text: str, start: int, end: int) -> bool:
    """Whether `speaks_of_computers` holds for the lines in which `text[start:end]` stands."""
    stop = text.find("\n", end)
    return speaks_of_computers(text, text.rfind("\n", 0, start) + 1, stop if stop >= 0 else len(text))


@lru_cache(maxsize=2)
def is_of_other_affairs(text: str) -> bool:
    """Whether a whole text speaks of other affairs and of no computers. Asked of one text again and again."""
    return topic_of(text, 0, len(text))[1]


@lru_cache(maxsize=8)  # the sentences of one line ask about all of it: a text may be one line
def speaks_of_computers(text: str, start: int, end: int) -> bool:
    """Whether a word of computers, networks and their attackers stands in `text[start:end]`."""
    return _CYBER.search(lowered(text[start:end])) is not None


def topic_of(text: str, start: int, end: int) -> tuple[bool, bool]:
    """(no word of computers and networks, and one of other affairs beside that) in and around `text[start:end]`.

    >>> topic_of("Kyiv blames Moscow for the shelling.", 0, 36)
    (True, True)
    >>> topic_of("Kyiv blames Moscow for the hack.", 0, 32)
    (False, False)
    >>> topic_of("Kyiv blames Moscow for the attack.", 0, 34)
    (False, False)
    >>> topic_of("Kyiv blames Moscow for the drone attack.", 0, 40)
    (True, True)
    """
    lo, hi = max(0, start - AROUND), min(len(text), end + AROUND)
    before = min(lo, 1)  # a letter before tells whether a word begins at `lo`
    low = lowered(text[lo - before : hi])
    if _CYBER.search(low, before) is not None:
        return False, False
    other = _OTHER.search(low, before) is not None
    return other or _EITHER.search(low, before) is None, other
