"""Words of a sentence with their offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["lowered", "words"]

_WORD = re.compile(
    r"(?:[A-Z]\.){2,}"  # U.S., D.C.
    r"|[A-Z]\.(?=\s?[A-Z])"  # an initial before a name
    r"|\d+(?:[.,:]\d+)*(?:st|nd|rd|th)?(?:-\w+)*"
    r"|[^\W_]+(?:['’](?!s\b)[^\W_]+|[-‑&/.@_](?=\w)[^\W_]+|\u00ad[^\W_]+)*"
    r"|['’]s?(?=\W|$)"
    r"|[^\w\s]"
    r"|_+"
)


def lowered(text: str) -> str:
    """The text in small letters, as long as it was: the few letters that would grow are kept. Patterns in small letters find
    in it several times faster what they would find by ignoring case.

    >>> lowered("İzmir and GRU")
    'İzmir and gru'
    """
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def words(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Ranges of words, possessive endings and punctuation marks of `text[start:end]`, in order.

    >>> s = "China's state-backed hackers, U.S. officials said."
    >>> [s[a:b] for a, b in words(s, 0, len(s))]
    ['China', "'s", 'state-backed', 'hackers', ',', 'U.S.', 'officials', 'said', '.']
    """
    for match in _WORD.finditer(text, start, end):
        yield match.span()
