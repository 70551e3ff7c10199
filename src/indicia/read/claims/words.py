"""Words of a sentence with their offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["words"]

_WORD = re.compile(
    r"(?:[A-Z]\.){2,}"  # U.S., D.C.
    r"|[A-Z]\.(?=\s?[A-Z])"  # an initial before a name
    r"|\d+(?:[.,:]\d+)*(?:st|nd|rd|th)?(?:-\w+)*"
    r"|[^\W_]+(?:['’](?!s\b)[^\W_]+|[-‑&/.@_](?=\w)[^\W_]+|\u00ad[^\W_]+)*"
    r"|['’]s?(?=\W|$)"
    r"|[^\w\s]"
    r"|_+"
)


def words(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Ranges of words, possessive endings and punctuation marks of `text[start:end]`, in order.

    >>> s = "China's state-backed hackers, U.S. officials said."
    >>> [s[a:b] for a, b in words(s, 0, len(s))]
    ['China', "'s", 'state-backed', 'hackers', ',', 'U.S.', 'officials', 'said', '.']
    """
    for match in _WORD.finditer(text, start, end):
        yield match.span()
