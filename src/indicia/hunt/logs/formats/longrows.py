"""Tables of which a value holds line ends: their rows go over several lines, and are put together by their quotes."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import LogInput
from indicia.hunt.logs.formats.delimited import unique_names
from indicia.hunt.logs.formats.envelope import unpacked
from indicia.hunt.logs.formats.jsonl import batches
from indicia.hunt.logs.formats.lines import LONGEST_LINE, line_blocks
from indicia.records import Problem, Severity

__all__ = ["cells_of", "read_long_rows"]

_BATCH = 8_192
csv.field_size_limit(LONGEST_LINE)


def cells_of(lines: Iterator[str] | list[str], delimiter: str) -> list[str]:
    """The cells of the first row in some lines, which may go over several of them."""
    try:
        return next(csv.reader((f"{line}\n" for line in lines), delimiter=delimiter), [])
    except csv.Error:
        return []


def read_long_rows(log: LogInput, delimiter: str, wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events in file order; `position` is the line on which a row begins. A row that is none costs itself alone."""
    problems: list[Problem] = []
    reader = csv.reader(_lines(log, problems), delimiter=delimiter)
    names: list[str] = []
    found: list[tuple[int, dict[str, str]]] = []
    ragged, first_ragged = 0, 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield Problem(where=f"{log.name}:{line}", what=f"no row of a table: {error}")
            continue
        if not cells:
            continue
        if not names:
            names = unique_names(name.strip() for name in cells)
            continue
        if len(cells) != len(names):
            ragged, first_ragged = ragged + 1, first_ragged or line
        fields = {name: value for name, value in zip(names, cells, strict=False) if value}
        if fields:
            found.append((line, unpacked(fields)))
        if len(found) >= _BATCH:
            yield from batches(log, found, wanted, "line")
            found = []
    yield from batches(log, found, wanted, "line")
    yield from problems
    if ragged:
        what = f"does not have the {len(names)} fields of its header; read as far as it goes"
        yield Problem(where=f"{log.name}:{first_ragged}", what=what, severity=Severity.NOTE, count=ragged)


def _lines(log: LogInput, problems: list[Problem]) -> Iterator[str]:
    with log.open() as stream:
        for block in line_blocks(stream, log.name):
            if isinstance(block, Problem):
                problems.append(block)
                continue
            for index in range(len(block.starts)):
                line = block.line(index)
                yield (line.lstrip("\ufeff") if index == 0 and block.first == 1 else line) + "\n"
