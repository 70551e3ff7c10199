"""Records that carry a line of text: systemd's journal, containers, tables of syslog, shippers (`hunt/sources/systems`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException

from indicia.hunt.events import NO_TIME
from indicia.hunt.logs.formats.plainlines import Told, told_by
from indicia.hunt.logs.formats.recordtimes import RecordTimes
from indicia.hunt.logs.formats.syslog import Header
from indicia.hunt.logs.formats.table import flatten, text_of
from indicia.hunt.logs.formats.winxml import event_of_xml
from indicia.hunt.names import TEXT, Remembered, field_key
from indicia.hunt.sources.systems import CARRIERS, Carrier

__all__ = ["carried_by"]

_TIMES = {carrier.name: RecordTimes(carrier.times) for carrier in CARRIERS}
_HEADER = Header()


def carried_by(record: Mapping[str, Any]) -> Told | dict[str, Any] | None:
    """What the line in a record says; the fields of a Windows event where it is one in XML; None where there is no line."""
    carriers = _carriers(tuple(record))
    if not carriers:
        return None
    flat = flatten(record)
    names = {field_key(name): name for name in flat}
    for carrier in carriers:
        if all(mark in names for mark in carrier.marks) and isinstance(line := flat[names[carrier.message]], str):
            found = _read(carrier, line.strip(), flat, names)
            if found is not None:
                return found
    return None


@Remembered
def _carriers(names: tuple[str, ...]) -> tuple[Carrier, ...]:
    """The carriers that a record with these names, below which others may stand, can be."""
    folded = {field_key(name) for name in names}
    return tuple(
        carrier
        for carrier in CARRIERS
        if all(mark in folded or ("." in mark and mark.partition(".")[0] in folded) for mark in carrier.marks)
    )


def _read(carrier: Carrier, line: str, flat: Mapping[str, Any], names: Mapping[str, str]) -> Told | dict[str, Any] | None:
    if line.startswith("<Event"):
        try:
            return event_of_xml(line)
        except (ParseError, DefusedXmlException, ValueError, RecursionError):
            return None
    told = told_by(line, _HEADER)
    if carrier.only_known and (told is None or told.family in (TEXT, "syslog")):
        return None
    times = _TIMES[carrier.name]
    time, time_text = times.time(flat), times.text(flat)

    def first(wanted: tuple[str, ...]) -> str:
        return next((text for name in wanted if name in names and (text := text_of(flat[names[name]]))), "")

    if told is None or told.family in (TEXT, "syslog"):
        fields = {text: value for text, value in _texts(flat) if text != names[carrier.message]}
        program = first(carrier.programs)
        headed = told.fields if told is not None and told.family == "syslog" and not program else {}
        own = {
            "host": first(carrier.hosts) or headed.get("host", ""),
            "program": program or headed.get("program", ""),
            "pid": first(carrier.pids) or headed.get("pid", ""),
            "message": headed.get("message", line),
        }
        fields.update({name: value for name, value in own.items() if value})
        return Told("syslog", time, time_text, own["host"], fields)
    host = told.host or first(carrier.hosts)
    alerted = {name: text for name, text in _texts(flat) if name.startswith("wazuh.")}
    told = told._replace(fields={**told.fields, **alerted}) if alerted else told
    return told._replace(host=host) if told.time != NO_TIME else told._replace(host=host, time=time, time_text=time_text)


def _texts(flat: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, text) for name, value in flat.items() if (text := text_of(value)) != ""]
