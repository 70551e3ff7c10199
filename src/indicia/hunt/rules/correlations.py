"""Sigma's correlations as our intermediate form: what they count, within which span, and which condition must hold.

pySigma reads them. It takes conditions of one whole number: ranges (`gte: 3, lt: 10`) and fractions are read here.

References: SigmaHQ sigma-specification, "Sigma correlation rules specification" 2.1; pySigma, `sigma.correlations` (conditions
that join rules by `and`, `or`, `not`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from sigma.correlations import (
    CorrelationConditionAND,
    CorrelationConditionNOT,
    CorrelationConditionOR,
    SigmaCorrelationRule,
    SigmaExtendedCorrelationCondition,
    SigmaRuleReference,
)
from sigma.rule import SigmaRule

from indicia.errors import RuleError
from indicia.hunt.rules.ir import (
    And,
    Correlation,
    CorrelationKind,
    How,
    Named,
    Node,
    Not,
    Or,
    Refused,
    Rule,
    RuleSet,
    Test,
    rebuilt,
)

OPERATORS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "eq": "=", "neq": "!="}
_ORDERED = CorrelationKind.TEMPORAL_ORDERED
T = TypeVar("T", bound=Named)
LONGEST = 100 * 366 * 86_400  # seconds of a time span


def said_of(rule: SigmaRule | SigmaCorrelationRule, file: str) -> dict[str, Any]:
    """What is said of a rule, as `Named` has it."""
    return {
        "id": str(rule.id or ""),
        "name": rule.name or "",
        "title": rule.title or file,
        "level": rule.level.name.lower() if rule.level else "medium",
        "file": file,
        "author": rule.author or "",
        "license": rule.license or "",
        "tags": tuple(str(tag) for tag in rule.tags),
    }


def pared(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document of a correlation with a condition that pySigma takes: one whole number stands for all that it compares."""
    part = document.get("correlation")
    condition = part.get("condition") if isinstance(part, dict) else None
    if not isinstance(part, dict) or not isinstance(condition, dict) or not OPERATORS.keys() & condition.keys():
        return document
    rest = {name: value for name, value in condition.items() if name not in OPERATORS}
    return {**document, "correlation": {**part, "condition": {**rest, "gte": 1}}}


def correlation_of(rule: SigmaCorrelationRule, document: Mapping[str, Any], file: str) -> Correlation:
    """A correlation that pySigma has read from the document, `pared`. Its rules are named as there; see `tied`."""
    kind = CorrelationKind(rule.type.name.lower())
    condition = rule.condition
    asked: Node | None = None
    if isinstance(condition, SigmaExtendedCorrelationCondition):
        asked = _joined(condition.parsed)
        references = condition.get_referenced_rules()
    else:
        references = [reference.reference for reference in rule.rules or ()]
    aliases = [
        (alias.alias, reference.reference, field) for alias in rule.aliases for reference, field in alias.mapping.items()
    ]
    if not all(isinstance(name, str) for name in references):
        raise RuleError("refers to something that is not the name of a rule")
    if not all(isinstance(word, str) for alias in aliases for word in alias):
        raise RuleError("an alias maps something that is not a name")
    if kind is _ORDERED and asked is not None and any(isinstance(part, Or | Not) for part in _parts(asked)):
        raise RuleError("rules that are to match in order can be joined by 'and' only")
    fields = _fields(getattr(condition, "fieldref", None))
    if kind.startswith("value_") and not fields:
        raise RuleError(f"{kind} names no field")
    if kind.startswith("value_") and kind is not CorrelationKind.VALUE_COUNT and len(fields) > 1:
        raise RuleError(f"{kind} is of one field, not of {len(fields)}")
    if rule.timespan.seconds > LONGEST:
        raise RuleError("the time span is longer than a century")
    percentile = getattr(condition, "percentile", None)
    if percentile is not None and not 0 <= percentile <= 100:
        raise RuleError(f"the percentile {percentile} is not between 0 and 100")
    return Correlation(
        **said_of(rule, file),
        kind=kind,
        rules=tuple(references),
        seconds=rule.timespan.seconds,
        group_by=tuple(rule.group_by or ()),
        limits=_limits(document) or ((">=", len(references if kind is _ORDERED else set(references))),),
        fields=fields,
        aliases=tuple(aliases),
        generate=bool(rule.generate),
        percentile=50 if percentile is None else percentile,
        asked=None if kind is _ORDERED else asked,
    )


def _limits(document: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    """What the condition compares with, in the order of the operators; a range compares twice."""
    part = document.get("correlation")
    condition = part.get("condition") if isinstance(part, dict) else None
    if not isinstance(condition, dict):
        return ()
    found = []
    for name, sign in OPERATORS.items():
        if name in condition:
            try:
                number = float(condition[name])
            except (TypeError, ValueError):
                number = math.nan
            if not math.isfinite(number) or isinstance(condition[name], bool):
                raise RuleError(f"{condition[name]!r} is not a number to compare with")
            found.append((sign, number))
    return tuple(found)


def _fields(given: Any) -> tuple[str, ...]:
    fields = given if isinstance(given, list) else [given] if given else []
    if not all(isinstance(field, str) and field for field in fields):
        raise RuleError("the field of the condition is not a name")
    return tuple(fields)


def _joined(condition: Any) -> Node:
    """A condition of pySigma over rules: a test of a rule's name is true when the rule matched within the span."""
    match condition:
        case SigmaRuleReference():
            return Test(condition.reference, How.EXISTS)
        case CorrelationConditionAND():
            return And(tuple(_joined(item) for item in condition.args))
        case CorrelationConditionOR():
            return Or(tuple(_joined(item) for item in condition.args))
        case CorrelationConditionNOT():
            return Not(_joined(condition.args[0]))
    raise RuleError(f"a condition of the unknown kind {type(condition).__name__}")


def _parts(node: Node) -> list[Node]:
    items = node.items if isinstance(node, And | Or) else (node.item,) if isinstance(node, Not) else ()
    return [node, *(part for item in items for part in _parts(item))]


def tied(found: RuleSet) -> RuleSet:
    """`found` with references by name turned into ids; rules that only feed a correlation are silent."""
    by_name: dict[str, str] = {}
    for each in (*found.rules, *found.correlations):
        assert isinstance(each, Rule | Correlation)
        by_name.update({key: each.id or each.name for key in (each.id, each.name) if key})
    correlations, refused, silent = [], list(found.refused), set[str]()
    for rule in found.correlations:
        missing = [name for name in rule.rules if name not in by_name]
        if missing:
            reason = f"refers to the rule {missing[0]!r}, which is not among the rules"
            refused.append(Refused(rule.id, rule.title, rule.level, rule.file, rule.author, rule.license, reason))
            continue
        ids = tuple(by_name[name] for name in rule.rules)
        aliases = tuple((alias, by_name.get(name, name), field) for alias, name, field in rule.aliases)
        asked = rule.asked and rebuilt(rule.asked, lambda leaf: msgspec.structs.replace(leaf, field=by_name[leaf.field]))
        correlations.append(msgspec.structs.replace(rule, rules=ids, aliases=aliases, asked=asked))
        if not rule.generate:
            silent.update(ids)
    return RuleSet(_silenced(found.rules, silent), _silenced(correlations, silent), tuple(refused), found.noted)


def _silenced(rules: Iterable[T], silent: set[str]) -> tuple[T, ...]:
    return tuple(msgspec.structs.replace(one, silent=True) if (one.id or one.name) in silent else one for one in rules)
