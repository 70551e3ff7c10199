"""CSV feeds of indicators: one row each, with a column for the value and perhaps one for its type, or a column per type."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from indicia.knowledge.eurepoc import is_told
from indicia.read.fronts.opened import Limits, Parsed, skipped
from indicia.read.fronts.places import finder
from indicia.read.fronts.sniff import CODED, is_header
from indicia.read.fronts.values import Said, canonical, feed_type
from indicia.read.indicators import find_hits
from indicia.read.indicators.refang import refang
from indicia.read.text.banners import is_marking
from indicia.records import Block, BlockKind, MentionKind, Problem

_VALUE_COLUMNS = ("indicator", "ioc", "value", "iocvalue", "indicatorvalue", "observable", "artifact")
_TYPE_COLUMNS = ("indicatortype", "ioctype", "type", "valuetype", "observabletype")
_MAX_CELLS = 200
_APART = "\n" * 100  # more than any searcher looks around what it finds
Cell = tuple[int, int, str]  # start and end in the text, and the value


def cells_of(line: str, at: int, separator: str) -> list[Cell]:
    """(start, end, value) of each cell, offsets without its quotes. A quote inside quotes is doubled."""
    cells: list[Cell] = []
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
class FeedHead:
    """What the first part of a long feed tells the later ones: its columns, and how many rows were read."""

    header: list[str] | None = None
    separator: str = ","
    rows: int = 0
    marked: tuple[tuple[int, str], ...] = ()  # columns that hold markings: their places and names


def read_csv(text: str, name: str, limits: Limits, feed: FeedHead | None = None) -> Parsed:
    """Every row a block `row 12`; every cell that holds an indicator a mention. Rows that hold none are counted."""
    feed = feed or FeedHead()
    parsed = Parsed(text=text, media_type="text/csv")
    if text.lstrip("\ufeff").startswith(CODED.decode()):  # attributions, which are claims
        parsed.problems += _naming_nobody(text, name)
        parsed.beside = sorted(_markings(text))
        return parsed
    cells: list[tuple[Cell, str]] = []
    rows: list[int] = []  # of each of the cells
    marked: set[tuple[str, str]] = set()
    at, opened, comment = 0, feed.rows, ""
    for line in text.split("\n"):
        begin, at = at, at + len(line) + 1
        if not line.strip() or line.lstrip().startswith("#"):
            comment = line.strip("# \t\r") or comment
            continue
        if feed.header is None and comment and is_header(comment, line):  # some feeds name their columns in a comment
            _open(feed, cells_of(comment, 0, _separator(comment)), _separator(comment))
        feed.rows += 1
        stripped = len(line.rstrip())
        parsed.blocks.append(Block(start=begin, end=begin + stripped, kind=BlockKind.ROW, path=f"row {feed.rows}"))
        if feed.header is None:
            _open(feed, cells_of(line[:stripped], begin, _separator(line)), _separator(line))
            opened = feed.rows
            continue
        cells_here = cells_of(line[:stripped], begin, feed.separator)
        if feed.marked:
            marked.update((name, cells_here[place][2]) for place, name in feed.marked if place < len(cells_here))
        found = _row(cells_here, feed.header)
        cells += found
        rows += [feed.rows] * len(found)
    told = [(row, said) for row, said in zip(rows, _said(cells), strict=True) if said is not None]
    if empty := feed.rows - opened - len({row for row, _ in told}):
        parsed.problems.append(skipped(name, "rows without an indicator that can be told", count=empty))
    parsed.beside = sorted(marked)
    parsed.find = finder([said for _, said in told])
    return parsed


def _markings(text: str) -> set[tuple[str, str]]:
    """What the columns that hold markings say, each value once, of a table whose cells may go over lines."""
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    try:
        marked = [(place, name) for place, name in enumerate(next(rows, [])) if is_marking(name)]
        return {(name, row[place]) for row in rows if marked for place, name in marked if place < len(row)}
    except csv.Error:
        return set()


def _open(feed: FeedHead, cells: list[Cell], separator: str) -> None:
    feed.separator = separator
    feed.marked = tuple((place, name) for place, (_, _, name) in enumerate(cells) if is_marking(name))
    feed.header = [re.sub(r"[^a-z0-9]", "", value.lower()) for _, _, value in cells]


def _row(cells: list[Cell], header: list[str]) -> list[tuple[Cell, str]]:
    """The cells of one row that could hold an indicator, each with the word that says of what type: a type cell's, else the
    column's name."""
    columns = dict(zip(header, cells, strict=False))
    written = next((columns[column][2] for column in _TYPE_COLUMNS if column in columns), "")
    valued = next((columns[column] for column in _VALUE_COLUMNS if column in columns), None)
    if valued is not None:
        return [(valued, written)] if valued[2].strip() else []
    return [(cell, column) for column, cell in columns.items() if cell[2].strip() and feed_type(column, cell[2])]


def _said(cells: list[tuple[Cell, str]]) -> list[Said | None]:
    """What each cell says; None where that cannot be told."""
    types = [feed_type(word, value) for (_, _, value), word in cells]
    untold = _by_form([cell for (cell, _), type in zip(cells, types, strict=True) if type is None])
    return [next(untold) if type is None else _typed(cell, type) for (cell, _), type in zip(cells, types, strict=True)]


def _typed(cell: Cell, type: str) -> Said:
    start, end, value = cell
    kind = MentionKind.VULNERABILITY if type == "vulnerability" else MentionKind.INDICATOR
    result = canonical(type, value)
    return Said(kind, type, result, start, end, target=result if kind is MentionKind.VULNERABILITY else None, method="feed")


def _by_form(cells: list[Cell]) -> Iterator[Said | None]:
    """What cells without a word for their type say by the form of their values: all are looked through at once."""
    text = _APART.join(value for _, _, value in cells)
    view = refang(text)
    hits = [hit for hit in find_hits(view.text, hidden=view.hidden_dots) if not hit.within] if text else []
    ranges = view.originals(np.array([(hit.start, hit.end) for hit in hits], np.int64).reshape(-1, 2)).tolist()
    at = index = 0
    for start, end, value in cells:
        close = at + len(value)
        told = None
        while index < len(hits) and ranges[index][0] < close:
            if told is None and ranges[index][1] - ranges[index][0] >= 0.8 * len(value.strip()):
                told = Said(hits[index].kind, hits[index].type, hits[index].value, start, end, method="feed")
            index += 1
        yield told
        at = close + len(_APART)


def _naming_nobody(text: str, name: str) -> list[Problem]:
    """The rows of EuRepoC's table that name neither an initiator nor a country."""
    wanted = ("attributed_initiator", "attributed_initiator_country")
    rows = csv.DictReader(io.StringIO(text))
    count = sum(not any(is_told(row.get(column) or "") for column in wanted) for row in rows)
    return [skipped(name, "rows that attribute to nobody by name or country", count=count)] if count else []
