"""Looking rows up by id and by name. One way of folding names, so that "APT 28", "apt-28" and "APT28" are one key."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Generic, TypeVar

from indicia.knowledge.tables import Row

R = TypeVar("R", bound=Row)


def fold(name: str) -> str:
    """The key of a name: lower case letters and digits only, without accents.

    >>> fold("APT-28"), fold("Türkiye"), fold("U.S.")
    ('apt28', 'turkiye', 'us')
    """
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if char.isalnum())


class Index(Generic[R]):
    """Rows in their stored order, by id and by any of their names. A name may lead to several rows.

    `names` of a row gives its canonical name first.
    """

    def __init__(self, rows: Iterable[R], key: Callable[[R], str], names: Callable[[R], Iterable[str]]) -> None:
        self.rows = tuple(rows)
        self._key = key
        self._names = names
        self._by_key: dict[str, R] | None = None
        self._by_name: dict[str, tuple[R, ...]] | None = None

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def get(self, key: str) -> R | None:
        """The row with this id (exactly as written)."""
        if self._by_key is None:
            self._by_key = {self._key(row): row for row in self.rows}
        return self._by_key.get(key)

    def named(self, name: str) -> tuple[R, ...]:
        """All rows that go by this name, in any case and with or without blanks, hyphens and dots; () if none.

        Those whose canonical name it is come first, the others in their stored order.
        """
        if self._by_name is None:
            first: dict[str, list[R]] = {}
            later: dict[str, list[R]] = {}
            for row in self.rows:
                for place, folded in enumerate(dict.fromkeys(fold(surface) for surface in self._names(row))):
                    if folded:
                        (later if place else first).setdefault(folded, []).append(row)
            self._by_name = {key: (*first.get(key, ()), *later.get(key, ())) for key in first | later}
        return self._by_name.get(fold(name), ())

    def one(self, name: str) -> R | None:
        """The row of this name where there is exactly one, or exactly one whose canonical name it is; else None."""
        found = self.named(name)
        if len(found) == 1:
            return found[0]
        canonical = [row for row in found if fold(next(iter(self._names(row)), "")) == fold(name)]
        return canonical[0] if len(canonical) == 1 else None


# What is made of some tables, kept for the last few that were asked about: making it takes longer than asking.
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
