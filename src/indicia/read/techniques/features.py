"""The features of a sentence: hashed words, pairs of words, pieces of words and shapes, as one array of buckets without
repeats.

Nothing of a vocabulary is stored: a feature is the CRC-32 of its text. What differs from report to report and tells nothing
(addresses, hashes, versions) becomes a shape (`<ip>`, `<hash>`); what tells much (file extensions, parts of API names and of
paths) becomes a feature of its own.
"""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np
import numpy.typing as npt

BUCKETS = 1 << 18
_MASK = BUCKETS - 1
LONGEST_WORD = 40  # characters; longer runs are blobs
MOST_WORDS = 400  # of a sentence
REMEMBERED = 50_000  # words whose features are kept

I = npt.NDArray[np.int64]  # noqa: E741

_DEFANGED = re.compile(r"\[(\.|:|@|dot)\]|\bhxxp", re.IGNORECASE)
_SHAPES = re.compile(
    r"(?P<url>\b[a-z]{3,5}://\S{1,2000})|(?P<cve>\bcve-\d{4}-\d{4,7}\b)|(?P<mail>\b[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,63})"
    r"|(?P<ip>\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b)|(?P<hash>\b[0-9a-f]{32,128}\b)|(?P<hex>\b0x[0-9a-f]{1,16}\b)"
    r"|(?P<hklm>\b(?:hklm|hkcu|hkey_[a-z_]{4,20})\b)",
    re.IGNORECASE,
)
_WORD = re.compile(r"<[a-z]+>|[A-Za-z0-9_][A-Za-z0-9_'’+#]*|[$%&\\]|\.[A-Za-z][A-Za-z0-9]{1,4}\b")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def _undefanged(text: str) -> str:
    return _DEFANGED.sub(lambda m: "http" if m[0].lower() == "hxxp" else (m[1] if len(m[1]) == 1 else "."), text)


def _shape(match: re.Match[str]) -> str:
    return f" <{match.lastgroup}> "


def shaped(text: str) -> str:
    """The text with plain words for what differs between reports.

    >>> shaped("It asks 192[.]0.2.7")
    'It asks  ip '
    """
    if "[" in text or "xx" in text:
        text = _undefanged(text)
    return _SHAPES.sub(lambda match: f" {match.lastgroup} ", text)


def words(text: str) -> list[str]:
    """The words of a sentence in its own letters, with shapes for what differs between reports.

    >>> words("It ran cmd.exe from 192.0.2.7")
    ['It', 'ran', 'cmd', '.exe', 'from', '<ip>']
    """
    if "[" in text or "xx" in text:
        text = _undefanged(text)
    return _WORD.findall(_SHAPES.sub(_shape, text))[:MOST_WORDS]


def stemmed(word: str) -> str:
    """A crude stem, so that `injects`, `injected` and `injecting` share a pair of words."""
    for ending in ("ations", "ation", "ings", "ing", "ied", "ies", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending in {"ied", "ies"} else "")
    return word


class Features:
    """Makes features and remembers those of words that it has seen, which is most of its speed."""

    def __init__(self) -> None:
        self._words: dict[str, tuple[str, tuple[int, ...]]] = {}

    def _word(self, word: str) -> tuple[str, tuple[int, ...]]:
        """The stem and the features of one word by itself."""
        known = self._words.get(word)
        if known is not None:
            return known
        low = word.lower().replace("’", "'")
        if low.endswith("'s"):
            low = low[:-2]
        found: list[str] = []
        if low.isdigit():
            low = stem = (
                "<port>"
                if low in {"22", "23", "80", "443", "445", "3389", "8080", "8443", "53", "21", "25", "135"}
                else "<number>"
            )
            found = ["w:" + word, "w:" + low]
        elif low[0] == "<" or len(low) > LONGEST_WORD:
            stem = low if low[0] == "<" else "<blob>"
            found = ["w:" + stem]
        else:
            stem = stemmed(low)
            found = ["w:" + low, "s:" + stem]
            padded = f" {low} "
            for n in (3, 4, 5):
                found += [f"c:{padded[i : i + n]}" for i in range(len(padded) - n + 1)]
            pieces = _CAMEL.findall(word)
            if len(pieces) > 1:
                found += ["p:" + piece.lower() for piece in pieces]
                found += ["p:" + a.lower() + b.lower() for a, b in zip(pieces, pieces[1:], strict=False)]
        result = (stem, tuple({crc32(item.encode()) & _MASK for item in found}))
        if len(self._words) >= REMEMBERED:
            self._words.clear()
        self._words[word] = result
        return result

    def of(self, text: str) -> I:
        """Buckets of the sentence's features, ascending, without repeats."""
        buckets: list[int] = []
        stems: list[str] = []
        for word in words(text):
            stem, own = self._word(word)
            buckets += own
            stems.append(stem)
        for a, b in zip(stems, stems[1:], strict=False):
            buckets.append(crc32(f"b:{a} {b}".encode()) & _MASK)
        for a, b in zip(stems, stems[2:], strict=False):
            buckets.append(crc32(f"g:{a} {b}".encode()) & _MASK)
        return np.unique(np.array(buckets, dtype=np.int64))
