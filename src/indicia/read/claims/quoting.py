"""Where words stand in a text, aside from white space, quotation marks and hyphenation.

Who copies words out of a text straightens quotation marks, joins lines and drops the hyphens at their ends. Nothing else may
differ, not even a letter: a word that was changed, added or left out is no longer the text's.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator

from indicia.read.claims.chunks import Place

__all__ = ["Words"]

# White space, quotation marks, hyphens, and characters that nobody sees.
_ASIDE = re.compile("[\\s\"'`´“”„‟‘’‚‛«»‹›「」『』\u00ad\u200b-\u200f\u2060\ufeff‐‑‒–—―−-]+")
_EDGE = " \t\n\r.,;:…\"'“”„‘’«»()[]"


class Words:
    """Finds words in one text. Linear in its length to make, and for each search."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._at = array("Q")  # where each letter that counts stands in the text
        kept = []
        end = 0
        for match in _ASIDE.finditer(text):
            kept.append(text[end : match.start()])
            self._at.extend(range(end, match.start()))
            end = match.end()
        kept.append(text[end:])
        self._at.extend(range(end, len(text)))
        self._bare = "".join(kept)
        self._folded = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in self._bare)

    def places(self, words: str, within: Place | None = None, *, whole: bool = True, fold: bool = False) -> Iterator[Place]:
        """Where the words stand, in order: in [start, end) of the text where `within` says so; from the beginning of a word to
        the end of one if `whole`; whether in capitals or not if `fold`."""
        wanted = _ASIDE.sub("", words.strip(_EDGE))
        if not wanted:
            return
        kept = self._folded if fold else self._bare
        wanted = wanted.lower() if fold else wanted
        low, high = within if within is not None else (0, len(self.text))
        at, stop = bisect_left(self._at, low), bisect_left(self._at, high)
        while (at := kept.find(wanted, at, stop)) >= 0:
            start, end = self._at[at], self._at[at + len(wanted) - 1] + 1
            if not whole or self._is_whole(start, end):
                yield start, end
            at += 1

    def _is_whole(self, start: int, end: int) -> bool:
        """Whether a place neither begins nor ends inside a word. In scripts without spaces no place does."""
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        return not (_joined(before, self.text[start]) or _joined(self.text[end - 1], after))


def _joined(left: str, right: str) -> bool:
    return left.isalnum() and right.isalnum() and left < "\u2e80" and right < "\u2e80"
