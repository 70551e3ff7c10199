"""Records as a table: a sequence of them that becomes columns where somebody wants columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from indicia.errors import ExtraError
from indicia.library.columns import COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Table"]

R = TypeVar("R")
_SHOWN, _LONGEST = 20, 120  # rows and characters of a cell that a notebook shows


class Table(Sequence[R], Generic[R]):
    """Records of one kind in a fixed order. `table[0]` is the record with all its fields; the columns are the plain ones.

    >>> from indicia.records import Problem
    >>> Table(Problem, [Problem(where="a.txt", what="is empty")]).to_dicts()
    [{'where': 'a.txt', 'what': 'is empty', 'severity': 'skipped', 'hint': None, 'count': 1}]
    """

    def __init__(self, kind: type[R], records: Iterable[R]) -> None:
        self._kind = kind
        self._records = tuple(records)

    @overload
    def __getitem__(self, place: int) -> R: ...
    @overload
    def __getitem__(self, place: slice) -> Table[R]: ...
    def __getitem__(self, place: int | slice) -> R | Table[R]:
        return Table(self._kind, self._records[place]) if isinstance(place, slice) else self._records[place]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[R]:
        return iter(self._records)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and (self._kind, self._records) == (other._kind, other._records)

    def __hash__(self) -> int:
        return hash((self._kind, self._records))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(COLUMNS[self._kind])

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dictionary for each record: column -> text, number, truth value or None."""
        makers = COLUMNS[self._kind].items()
        return [{name: make(record) for name, make in makers} for record in self._records]

    def to_arrow(self) -> pa.Table:
        """As an Arrow table. A column in which nothing is known has the type null."""
        import pyarrow as pa

        rows = self.to_dicts()
        return pa.table({name: pa.array([row[name] for row in rows]) for name in self.columns})

    def to_pandas(self) -> Any:
        """As a pandas.DataFrame. Raises: ExtraError where pandas is not installed."""
        return _installed("pandas").DataFrame(self.to_dicts(), columns=list(self.columns))

    def to_polars(self) -> Any:
        """As a polars.DataFrame. Raises: ExtraError where Polars is not installed."""
        return _installed("polars").from_arrow(self.to_arrow())

    def __repr__(self) -> str:
        return f"<{len(self)} {self._kind.__name__} records: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        """The first rows, for a notebook. Texts of others are shown as text, whatever they hold."""
        head = "".join(f"<th>{name}</th>" for name in self.columns)
        body = "".join(f"<tr>{''.join(map(_cell, row.values()))}</tr>" for row in self[:_SHOWN].to_dicts())
        more = f"<p>{len(self) - _SHOWN:,} more</p>" if len(self) > _SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"<td>{escape(text if len(text) <= _LONGEST else f'{text[: _LONGEST - 1]}…')}</td>"


def _installed(package: str) -> Any:
    try:
        return import_module(package)
    except ImportError as error:
        raise ExtraError(f"{package} is not installed", hint=f"pip install {package}; or use .to_arrow()") from error
