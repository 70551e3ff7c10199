"""The table of products' own detections (`hunt/sources/detections`) as rules, one for each product and level.

So they are matched, counted, kept and silenced as all other rules are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from indicia.hunt.rules.ir import And, How, Node, Not, Or, Rule, RuleSet, RuleSource, Test
from indicia.hunt.sources.detections import DETECTIONS, SAID, Detection, Means
from indicia.hunt.sources.form import PRESENT
from indicia.records import RuleLevel


def detection_rules() -> RuleSet:
    """The rules, in the order of the table, the gravest first of each product."""
    sources: dict[tuple[str, RuleLevel], list[RuleSource]] = {}
    for detection in DETECTIONS:
        for level, condition in _by_level(detection):
            asked = sources.setdefault((detection.product, level), [])
            asked += [RuleSource(family, _all(detection.only), condition) for family in detection.families]
    return RuleSet(tuple(_rule(product, level, tuple(asked)) for (product, level), asked in sources.items()))


def _rule(product: str, level: RuleLevel, sources: tuple[RuleSource, ...]) -> Rule:
    return Rule(
        id=f"{SAID}{product}:{level.value}",
        name="",
        title=f"{product}: {level.value}",
        level=level.value,
        file="indicia/detections",
        author="Indicia",
        license="Apache-2.0",
        tags=(),
        condition=And(()),
        sources=sources,
        where=f"detections of {product}",
    )


def _by_level(detection: Detection) -> Iterator[tuple[RuleLevel, Node]]:
    """What a detection of each level says: the first meaning that fits counts."""
    for level in reversed(RuleLevel):
        cases = [
            And((_all(each.where), *(Not(_all(before.where)) for before in _others(detection.means[:number], level))))
            for number, each in enumerate(detection.means)
            if each.level is level
        ]
        if cases:
            yield level, cases[0] if len(cases) == 1 else Or(tuple(cases))


def _others(before: Iterable[Means], level: RuleLevel) -> list[Means]:
    return [each for each in before if each.level is not level]


def _all(where: Mapping[str, tuple[str, ...]]) -> Node:
    return And(tuple(_either([_holds(field.split(), value) for value in values]) for field, values in where.items()))


def _holds(names: list[str], value: str) -> Node:
    if not value:
        return And(tuple(Test(name, How.NULL) for name in names))
    return _either([_test(name, value) for name in names])


def _test(name: str, value: str) -> Node:
    if value == PRESENT:
        return And((Test(name, How.EXISTS), Not(Test(name, How.NULL))))
    if value[:2] == ">=":
        return Test(name, How.AT_LEAST, value[2:])
    if value[0] == value[-1] == "*":
        return Test(name, How.CONTAINS, value[1:-1])
    if value[0] == "*":
        return Test(name, How.ENDS, value[1:])
    return Test(name, How.STARTS, value[:-1]) if value[-1] == "*" else Test(name, How.EQUALS, value)


def _either(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))
