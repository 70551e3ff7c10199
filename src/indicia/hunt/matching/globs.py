"""Sigma strings with wildcards, matched in one pass: `*` never makes it go back."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby

from indicia.hunt.rules.ir import Wild

__all__ = ["glob_matcher", "longest_literal"]


def longest_literal(parts: tuple[str | int, ...]) -> str:
    """The longest text that any match must hold; "" when there is none."""
    return max((part for part in parts if isinstance(part, str)), key=len, default="")


def glob_matcher(parts: tuple[str | int, ...]) -> Callable[[str], bool]:
    """Whether a text fits the parts, from end to end.

    Between two stars stands a segment of fixed length; taking each at its leftmost place never loses a match, so the work is
    linear in the text times the number of segments.
    """
    if Wild.MANY not in parts:
        whole = _segment(parts)
        return lambda text: whole.fullmatch(text) is not None
    segments = [_segment(tuple(group)) for is_star, group in groupby(parts, lambda part: part == Wild.MANY) if not is_star]
    widths = [_width(tuple(group)) for is_star, group in groupby(parts, lambda part: part == Wild.MANY) if not is_star]
    head = segments.pop(0) if parts[0] != Wild.MANY else None
    width = widths.pop(0) if head is not None else 0
    tail = segments.pop() if parts[-1] != Wild.MANY else None
    tail_width = widths.pop() if tail is not None else 0

    def fits(text: str) -> bool:
        end = len(text) - tail_width
        if end < width or (head is not None and not head.match(text)) or (tail is not None and not tail.match(text, end)):
            return False
        at = width
        for segment in segments:
            found = segment.search(text, at, end)
            if found is None:
                return False
            at = found.end()
        return True

    return fits


def _segment(parts: tuple[str | int, ...]) -> re.Pattern[str]:
    return re.compile("".join("." if part == Wild.ONE else re.escape(str(part)) for part in parts), re.DOTALL)


def _width(parts: tuple[str | int, ...]) -> int:
    return sum(1 if part == Wild.ONE else len(str(part)) for part in parts)
