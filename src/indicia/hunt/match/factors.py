"""Texts that every match of a regular expression must hold: they say where it is worth trying."""

from __future__ import annotations

import re
import warnings
from typing import Any

from indicia.hunt.rules.ir import How, Test, fold
from indicia.hunt.rules.regex import flat

SHORTEST = 2
MOST = 24  # alternatives
_parser: Any = re._parser  # type: ignore[attr-defined]
_constants: Any = re._constants  # type: ignore[attr-defined]
_REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT, getattr(_constants, "POSSESSIVE_REPEAT", None)}


def required_texts(pattern: str) -> frozenset[str] | None:
    """Folded texts of which at least one is in every (folded) match; None when no useful ones can be told.

    >>> sorted(required_texts("(?:cmd|powershell)[.]exe [ck]"))
    ['.exe ']
    >>> required_texts(r"[a-z]+") is None
    True
    """
    found = _of_sequence(list(_parsed(pattern)))
    if found is None or len(found) > MOST or min(map(len, found), default=0) < SHORTEST:
        return None
    return found


def least_width(pattern: str) -> int:
    """The fewest characters that a match has."""
    return int(_parsed(pattern).getwidth()[0])


def required_characters(pattern: str) -> frozenset[str]:
    """Characters that no letter's case can change and that every match holds."""
    found: set[str] = set()
    for operator, argument in flat(list(_parsed(pattern))):
        if operator in _REPEATS and argument[0] >= 1:
            body = flat(list(argument[2]))
            if len(body) == 1:
                operator, argument = body[0]
        if operator is _constants.LITERAL and argument < 128 and not chr(argument).isalpha():
            found.add(chr(argument))
    return frozenset(found)


# What a log writes as it is, whatever its form: some JSON escapes the rest, CSV doubles quotes, other bytes have no case.
_AS_IT_IS = re.compile(r"[a-z0-9 !#$%()*,.:;=?@\[\]^_{|}~-]+")

_MOSTLY = re.compile(r"[a-z0-9 !#$%()*,.:;=?@\[\]^_{|}~'<>&+/-]+")


def raw_literals(test: Test) -> list[bytes] | None:
    """For a test of a whole text: bytes of which the raw log, in lower case, holds one wherever the test is true.

    None when that cannot be told.
    """
    if test.how is How.REGEX:
        texts = required_texts(test.value)
        pieces = [_longest_piece(text) for text in sorted(texts)] if texts else [""]
    elif test.how is How.WILD:
        pieces = [max((_longest_piece(part) for part in test.parts if isinstance(part, str)), key=len, default="")]
    elif test.how in (How.EQUALS, How.CONTAINS, How.STARTS, How.ENDS):
        pieces = [_longest_piece(fold(test.value))]
    else:
        return None
    return [piece.encode() for piece in pieces] if all(pieces) else None


def _longest_piece(text: str) -> str:
    piece = max(_AS_IT_IS.findall(text), key=len, default="")
    # A piece of one or two letters is everywhere; then rather one with signs that only few writers of JSON escape.
    return piece if len(piece) > 2 else max(_MOSTLY.findall(text), key=len, default="")


def _parsed(pattern: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return _parser.parse(pattern)


def _of_sequence(items: list[Any]) -> frozenset[str] | None:
    """The best requirement among the items that must all match, one after the other."""
    best: frozenset[str] | None = None
    run = ""
    for operator, argument in [*flat(items), (None, None)]:
        if operator is _constants.LITERAL:
            run += chr(argument)
            continue
        best = _better(best, _folded(run))
        run = ""
        if operator is _constants.BRANCH:
            best = _better(best, _of_branches(argument[1]))
        elif operator in _REPEATS and operator is not None and argument[0] >= 1:
            best = _better(best, _of_sequence(list(argument[2])))
    return best


def _folded(run: str) -> frozenset[str] | None:
    # Only where folding and the engine's idea of case agree: ASCII.
    return frozenset((fold(run),)) if run and run.isascii() else None


def _of_branches(branches: list[Any]) -> frozenset[str] | None:
    union: set[str] = set()
    for branch in branches:
        found = _of_sequence(list(branch))
        if found is None:
            return None
        union |= found
    return frozenset(union)


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """The requirement that fewer values meet: longer texts, then fewer of them."""
    if one is None or other is None:
        return one if other is None else other

    def worth(texts: frozenset[str]) -> tuple[int, int]:
        return min(map(len, texts)), -len(texts)

    return max(one, other, key=worth)
