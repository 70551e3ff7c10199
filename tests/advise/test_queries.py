"""The queries that ship are those that the converters make of the rules as they are now."""

from __future__ import annotations

import pytest

from indicia.advise.hunts import _converted, convert, key_of, packed


def test_nothing_is_kept_for_rules_that_are_gone() -> None:
    assert _converted().keys() == {key_of(text) for text in packed().values()}


@pytest.mark.parametrize("name", sorted(packed()))
def test_shipped_queries_are_current(name: str) -> None:
    text = packed()[name]
    assert _converted()[key_of(text)] == convert(text), "run scripts/build_queries.py"
