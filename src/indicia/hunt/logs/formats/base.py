"""What a log format is to the hunt: how it is recognised and how its events are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar

from indicia.hunt.events import EventBatch
from indicia.hunt.match.needs import LineForm
from indicia.hunt.match.telling import LineFilter
from indicia.records import Problem


class Wanted(frozenset[str]):
    """The fields that rules ask for, in lower case, "" among them when the whole text is wanted too.

    `of_kind` says it more closely for one kind of Windows event: (channel, event id, provider) -> fields. `telling` gives for
    the form of a text log's lines what finds those that are worth taking apart; None where every line is wanted. `known` is
    what a format remembers of one log for the next.
    """

    of_kind: Callable[[str | None, str | None, str | None], frozenset[str]] | None = None
    telling: Callable[[LineForm], LineFilter] | None = None
    known: dict[Any, Any]

    def __new__(cls, fields: Iterable[str] = ()) -> Wanted:
        """Without anything known."""
        made = super().__new__(cls, fields)
        made.known = {}
        return made


class Stretch(NamedTuple):
    """A part of a text log that begins and ends at line ends.

    `line` is the number of its first line, `header` the `#Fields` above it, `day` that of the `#Date` above it.
    """

    start: int
    end: int
    line: int
    header: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class LogInput:
    """One log, wherever it is kept. `name` is what places are told by; `path` is None inside an archive.

    `at` says where another process finds it: the path of the file that holds it, and the name which that is told by.
    """

    name: str
    open: Callable[[], BinaryIO]
    size: int
    path: Path | None = None
    stretch: Stretch | None = None  # None: all of it
    at: tuple[bytes, str] | None = None


class Format(NamedTuple):
    """One format. `sniff(head, name)` is cheap and never raises; `read(logs, wanted)` gives batches in order.

    A batch holds events of several logs, small ones put together, where `together` says so. `wanted` are the fields to put into
    columns.
    """

    name: str
    family: str
    sniff: Callable[[bytes, str], bool]
    read: Callable[[Iterable[LogInput], Wanted], Iterator[EventBatch | Problem]]
    splittable: bool = False  # may be read in stretches
    also: tuple[str, ...] = ()  # other families that some of its events belong to
    together: bool = False


# Records gathered into batches, bounded in their number and in the bytes that they were read from: however long the lines of a
# log are, it never has to fit into memory.
BYTES = 32 << 20  # of text; as records it takes up to ten times as much
_T = TypeVar("_T")


def gathered(items: Iterable[tuple[_T, int] | Problem], most: int) -> Iterator[list[_T] | Problem]:
    """The records (given with the bytes of each) in lists of at most `most`; problems as they come."""
    held: list[_T] = []
    size = 0
    for item in items:
        if isinstance(item, Problem):
            yield item
            continue
        held.append(item[0])
        size += item[1]
        if len(held) >= most or size >= BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held
