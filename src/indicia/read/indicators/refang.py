"""Defanged text made whole again for searching, with the way back to the original offsets.

One pass replaces every usual disguise (`hxxp`, `[.]`, `(dot)`, `\\.`, `[:]//`, `[at]`, `meow://` ...) by what it hides.
The document's own text is never changed: a hit in the refanged view is mapped back to the exact characters that the
author wrote.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hosts import valid_host

__all__ = ["Refanged", "refang"]

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


class Refanged:
    """`text` to search in, `original(start, end)` to come back, `is_defanged(start, end)` to know whether the author
    disguised it."""

    __slots__ = ("_changed", "_from", "_starts", "text")

    def __init__(self, text: str, starts: list[int], origins: list[tuple[int, int]], changed: list[tuple[int, int]]) -> None:
        self.text = text
        self._starts = starts  # where each piece begins in the view
        self._from = origins  # for each piece: its origin, and its end there when it was replaced (else -1)
        self._changed = changed  # ranges of the view that were disguised

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The range of the document that [start, end) of the view stands for."""
        if not self._starts:
            return start, end
        first = bisect_right(self._starts, start) - 1
        origin, replaced_end = self._from[first]
        low = origin if replaced_end >= 0 else origin + start - self._starts[first]
        last = bisect_right(self._starts, end - 1) - 1
        origin, replaced_end = self._from[last]
        high = replaced_end if replaced_end >= 0 else origin + end - self._starts[last]
        return low, high

    def is_defanged(self, start: int, end: int) -> bool:
        """Whether anything within [start, end) of the view was disguised."""
        index = bisect_right(self._changed, (start, -1))
        if index < len(self._changed) and self._changed[index][0] < end:
            return True
        return index > 0 and self._changed[index - 1][1] > start

    @property
    def any_defanged(self) -> bool:
        return bool(self._changed)


def _edits(text: str, anchors: Anchors) -> list[tuple[int, int, str]]:
    """(start, end, replacement) in text order; they may overlap."""
    edits = []
    for at in anchors.schemes:
        if text.startswith("://", at) and text[at - 4 : at] in {"http", "ttps"}:
            if text[at + 3 : at + 4] in {" ", "\t"} and _NEXT_DISGUISED.match(text, at + 3):
                edits.append((at, at + 4, "://"))
            continue
        separator = _SEPARATOR.match(text, at)
        scheme = _SCHEME.search(text, max(0, at - 8), at) if separator is not None else None
        if separator is None or scheme is None:
            continue
        low = scheme[1].lower()
        name = "sftp" if low[0] == "s" else "ftp" if low[0] == "f" else "http"
        edits.append((scheme.start(), separator.end(), name + (scheme[2] or "").lower() + "://"))
    for at in anchors.brackets:
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
    edits += _rare_edits(text)
    edits.sort()
    return edits


def _rare_edits(text: str) -> list[tuple[int, int, str]]:
    """`a_dot_b_dot_example` where that is a host's name, and `198 . 51 . 100 . 7`."""
    edits = []
    at = text.find("_dot_")
    while at >= 0:
        start = at - len(text[max(0, at - 63) : at]) + len(text[max(0, at - 63) : at].rstrip(_NAME))
        match = _UNDERSCORED.match(text, start)
        end = match.end() if match is not None else at + 5
        if match is not None and valid_host(match[0].replace("_dot_", ".").lower()):
            edits += [(start + found.start(), start + found.end(), ".") for found in re.finditer("_dot_", match[0])]
        at = text.find("_dot_", max(end, at + 5))
    at = text.find(" . ")
    while at >= 0:
        start = at - len(text[max(0, at - 3) : at]) + len(text[max(0, at - 3) : at].rstrip("0123456789"))
        match = _SPACED_ADDRESS.match(text, start)
        if match is not None:
            edits += [(start + found.start(), start + found.end(), ".") for found in re.finditer(r" \. ", match[0])]
        at = text.find(" . ", match.end() if match is not None else at + 2)
    return edits


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
    edits = _edits(text, anchors or Anchors(text))
    if not edits:
        return Refanged(text, [], [], [])
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[tuple[int, int]] = []
    changed: list[tuple[int, int]] = []
    at = length = 0
    for start, end, new in edits:
        if start < at:
            continue
        if start > at:
            starts.append(length)
            origins.append((at, -1))
            pieces.append(text[at:start])
            length += start - at
        starts.append(length)
        origins.append((start, end))
        changed.append((length, length + len(new)))
        pieces.append(new)
        length += len(new)
        at = end
    starts.append(length)
    origins.append((at, -1))
    pieces.append(text[at:])
    return Refanged("".join(pieces), starts, origins, changed)
