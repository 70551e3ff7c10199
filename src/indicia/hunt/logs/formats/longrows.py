"""Tables of which a value holds line ends: their rows go over several lines, and are put together by their quotes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import LogInput, gathered
from indicia.hunt.logs.formats.clock import CLOCK
from indicia.hunt.logs.formats.envelope import unpacked
from indicia.hunt.logs.formats.headers import Header
from indicia.hunt.logs.formats.jsonl import batches
from indicia.hunt.logs.formats.lines import line_blocks
from indicia.records import Problem, Severity

__all__ = ["read_long_rows"]

_BATCH = 8_192
LONGEST_ROW = 16 << 20  # characters


def read_long_rows(log: LogInput, header: Header, wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events in file order; `position` is the line on which a row begins. A row that is none costs itself alone."""
    for some in gathered(_rows(log, header), _BATCH):
        if isinstance(some, Problem):
            yield some
        else:
            yield from batches(log, some, wanted, "line")


def _rows(log: LogInput, header: Header) -> Iterator[tuple[tuple[int, dict[str, Any]], int] | Problem]:
    """The rows with the lines on which they begin, and how long each is."""
    lines = _Lines(log)
    given = lines.each()
    for _ in range(header.lines):
        next(given, None)
    reader = csv.reader(given, delimiter=header.delimiter)
    names = header.names
    ragged, first_ragged = 0, 0
    while True:
        line, lines.taken = reader.line_num + header.lines + 1, 0
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield Problem(where=f"{log.name}:{line}", what=f"no row of a table: {error}")
            continue
        if not cells:
            continue
        if len(cells) != len(names):
            ragged, first_ragged = ragged + 1, first_ragged or line
        fields = {name: value for name, value in zip(names, cells, strict=False) if value}
        if fields:
            yield (line, unpacked(fields)), lines.taken
    yield from lines.problems
    if ragged:
        what = f"does not have the {len(names)} fields of its header; read as far as possible"
        yield Problem(where=f"{log.name}:{first_ragged}", what=what, severity=Severity.NOTE, count=ragged)


class _Lines:
    """The lines of a log: how many characters of them were `taken`, and what kept others from being read."""

    def __init__(self, log: LogInput) -> None:
        self._log = log
        self.taken = 0
        self.problems: list[Problem] = []

    def each(self) -> Iterator[str]:
        """The lines, until one row of them takes more than a row may."""
        with self._log.open() as stream:
            for block in line_blocks(stream, self._log.name):
                if isinstance(block, Problem):
                    self.problems.append(block)
                    continue
                CLOCK.learn(block.data)
                for index in range(len(block.starts)):
                    line = block.line(index)
                    self.taken += len(line) + 1
                    if self.taken > LONGEST_ROW:
                        what = f"a row of more than {LONGEST_ROW >> 20} MB, and what follows, was left out"
                        self.problems.append(Problem(where=f"{self._log.name}:{block.first + index}", what=what))
                        return
                    yield (line.lstrip("\ufeff") if index == 0 and block.first == 1 else line) + "\n"
