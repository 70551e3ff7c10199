"""The log formats, one small parser each, in the order in which they are tried: the most particular first."""

from __future__ import annotations

from indicia.hunt.logs.formats import (
    arrow,
    evtx,
    exchange,
    histories,
    journal,
    jsonl,
    plainlines,
    pluggedin,
    syslog,
    tables,
    w3c,
    winjson,
    winxml,
    zeek,
)
from indicia.hunt.logs.formats.base import Format, LogInput, Stretch
from indicia.hunt.names import GENERIC

__all__ = ["FORMATS", "Format", "LogInput", "Stretch", "family_of", "recognise"]

FORMATS: tuple[Format, ...] = (
    *evtx.FORMATS,
    *arrow.FORMATS,
    *exchange.FORMATS,
    *zeek.FORMATS,
    *w3c.FORMATS,
    *winxml.FORMATS,
    *winjson.FORMATS,
    *pluggedin.FORMATS,
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
