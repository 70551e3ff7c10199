"""Texts on which a regular expression may do more than linear work, made from the expression itself.

For every repetition in it: what must stand before it, then what it repeats again and again, then something that lets all of it
fail. Work that is quadratic because each place is a new beginning (`<!--.*?-->` on `<!--<!--`) shows where the beginning itself
is repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

__all__ = ["attacks", "may_explode"]

_FEW = 8  # times, up to which a repetition of something variable is harmless
_LONG = 40  # times, from which on a repetition can cost more than a constant
_CHARACTERS = "aA0 \n\t\r.-_/\\:;,'\"`()[]{}<>|=@#%&!?*+$^~é“”–•\xa0\u200b\ufffe\x01"
_FAILS = "\x01"
_REPEATS = frozenset((sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT))
_SINGLE = frozenset((sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN))
_WITHIN = {sre.ATOMIC_GROUP: lambda given: given, sre.SUBPATTERN: lambda given: given[-1]}
_CATEGORIES = {
    sre.CATEGORY_DIGIT: str.isdigit,
    sre.CATEGORY_SPACE: str.isspace,
    sre.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
}
_Item = tuple[Any, Any]


def attacks(expression: str, flags: int, size: int) -> list[str]:
    """The texts, about `size` characters long each, without doubles."""
    pumps = dict.fromkeys(_Attacks(parser.parse(expression, flags), flags).pumps())
    return list(dict.fromkeys(before + pump * (size // len(pump)) + _FAILS for before, pump in pumps if pump))


def may_explode(expression: str, flags: int) -> bool:
    """Whether it holds what takes for more than quadratic work: a repetition of what has no fixed length, or three of any
    length."""
    long = 0

    def nested(items: Sequence[_Item], within: bool) -> bool:
        nonlocal long
        found = False
        for op, given in items:
            if op in _REPEATS:
                low, high, inner = given
                long += high > _LONG
                found |= within and low != high
                found |= nested(inner, within or high > _FEW)
            elif op is sre.BRANCH:
                found |= max([nested(branch, within) for branch in given[1]])  # all of them: they are counted
            elif op in _WITHIN:
                found |= nested(_WITHIN[op](given), within)
            elif op in (sre.ASSERT, sre.ASSERT_NOT):
                found |= nested(given[1], within)
        return found

    return nested(parser.parse(expression, flags), False) or long > 2


class _Attacks:
    def __init__(self, tree: Sequence[_Item], flags: int) -> None:
        self._tree = tree
        self._flags = flags
        sets = {repr(one): one for one in self._sets(tree)}
        own = [chr(given) for op, given in sets.values() if op is sre.LITERAL]
        letters: dict[tuple[bool, ...], str] = {}  # one for each way of fitting the sets
        for char in dict.fromkeys((*_CHARACTERS, *own)):
            letters.setdefault(tuple(self._fits(one, char) for one in sets.values()), char)
        self._fitting = {name: [letters[fits] for fits in letters if fits[n]] for n, name in enumerate(sets)}

    def pumps(self) -> Iterator[tuple[str, str]]:
        """What stands in front, and what is repeated."""
        yield from self._of(self._tree, "")

    def _of(self, items: Sequence[_Item], before: str) -> Iterator[tuple[str, str]]:
        for op, given in items:
            if op in _REPEATS:
                low, high, inner = given
                if high > _LONG:
                    for pump in self._variants(inner):
                        yield before, pump
                        yield "", before + pump
                    yield "", before
                yield from self._of(inner, before)
                before += self._example(inner) * low
                continue
            if op is sre.BRANCH:
                for branch in given[1]:
                    yield from self._of(branch, before)
            elif op in _WITHIN:
                yield from self._of(_WITHIN[op](given), before)
            elif op in (sre.ASSERT, sre.ASSERT_NOT):
                yield from self._of(given[1], before)
            before += self._example([(op, given)])

    def _variants(self, inner: Sequence[_Item]) -> Iterator[str]:
        if len(inner) == 1 and inner[0][0] in _SINGLE:
            yield from self._fitting[repr(inner[0])]
            return
        yield self._example(inner)
        yield self._example(inner, least=1)
        for op, given in inner:
            if op is sre.BRANCH:
                yield from map(self._example, given[1])
            elif op in _WITHIN:
                yield from self._variants(_WITHIN[op](given))

    def _example(self, items: Sequence[_Item], least: int = 0) -> str:
        made = ""
        for op, given in items:
            if op in _SINGLE:
                made += next(iter(self._fitting[repr((op, given))]), "")
            elif op in _REPEATS:
                made += self._example(given[2], least) * max(given[0], least)
            elif op is sre.BRANCH:
                made += self._example(given[1][0], least)
            elif op in _WITHIN:
                made += self._example(_WITHIN[op](given), least)
        return made

    def _sets(self, items: Sequence[_Item]) -> Iterator[_Item]:
        for op, given in items:
            if op in _SINGLE:
                yield op, given
            elif op in _REPEATS:
                yield from self._sets(given[2])
            elif op is sre.BRANCH:
                for branch in given[1]:
                    yield from self._sets(branch)
            elif op in _WITHIN:
                yield from self._sets(_WITHIN[op](given))
            elif op in (sre.ASSERT, sre.ASSERT_NOT):
                yield from self._sets(given[1])

    def _fits(self, one: _Item, char: str) -> bool:
        op, given = one
        if op is sre.ANY:
            return char != "\n" or bool(self._flags & re.DOTALL)
        if op is sre.LITERAL:
            return self._same(char, given)
        if op is sre.NOT_LITERAL:
            return not self._same(char, given)
        negated = given[0][0] is sre.NEGATE
        return negated != any(self._in(part, char) for part in given)

    def _same(self, char: str, code: int) -> bool:
        return char == chr(code) or (bool(self._flags & re.IGNORECASE) and char.lower() == chr(code).lower())

    def _in(self, part: _Item, char: str) -> bool:
        op, given = part
        if op is sre.LITERAL:
            return self._same(char, given)
        if op is sre.RANGE:
            low, high = given
            forms = {char, char.lower(), char.upper()} if self._flags & re.IGNORECASE else {char}
            return any(low <= ord(one) <= high for one in forms if len(one) == 1)
        if op is sre.CATEGORY:
            name = str(given)
            if name.startswith("CATEGORY_NOT_"):
                return not self._in((op, getattr(sre, name.replace("NOT_", ""))), char)
            return _CATEGORIES[given](char)
        return False
