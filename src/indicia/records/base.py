"""What every record shares: frozen, keyword-only, strict about unknown fields, with ids that depend on content alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import Annotated, Any, TypeVar, overload

import msgspec

__all__ = [
    "LOOK",
    "NOT_READ",
    "Problem",
    "Record",
    "Severity",
    "Streamed",
    "Told",
    "Whole",
    "each_changed",
    "from_json",
    "json_pieces",
    "settle",
    "stable_id",
    "those_kept",
    "to_json",
]

R = TypeVar("R", bound="Record")
Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]  # a number that stores and writers of JSON can hold


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all records: immutable and hashable where its fields are, compared by value."""


DECIMALS = 9  # of every computed number that a record keeps


def settle(record: Record, *fields: str) -> None:
    """Rounds numbers of a record that is being made (for `__post_init__`).

    What lies beyond hangs on the order of a sum and on how a version of Python adds up, and would make other bytes of the same
    case.
    """
    for field in fields:
        msgspec.structs.force_setattr(record, field, round(getattr(record, field), DECIMALS))


def stable_id(kind: str, *parts: object) -> str:
    """`kind--` and 16 hex digits that depend on the parts alone, so the same input gives the same id on every machine.

    >>> stable_id("claim", "a", 1) == stable_id("claim", "a", 1) != stable_id("claim", "a", 2)
    True
    """
    try:
        text = "\x1f".join(parts)  # type: ignore[arg-type]  # nearly always strings
    except TypeError:
        text = "\x1f".join(["" if part is None else str(part) for part in parts])
    return f"{kind}--{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).digest()[:8].hex()}"


class Severity(StrEnum):
    """How much a problem takes away: note (nothing lost), skipped (a part lost), failed (all of that input lost)."""

    NOTE = "note"
    SKIPPED = "skipped"
    FAILED = "failed"


NOT_READ = "not read for claims"  # how a problem begins that tells of a text, or a part of one, in which nobody sought claims


LOOK = "open it and look"  # what to do about text that nobody sees, or perhaps nobody


class Problem(Record, frozen=True, kw_only=True):
    """Something that could not be used, and where: bulk work collects these and goes on. `count` folds repeats into one."""

    where: str
    what: str
    severity: Severity = Severity.SKIPPED
    hint: str = ""
    count: Whole = 1

    @property
    def hides_claims(self) -> bool:
        """Whether there may be claims that nobody read: what was found is then not all that was said."""
        return self.severity is Severity.FAILED or (self.severity is Severity.SKIPPED and self.what.startswith(NOT_READ))


_encoder = msgspec.json.Encoder(order="deterministic")


def to_json(value: Record | Iterable[Record]) -> bytes:
    """Compact JSON of a record or of several, always the same bytes for the same value."""
    return _encoder.encode(value if isinstance(value, msgspec.Struct) else list(value))


def json_pieces(value: Any) -> Iterator[bytes]:
    """The same bytes of a record piece by piece: where it holds very many others, never all of them at once."""
    if isinstance(value, Record):
        for number, name in enumerate(value.__struct_fields__):
            yield (b"," if number else b"{") + _encoder.encode(name) + b":"
            yield from json_pieces(getattr(value, name))
        yield b"}"
    elif isinstance(value, (tuple, Streamed)):
        rows, opening = iter(value), b"["
        while some := list(islice(rows, _AT_ONCE)):
            yield opening + _encoder.encode(some)[1:-1]
            opening = b","
        yield b"]" if opening == b"," else b"[]"
    else:
        yield _encoder.encode(value)


_AT_ONCE = 1_000


def from_json(data: bytes | str, kind: type[R]) -> R:
    """The record in `data`, checked against `kind`. Raises: msgspec.ValidationError with the path of the first fault."""
    return msgspec.json.decode(data, type=kind)


# Whose word a thing is: a text's, our tables', or the program's. Three words that stand for nothing else.
class Told(StrEnum):
    STATED = "stated"  # a text that was read says it
    KNOWN = "known"  # our tables say it, whoever speaks here
    CONCLUDED = "concluded"  # the program infers it from what is stated, known and seen


# Records that are read as they are gone through, for more of them than memory should hold.
T = TypeVar("T")


class Streamed(Sequence[T]):
    """`count` things that `read` gives, in their order, anew each time. Stands in a record where a tuple would: to be gone
    through, counted and cut, and neither encoded nor compared. What it reads from must stay open as long."""

    def __init__(self, read: Callable[[], Iterable[T]], count: int) -> None:
        self._read = read
        self._count = count

    def __iter__(self) -> Iterator[T]:
        return iter(self._read())

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return tuple(islice(self, *place.indices(self._count)))
        at = place if place >= 0 else place + self._count
        if not 0 <= at < self._count:
            raise IndexError(place)
        return next(islice(self, at, None))


def each_changed(things: Sequence[T], change: Callable[[T], T]) -> Sequence[T]:
    """All of them changed: as a tuple, or as they are read."""
    if isinstance(things, Streamed):
        return Streamed(lambda: map(change, things), len(things))
    return tuple(map(change, things))


def those_kept(things: Sequence[T], keep: Callable[[T], bool]) -> Sequence[T]:
    """Those that `keep` says: as a tuple, or as they are read, for which all are counted once."""
    if isinstance(things, Streamed):
        return Streamed(lambda: filter(keep, things), sum(map(keep, things)))
    return tuple(filter(keep, things))
