"""Rules as set algebra: the truth of a condition over many rows at a time, from the truth of its tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from indicia.hunt.match.plan import Expression

Mask: TypeAlias = np.ndarray[tuple[int], np.dtype[np.bool_]]


def rows_where(expression: Expression, truth: Mapping[int, Mask | bool]) -> Mask | bool:
    """Where `expression` holds, given where each test does; a test that is not in `truth` holds nowhere."""
    kind, content = expression
    if kind == "t":
        return truth.get(content, False)
    if kind == "n":
        inner = rows_where(content, truth)
        return not inner if isinstance(inner, bool) else ~inner
    result: Mask | bool = kind == "a"
    for item in content:
        value = rows_where(item, truth)
        if isinstance(value, bool):
            if value == (kind == "o"):
                return value
            continue
        if isinstance(result, bool):
            result = value
        elif kind == "a":
            result = result & value
        else:
            result = result | value
        if kind == "a" and not result.any():
            return False
    return result
