"""Which lines of a text log are worth taking apart: those that hold a text without which no rule can be true.

Few lines of a busy server interest any rule. Of the texts that a rule needs, those are sought that stand in the fewest lines
of this very log: of "POST", "200" and "/ecp/DDI/DDIService.svc/SetObject" together, the last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from indicia.hunt.matching.factors import required_texts
from indicia.hunt.matching.literals import Ints, LiteralScanner
from indicia.hunt.rules.ir import And, How, Node, Not, Or, Same, Test, fold
from indicia.hunt.rules.names import JOINED_URI, field_key

__all__ = ["LineFilter"]

_SAMPLE = 256  # lines
_SAMPLE_BYTES = 256 << 10
_STRIKES = 3  # times that too many lines were worth reading, until the filter gives up
_FEW = 1_000  # lines that say little


@dataclass(frozen=True, slots=True)
class _EachOf:
    needs: Sequence[_Need]


@dataclass(frozen=True, slots=True)
class _OneOf:
    needs: Sequence[_Need]


_Need: TypeAlias = "frozenset[bytes] | _EachOf | _OneOf"  # a set: one of these texts


class LineFilter:
    """Finds what makes a line worth taking apart, for logs with certain fields.

    It is right only for lines of nothing but ASCII that have every field of the header, and whose values stand in them as they
    are, but for quotes around them and doubled within; other lines are for the caller to take apart in any case. `further`
    finds what else a line is read for. `usable` says whether it pays.
    """

    def __init__(self, conditions: Iterable[Node], fields: Iterable[str], further: LiteralScanner | None = None) -> None:
        present = frozenset(map(field_key, fields))
        found = [_where_present(condition, present) for condition in conditions]
        needs = [_needs(node) for node in found if not isinstance(node, bool)]
        self._needs = [need for need in needs if need is not None]
        self._further = further
        self._scanner: LiteralScanner | None = None
        self._strikes = 0
        # A rule that can be true of a line without anything in particular makes every line worth it.
        self.usable = True not in found and None not in needs

    def find(self, text: memoryview, starts: Ints) -> Ints:
        """Offsets within the lines that are worth it, some more than once. Lines begin at `starts`."""
        if self._scanner is None:
            self._scanner = LiteralScanner(self._chosen(text, starts), kept=False, caseless=True)
        found = self._scanner.find(text)[1] - 1
        return found if self._further is None else np.concatenate((found, self._further.find(text)[1] - 1))

    def note(self, lines: int, worth: int) -> None:
        """Says how many of how many lines were worth it: when it is most, other texts are chosen, or the filter gives up."""
        if lines > _FEW and worth * 4 > lines * 3:
            self._scanner = None
            self._strikes += 1
            self.usable = self.usable and self._strikes < _STRIKES

    def _chosen(self, text: memoryview, starts: Ints) -> list[bytes]:
        """For each rule the texts that stand in the fewest of some lines of the log."""
        bounds = np.append(starts, len(text))
        lines = np.unique(np.linspace(0, len(starts) - 1, _SAMPLE).astype(np.int64)).tolist() if len(starts) else []
        some = b"\n".join(text[int(bounds[line]) : int(bounds[line + 1])][: _SAMPLE_BYTES // _SAMPLE] for line in lines)
        literals = sorted({literal for need in self._needs for literal in _literals(need)})
        which, _ = LiteralScanner(literals, hyperscan=False, caseless=True).find(some)
        counts = dict(zip(literals, np.bincount(which, minlength=len(literals)).tolist(), strict=True))

        def cost(one: frozenset[bytes]) -> tuple[int, int, int]:
            return sum(counts[literal] for literal in one), -min(map(len, one), default=0), len(one)

        chosen = sorted(frozenset().union(*(_least(need, cost) for need in self._needs)), key=len)
        kept: list[bytes] = []
        for literal in chosen:  # where a longer one stands, a shorter one within it does
            if not any(shorter in literal for shorter in kept):
                kept.append(literal)
        return kept


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


def _needs(node: Node) -> _Need | None:
    """What a line in lower case holds wherever the condition is true; None when nothing is known."""
    match node:
        case And():
            known = [need for item in node.items if (need := _needs(item)) is not None]
            return _EachOf(known) if len(known) > 1 else next(iter(known), None)
        case Or():
            known = [need for item in node.items if (need := _needs(item)) is not None]
            if len(known) < len(node.items):
                return None
            if all(isinstance(need, frozenset) for need in known):
                return frozenset().union(*(_literals(need) for need in known))
            return _OneOf(known)
        case Test():
            sets = _needs_of_test(node)
            return _EachOf(list(sets)) if len(sets) > 1 else next(iter(sets), None)
    return None


def _least(need: _Need, cost: Callable[[frozenset[bytes]], tuple[int, ...]]) -> frozenset[bytes]:
    """Texts of which a line must hold one, those of the least cost. None at all say that no line can be meant."""
    if isinstance(need, frozenset):
        return need
    found = [_least(each, cost) for each in need.needs]
    return min(found, key=cost) if isinstance(need, _EachOf) else frozenset().union(*found)


def _literals(need: _Need) -> frozenset[bytes]:
    return need if isinstance(need, frozenset) else frozenset().union(*map(_literals, need.needs))


def _needs_of_test(test: Test) -> tuple[frozenset[bytes], ...]:
    """Sets of texts, of each of which a line in lower case holds one wherever the test is true; none when nothing is known."""
    if test.how is How.REGEX:
        found = [_needs_of_text(text, test.field) for text in required_texts(test.value) or ()]
        return (frozenset().union(*(one for needs in found for one in needs)),) if found and all(found) else ()
    if test.how is How.WILD:
        return tuple(one for part in test.parts if isinstance(part, str) for one in _needs_of_text(part, test.field))
    if test.how in (How.EQUALS, How.CONTAINS, How.STARTS, How.ENDS):
        return _needs_of_text(test.value, test.field)
    return ()


def _needs_of_text(text: str, field: str) -> tuple[frozenset[bytes], ...]:
    """The longest part of a text that stands in the line as it is: no quotes, which may be doubled there, nothing made up."""
    if not text.isascii():
        return (frozenset(),)  # no line of ASCII holds it
    piece = max(re.split(r'["?]' if field_key(field) == JOINED_URI else '"', fold(text)), key=len)
    return (frozenset((piece.encode(),)),) if piece else ()
