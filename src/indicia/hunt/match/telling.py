"""Which lines of a text log are worth taking apart: those that hold what some rule needs to be true.

Few lines of a busy server interest any rule. Of the texts that a rule needs, those are sought that stand in the fewest lines
of this very log: of "POST", "200" and "/ecp/DDI/DDIService.svc/SetObject" together, the last. Where each of them is frequent,
two are sought in one line: of "POST", "/owa/auth/" and ".aspx", the first two, as few post there.
"""

from __future__ import annotations

import contextlib
import math
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any, NamedTuple

import numpy as np

from indicia.hunt.match.literals import CASELESS, Ints, LiteralScanner, hyperscan_database, hyperscan_is_there
from indicia.hunt.match.needs import EachOf, LineForm, Need, Texts, needs_of, texts_of
from indicia.hunt.rules.ir import Node

_SAMPLE = 256  # lines of a block
_SAMPLE_BYTES = 256 << 10
_STRIKES = 32  # blocks one after the other of which most lines were worth reading, until the filter gives up
_FEW = 1_000  # lines that say little
_CHANGES = 6  # times that other texts are sought, to lower the share of lines that are read
_FREQUENT = 64  # texts that stand in one of so many lines are worth a second look
_MOST_PAIRS = 512
_SOME = 64  # lines by which two texts are judged


class _Pattern(NamedTuple):
    """Any of `first`, and later in the line any of `then` (none: no matter), with none of the bytes `not_between` before it."""

    first: tuple[bytes, ...]
    then: tuple[bytes, ...] = ()
    not_between: bytes = b"\n"

    def expression(self) -> bytes:
        """As a regular expression, for text in lower case or without regard to case."""
        return b"".join(
            (_any_of(self.first), b"[^%b]*" % _escaped(self.not_between), _any_of(self.then))
            if self.then
            else (_any_of(self.first),)
        )


class LineFilter:
    """Finds what makes a line worth taking apart, in logs of one form.

    It is right only for lines such as `needs_of` wants; others are for the caller to take apart in any case. `further` finds
    what else a line is read for. `usable` says whether it pays.
    """

    def __init__(self, conditions: Iterable[Node], form: LineForm, further: LiteralScanner | None = None) -> None:
        needs = needs_of(conditions, form)
        self._choice = _Choice(needs or [], form)
        self._further = further
        self._doubtful = False
        self._search: _Search | None = None
        self._changes = _CHANGES
        self._wait = self._patience = 0  # blocks until texts may be chosen anew
        self._strikes = 0
        # A rule that can be true of a line without anything in particular makes every line worth it.
        self.usable = needs is not None

    def find(self, text: memoryview, starts: Ints) -> Ints:
        """Offsets within the lines that are worth it, some more than once. Lines begin at `starts`."""
        search = self._search
        if search is None or self._doubtful:
            patterns = self._choice.among(_sample(text, starts))
            self._doubtful = False
            if search is None or patterns != search.patterns:
                self._changes -= 1
                self._patience = 0
                search = self._search = _Search(patterns)
            else:
                self._wait = self._patience = 2 * self._patience + 1
        found = search.find(text)
        return found if self._further is None else np.concatenate((found, self._further.find(text)[1] - 1))

    def note(self, lines: int, worth: int) -> None:
        """Says how many of how many lines were worth it: when too many, other texts are chosen, or the filter gives up."""
        if lines > _FEW and worth * _FREQUENT > lines:
            self._wait -= 1
            self._doubtful = self._wait < 0 < self._changes
            self._strikes = self._strikes + 1 if worth * 4 > lines * 3 else 0
            self.usable = self._strikes < _STRIKES


class _Search:
    """Finds patterns in many lines at a time. Without hyperscan it finds the first texts of each: more than need be."""

    def __init__(self, patterns: Sequence[_Pattern]) -> None:
        self.patterns = patterns
        pairs = [pattern for pattern in patterns if pattern.then]
        # Apart from the texts: together, hyperscan takes ten times as long to make ready.
        self._pairs: Any = None
        if pairs and hyperscan_is_there():
            import hyperscan as engine

            with contextlib.suppress(engine.error):  # more than fits into one database
                expressions = [pattern.expression() for pattern in pairs]
                self._pairs = hyperscan_database(expressions, [CASELESS] * len(pairs), literal=False, kept=False)
        sought = patterns if self._pairs is None else [pattern for pattern in patterns if not pattern.then]
        self._texts = LiteralScanner(_least_of(text for each in sought for text in each.first), kept=False, caseless=True)

    def find(self, text: memoryview) -> Ints:
        """Where a pattern ends: the offset of its last byte."""
        alone = self._texts.find(text)[1] - 1
        if self._pairs is None:
            return alone
        found = array("q")
        append = found.append

        def note(_index: int, _start: int, end: int, _flags: int, _context: object) -> None:
            append(end - 1)

        self._pairs.scan(text, match_event_handler=note)
        return np.concatenate((alone, np.frombuffer(found, np.int64))) if found else alone


class _Choice:
    """For each rule the texts, or the pair of texts, that stand in the fewest of some lines."""

    def __init__(self, needs: Sequence[Need], form: LineForm) -> None:
        self._needs = needs
        self._form = form
        self._texts = sorted(frozenset[bytes]().union(*map(texts_of, needs)))
        self._scanner: LiteralScanner | None = None
        self._lines: list[bytes] = []
        self._where: dict[bytes, int] = {}  # the lines that hold each text, as bits

    def among(self, lines: Sequence[bytes]) -> list[_Pattern]:
        """What is to be sought, each once, going by these lines and those before."""
        if self._scanner is None:
            self._scanner = LiteralScanner(self._texts, hyperscan=False)
        known, self._lines = len(self._lines), [*self._lines, *lines]
        which, ends = self._scanner.find(b"\n".join((*lines, b"")))
        bounds = np.cumsum([len(line) + 1 for line in lines])
        for text, line in zip(which.tolist(), np.searchsorted(bounds, ends - 1, side="right").tolist(), strict=True):
            name = self._texts[text]
            self._where[name] = self._where.get(name, 0) | 1 << (known + line)
        return sorted({pattern for need in self._needs for pattern in self._least(need)[1]})

    def _least(self, need: Need) -> tuple[int, frozenset[_Pattern]]:
        """In how many lines they stand, and the patterns. None at all say that no line can be meant."""
        if isinstance(need, Texts):
            return self._among(need.texts).bit_count(), frozenset(_Pattern((text,)) for text in need.texts)
        found = [self._least(each) for each in need.needs]
        if not isinstance(need, EachOf):
            return sum(count for count, _ in found), frozenset[_Pattern]().union(*(patterns for _, patterns in found))
        best = min(found, key=_cost)
        if best[0] * _FREQUENT > len(self._lines):
            best = min((best, *self._pairs(need)), key=_cost)
        return best

    def _pairs(self, need: EachOf) -> Iterator[tuple[int, frozenset[_Pattern]]]:
        plain = [each for each in need.needs if isinstance(each, Texts)]
        for number, one in enumerate(plain):
            for other in plain[number + 1 :]:
                if len(one.texts) * len(other.texts) <= _MOST_PAIRS and (found := _paired(one, other, self._form)):
                    lines = self._among(one.texts) & self._among(other.texts)
                    search = re.compile(b"|".join(pattern.expression() for pattern in found)).search
                    some = [self._lines[line] for line in islice(_bits(lines), _SOME)]
                    hits = sum(search(line) is not None for line in some)
                    yield hits * lines.bit_count() // max(1, len(some)), found

    def _among(self, texts: Iterable[bytes]) -> int:
        return reduce(or_, (self._where.get(text, 0) for text in texts), 0)


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _cost(found: tuple[int, frozenset[_Pattern]]) -> tuple[int, float, int]:
    count, patterns = found
    shortest = min((len(text) for pattern in patterns for text in pattern.first), default=math.inf)
    return count, -shortest, len(patterns)


def _paired(one: Texts, other: Texts, form: LineForm) -> frozenset[_Pattern]:
    """Patterns of which a line that holds both has one."""
    delimiter = form.delimiter.encode()
    if one.columns == other.columns and len(one.columns) == 1:
        if other.opening:
            one, other = other, one
        if one.opening:  # in one value, of which this is the beginning
            within = [text for text in one.texts if not text.startswith(b'"')]
            stop = b'"\n' + delimiter if form.quoted else b"\n" + delimiter
            rest = (_Pattern((text,)) for text in one.texts if text.startswith(b'"'))
            return frozenset((*_ordered(within, other.texts, delimiter, stop), *rest))
    found: list[_Pattern] = []
    if not (one.columns and other.columns and max(other.columns) < min(one.columns)):
        found += _ordered(one.texts, other.texts, delimiter)
    if not (one.columns and other.columns and max(one.columns) < min(other.columns)):
        found += _ordered(other.texts, one.texts, delimiter)
    return frozenset(found)


def _ordered(first: Iterable[bytes], then: Iterable[bytes], delimiter: bytes, not_between: bytes = b"\n") -> Iterator[_Pattern]:
    """One of `first` before one of `then`, which may share bytes with it, but for what stands around values."""
    free: set[bytes] = set()
    for text in first:
        # What ends one value may be what the next begins with.
        text = text[:-1] if len(text) > 1 and text.endswith((delimiter or b"\n", b'"', b"\r", b"\n")) else text
        if any(other in text for other in then):
            yield _Pattern((text,))
            continue
        free.add(text)
        for other in then:
            for size in range(1, min(len(text), len(other)) + 1):
                if text.endswith(other[:size]):
                    yield _Pattern((text + other[size:],))
    if free and then:
        yield _Pattern(tuple(sorted(free)), tuple(sorted(then)), not_between)


def _least_of(texts: Iterable[bytes]) -> list[bytes]:
    """The texts without those that hold another: where a longer one stands, the shorter one within it does."""
    every = sorted(set(texts))
    which, ends = LiteralScanner(every, hyperscan=False).find(b"\xff".join(every))  # texts are ASCII
    within = np.searchsorted(np.cumsum([len(text) + 1 for text in every]), ends - 1, side="right")
    longer = set(within[within != which].tolist())
    return [text for number, text in enumerate(every) if number not in longer]


def _sample(text: memoryview, starts: Ints) -> list[bytes]:
    """Some of the lines, in lower case."""
    bounds = np.append(starts, len(text))
    lines = np.unique(np.linspace(0, len(starts) - 1, _SAMPLE).astype(np.int64)).tolist() if len(starts) else []
    longest = _SAMPLE_BYTES // _SAMPLE
    return [bytes(text[int(bounds[line]) : int(bounds[line + 1])][:longest]).lower().rstrip(b"\n") for line in lines]


def _any_of(texts: Sequence[bytes]) -> bytes:
    return b"(?:%b)" % b"|".join(map(_escaped, texts))


def _escaped(text: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in text)
