"""A party: a noun phrase that can speak or be accused."""

from __future__ import annotations

from typing import NamedTuple

from indicia.read.claims.known.names import Name

__all__ = ["Party"]


class Party(NamedTuple):
    """A noun phrase over units [first, last). `kinds` are the heads' kinds, the most telling first.

    `core` is the text range without what follows the head; `owner` is the state, agency or company in it that it belongs to;
    `tie` is the range of a hedging word for that tie ("linked", "believed to be").
    """

    first: int
    last: int
    start: int
    end: int
    kinds: tuple[str, ...]
    head: str
    name: Name | None
    owner: Name | None
    state: str | None
    core_end: int
    tie: tuple[int, int] | None = None
    plural: bool = False
    hostile: bool = False
    person_name: str | None = None
    definite: bool = False
    proper: bool = False  # a group called by a capitalised name: "the Medusa group"
