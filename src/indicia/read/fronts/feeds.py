"""CSV feeds of indicators: one row each, with a column for the value and perhaps one for its type, or a column per type."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indicia.read.fronts.opened import Limits, Parsed, skipped
from indicia.read.fronts.sniff import is_header
from indicia.read.fronts.structured import finder
from indicia.read.fronts.values import Said, canonical, feed_type
from indicia.read.indicators import find_hits
from indicia.read.indicators.refang import refang
from indicia.records import Block, BlockKind, MentionKind

__all__ = ["Feed", "read_csv"]

_VALUE_COLUMNS = ("indicator", "ioc", "value", "iocvalue", "indicatorvalue", "observable", "artifact")
_TYPE_COLUMNS = ("indicatortype", "ioctype", "type", "valuetype", "observabletype")
_MAX_CELLS = 200


def _cells(line: str, at: int, separator: str) -> list[tuple[int, int, str]]:
    """(start, end, value) of each cell, offsets without its quotes. A quote inside quotes is doubled."""
    cells: list[tuple[int, int, str]] = []
    position = 0
    while position <= len(line) and len(cells) < _MAX_CELLS:
        start = position
        while start < len(line) and line[start] == " ":
            start += 1
        if start < len(line) and line[start] == '"':
            end = line.find('"', start + 1)
            while end >= 0 and line[end : end + 2] == '""':
                end = line.find('"', end + 2)
            end = len(line) if end < 0 else end
            cells.append((at + start + 1, at + end, line[start + 1 : end].replace('""', '"')))
            position = line.find(separator, end)
        else:
            close = line.find(separator, position)
            end = len(line) if close < 0 else close
            raw = line[start:end]
            cells.append((at + start, at + start + len(raw.rstrip()), raw.rstrip()))
            position = close
        if position < 0:
            break
        position += 1
    return cells


def _separator(header: str) -> str:
    return max((",", ";", "\t", "|"), key=header.count)


@dataclass(slots=True)
class Feed:
    """What the first part of a long feed tells the later ones: its columns, and how many rows were read."""

    header: list[str] | None = None
    separator: str = ","
    rows: int = 0


def read_csv(text: str, name: str, limits: Limits, feed: Feed | None = None) -> Parsed:
    """Every row a block `row 12`; every cell that holds an indicator a mention. Rows that hold none are counted."""
    feed = feed or Feed()
    parsed = Parsed(text=text, media_type="text/csv")
    said: list[Said] = []
    empty = at = 0
    comment = ""
    for line in text.split("\n"):
        begin, at = at, at + len(line) + 1
        if not line.strip() or line.lstrip().startswith("#"):
            comment = line.strip("# \t\r") or comment
            continue
        if feed.header is None and comment and is_header(comment, line):  # some feeds name their columns in a comment
            _open(feed, _cells(comment, 0, _separator(comment)), _separator(comment))
        feed.rows += 1
        stripped = len(line.rstrip())
        parsed.blocks.append(Block(start=begin, end=begin + stripped, kind=BlockKind.ROW, path=f"row {feed.rows}"))
        if feed.header is None:
            _open(feed, _cells(line[:stripped], begin, _separator(line)), _separator(line))
            continue
        found = _row(_cells(line[:stripped], begin, feed.separator), feed.header)
        said += found
        empty += not found
    if empty:
        parsed.problems.append(skipped(name, "rows without an indicator that can be told", count=empty))
    parsed.find = finder(said)
    return parsed


def _open(feed: Feed, cells: list[tuple[int, int, str]], separator: str) -> None:
    feed.separator = separator
    feed.header = [re.sub(r"[^a-z0-9]", "", value.lower()) for _, _, value in cells]


def _row(cells: list[tuple[int, int, str]], header: list[str]) -> list[Said]:
    """What one row says. A type cell decides; without one the column's name; without that the value's own form."""
    columns = dict(zip(header, cells, strict=False))
    written = next((columns[column][2] for column in _TYPE_COLUMNS if column in columns), "")
    valued = next((columns[column] for column in _VALUE_COLUMNS if column in columns), None)
    if valued is not None:
        return _value(valued, written)
    return [item for column, cell in columns.items() if cell[2] and feed_type(column, cell[2]) for item in _value(cell, column)]


def _value(cell: tuple[int, int, str], type_word: str) -> list[Said]:
    start, end, value = cell
    if not value.strip():
        return []
    type = feed_type(type_word, value)
    if type is None:
        view = refang(value)
        hits = [hit for hit in find_hits(view.text) if not hit.within and hit.end - hit.start >= 0.8 * len(view.text.strip())]
        if not hits:
            return []
        hit = hits[0]
        return [Said(hit.kind, hit.type, hit.value, start, end, method="feed")]
    kind = MentionKind.VULNERABILITY if type == "vulnerability" else MentionKind.INDICATOR
    result = canonical(type, value)
    return [Said(kind, type, result, start, end, target=result if kind is MentionKind.VULNERABILITY else None, method="feed")]
