"""The meaning of the intermediate form, written as plainly as possible: one event, one rule, no tricks.

The fast matcher must agree with this on everything; tests/hunt/test_matching.py holds them equal.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import pyarrow as pa

from indicia.hunt.match.regexes import Expression
from indicia.hunt.names import Remembered, field_key
from indicia.hunt.rules.ir import And, How, Node, Not, Or, Same, Test, Wild, fold


def matches(node: Node, event: Mapping[str, str]) -> bool:
    """Whether `node` is true of an event. Field names are compared without regard to case; "" is any field."""
    return _true({field_key(name): value for name, value in event.items()}, node)


def _true(event: Mapping[str, str], node: Node) -> bool:
    match node:
        case And():
            return all(_true(event, item) for item in node.items)
        case Or():
            return any(_true(event, item) for item in node.items)
        case Not():
            return not _true(event, node.item)
        case Same():
            one, other = event.get(field_key(node.field)), event.get(field_key(node.other))
            return one is not None and other is not None and _related(fold(one), fold(other), node.how)
    if node.field:
        return holds(node, event.get(field_key(node.field)))
    return holds(node, "\n".join(event.values()))


def _related(one: str, other: str, how: How) -> bool:
    if how is How.STARTS:
        return one.startswith(other)
    if how is How.ENDS:
        return one.endswith(other)
    if how is How.CONTAINS:
        return other in one
    return one == other


def holds(test: Test, value: str | None) -> bool:
    """Whether a test is true of one value; None is a missing field."""
    if test.how is How.NULL:
        return not value
    if value is None:
        return False
    text = value if test.cased else fold(value)
    match test.how:
        case How.EXISTS:
            return True
        case How.EQUALS:
            return text == test.value
        case How.CONTAINS:
            return test.value in text
        case How.STARTS:
            return text.startswith(test.value)
        case How.ENDS:
            return text.endswith(test.value)
        case How.WILD:
            return re.fullmatch(wild_expression(test.parts), text, re.DOTALL) is not None
        case How.REGEX:
            return bool(_expression(test).over(pa.array([value], pa.string()))[0].as_py())
        case How.CIDR:
            return _inside(value, test.value)
        case How.TIME_PART:
            return _time_part(value, test.flags) == int(float(test.value))
    number = _time_part(value, test.flags) if test.flags else number_of(value)
    if number is None:
        return False
    bound = float(test.value)
    match test.how:
        case How.LESS:
            return number < bound
        case How.AT_MOST:
            return number <= bound
        case How.GREATER:
            return number > bound
    return number >= bound


def wild_expression(parts: tuple[str | int, ...]) -> str:
    """The parts of a Sigma string as a regular expression.

    What stands between two stars is taken where it first fits, for good: no later place would leave more to the rest. So it
    goes back over the last piece alone.
    """
    pieces = [""]
    for part in parts:
        if part == Wild.MANY:
            pieces.append("")
        else:
            pieces[-1] += "." if part == Wild.ONE else re.escape(str(part))
    if len(pieces) == 1:
        return pieces[0]
    return "".join((pieces[0], *(f"(?>.*?{piece})" for piece in pieces[1:-1]), ".*", pieces[-1]))


def number_of(value: str) -> float | None:
    """The number that a value is, decimal or 0x hexadecimal; None when it is none."""
    text = value.strip()
    try:
        return float(int(text, 16)) if text[:2].lower() == "0x" else float(text)
    except (ValueError, OverflowError):
        return None


def _inside(value: str, network: str) -> bool:
    address = _address(value)
    return address is not None and address in _network(network)


_expression = lru_cache(4096)(Expression)
_network = lru_cache(4096)(ipaddress.ip_network)


@Remembered
def _address(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(value.strip().strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _time_part(value: str, part: str) -> int | None:
    try:
        time = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return time.isocalendar().week if part == "week" else int(getattr(time, part))
