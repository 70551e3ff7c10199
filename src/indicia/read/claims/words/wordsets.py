"""Named sets of words, kept as data in `wordsets.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

__all__ = ["word_list", "word_set"]


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files(__package__).joinpath("wordsets.toml").read_text(encoding="utf-8"))


def word_set(key: str) -> frozenset[str]:
    """The set that `module.name` names."""
    module, name = key.split(".")
    return frozenset(_tables()[module][name].split())


def word_list(key: str) -> list[str]:
    """The words of `module.name` in the order of the file."""
    module, name = key.split(".")
    return _tables()[module][name].split()
