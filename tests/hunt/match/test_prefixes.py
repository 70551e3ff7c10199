"""Literals that are looked up by their first eight bytes: exactly those that stand in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.hunt.match import literals as literals_module
from indicia.hunt.match.literals import KEY, LiteralScanner, PrefixScanner

FEW = st.text("ab.", min_size=KEY, max_size=14).map(str.encode)


@given(st.lists(FEW, min_size=1, max_size=12), st.lists(FEW | st.text("ab.", max_size=20).map(str.encode), max_size=12))
def test_what_stands_in_a_text_is_found_wherever_it_does(sought: list[bytes], parts: list[bytes]) -> None:
    text = b"".join(parts + sought[:2])
    wanted = sorted(
        (number, at + len(one)) for number, one in enumerate(sought) for at in range(len(text)) if text.startswith(one, at)
    )
    assert sorted(PrefixScanner(sought).find(text)) == wanted


def test_a_literal_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter than 8 bytes"):
        PrefixScanner([b"1.2.3.4"])


def test_so_many_literals_that_no_other_engine_takes_them_are_found_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    sought = [f"{name}{number}.example.org".encode() for name in "abc" for number in range(90)] + [b"10.1", b"192.0.2.7"]
    text = b" A17.example.org x b88.example.orgc3.EXAMPLE.org 10.10.1 192.0.2.77"
    few = LiteralScanner(sought, caseless=True).find(text)
    monkeypatch.setattr(literals_module, "MOST_LITERALS", 100)
    many = LiteralScanner(sought, caseless=True).find(text)
    pairs = [sorted(zip(which.tolist(), ends.tolist(), strict=True)) for which, ends in (few, many)]
    assert pairs[0] == pairs[1] and len(pairs[0]) == 6
