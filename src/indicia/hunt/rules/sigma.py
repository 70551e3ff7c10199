"""Sigma rules, read by pySigma, as our intermediate form. Every rule that cannot be used is named with its reason.

References: SigmaHQ sigma-specification 2.1 (rules, modifiers, correlations, filters).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
import yaml
from sigma.collection import SigmaCollection
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError
from sigma.filters import SigmaFilter
from sigma.rule import SigmaRule
from sigma.types import (
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
)

from indicia.errors import RuleError
from indicia.hunt.names import GENERIC
from indicia.hunt.rules.correlations import correlation_of, pared, said_of, tied
from indicia.hunt.rules.ir import (
    And,
    Correlation,
    How,
    Node,
    Not,
    Or,
    Refused,
    Rule,
    RuleSet,
    RuleSource,
    Same,
    Test,
    Wild,
    either,
    fold,
    tests_of,
)
from indicia.hunt.rules.lenient import apart, counting, put_right, respelt
from indicia.hunt.rules.logsources import log_sources, mapped
from indicia.hunt.rules.regex import check_regex, tamed
from indicia.hunt.rules.stix import documents_in, is_bundle
from indicia.rulefile import bounded, rule_documents

MOST_TESTS = 20_000  # in one rule: a list longer than this belongs into an indicator file
_COMPARE = {"LT": How.LESS, "LTE": How.AT_MOST, "GT": How.GREATER, "GTE": How.AT_LEAST}


def read_documents(text: bytes, file: str) -> tuple[list[dict[str, Any]], list[Refused]]:
    """The rules of one file (Sigma's YAML, the patterns of a STIX bundle) as mappings, and refusals of what cannot be used."""
    if is_bundle(text):
        return _patterns(text, file)
    try:
        documents = rule_documents(text)
    except (yaml.YAMLError, *_FAULTS) as error:
        hint = " (a value that begins with * needs quotes)" if "alias" in str(error) else ""
        reason = f"not readable YAML: {' '.join(str(error).split())[:200]}{hint}"
        return [], [Refused("", file, "medium", file, "", "", reason)]
    usable = [document for document in documents if isinstance(document, dict)]
    refused = [
        Refused("", file, "medium", file, "", "", f"a {type(document).__name__}, not a rule")
        for document in documents
        if not isinstance(document, dict)
    ]
    return usable, refused


def _patterns(text: bytes, file: str) -> tuple[list[dict[str, Any]], list[Refused]]:
    try:
        found, unasked = documents_in(text)
    except (ValueError, RecursionError) as error:
        return [], [Refused("", file, "medium", file, "", "", f"not readable JSON: {error}")]
    return found, [
        Refused(head["id"] or "", head["title"], head["level"], file, "", "", f"a STIX pattern that cannot be asked: {reason}")
        for head, reason in unasked
    ]


def compile_documents(files: Iterable[tuple[str, list[dict[str, Any]]]]) -> RuleSet:
    """All rules of all files: filters applied to the rules they name, correlations tied to theirs.

    Order is that of the files.
    """
    parsed: list[tuple[str, SigmaRule]] = []
    correlations: list[Correlation] = []
    filters: list[SigmaFilter] = []
    refused: list[Refused] = []
    noted: list[tuple[str, str]] = []
    for file, documents in files:
        for document in _with_actions(documents):
            if isinstance(document, dict) and not _WHAT_RULES_HOLD & document.keys():
                noted.append((file, "is no rule: it has no detection, correlation or filter"))
                continue
            try:
                for rule in _parsed(document, file, noted):
                    if isinstance(rule, SigmaFilter):
                        filters.append(rule)
                    elif isinstance(rule, Correlation):
                        correlations.append(rule)
                    else:
                        parsed.append((file, rule))
            except _FAULTS as error:
                refused.append(_refusal(document, file, error))
    rules: list[Rule] = []
    for file, rule in parsed:
        try:
            for each in filters:
                filtered = each.apply_on_rule(rule)
                rule = filtered if isinstance(filtered, SigmaRule) else rule
            _add(rules, _rule(rule, file))
        except _FAULTS as error:
            refused.append(_refusal(said_of(rule, file), file, error))
    return tied(RuleSet(tuple(rules), tuple(correlations), tuple(refused), tuple(noted)))


_WHAT_RULES_HOLD = frozenset({"detection", "correlation", "filter", "logsource", "action"})


def _add(rules: list[Rule], rule: Rule) -> None:
    """Adds a rule; one that its document asks of several log sources is one rule."""
    before = rules[-1] if rules else None
    if before and (before.file, before.id, before.title, before.condition) == (rule.file, rule.id, rule.title, rule.condition):
        sources = tuple(dict.fromkeys(before.sources + rule.sources))
        rules[-1] = msgspec.structs.replace(before, sources=sources, where=f"{before.where}, {rule.where}")
    else:
        rules.append(rule)


# What a stranger's rule can make pySigma or its own parsers raise.
_FAULTS = (
    *(SigmaError, RuleError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError),
    *(RecursionError, NotImplementedError),
)


def _with_actions(documents: list[dict[str, Any]]) -> list[dict[str, Any] | list[dict[str, Any]]]:
    """Documents one by one; those of a file that uses the old `action: global|repeat` stay together."""
    if any("action" in document for document in documents):
        return [documents]
    return list(documents)


def _parsed(document: dict[str, Any] | list[dict[str, Any]], file: str, noted: list[tuple[str, str]]) -> list[_Parsed]:
    """The rules in a document; where pySigma takes offence at what is said about one, without that, and noted."""
    bounded(document)
    if isinstance(document, list):
        return _parse([respelt(each) for each in document], file)
    if not isinstance(document.get("correlation", {}), dict) and "detection" in document:
        document = {name: value for name, value in document.items() if name != "correlation"}  # a remark of the author's
    counted = counting(document)
    if counted is not None:
        noted.append((file, "a rule's condition is of Sigma's first edition and was read as a correlation"))
    return [rule for part in counted or [document] for each in apart(respelt(part)) for rule in _put_right(each, file, noted)]


def _put_right(document: dict[str, Any], file: str, noted: list[tuple[str, str]]) -> list[_Parsed]:
    try:
        return _parse(document, file)
    except _FAULTS:
        right, notes = put_right(document)
        rules = _parse(right, file)  # or what it does is wrong, whatever is said about it
        noted += [(file, f"a rule runs though {note}") for note in notes]
        return rules


_Parsed = SigmaRule | Correlation | SigmaFilter


def _parse(document: dict[str, Any] | list[dict[str, Any]], file: str) -> list[_Parsed]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of expressions that another Python may read otherwise
        return _parse_aloud(document, file)


def _parse_aloud(document: dict[str, Any] | list[dict[str, Any]], file: str) -> list[_Parsed]:
    if isinstance(document, list):
        collection = SigmaCollection.from_dicts(document, resolve_references=False, collect_filters=True)
        rules = [
            correlation_of(rule, rule.to_dict(), file) if isinstance(rule, SigmaCorrelationRule) else rule
            for rule in collection.rules
        ]
        return [*rules, *collection.filters]
    if "correlation" in document:
        return [correlation_of(SigmaCorrelationRule.from_dict(dict(pared(document))), document, file)]
    if "filter" in document:
        return [SigmaFilter.from_dict(document)]
    return [SigmaRule.from_dict(document)]


def _refusal(document: Mapping[str, Any] | list[dict[str, Any]], file: str, error: Exception) -> Refused:
    head = document[0] if isinstance(document, list) else document
    reason = " ".join(str(error).split())[:300] or type(error).__name__
    known = ("informational", "low", "medium", "high", "critical")
    level, author, licence = (_told(head, name) for name in ("level", "author", "license"))
    return Refused(
        _told(head, "id"),
        _told(head, "title") or file,
        level if level in known else "medium",
        file,
        author,
        licence,
        reason,
    )


def _told(head: Mapping[str, Any], name: str) -> str:
    """What a rule that cannot be used says of itself in a few words; what is no word there may be of any size."""
    value = head.get(name)
    return str(value)[:300] if value and isinstance(value, str | int | float | UUID) else ""


def _rule(rule: SigmaRule, file: str) -> Rule:
    condition = either([_node(each.parsed) for each in rule.detection.parsed_condition])
    leaves = list(tests_of(condition))
    if len(leaves) > MOST_TESTS:
        raise RuleError(f"{len(leaves)} values, more than {MOST_TESTS}", hint="put them into an indicator file")
    where = rule.logsource
    category, product, service = (fold(part or "") for part in (where.category, where.product, where.service))
    has_keywords = any(isinstance(leaf, Test) and not leaf.field for leaf in leaves)
    sources = []
    for source in log_sources(category, product, service):
        if source.family == GENERIC and has_keywords and product == "windows":
            continue  # words of a Windows message mean nothing in a log of another kind
        own = mapped(condition, source)
        sources.append(RuleSource(source.family, source.guard, None if own is condition else own))
    where_it_is = " ".join(part for part in (product, category, service) if part)
    return Rule(**said_of(rule, file), condition=condition, sources=tuple(sources), where=where_it_is)


def _node(condition: Any) -> Node:
    match condition:
        case ConditionAND():
            return And(tuple(_node(item) for item in condition.args))
        case ConditionOR():
            return Or(tuple(_node(item) for item in condition.args))
        case ConditionNOT():
            return Not(_node(condition.args[0]))
        case ConditionFieldEqualsValueExpression():
            return _test(condition.field, condition.value)
        case ConditionValueExpression():
            return _test("", condition.value)
    raise RuleError(f"a condition of the unknown kind {type(condition).__name__}")


def _test(field: str, value: Any) -> Node:
    match value:
        case SigmaExpansion():
            return Or(tuple(_test(field, item) for item in value.values))
        case SigmaCasedString():
            return _string(field, value, cased=True)
        case SigmaString():
            return _string(field, value, cased=False)
        case SigmaRegularExpression():
            pattern = tamed(str(value.regexp))
            if value.contains_placeholder():
                raise RuleError(f"the placeholder in {pattern!r} has no value")
            flags = "".join(sorted({"IGNORECASE": "i", "MULTILINE": "m", "DOTALL": "s"}[flag.name] for flag in value.flags))
            check_regex(pattern, flags)
            return Test(field, How.REGEX, pattern, flags=flags)
        case SigmaTimestampPart():
            return Test(field, How.TIME_PART, str(value.number), flags=value.timestamp_part.name.lower())
        case SigmaBool():
            return Test(field, How.EQUALS, "true" if value.boolean else "false")
        case SigmaNumber():
            return Test(field, How.CONTAINS if not field else How.EQUALS, str(value.number))
        case SigmaNull():
            return Test(field, How.NULL)
        case SigmaExists():
            return Test(field, How.EXISTS) if value.exists else Not(Test(field, How.EXISTS))
        case SigmaCompareExpression():
            if value.op.name == "NEQ":
                return Not(_test(field, value.number))
            part = value.number.timestamp_part.name.lower() if isinstance(value.number, SigmaTimestampPart) else ""
            return Test(field, _COMPARE[value.op.name], str(value.number.number), flags=part)
        case SigmaCIDRExpression():
            return Test(field, How.CIDR, str(value.network))
        case SigmaFieldReference():
            if value.starts_with and value.ends_with:
                how = How.CONTAINS
            else:
                how = How.STARTS if value.starts_with else How.ENDS if value.ends_with else How.EQUALS
            return Same(field, value.field, how)
    raise RuleError(f"a value of the unknown kind {type(value).__name__}")


def _string(field: str, value: SigmaString, *, cased: bool) -> Node:
    """A Sigma string: its wildcards decide how it is compared. Keywords stand anywhere in a value."""
    parts: list[str | int] = []
    for part in value.s:
        if isinstance(part, str):
            parts.append(part if cased else fold(part))
        elif part is SpecialChars.WILDCARD_MULTI:
            if not parts or parts[-1] != Wild.MANY:  # ** is *
                parts.append(int(Wild.MANY))
        elif part is SpecialChars.WILDCARD_SINGLE:
            parts.append(int(Wild.ONE))
        else:
            raise RuleError(f"the placeholder %{getattr(part, 'name', part)}% has no value")
    parts = [part for part in parts if part != ""]
    if not field and parts != [Wild.MANY]:
        parts = [part for part in parts if part != ""]
        head = [] if parts and parts[0] == Wild.MANY else [int(Wild.MANY)]
        tail = [] if parts and parts[-1] == Wild.MANY else [int(Wild.MANY)]
        parts = [*head, *parts, *tail]
    if not parts:
        return Test(field, How.NULL)  # '' asks for an empty value; logs write empty and missing alike
    if parts == [Wild.MANY]:
        return Not(Test(field, How.NULL))
    literals = [part for part in parts if isinstance(part, str)]
    if len(literals) == 1 and Wild.ONE not in parts:
        literal = literals[0]
        match (parts[0] == Wild.MANY, parts[-1] == Wild.MANY):
            case (False, False):
                return Test(field, How.EQUALS, literal, cased)
            case (True, True):
                return Test(field, How.CONTAINS, literal, cased)
            case (True, False):
                return Test(field, How.ENDS, literal, cased)
            case _:
                return Test(field, How.STARTS, literal, cased)
    return Test(field, How.WILD, "", cased, parts=tuple(parts))
