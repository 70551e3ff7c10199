"""Names that rules and log formats share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

GENERIC = "generic"  # JSON Lines and CSV of unknown origin
TEXT = "text"  # lines of unknown origin that begin with a time
SHOWN = "indicia.logsource"  # a column that generic formats make: what records and files call what they are of
MACHINE = "indicia.machine"  # what a correlation may group by: the machine that an event is of, or the log where it names none
JOINED_URI = "uri"  # a column that web formats make: path?query


_MOST_REMEMBERED = 4 << 20  # characters of names
_Names = TypeVar("_Names", str, tuple[str, ...])
_Made = TypeVar("_Made")


class Remembered(dict[_Names, _Made]):
    """What a function makes of names, made once for each, until many characters are held; then all is made anew. The names of
    fields are written by whoever writes the log, and may be of any length and number."""

    def __init__(self, make: Callable[[_Names], _Made]) -> None:
        self._make: Callable[[_Names], _Made] = make
        self._size = 0

    def __missing__(self, names: _Names) -> _Made:
        made = self._make(names)
        size = 100 + (len(names) if isinstance(names, str) else sum(map(len, names)) + 50 * len(names))
        if self._size + size > _MOST_REMEMBERED:
            self.clear()
            self._size = 0
        if size <= _MOST_REMEMBERED:
            self._size += size
            self[names] = made
        return made

    def __call__(self, names: _Names) -> _Made:
        """What is made of them."""
        return self[names]


@Remembered
def field_key(name: str) -> str:
    """What a field is found by.

    Case does not count, nor do blanks (Defender writes `Threat Name`, rules ask for `ThreatName`).
    """
    return name.lower().replace(" ", "")
