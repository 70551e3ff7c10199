"""The words that searchers begin with, all found in one pass over a text."""

from __future__ import annotations

import codecs
from functools import lru_cache

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

LITERALS = (
    "HK", "utex", "UTEX", "utant", "Global\\", "Local\\", "BaseNamedObjects\\", "gent", "GENT", "\"ua\"", "'ua'",
    "CVE", "cve", "Cve", "CWE", "cwe", "utonomous System", "utonomous system", 'UA "', "UA: ", "UA is", "UA was", "UA =",
    "rule ", "rule\t", "title:", "Mozilla/",
)  # fmt: skip


def _wide(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "\xff" * (error.end - error.start), error.end


codecs.register_error("indicia.wide", _wide)


def one_byte_each(text: str) -> bytes:
    """The text as Latin-1; what is beyond is 0xFF."""
    return text.encode("latin-1", "indicia.wide")


@lru_cache(maxsize=1)
def _automaton() -> BytesAhoCorasick:
    patterns = [one_byte_each(literal) for literal in LITERALS]
    return BytesAhoCorasick(patterns, matchkind=MatchKind.Standard, implementation=Implementation.DFA)


def find_literals(text: bytes, pad: int) -> dict[str, list[int]]:
    """Where each of `LITERALS` begins, in order. `text` has one byte for each character, after `pad` of them that are none of
    the text's (see `Anchors`)."""
    places: dict[str, list[int]] = {literal: [] for literal in LITERALS}
    for number, start, _ in _automaton().find_matches_as_indexes(text, overlapping=True):
        places[LITERALS[number]].append(start - pad)
    return places
