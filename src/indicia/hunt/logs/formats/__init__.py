"""The log formats, one small parser each, in the order in which they are tried: the most particular first."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from indicia.extras import FORMATS as GROUP
from indicia.extras import plugins
from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats import (
    arrow,
    evtx,
    histories,
    journal,
    jsonl,
    plainlines,
    syslog,
    tables,
    w3c,
    winxml,
    zeek,
)
from indicia.hunt.logs.formats.base import Format, LogInput, Stretch, Wanted, gathered
from indicia.hunt.names import GENERIC
from indicia.records import Problem

__all__ = ["FORMATS", "Format", "LogInput", "Stretch", "family_of", "recognise"]

# Log formats of other packages: a function that knows the log, and one that makes a record of a line.
#
# An entry point of the group `indicia.formats` loads an object with `sniff(head, name)`, which is cheap and never raises, and
# `record(line)`, which gives the fields of one line by the source's own names, None for a line that holds no record. Records
# are then taken as those of JSON Lines: by the kinds that they show, with the time and the host that their fields tell.
_AT_ONCE = 20_000  # records


def plugged_in(name: str, plugin: Any) -> Format:
    """The format of a plugin."""

    def read(logs: Iterable[LogInput], wanted: Wanted) -> Iterator[EventBatch | Problem]:
        for log in logs:
            yield from _read(log, name, plugin, wanted)

    (like,) = jsonl.FORMATS
    return Format(name, like.family, plugin.sniff, read, also=like.also)


def _read(log: LogInput, name: str, plugin: Any, wanted: Wanted) -> Iterator[EventBatch | Problem]:
    for some in gathered(_records(log, name, plugin), _AT_ONCE):
        if isinstance(some, Problem):
            yield some
        else:
            yield from jsonl.batches(log, some, wanted, "line")


def _records(log: LogInput, name: str, plugin: Any) -> Iterator[tuple[tuple[int, Any], int] | Problem]:
    faults, first = 0, ""
    with log.open() as stream:
        for number, line in enumerate(io.TextIOWrapper(stream, "utf-8", "replace"), 1):
            try:
                record = plugin.record(line.rstrip("\r\n"))
            except Exception as error:
                faults, first = faults + 1, first or f"{log.name}:{number}: {error}"
                continue
            if record is not None:
                yield (number, record), len(line)
    if faults:
        yield Problem(where=log.name, what=f"lines that the plugin {name} cannot read ({first})", count=faults)


FORMATS: tuple[Format, ...] = (
    *evtx.FORMATS,
    *arrow.FORMATS,
    *w3c.EXCHANGE,
    *zeek.FORMATS,
    *w3c.FORMATS,
    *winxml.FORMATS,
    *winxml.JSON_FORMATS,
    *(plugged_in(name, plugin) for name, plugin in plugins(GROUP).items()),
    *jsonl.FORMATS,
    *journal.FORMATS,
    *histories.FORMATS,
    *syslog.FORMATS,
    *plainlines.KNOWN,
    *plainlines.ACCESS,
    *plainlines.SYSLOG,
    *tables.FORMATS,
    *plainlines.TEXT_ALONE,
)

_FAMILIES = {form.name: form.family for form in FORMATS} | {"windows-csv": "windows", "jsonl": GENERIC, "csv": GENERIC}


def family_of(name: str) -> str:
    """What rules call the logs whose events say that they are of a format: that of its form, or the kind of record itself."""
    return _FAMILIES.get(name, name)


def recognise(head: bytes, name: str) -> Format | None:
    """The first format that fits the beginning of a file; None when none does."""
    return next((each for each in FORMATS if each.sniff(head, name)), None)
