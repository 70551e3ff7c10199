"""Log formats of other packages: a function that knows the log, and one that makes a record of a line.

An entry point of the group `indicia.formats` loads an object with `sniff(head, name)`, which is cheap and never raises, and
`record(line)`, which gives the fields of one line by the source's own names, None for a line that holds no record. Records are
then taken as those of JSON Lines: by the kinds that they show, with the time and the host that their fields tell.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from indicia.extras import FORMATS as GROUP
from indicia.extras import plugins
from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats import jsonl
from indicia.hunt.logs.formats.base import Format, LogInput, Wanted
from indicia.records import Problem

_AT_ONCE = 20_000  # records


def plugged_in(name: str, plugin: Any) -> Format:
    """The format of a plugin."""

    def read(logs: Iterable[LogInput], wanted: Wanted) -> Iterator[EventBatch | Problem]:
        for log in logs:
            yield from _read(log, name, plugin, wanted)

    (like,) = jsonl.FORMATS
    return Format(name, like.family, plugin.sniff, read, also=like.also)


def _read(log: LogInput, name: str, plugin: Any, wanted: Wanted) -> Iterator[EventBatch | Problem]:
    faults, first, records = 0, "", []
    with log.open() as stream:
        for number, line in enumerate(io.TextIOWrapper(stream, "utf-8", "replace"), 1):
            try:
                record = plugin.record(line.rstrip("\r\n"))
            except Exception as error:
                faults, first = faults + 1, first or f"{log.name}:{number}: {error}"
                continue
            if record is not None:
                records.append((number, record))
            if len(records) >= _AT_ONCE:
                yield from jsonl.batches(log, records, wanted, "line")
                records = []
    if records:
        yield from jsonl.batches(log, records, wanted, "line")
    if faults:
        yield Problem(where=log.name, what=f"lines that the plugin {name} cannot read ({first})", count=faults)


FORMATS = tuple(plugged_in(name, plugin) for name, plugin in plugins(GROUP).items())
