"""Texts that a line of a text log must hold for a rule to be true of it, told from the rule's condition."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from indicia.hunt.names import JOINED_URI, field_key
from indicia.hunt.rules.ir import And, How, Node, Not, Or, Same, Test, fold
from indicia.hunt.rules.regex import flat

# Texts that every match of a regular expression must hold: they say where it is worth trying.
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


class LineForm(NamedTuple):
    """How values stand in the lines of a log.

    `columns` are the fields in their order, `made` those that are put together from others. Where `delimiter` is "", nobody
    knows what stands around a value.
    """

    columns: tuple[str, ...]
    made: tuple[str, ...] = ()
    delimiter: str = ""
    quoted: bool = False


class Texts(NamedTuple):
    """A line holds one of `texts`, which stand in one of `columns` (none: anywhere); `opening`: where a value begins."""

    texts: frozenset[bytes]
    columns: frozenset[int] = frozenset()
    opening: bool = False


@dataclass(frozen=True, slots=True)
class EachOf:
    """All of these."""

    needs: Sequence[Need]


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these."""

    needs: Sequence[Need]


Need: TypeAlias = "Texts | EachOf | OneOf"


def needs_of(conditions: Iterable[Node], form: LineForm) -> list[Need] | None:
    """What lines hold in lower case wherever one of the conditions is true; None when one can be true of any line.

    This is right for lines of nothing but ASCII that have every field, and whose values stand in them as they are, but for
    quotes around them and doubled within.
    """
    present = frozenset(map(field_key, (*form.columns, *form.made)))
    places: dict[str, list[int]] = {}
    for number, name in enumerate(form.columns):
        places.setdefault(field_key(name), []).append(number)
    found = [_where_present(condition, present) for condition in conditions]
    if True in found:
        return None
    reader = _Reader(form, places)
    needs = [reader.needs(node) for node in found if not isinstance(node, bool)]
    known = [need for need in needs if need is not None]
    return known if len(known) == len(needs) else None


def texts_of(need: Need) -> frozenset[bytes]:
    """All texts in it."""
    return need.texts if isinstance(need, Texts) else frozenset().union(*map(texts_of, need.needs))


def _where_present(node: Node, present: frozenset[str]) -> Node | bool:
    """The condition for events that have these fields and no others."""
    match node:
        case And() | Or():
            both = isinstance(node, And)
            items: list[Node] = []
            for item in node.items:
                found = _where_present(item, present)
                if not isinstance(found, bool):
                    items.append(found)
                elif found is not both:
                    return found
            return (And if both else Or)(tuple(items)) if items else both
        case Not():
            inner = _where_present(node.item, present)
            return not inner if isinstance(inner, bool) else Not(inner)
        case Same():
            return node if {field_key(node.field), field_key(node.other)} <= present else False
    if not node.field or field_key(node.field) in present:
        return True if node.how is How.EXISTS and node.field else node
    return node.how is How.NULL


@dataclass(frozen=True, slots=True)
class _Reader:
    form: LineForm
    places: dict[str, list[int]]

    def needs(self, node: Node) -> Need | None:
        """What a line holds wherever the condition is true; None when nothing is known."""
        match node:
            case And():
                known = [need for item in node.items if (need := self.needs(item)) is not None]
                flat = [part for need in known for part in (need.needs if isinstance(need, EachOf) else (need,))]
                return EachOf(flat) if len(flat) > 1 else next(iter(flat), None)
            case Or():
                known = [need for item in node.items if (need := self.needs(item)) is not None]
                if len(known) < len(node.items):
                    return None
                plain = [need for need in known if isinstance(need, Texts)]
                return _united(plain) if len(plain) == len(known) else OneOf(known)
            case Test():
                sets = self._of_test(node)
                return EachOf(sets) if len(sets) > 1 else next(iter(sets), None)
        return None

    def _of_test(self, test: Test) -> Sequence[Texts]:
        """Texts of each of which a line holds one wherever the test is true; none when nothing is known."""
        match test.how:
            case How.REGEX:
                found = [self._of_value(text, test.field, How.CONTAINS) for text in required_texts(test.value) or ()]
                return (_united([one[0] for one in found]),) if found and all(found) else ()
            case How.WILD:
                parts = list(test.parts)
                hows = [How.CONTAINS] * len(parts)
                hows[0], hows[-1] = How.STARTS, How.ENDS if len(parts) > 1 else How.EQUALS
                pairs = zip(parts, hows, strict=True)
                return [one for part, how in pairs if isinstance(part, str) for one in self._of_value(part, test.field, how)]
            case How.EQUALS | How.CONTAINS | How.STARTS | How.ENDS:
                return self._of_value(test.value, test.field, test.how)
        return ()

    def _of_value(self, text: str, field: str, how: How) -> Sequence[Texts]:
        """What stands in the line where a field holds the text so: none when it is nothing."""
        if not text.isascii():
            return (Texts(frozenset()),)  # no line of ASCII holds it
        text, name = fold(text), field_key(field)
        columns = frozenset(self.places.get(name, ()))
        if columns and text and (whole := self._in_cell(text, columns, how)):
            return (Texts(whole, columns, how in (How.EQUALS, How.STARTS)),)
        # The longest part that stands there as it is: no quotes, which may be doubled, nothing made up.
        piece = max(re.split(r'["?]' if name == JOINED_URI else '"', text), key=len)
        return (Texts(frozenset((piece.encode(),)), columns),) if piece else ()

    def _in_cell(self, text: str, columns: frozenset[int], how: How) -> frozenset[bytes]:
        """The text with what stands around it; nothing where that cannot be told."""
        delimiter, last = self.form.delimiter, len(self.form.columns) - 1
        if not delimiter or how is How.CONTAINS or 0 in columns or any(sign in text for sign in '"\r\n'):
            return frozenset()
        if delimiter in text and not self.form.quoted:
            return frozenset()
        opens = (delimiter,) if how in (How.EQUALS, How.STARTS) else ("",)
        closes: tuple[str, ...] = ("",)
        if how in (How.EQUALS, How.ENDS):
            closes = (*((delimiter,) if min(columns) < last else ()), *(("\r", "\n") if last in columns else ()))
        found = {f"{before}{text}{behind}" for before in opens for behind in closes} if delimiter not in text else set()
        if self.form.quoted:
            found.add('"' * bool(opens[0]) + text + '"' * bool(closes[0]))
        return frozenset(each.encode() for each in found)


def _united(needs: Sequence[Texts]) -> Texts:
    columns = (
        frozenset[int]().union(*(need.columns for need in needs)) if all(need.columns for need in needs) else frozenset[int]()
    )
    return Texts(frozenset[bytes]().union(*(need.texts for need in needs)), columns, all(need.opening for need in needs))
