"""YAML: rule files as strangers write them, which unfold into no more than a rule may hold, before anything else looks at them;
and tables of our own, checked against their shape.

YAML lets a few lines stand for a thousand million (anchors within anchors, merged mappings), and what reads rules takes time
that is exponential in the dashes of a value and quadratic in its wildcards. SigmaHQ's rules stay far below the bounds: of a
third of them the largest has 1,125 values, the longest value 1,412 characters, and none more than four wildcards or one dash.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any, TypeVar

import msgspec
import yaml

from indicia.errors import RuleError

T = TypeVar("T")

MOST_NODES = 100_000  # values of one document, each counted as often as it is referred to
DEEPEST = 50
LONGEST = 1 << 13  # characters of one value
MOST_TEXT = 1 << 20  # characters of all
MOST_WILDCARDS = 50  # in one value
MOST_WRITINGS = 20_000  # of values with `windash`, all together: each dash of an option is written in five ways
MOST_MERGED = 100  # mappings merged into one
_DASH = re.compile(r"\B[-/]\b")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader, without merges that multiply."""

    def flatten_mapping(self, node: Any) -> None:
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                found = len(value.value) if isinstance(value.value, list) else 0
                if found > MOST_MERGED:
                    raise yaml.constructor.ConstructorError(None, None, f"merges {found:,} values into one", key.start_mark)
        super().flatten_mapping(node)


def rule_documents(text: str | bytes) -> list[Any]:
    """The documents of a file of rules, those that are empty left out, as they are: `bounded` comes next.

    Raises: yaml.YAMLError, ValueError (no number, no date) and RecursionError.
    """
    return [document for document in yaml.load_all(text, _Loader) if document is not None]  # a safe loader


def bounded(document: Any) -> Any:
    """The document. Raises: RuleError where it is larger than any rule."""
    waiting: list[tuple[Any, str, int]] = [(document, "", 0)]
    nodes = text = writings = 0
    while waiting:
        value, key, depth = waiting.pop()
        nodes += 1
        if isinstance(value, str):
            text += len(value)
            if len(value) > LONGEST or text > MOST_TEXT:
                raise RuleError(f"holds more than {LONGEST:,} characters in one value or {MOST_TEXT:,} in all")
            if value.count("*") + value.count("?") > MOST_WILDCARDS and "|re" not in key:
                raise RuleError(f"holds a value with more than {MOST_WILDCARDS} wildcards")
            if "windash" in key:
                writings += 5 ** min(len(_DASH.findall(value)), 9)
            if writings > MOST_WRITINGS:
                raise RuleError(f"means more than {MOST_WRITINGS:,} values by its dashes (windash)")
        elif isinstance(value, dict | list):
            if nodes + len(waiting) + len(value) > MOST_NODES:
                raise RuleError(f"holds more than {MOST_NODES:,} values")
            if depth >= DEEPEST:
                raise RuleError(f"is nested deeper than {DEEPEST}")
            if isinstance(value, dict):
                waiting += ((each, name if isinstance(name, str) else key, depth + 1) for name, each in value.items())
            else:
                waiting += ((each, key, depth + 1) for each in value)
    return document


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in a table of our own: a field that is unknown there, or of another type, is an error."""


def declared(package: str, name: str, kind: type[T]) -> T:
    """What a table declares that lies in a package of ours."""
    (document,) = rule_documents(files(package).joinpath(*name.split("/")).read_bytes())
    return msgspec.convert(document, kind)
