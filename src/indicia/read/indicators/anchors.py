"""Where in a text something could begin: rare characters in the right company, found with array operations over the whole text.

Searchers look only there. Every code point is one byte here (what is beyond Latin-1 counts as a letter), so positions
are those of the text, and a pass costs a few nanoseconds a character however often an expression would have been tried.
"""

from __future__ import annotations

import codecs
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

# The words that searchers begin with, all found in one pass over a text.
LITERALS = (
    "HK", "utex", "UTEX", "utant", "Global\\", "Local\\", "BaseNamedObjects\\", "gent", "GENT", "\"ua\"", "'ua'",
    "CVE", "cve", "Cve", "CWE", "cwe", "utonomous System", "utonomous system", 'UA "', "UA: ", "UA is", "UA was", "UA =",
    "rule ", "rule\t", "title:", "Mozilla/",
)  # fmt: skip


def _wide(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "\xff" * (error.end - error.start), error.end


codecs.register_error("indicia.wide", _wide)


def one_byte_each(text: str) -> bytes:
    """The text as Latin-1; what is beyond is 0xFF."""
    return text.encode("latin-1", "indicia.wide")


@lru_cache(maxsize=1)
def _automaton() -> BytesAhoCorasick:
    patterns = [one_byte_each(literal) for literal in LITERALS]
    return BytesAhoCorasick(patterns, matchkind=MatchKind.Standard, implementation=Implementation.DFA)


def find_literals(text: bytes, pad: int) -> dict[str, list[int]]:
    """Where each of `LITERALS` begins, in order. `text` has one byte for each character, after `pad` of them that are none of
    the text's (see `Anchors`)."""
    places: dict[str, list[int]] = {literal: [] for literal in LITERALS}
    for number, start, _ in _automaton().find_matches_as_indexes(text, overlapping=True):
        places[LITERALS[number]].append(start - pad)
    return places


_WORD, _SPACE, _HEX, _UPPER, _ALNUM, _OPEN, _STOP, _MARK = 1, 2, 4, 8, 16, 32, 64, 128

PAD = 2  # how many blanks `Anchors.padded` has before the text
_MARKS = ".:[({<\\_/~$\n!?A"  # what any list of positions begins with


def _table() -> bytes:
    table = bytearray(256)
    for code in range(256):
        c = chr(code)
        if c.isalnum() or c in "_-" or code >= 0xC0:
            table[code] |= _WORD
        if c.isascii() and c.isalnum():
            table[code] |= _ALNUM
        if c.isspace():
            table[code] |= _SPACE
        if c in "0123456789abcdefABCDEF":
            table[code] |= _HEX
        if c.isupper() or c.isdigit() or c in "\"“'([\xff":
            table[code] |= _UPPER
        if c in "\"'`(=[<>{,;|*\xff":
            table[code] |= _OPEN
        if c in ".!?":
            table[code] |= _STOP
        if c in _MARKS:
            table[code] |= _MARK
    return bytes(table)


_TABLE = _table()
_Flags = npt.NDArray[np.bool_]


class Anchors:
    """Lists of positions in `text`, each made when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Blanks on either side, so that the company of every character can be asked for.
        self.padded = b" " * PAD + one_byte_each(text) + b"    "
        self._codes = np.frombuffer(self.padded, np.uint8)
        self._kinds = np.frombuffer(self.padded.translate(_TABLE), np.uint8)

    @cached_property
    def _marks(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uint8]]:
        """Positions (in the padded array) of all of `_MARKS`, and which each is: found in one pass for all lists."""
        places = np.flatnonzero(self._kinds >= _MARK)
        return places, self._codes[places]

    def _places(self, *characters: str) -> npt.NDArray[np.intp]:
        """Positions (in the padded array) of any of the characters, which are among `_MARKS`, in order."""
        places, codes = self._marks
        wanted: _Flags = codes == ord(characters[0])
        for c in characters[1:]:
            wanted |= codes == ord(c)
        return places[wanted]

    def _is(self, places: npt.NDArray[np.intp], offset: int, kind: int) -> _Flags:
        flags: _Flags = (self._kinds[places + offset] & kind) != 0
        return flags

    def _has(self, places: npt.NDArray[np.intp], offset: int, characters: str) -> _Flags:
        codes = self._codes[places + offset]
        flags: _Flags = codes == ord(characters[0])
        for c in characters[1:]:
            flags |= codes == ord(c)
        return flags

    @staticmethod
    def _list(places: npt.NDArray[np.intp]) -> list[int]:
        positions: list[int] = (places - PAD).tolist()
        return positions

    @cached_property
    def _literals(self) -> dict[str, list[int]]:
        return find_literals(self.padded, PAD)

    def literals(self, *words: str) -> list[int]:
        """Where any of these words of `literals.LITERALS` begins, in order."""
        places = [self._literals[word] for word in words]
        return places[0] if len(places) == 1 else sorted(chain.from_iterable(places))

    @cached_property
    def systems(self) -> list[int]:
        """Where `AS` could begin the number of an autonomous system."""
        at = self._places("A")
        return self._list(at[self._has(at, 1, "S") & self._has(at, 2, "0123456789N #:")])

    @cached_property
    def dots(self) -> list[int]:
        """Dots between two characters of a name."""
        at = self._places(".")
        return self._list(at[self._is(at, -1, _WORD) & self._is(at, 1, _WORD)])

    @cached_property
    def _colons(self) -> npt.NDArray[np.intp]:
        return self._places(":")

    @cached_property
    def colons6(self) -> list[int]:
        """Colons of what could be an IPv6 address: beside hex digits or another colon."""
        at = self._colons
        before = self._is(at, -1, _HEX | _SPACE | _OPEN) | self._has(at, -1, ":")
        return self._list(at[before & (self._is(at, 1, _HEX) | self._has(at, 1, ":"))])

    @cached_property
    def colons(self) -> list[int]:
        """Colons between a digit and something that is no blank."""
        at = self._colons
        return self._list(at[self._has(at, -1, "0123456789") & self._is(at, 1, _ALNUM)])

    @cached_property
    def brackets(self) -> list[int]:
        """Brackets, backslashes and dots where text may be defanged; those of `bracketed_dots` are left out."""
        opening = self._places("[", "(", "{", "<")
        opening = opening[~self._is_bracketed_dot(opening)]
        opening = opening[~self._is(opening, 1, _ALNUM) | self._has(opening, 1, "dDaApcs")]
        dots = self._places(".")
        dots = dots[self._has(dots, 1, "])}") & self._is(dots, 2, _ALNUM)]
        dots = dots[self._is(dots, -1, _WORD) | self._has(dots, -1, "]")]  # not the second half of `(.)`
        escapes = self._places("\\")
        escapes = escapes[self._has(escapes, 1, ".\\") & ~self._is(escapes, -1, _SPACE)]
        return self._list(np.sort(np.concatenate([opening, dots, escapes])))

    @cached_property
    def bracketed_dots(self) -> list[int]:
        """Where `[.]` stands between two letters or digits: by far the most common disguise."""
        opening = self._places("[")
        return self._list(opening[self._is_bracketed_dot(opening)])

    def _is_bracketed_dot(self, at: npt.NDArray[np.intp]) -> _Flags:
        flags: _Flags = self._has(at, 0, "[") & self._has(at, 1, ".") & self._has(at, 2, "]")
        return flags & self._is(at, -1, _ALNUM) & self._is(at, 3, _ALNUM)

    @cached_property
    def authorities(self) -> list[int]:
        """Colons of `://`."""
        at = self._colons
        return self._list(at[self._has(at, 1, "/") & self._has(at, 2, "/")])

    @cached_property
    def apart(self) -> list[int]:
        """Blanks before a dot between blanks."""
        at = self._places(".")
        return self._list(at[self._has(at, -1, " ") & self._has(at, 1, " ")] - 1)

    @cached_property
    def spelled_dots(self) -> list[int]:
        """Where `_dot_` could begin."""
        at = self._places("_")
        return self._list(at[self._has(at, 1, "d") & self._has(at, 4, "_")])

    @cached_property
    def closings(self) -> list[int]:
        """Line breaks before what could be a formula that ends a letter, or `--`."""
        at = self._places("\n")
        return self._list(at[self._has(at, 1, "kbwrysfcKBWRYSFC") | self._has(at, 1, "-") & self._has(at, 2, "-")])

    @cached_property
    def _plain_schemes(self) -> npt.NDArray[np.intp]:
        """Colons of `http://` and `https://`."""
        at = self._colons
        at = at[self._has(at, 1, "/") & self._has(at, 2, "/") & (at >= 4 + PAD)]
        ends = self._has(at, -1, "p") & self._has(at, -2, "t") & self._has(at, -3, "t")
        secure = self._has(at, -1, "s") & self._has(at, -2, "p") & self._has(at, -3, "t") & self._has(at, -4, "t")
        return at[ends & self._has(at, -4, "h") | secure]

    @cached_property
    def open_schemes(self) -> list[int]:
        """Colons of `http://` and `https://` before a blank."""
        at = self._plain_schemes
        return self._list(at[self._has(at, 3, " \t")])

    @cached_property
    def schemes(self) -> list[int]:
        """The first character after what could be a disguised scheme: a colon, a bracket before one, or an underscore."""
        colons = np.setdiff1d(self._colons, self._plain_schemes, assume_unique=True)
        colons = colons[self._has(colons, 1, "/\\[({])}")]
        colons = colons - self._has(colons, -1, "[({")  # the bracket belongs to the disguise
        unders = self._places("_")
        unders = unders[self._has(unders, 1, "_[") & self._has(unders, -1, "pPsS")]
        return self._list(np.sort(np.concatenate([colons, unders])))

    @cached_property
    def slashes(self) -> list[int]:
        """Slashes, tildes and dollars that could begin a path: after a blank, a quote or an opening bracket."""
        at = self._places("/", "~", "$")
        begins = self._is(at, -1, _SPACE | _OPEN) | self._has(at, -1, ":")
        return self._list(at[begins & ~self._is(at, 1, _SPACE)])

    @cached_property
    def ja4s(self) -> list[int]:
        """Where a JA4 fingerprint could begin: eleven places before an underscore that comes twelve before another."""
        at = self._places("_")
        at = at[(at >= 10 + PAD) & (at < len(self._codes) - 13)]
        at = at[self._has(at, 13, "_")]
        return self._list(at[self._has(at, -10, "tqd") & self._has(at, -7, "di")] - 10)

    @cached_property
    def long_words(self) -> list[tuple[int, int]]:
        """Runs of at least 26 ASCII letters and digits, as (start, end)."""
        breaks = np.flatnonzero((self._kinds & _ALNUM) == 0)
        long = np.flatnonzero(np.diff(breaks) > 26)
        return list(zip((breaks[long] + 1 - PAD).tolist(), (breaks[long + 1] - PAD).tolist(), strict=True))

    @cached_property
    def breaks(self) -> npt.NDArray[np.intp]:
        """Where lines end."""
        return self._places("\n") - PAD

    @cached_property
    def sentences(self) -> npt.NDArray[np.intp]:
        """Where sentences, paragraphs and list items begin, from 0 on."""
        stops = self._places(".", "!", "?")
        stops = stops[~self._has(stops, -2, ".")]  # "e.g. 192.0.2.1"
        for last, two, three in ("cnI", "dtL"):  # "Inc. (", "Ltd. "
            stops = stops[~(self._has(stops, -1, last) & self._has(stops, -2, two) & self._has(stops, -3, three))]
        plain = stops[self._is(stops, 1, _SPACE) & self._is(stops, 2, _UPPER)] + 2
        quoted = stops[self._has(stops, 1, "\"')\xff") & self._is(stops, 2, _SPACE)]
        quoted = quoted[self._is(quoted, 3, _UPPER)] + 3
        lines = self._places("\n")
        items = lines[self._has(lines, 1, "-*\n") | self._is(lines, 1, _SPACE | _STOP)] + 1
        paragraphs = lines[self._has(lines, -1, "\n")] + 1
        digits = "0123456789"
        numbered = lines[self._has(lines, 1, digits) & self._has(lines, 2, ".)") & self._is(lines, 3, _SPACE)] + 1
        tens = lines[self._has(lines, 1, digits) & self._has(lines, 2, digits)]
        tens = tens[self._has(tens, 3, ".)") & self._is(tens, 4, _SPACE)] + 1
        starts = np.sort(np.concatenate([[PAD], plain, quoted, items, paragraphs, numbered, tens]))
        return starts[np.diff(starts, prepend=0) > 0] - PAD
