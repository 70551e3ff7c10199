"""What is made of some tables, kept for the last few that were asked about: making it takes longer than asking."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

__all__ = ["kept_by_tables"]

KEEP = 4
T = TypeVar("T")
M = TypeVar("M")


def kept_by_tables(make: Callable[[T], M]) -> Callable[[T], M]:
    """`make`, called once for the same object: tables are no keys of a dictionary, and are never changed."""
    kept: list[tuple[T, M]] = []

    @wraps(make)
    def found(tables: T) -> M:
        for before, made in kept:
            if before is tables:
                return made
        made = make(tables)
        kept[:] = [(tables, made), *kept[: KEEP - 1]]
        return made

    return found
