"""Columns of delimited lines (W3C, Exchange's CSV, any CSV with a header), taken out by Arrow a block at a time.

Arrow is strict and fast. Lines that it would misread (a quote without its twin, too few or too many fields) are taken out first
or given back by it, and are then read one by one, as far as they go.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from indicia.hunt.events import Column, encode
from indicia.hunt.logs.formats.lines import Flags, LineBlock
from indicia.hunt.match.literals import Ints

_QUOTE = ord('"')
FEW = 64  # lines that are sooner split than given to Arrow
Octets: TypeAlias = np.ndarray[tuple[int], np.dtype[np.uint8]]
Counts: TypeAlias = np.ndarray[tuple[int], np.dtype[np.uint16]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines of a block as columns: row r is line `lines[r]` of the block. `ragged` of them do not have the header's fields."""

    columns: dict[str, Column]
    plain: dict[str, pa.StringArray]
    lines: Ints
    ragged: int
    unbalanced: int


def unique_names(names: Iterable[str]) -> list[str]:
    """Names with repeats told apart: a, a -> a, a#2."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found


def split_line(line: str, delimiter: str, quoted: bool) -> list[str]:
    """The fields of one line, however broken its quotes are."""
    if not quoted:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def read_rows(
    block: LineBlock,
    lines: Ints,
    names: Sequence[str],
    *,
    delimiter: str,
    quoted: bool,
    escape: str = "",
    wanted: Iterable[str],
    plain: Iterable[str] = (),
) -> Rows:
    """The `wanted` columns of some lines of a block, dictionary-encoded; `plain` columns as texts, row by row.

    `lines` are indexes into the block, ascending; `names` the header. Names that the header lacks are left out.
    """
    lines = lines[block.ends[lines] > block.starts[lines]]
    encoded = [name for name in names if name in set(wanted)]
    as_text = [name for name in names if name in set(plain)]
    asked = _Asked(names, delimiter, quoted, escape, encoded, as_text)
    unbalanced = _misleading(block, lines, quoted)
    if len(unbalanced):
        lines = lines[~np.isin(lines, unbalanced)]
    odd: list[int] = []

    def give_back(row: arrow_csv.InvalidRow) -> str:
        odd.append(row.number - 1)
        return "skip"

    for attempt in range(3):  # with every line that it may read, without those of odd quotes, with none
        odd.clear()
        apart = lines if attempt == 2 else lines[:0]
        if attempt == 1 and quoted and not escape:
            apart = lines[askew(np.frombuffer(block.data, np.uint8), block.starts[lines], block.ends[lines], delimiter)[0]]
        if len(apart):
            unbalanced, lines = np.sort(np.concatenate((apart, unbalanced))), lines[~np.isin(lines, apart)]
        if len(lines) <= FEW and not escape and (found := _by_splitting(block, lines, asked)):
            columns, texts, odd[:] = found
            break
        try:
            columns, texts, rows = _by_arrow(block, lines, asked, give_back)
        except pa.ArrowInvalid:  # nothing that it would call a row
            continue
        if rows + len(odd) == len(lines):
            break
        # A quote in an odd place made Arrow see other lines than we do, so no row can be trusted to be where it seems.
    left_out = np.concatenate((lines[odd], unbalanced)) if odd or len(unbalanced) else unbalanced
    if odd:
        keep = np.ones(len(lines), bool)
        keep[odd] = False
        lines = lines[keep]
    if len(left_out):
        left_out.sort()
        split = [dict(zip(names, split_line(block.line(int(index)), delimiter, quoted), strict=False)) for index in left_out]
        columns = {name: _appended(columns[name], [row.get(name) for row in split]) for name in encoded}
        texts = {
            name: pa.concat_arrays([texts[name], pa.array([row.get(name) for row in split], pa.string())]) for name in as_text
        }
        lines = np.concatenate((lines, left_out))
    return Rows(columns, texts, lines, len(odd), len(unbalanced))


class _Asked(NamedTuple):
    """How lines are read, and which of their columns are wanted encoded and as texts."""

    names: Sequence[str]
    delimiter: str
    quoted: bool
    escape: str
    encoded: Sequence[str]
    as_text: Sequence[str]


def _by_splitting(
    block: LineBlock, lines: Ints, asked: _Asked
) -> tuple[dict[str, Column], dict[str, pa.StringArray], list[int]] | None:
    """The columns of a few lines, and the numbers of those that do not have all fields; None where quotes have a meaning.

    Arrow takes a millisecond to start, which many small files would pay each.
    """
    names, delimiter, quoted, _, encoded, as_text = asked
    texts = [block.line(int(index)) for index in lines]
    if len(names) < 2 or (quoted and any('"' in text for text in texts)):
        return None
    split = [text.split(delimiter) for text in texts]
    odd = [number for number, fields in enumerate(split) if len(fields) != len(names)]
    good = [fields for fields in split if len(fields) == len(names)]
    arrays = {
        name: pa.array([fields[place] for fields in good], pa.string())
        for place, name in enumerate(names)
        if name in encoded or name in as_text
    }
    return {name: encode(arrays[name]) for name in encoded}, {name: arrays[name] for name in as_text}, odd


def _by_arrow(
    block: LineBlock, lines: Ints, asked: _Asked, give_back: Callable[[arrow_csv.InvalidRow], str]
) -> tuple[dict[str, Column], dict[str, pa.StringArray], int]:
    names, delimiter, quoted, escape, encoded, as_text = asked
    data = _bytes_of(block, lines)
    both = [*encoded, *(name for name in as_text if name not in encoded)] or [names[0]]
    kinds = {name: pa.dictionary(pa.int32(), pa.string()) if name in encoded else pa.string() for name in both}
    if not data:
        empty = pa.array([], pa.string())
        return {name: Column(empty, np.empty(0, np.int32)) for name in encoded}, dict.fromkeys(as_text, empty), 0
    table = arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=list(names)),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter,
            quote_char='"' if quoted else False,
            double_quote=quoted and not escape,
            escape_char=escape or False,
            invalid_row_handler=give_back,
        ),
        convert_options=arrow_csv.ConvertOptions(
            check_utf8=False, column_types=kinds, include_columns=both, strings_can_be_null=False, null_values=[]
        ),
    )
    columns = {name: encode(table.column(name)) for name in encoded}
    texts = {}
    for name in as_text:
        column = table.column(name).combine_chunks()
        if not isinstance(column, pa.Array):
            column = column.chunk(0) if column.num_chunks else pa.array([], pa.string())
        texts[name] = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    return columns, texts, table.num_rows


def _bytes_of(block: LineBlock, lines: Ints) -> bytes | memoryview:
    """The bytes of some lines: a view where they stand together."""
    if not len(lines):
        return b""
    first, last = int(lines[0]), int(lines[-1])
    view = memoryview(block.data)
    if last - first + 1 == len(lines):
        return view[int(block.starts[first]) : int(block.ends[last])]
    breaks = np.flatnonzero(np.diff(lines) != 1)
    heads = lines[np.concatenate(([0], breaks + 1))].tolist()
    tails = lines[np.concatenate((breaks, [len(lines) - 1]))].tolist()
    starts, ends = block.starts, block.ends
    return b"\n".join(view[int(starts[head]) : int(ends[tail])] for head, tail in zip(heads, tails, strict=True))


def _misleading(block: LineBlock, lines: Ints, quoted: bool) -> Ints:
    """Lines that Arrow would not end where we do: with an odd number of quotes, or with a carriage return within."""
    octets = np.frombuffer(block.data, np.uint8)
    found = block.returns_within(lines)
    if quoted and b'"' in block.data:
        quotes = np.flatnonzero(octets == _QUOTE)
        found |= (np.searchsorted(quotes, block.ends[lines]) - np.searchsorted(quotes, block.starts[lines])) % 2 == 1
    chosen: Ints = lines[found]
    return chosen


def askew(octets: Octets, starts: Ints, ends: Ints, delimiter: str) -> tuple[Flags, Counts]:
    """Which lines have quotes elsewhere than around a whole field, or doubled in one; how many delimiters each has in quotes.

    Where quotes are askew, readers do not agree on what they mean. Lines are in order, not
    empty, and what is counted is right for those of at most 65,535 bytes.
    """
    odd, within = np.zeros(len(starts), bool), np.zeros(len(starts), np.uint16)
    quotes = np.flatnonzero(octets == _QUOTE)
    if not len(quotes):
        return odd, within
    line = np.searchsorted(starts, quotes, side="right") - 1
    inside = (line >= 0) & (quotes < ends[line])
    quotes, line = quotes[inside], line[inside]
    counts = np.bincount(line, minlength=len(starts))
    turn = np.arange(len(quotes)) - (np.cumsum(counts) - counts)[line]  # 0 opens, 1 closes, 2 opens again ...
    before, after = octets[np.maximum(quotes - 1, 0)], octets[np.minimum(quotes + 1, len(octets) - 1)]
    opens = (quotes == starts[line]) | (before == ord(delimiter)) | ((before == _QUOTE) & (turn > 0))
    closes = (quotes + 1 == ends[line]) | (after == ord(delimiter)) | (after == _QUOTE)
    odd[line[np.where(turn % 2 == 0, ~opens, ~closes)]] = True
    odd |= counts % 2 == 1
    good = ~odd[line]
    quotes, line = quotes[good], line[good]  # now every second one closes
    if len(quotes):
        between = np.add.reduceat((octets == ord(delimiter)).view(np.uint8), quotes, dtype=np.uint16)[::2]
        within = np.bincount(line[::2], weights=between, minlength=len(starts)).astype(np.uint16)
    return odd, within


def _appended(column: Column, values: Sequence[str | None]) -> Column:
    more = encode(pa.array(values, pa.string()))
    codes = np.where(more.codes < 0, -1, more.codes + len(column.values)).astype(np.int32)
    return Column(pa.concat_arrays([column.values, more.values]), np.concatenate((column.codes, codes)))


def row_fields(names: Sequence[str], line: str, delimiter: str, quoted: bool) -> Mapping[str, str]:
    """The fields of one line that hold something."""
    return {name: value for name, value in zip(names, split_line(line, delimiter, quoted), strict=False) if value != ""}
