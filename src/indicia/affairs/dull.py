"""Words that stand in any affair and tell none."""

from __future__ import annotations

from functools import cache
from importlib import resources

__all__ = ["any_deed"]


@cache
def any_deed() -> frozenset[str]:
    """The words of `any_deed.txt`, in small letters."""
    lines = resources.files("indicia.affairs").joinpath("any_deed.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
