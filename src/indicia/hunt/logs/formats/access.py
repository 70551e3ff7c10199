"""Access logs of Apache, nginx and their like, in the common and the combined form. Times are turned to UTC.

The columns are called as in W3C logs (`c-ip`, `cs-method`, `cs-uri-stem`, `cs(User-Agent)` ...), so that one set of rules reads
both.

References: Apache HTTP Server 2.4, mod_log_config ("%h %l %u %t \\"%r\\" %>s %b"); nginx, ngx_http_log_module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.events import NO_TIME, Column, EventBatch, Times, encode, microseconds
from indicia.hunt.logs.formats.base import LogInput
from indicia.hunt.logs.formats.delimited import Rows, read_rows
from indicia.hunt.logs.formats.lines import Flags, LineBlock, read_blocks
from indicia.hunt.match.literals import Ints
from indicia.hunt.names import JOINED_URI
from indicia.records import Problem

Odd: TypeAlias = Callable[[LogInput, LineBlock, Ints, frozenset[str]], Iterator[EventBatch]]

_LINE = re.compile(
    rb'^(?:(\S+) )?(\S+) (\S+) (.+?) \[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2}) ([+-]\d{4})\] "', re.MULTILINE
)
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+")
_TAIL = (" time", " zone", " request", "sc-status", "sc-bytes", "cs(Referer)", "cs(User-Agent)")
_STATUS = re.compile(r"\d{3}|-")
# A request with quotes in it that its server did not escape.
_LOOSE = re.compile(r'"(.*? HTTP/[\d.]+)" (\d{3}) (\d+|-)(?: "([^"]*)" "(.*?)")?')
_REQUEST = r"^(?:(?P<method>\S+) )?(?P<uri>.*?)(?: (?P<version>HTTP/[0-9.]+))?$"
_PARTS = r"^(?P<stem>[^?]*)(?:\?(?P<query>.*))?$"


def sniff(head: bytes, _name: str) -> bool:
    """A line with a bracketed time and a quoted request among the first."""
    return _LINE.search(head[:8192]) is not None


def read(logs: Iterable[LogInput], wanted: frozenset[str], odd: Odd) -> Iterator[EventBatch | Problem]:
    """Events block by block. Lines that are not in the form of the first one go to `odd`, which reads them one by one."""
    for log in logs:
        yield from read_blocks(log, partial(_batch, log, wanted, odd))


def _names(block: LineBlock) -> list[str]:
    """The columns, by the first line that looks right: with a virtual host in front or not, with what comes behind."""
    for match in _LINE.finditer(block.data):
        end = block.data.find(b"\n", match.end())
        line = block.data[match.start() : end if end >= 0 else len(block.data)].decode()
        count = len(_split(line))
        names = [*_front(line), *_TAIL]
        if count > names.index(" request"):  # else a quote in an odd place hides what the line has
            return names[:count] + [f"field{number}" for number in range(len(names) + 1, count + 1)]
    return []


def _front(line: str) -> list[str]:
    """What stands before the time: the client; perhaps before it the host that it asked for, and more; behind it who it is."""
    words = line.partition(" [")[0].split(" ")
    client = next((index for index, word in enumerate(words) if _ADDRESS.fullmatch(word)), int(len(words) > 3))
    before = [f" before{index}" for index in range(client)]
    if before:
        before[-1] = "cs-host"
    behind = [f" behind{index}" for index in range(client + 1, len(words) - 1)]
    return [*before, "c-ip", *behind, "cs-username"]


_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"?|(\S+)')


def _split(line: str) -> list[str]:
    return [match[1] if match[2] is None else match[2] for match in _TOKEN.finditer(line)]


def _batch(log: LogInput, wanted: frozenset[str], odd: Odd, block: LineBlock) -> Iterator[EventBatch | Problem]:
    names = _names(block)
    if not names:
        what = "lines that are not from an access log"
        yield Problem(where=f"{log.name}:{block.first}", what=what, count=len(block.starts))
        return
    encoded = {" time", " zone", " request", *(name for name in names if name.lower() in wanted)}
    rows = read_rows(block, np.arange(len(block.starts)), names, delimiter=" ", quoted=True, escape="\\", wanted=encoded)
    times = _times(rows.columns[" time"], rows.columns[" zone"])
    fits = times != NO_TIME
    fits[len(fits) - rows.ragged - rows.unbalanced :] = False
    others = np.sort(rows.lines[~fits])
    others = others[block.ends[others] > block.starts[others]]
    if fits.any():
        yield _fitting(log, block, wanted, names, rows, fits, times)
    if len(others):
        yield from odd(log, block, others, wanted)


def _fitting(
    log: LogInput, block: LineBlock, wanted: frozenset[str], names: Sequence[str], rows: Rows, fits: Flags, times: Times
) -> EventBatch:
    """The rows that are in the form of the first line, as events."""
    lines, times = rows.lines[fits], times[fits]
    columns = {name: column for name, column in rows.columns.items() if not name.startswith(" ")}
    columns.update(_request_columns(rows.columns[" request"]))
    if not fits.all():
        columns = {name: column.with_codes(column.codes[fits]) for name, column in columns.items()}
    columns = {name: column for name, column in columns.items() if name.lower() in wanted}
    return block.batch(log, lines, "access-log", columns, times, lambda row: _rebuild(names, block.line(int(lines[row]))))


def _request_columns(request: Column) -> Iterator[tuple[str, Column]]:
    """The request line taken apart, once per distinct one."""
    fields = pc.extract_regex(request.values, _REQUEST)
    uri = pc.fill_null(pc.struct_field(fields, "uri"), "") if len(fields) else pa.array([], pa.string())
    parts = pc.extract_regex(uri, _PARTS)
    found = {
        "cs-method": pc.struct_field(fields, "method"),
        "cs-version": pc.struct_field(fields, "version"),
        "cs-uri-stem": pc.struct_field(parts, "stem"),
        "cs-uri-query": pc.struct_field(parts, "query"),
        JOINED_URI: uri,
    }
    for name, values in found.items():
        yield name, _recoded(values, request)


def _recoded(values: pa.StringArray, column: Column) -> Column:
    inner = encode(values)
    codes = np.append(inner.codes, np.int32(-1))[column.codes]
    return Column(inner.values, codes)


def _times(times: Column, zones: Column) -> Times:
    known: dict[tuple[int, int], int] = {}
    found = np.full(len(times.codes), NO_TIME, np.int64)
    texts, offsets = times.values.to_pylist(), zones.values.to_pylist()
    for row, pair in enumerate(zip(times.codes.tolist(), zones.codes.tolist(), strict=True)):
        time = known.get(pair)
        if time is None:
            time = known[pair] = NO_TIME if min(pair) < 0 else _time(f"{texts[pair[0]]} {offsets[pair[1]]}")
        found[row] = time
    return found


def _time(text: str) -> int:
    try:
        return microseconds(datetime.strptime(text.strip("[]"), "%d/%b/%Y:%H:%M:%S %z"))
    except ValueError:
        return NO_TIME


_ONE = re.compile(_LINE.pattern.decode())


def access_fields(line: str) -> tuple[int, str, Mapping[str, str]] | None:
    """The time of one line, with its own spelling, and its fields; None where it is no line of an access log."""
    match = _ONE.match(line) if '] "' in line else None
    if match is None:
        return None
    time_text, _, fields = _rebuild((*_front(line), *_TAIL), line)
    if not _STATUS.fullmatch(fields.get("sc-status", "-")) and (loose := _LOOSE.search(line, match.end() - 1)):
        fields = {name: value for name, value in fields.items() if not name.startswith(("cs-", "cs(", "sc-", "field"))}
        fields |= _asked(loose[1])
        names = ("sc-status", "sc-bytes", "cs(Referer)", "cs(User-Agent)")
        fields |= {name: value for name, value in zip(names, loose.groups()[1:], strict=True) if value}
    return _time(time_text), time_text, fields


def _rebuild(names: Sequence[str], line: str) -> tuple[str, str, Mapping[str, str]]:
    values = dict(zip(names, _split(line), strict=False))
    time_text = f"{values.pop(' time', '')} {values.pop(' zone', '')}".strip("[] ")
    request = values.pop(" request", "")
    fields = {name: value for name, value in values.items() if not name.startswith(" ") and value}
    return time_text, "", fields | _asked(request)  # the host that a client asks for is no name of this machine


def _asked(request: str) -> dict[str, str]:
    """The parts of a request line that it has."""
    match = re.match(_REQUEST, request)
    if match is None:
        return {}
    stem, _, query = (match["uri"] or "").partition("?")
    found = {"cs-method": match["method"], "cs-uri-stem": stem, "cs-uri-query": query, "cs-version": match["version"]}
    return {name: value for name, value in found.items() if value}
