"""The intermediate form of a detection rule: tests on fields, joined by and, or, not.

Everything that reads rules writes this form, everything that runs rules (the matcher, the reference evaluator, SQL) reads it.
Logic is two-valued: a test on a missing field is false, and its negation true. Text is compared without regard to case unless
`cased`; folding is one code point to one code point (see `fold`), so lengths never change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum, StrEnum
from typing import ClassVar, TypeAlias

import msgspec
import pyarrow as pa
import pyarrow.compute as pc


def fold(text: str) -> str:
    """`text` in lower case, code point by code point, exactly as the matcher folds a whole column."""
    return text.lower() if text.isascii() else str(pc.utf8_lower(pa.scalar(text)).as_py())


class How(StrEnum):
    """How a test compares the value of its field."""

    EQUALS = "equals"
    CONTAINS = "contains"
    STARTS = "starts"
    ENDS = "ends"
    WILD = "wild"  # `parts`: literals and Wild marks
    REGEX = "regex"  # `value`: the expression, searched; `flags`: a subset of "ims"
    CIDR = "cidr"  # `value`: a network
    LESS = "<"  # `value`: a number, of `flags` as in TIME_PART if they are given; a value that is no number does not match
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    NULL = "null"  # missing or empty
    EXISTS = "exists"  # present, even if empty
    TIME_PART = "time part"  # `flags`: minute, hour, day, week, month, year of the value; `value`: the number


class Wild(IntEnum):
    """The two wildcards of a Sigma string."""

    MANY = 1  # *
    ONE = 2  # ?


class Test(msgspec.Struct, frozen=True, array_like=True, tag="t"):
    """One comparison. `field` "" means any value of the event (a keyword). `value` is folded already unless `cased`."""

    __test__: ClassVar[bool] = False  # not a class of tests, whatever pytest thinks of its name

    field: str
    how: How
    value: str = ""
    cased: bool = False
    flags: str = ""
    parts: tuple[str | int, ...] = ()


class Same(msgspec.Struct, frozen=True, array_like=True, tag="s"):
    """Compares two fields of one event, without regard to case; false when one of them is missing."""

    field: str
    other: str
    how: How = How.EQUALS


class And(msgspec.Struct, frozen=True, array_like=True, tag="a"):
    """True when all items are; true when there are none."""

    items: tuple[Node, ...]


class Or(msgspec.Struct, frozen=True, array_like=True, tag="o"):
    """True when one item is; false when there are none."""

    items: tuple[Node, ...]


class Not(msgspec.Struct, frozen=True, array_like=True, tag="n"):
    """True when the item is false."""

    item: Node


Node: TypeAlias = Test | Same | And | Or | Not
ALWAYS = And(())
NEVER = Or(())


class RuleSource(msgspec.Struct, frozen=True, array_like=True):
    """Where a rule applies: events of `family` that pass `guard`.

    `condition` is the rule's own in the field names of that family; None where the names are the same.
    """

    family: str
    guard: Node
    condition: Node | None = None


class Named(msgspec.Struct, frozen=True, array_like=True):
    """What is said of a rule, whatever it does."""

    id: str
    name: str  # as other rules refer to it, "" when it has none
    title: str
    level: str
    file: str
    author: str
    license: str
    tags: tuple[str, ...]


class Rule(Named, frozen=True, array_like=True):
    """One detection rule, ready to run on each of its sources."""

    condition: Node
    sources: tuple[RuleSource, ...]
    silent: bool = False  # only feeds a correlation
    where: str = ""  # the log source that it names, as a reader says it: "windows process_creation"


class CorrelationKind(StrEnum):
    EVENT_COUNT = "event_count"
    VALUE_COUNT = "value_count"
    TEMPORAL = "temporal"
    TEMPORAL_ORDERED = "temporal_ordered"
    VALUE_SUM = "value_sum"
    VALUE_AVG = "value_avg"
    VALUE_MEDIAN = "value_median"
    VALUE_PERCENTILE = "value_percentile"


class Correlation(Named, frozen=True, array_like=True):
    """A rule over the matches of other rules within `seconds`, per value of `group_by`.

    All `limits` must hold of what it counts: ((operator, number), ...), two for a range. Where a condition joins rules, `asked`
    holds it instead: a test of a rule's id is true when the rule matched. `aliases` maps a group-by name to the field that
    holds it in each referred rule: ((alias, rule id, field), ...).
    """

    kind: CorrelationKind
    rules: tuple[str, ...]  # ids, in the order of the rule
    seconds: int
    group_by: tuple[str, ...] = ()
    limits: tuple[tuple[str, float], ...] = ((">=", 1),)
    fields: tuple[str, ...] = ()  # whose values count, together, or the one whose values add up
    aliases: tuple[tuple[str, str, str], ...] = ()
    generate: bool = False  # the rules it refers to are reported as well
    percentile: int = 50
    silent: bool = False  # only feeds another correlation
    asked: Node | None = None


class Refused(msgspec.Struct, frozen=True, array_like=True):
    """A rule that cannot run, and why."""

    id: str
    title: str
    level: str
    file: str
    author: str
    license: str
    reason: str


class RuleSet(msgspec.Struct, frozen=True, array_like=True):
    """All that was in some rule files, in the order of the files."""

    rules: tuple[Rule, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    refused: tuple[Refused, ...] = ()
    noted: tuple[tuple[str, str], ...] = ()  # files, and what is wrong with a rule in them that runs all the same

    def __add__(self, other: RuleSet) -> RuleSet:
        return RuleSet(
            self.rules + other.rules,
            self.correlations + other.correlations,
            self.refused + other.refused,
            self.noted + other.noted,
        )


def either(nodes: Sequence[Node]) -> Node:
    """One of them: the only one itself."""
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def rebuilt(node: Node, change: Callable[[Test | Same], Node]) -> Node:
    """`node` with every leaf changed."""
    if isinstance(node, And | Or):
        return type(node)(tuple(rebuilt(item, change) for item in node.items))
    return Not(rebuilt(node.item, change)) if isinstance(node, Not) else change(node)


def tests_of(node: Node) -> Iterator[Test | Same]:
    """Every leaf of `node`, in order."""
    if isinstance(node, And | Or):
        for item in node.items:
            yield from tests_of(item)
    elif isinstance(node, Not):
        yield from tests_of(node.item)
    else:
        yield node
