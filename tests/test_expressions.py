"""No regular expression of ours explodes on a text that was made for it: all that it fits is repeated, and then it fails.

`tests.attacks` makes the texts out of each expression. They are short, so that only what is worse than quadratic is found here;
that the whole work on long texts grows as they do is tested where it is done (`tests/read/test_growth.py`).
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import indicia
from indicia.hunt.logs.formats import linekinds
from tests.attacks import attacks, may_explode
from tests.work import ended_by

SIZE = 300  # characters: linear work on all texts of one expression takes some milliseconds, exponential work for ever


def expressions() -> dict[tuple[Any, int], str]:
    """Every compiled expression that a module holds, also within its tables: pattern and flags, and where it is."""
    found: dict[tuple[Any, int], str] = {}
    for module in pkgutil.walk_packages(indicia.__path__, "indicia."):
        # Importing the server of MCP takes seconds, and it holds none.
        if ".spark" not in module.name and not module.name.endswith(("__main__", "mcp.server")):
            for name, value in vars(importlib.import_module(module.name)).items():
                for each in patterns(value):
                    found.setdefault((each.pattern, each.flags), f"{module.name}.{name}")
    return found


def patterns(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    value = getattr(value, "__self__", value)  # of a method that is kept: `find = re.compile(...).search`
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list | frozenset | set | dict) and depth < 4:
        for each in value.values() if isinstance(value, dict) else value:
            yield from patterns(each, depth + 1)


def explodes(pattern: str | bytes, flags: int) -> bool:
    expression = re.compile(pattern, flags)
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    if not may_explode(text, flags):
        return False
    try:
        for attack in attacks(text, flags & ~re.UNICODE if isinstance(pattern, bytes) else flags, SIZE):
            given = attack.encode("latin-1", "replace") if isinstance(pattern, bytes) else attack
            with ended_by(1):
                for _ in expression.finditer(given):
                    pass
    except TimeoutError:
        return True
    return False


def marks() -> dict[str, Callable[[str], object]]:
    """What is sought in whole lines of logs, by its pattern."""
    found: dict[str, Callable[[str], object]] = {}
    for _, kinds in linekinds._BY_HINT:
        for kind in kinds:
            found[kind.line.mark] = lambda text, find=kind.find: find(text, 0, linekinds.LONGEST)
            found.update({pattern.pattern: pattern.search for pattern, _ in kind.finders})
    return found


@pytest.mark.parametrize("mark", marks())
def test_marks_of_lines_are_linear(mark: str) -> None:
    find = marks()[mark]
    for attack in attacks(mark.removeprefix("^"), re.UNICODE, linekinds.LONGEST):
        with ended_by(1):  # what is linear takes a thousandth of it, what is quadratic many times as much
            find(attack)


def test_no_expression_explodes() -> None:
    found = expressions()
    assert len(found) > 400
    assert not [where for (pattern, flags), where in found.items() if explodes(pattern, flags)]


@pytest.mark.parametrize(
    "pattern", ["(?:a+)+b", r"(?:\w\d?|a)*!", r"(?:[A-Z]+:[^\n]*\r?\n){2,}\r?\n", r"\s*x?\s*y?\s*z?\s*w?\s*!"]
)
def test_one_that_does_is_found(pattern: str) -> None:
    assert explodes(pattern, re.compile(pattern).flags)
