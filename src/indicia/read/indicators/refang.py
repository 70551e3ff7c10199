"""Defanged text made whole again for searching, with the way back to the original offsets.

One pass replaces every usual disguise (`hxxp`, `[.]`, `(dot)`, `\\.`, `[:]//`, `[at]`, `meow://` ...) by what it hides.
The document's own text is never changed: a hit in the refanged view is mapped back to the exact characters that the
author wrote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hosts import valid_host

_INNER = {
    ".": ".",
    "。": ".",
    ",": ".",
    "dot": ".",
    "d0t": ".",
    "punkt": ".",
    "point": ".",
    ":": ":",
    "::": "::",
    "://": "://",
    ":/": ":/",
    ":\\\\": "://",
    "/": "/",
    "//": "//",
    "@": "@",
    "at": "@",
    "colon": ":",
    "slash": "/",
    "-": "-",
}
# The usual ones, whole: nothing more needs to be known where a letter or a digit stands on both sides.
_USUAL = {
    opening + inner + closing: "@" if inner in {"@", "at", "AT"} else "."
    for opening, closing in ("[]", "()", "{}")
    for inner in (".", "dot", "DOT", "@", "at", "AT")
}
# Matched where `Anchors.brackets` points: a bracket, half a bracket, or a backslash before a dot.
_BRACKETED = re.compile(
    r"[\[({<]{1,2}[ \t]{0,2}([.,:/@-]|::|//|:/|://|:\\\\|_?(?:[dD][oO0][tT]|[aA][tT])_?|punkt|point|colon|"
    r"slash)[ \t]{0,2}[\])}>]{1,2}"
    r"|[\[({][.](?=[A-Za-z0-9])"
    r"|[.][\])}](?=[A-Za-z0-9])"
    r"|\\{1,2}[.](?=[A-Za-z0-9_-])"
)
_NAME = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"
_SHOUTED = (" DOT ", " AT ")
_UNDERSCORED = re.compile(r"[A-Za-z0-9-]{1,63}(?:_dot_[A-Za-z0-9-]{1,63}){1,8}(?![\w.-])")
_SPACED_ADDRESS = re.compile(r"\d{1,3}(?: \. \d{1,3}){3}(?![\d.])(?! \. )")
_NEXT_DISGUISED = re.compile(r"[ \t][\w-]{1,63}[ \t]?[\[({<](?:\.|dot|DOT)[\])}>]")
_SCHEME = re.compile(
    r"(?<![A-Za-z0-9])(h[xX*_zZ+#^$]{2}p|h[xX]p|H[xX]{2}P|h[tT][xX]p|h[xX][tT]p|hXXP|[xX]{3}p|[hH]ttp|HTTP|meow|purr|"
    r"f[xX]p|s[fF][xX]p|ftp|sftp)(s|S)?[ \t]?\Z"
)
_SEPARATOR = re.compile(
    r"(?:[\[({]:[\])}][/\\]{2}|:[/\\]{2}|[\[({]:[/\\]{2}[\])}]|[\[({]:[\])}][\[({][/\\]{2}[\])}]|:[\[({][/\\]{2}[\])}]"
    r"|[\[({]?:[\])}]?(?:[\[({][/\\][\])}]){2}|:[\])}][/\\]{2}|[\[({]:[/\\]{2}|:[/\\][\[({][/\\][\])}]|"
    r"[\[({]:[/\\][\])}][/\\]|__|_[\[({]:[\])}]_)[ \t]?"
)


# What every disguise has; a short text without it needs no closer look.
_MAY_HIDE = re.compile(r"[\[\](){}<>\\]|__|_dot_| DOT | AT | \. |(?<!http)(?<!https):/")
_SHORT = 2000
_Ranges = npt.NDArray[np.int64]  # rows of (start, end)


class Refanged:
    """`text` to search in, and the way back: `originals` of ranges, and which of them the author `disguised`."""

    def __init__(self, text: str, edits: Sequence[tuple[int, int, str]]) -> None:
        """`edits` are (start, end, replacement) in text order, none empty; none begins before the one ahead of it ends."""
        pieces: list[str] = []
        at = 0
        for start, end, new in edits:
            pieces.append(text[at:start])
            pieces.append(new)
            at = end
        pieces.append(text[at:])
        self.text = "".join(pieces) if edits else text
        # One row for each edit: where it begins and ends in the document, and in the view.
        self._edits = np.array([[edit[0] for edit in edits], [edit[1] for edit in edits]], np.int64).T
        sizes = np.array([len(edit[2]) for edit in edits], np.int64)
        starts = self._edits[:, 0] + np.cumsum(sizes) - sizes - np.cumsum(self._edits[:, 1] - self._edits[:, 0])
        starts += self._edits[:, 1] - self._edits[:, 0]
        self._view = np.stack([starts, starts + sizes], axis=1)

    def originals(self, ranges: _Ranges) -> _Ranges:
        """The ranges of the document that ranges of the view stand for, one row (start, end) each; none may be empty."""
        if not len(self._edits):
            return ranges
        low, last = ranges[:, 0], ranges[:, 1] - 1
        first, inside = self._edit_before(low)
        low = np.where(inside, self._edits[first, 0], low + self._shift(first))
        first, inside = self._edit_before(last)
        high = np.where(inside, self._edits[first, 1], last + 1 + self._shift(first))
        return np.stack([low, high], axis=1)

    def _edit_before(self, places: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """For each place of the view the last edit that begins at or before it (-1: none), and whether it is inside of that."""
        index = np.searchsorted(self._view[:, 0], places, side="right") - 1
        return index, (index >= 0) & (places < self._view[index, 1])

    def _shift(self, index: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """By how much the text after each edit was moved."""
        shift: npt.NDArray[np.int64] = np.where(index >= 0, self._edits[index, 1] - self._view[index, 1], 0)
        return shift

    def disguised(self, ranges: _Ranges) -> npt.NDArray[np.bool_]:
        """Which ranges of the view hold anything that was disguised."""
        if not len(self._edits):
            return np.zeros(len(ranges), np.bool_)
        last = np.searchsorted(self._view[:, 0], ranges[:, 1], side="left") - 1
        flags: npt.NDArray[np.bool_] = (last >= 0) & (self._view[last, 1] > ranges[:, 0])
        return flags

    @cached_property
    def hidden_dots(self) -> frozenset[int]:
        """Places of the view at which the author disguised a dot."""
        starts = self._view[self._view[:, 1] == self._view[:, 0] + 1, 0]
        return frozenset(at for at in starts.tolist() if self.text[at] == ".")

    @property
    def any_defanged(self) -> bool:
        return len(self._edits) > 0


def _edits(text: str, anchors: Anchors) -> list[tuple[int, int, str]]:
    """(start, end, replacement) in text order; they may overlap."""
    edits = [(at, at + 3, ".") for at in anchors.bracketed_dots]
    for at in anchors.open_schemes:
        if _NEXT_DISGUISED.match(text, at + 3):
            edits.append((at, at + 4, "://"))
    for at in anchors.schemes:
        separator = _SEPARATOR.match(text, at)
        scheme = _SCHEME.search(text, max(0, at - 8), at) if separator is not None else None
        if separator is None or scheme is None:
            continue
        low = scheme[1].lower()
        name = "sftp" if low[0] == "s" else "ftp" if low[0] == "f" else "http"
        edits.append((scheme.start(), separator.end(), name + (scheme[2] or "").lower() + "://"))
    for at in anchors.brackets:
        if (usual := _usual_edit(text, at)) is not None:
            edits.append(usual)
            continue
        match = _BRACKETED.match(text, at)
        edit = _bracket_edit(text, match) if match is not None else None
        if edit is not None:
            edits.append(edit)
    for word, inner in zip(_SHOUTED, ".@", strict=True):
        at = text.find(word)
        while at >= 0:
            if _word_at(text, at - 1) and _word_at(text, at + len(word)):
                edits.append((at, at + len(word), inner))
            at = text.find(word, at + len(word) - 1)
    edits += _rare_edits(text, anchors)
    edits.sort()
    return edits


def _rare_edits(text: str, anchors: Anchors) -> list[tuple[int, int, str]]:
    """`a_dot_b_dot_example` where that is a host's name, and `198 . 51 . 100 . 7`."""
    edits = []
    done = 0
    for at in anchors.spelled_dots:
        if at < done or not text.startswith("_dot_", at):
            continue
        start = at - len(text[max(0, at - 63) : at]) + len(text[max(0, at - 63) : at].rstrip(_NAME))
        match = _UNDERSCORED.match(text, start)
        done = max(match.end() if match is not None else 0, at + 5)
        if match is not None and valid_host(match[0].replace("_dot_", ".").lower()):
            edits += [(start + found.start(), start + found.end(), ".") for found in re.finditer("_dot_", match[0])]
    done = 0
    for at in anchors.apart:
        if at < done:
            continue
        start = at - len(text[max(0, at - 3) : at]) + len(text[max(0, at - 3) : at].rstrip("0123456789"))
        match = _SPACED_ADDRESS.match(text, start)
        done = match.end() if match is not None else at + 2
        if match is not None:
            edits += [(start + found.start(), start + found.end(), ".") for found in re.finditer(r" \. ", match[0])]
    return edits


def _usual_edit(text: str, at: int) -> tuple[int, int, str] | None:
    for end in (at + 3, at + 5, at + 4):
        inner = _USUAL.get(text[at:end])
        if inner is not None:
            return (at, end, inner) if text[at - 1 : at].isalnum() and text[end : end + 1].isalnum() else None
    return None


def _bracket_edit(text: str, match: re.Match[str]) -> tuple[int, int, str] | None:
    start, end = match.span()
    token = match[0]
    if match[1] is None:
        if token[0] == "\\":
            return None if not _word_at(text, start - 1) or _in_path(text, start) else (start, end, ".")
        return (start, end, ".") if _word_at(text, start - 1) else None
    inner = _INNER[match[1].strip("_").lower()]
    if match[1] in {",", "-"} or inner.startswith("/"):  # rarer disguises: only without blanks
        return (start, end, inner) if _word_at(text, start - 1) and _word_at(text, end) else None
    if inner == "@" and match[1] != "@" and token[0] == "<" and not _NEXT_DISGUISED.match(" " + text[end : end + 70].lstrip()):
        return None
    low, high = start, end
    while low > 0 and start - low < 2 and text[low - 1] in " \t":
        low -= 1
    while high < len(text) and high - end < 2 and text[high] in " \t":
        high += 1
    left, right = text[low - 1 : low], text[high : high + 1]
    if not left or not (left.isalnum() or left in "_-:]"):
        return None
    if inner in {".", "@"} and not (right.isalnum() or right in ("_", "-", "[", "(")):
        return None
    return low, high, inner


def _word_at(text: str, index: int) -> bool:
    return 0 <= index < len(text) and (text[index].isalnum() or text[index] in "_-]")


def _in_path(text: str, at: int) -> bool:
    """Whether the backslash at `at` separates the parts of a Windows path: an earlier one in the same word is not before
    a dot."""
    word = text[max(0, at - 120) : at]
    word = word[max(word.rfind(" "), word.rfind("\n"), word.rfind("\t"), word.rfind('"')) + 1 :]
    return (
        any(word[i + 1 : i + 2] not in {".", "\\", "/"} for i, c in enumerate(word) if c == "\\")
        or ":\\" in word
        or "%" in word
    )


def refang(text: str, anchors: Anchors | None = None) -> Refanged:
    """The view of `text` in which nothing is disguised. Linear in the length of the text.

    >>> refang("hxxps://a[.]example and b(dot)example").text
    'https://a.example and b.example'
    """
    if len(text) < _SHORT and _MAY_HIDE.search(text) is None:
        return Refanged(text, ())
    apart: list[tuple[int, int, str]] = []
    done = 0
    for edit in _edits(text, anchors or Anchors(text)):
        if edit[0] >= done:
            apart.append(edit)
            done = edit[1]
    return Refanged(text, apart)
