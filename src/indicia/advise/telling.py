"""What of a text can tell something about a case: all but who speaks in it and what a browser says of itself."""

from __future__ import annotations

import re
from functools import cache

from indicia.advise import words
from indicia.records import Case

__all__ = ["telling", "texts_of", "whole_words"]

# What a browser says of itself names systems that have no part in the case.
_USER_AGENT = re.compile(r"Mozilla/\d[^\n]*")


def texts_of(case: Case) -> tuple[str, ...]:
    """What can tell something in each text of a case."""
    return tuple(telling(document.text) for document in case.documents)


def telling(text: str) -> str:
    """
    >>> telling("Cisco Talos found it on Cisco routers.")
    '  found it on Cisco routers.'
    """
    return whole_words(words.speakers()).sub(" ", _USER_AGENT.sub(" ", text))


@cache
def whole_words(told: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these, as whole words in any case; a * at either end takes any letters there. Of no words, nothing."""
    parts = (f"{_any(word[:1])}{re.escape(word.strip('*'))}{_any(word[-1:])}" for word in told)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts) or '(?!)'})(?!\w)", re.IGNORECASE)


def _any(letter: str) -> str:
    return r"\w*" if letter == "*" else ""
