"""Windows events, however they were exported: one flat set of fields, the names that Sigma rules use.

EventData and UserData give their own names; the system part gives Channel, EventID, Provider_Name, Computer and the rest. Where
both have a name, EventData's counts.

References: Microsoft, "Event Schema"; the JSON of omerbenamram/evtx, of Winlogbeat, of Velociraptor, of Wazuh and of
NXLog-like flat exports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import pyarrow as pa
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from indicia.hunt.events import EventBatch, Times
from indicia.hunt.logs.formats.recordtimes import RecordTimes
from indicia.hunt.logs.formats.table import ShapedRows, json_of, text_of
from indicia.hunt.logs.formats.times import iso_times
from indicia.hunt.logs.formats.winnames import by_names, shows_event
from indicia.hunt.names import Remembered

_FIRST = ("EventID", "Channel", "Computer", "EventRecordID")  # these count before a field of that name in the data
_FURTHER = ("Level", "Task", "Opcode", "Keywords", "Version")
_ATTRIBUTES = "#attributes"
_TIMES = RecordTimes()


def flat_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of one event (the content of its `Event` element, as JSON), EventData first."""
    fields: dict[str, Any] = {}
    for part in ("EventData", "UserData", "ProcessingErrorData"):
        content = event.get(part)
        if isinstance(content, dict):
            _leaves(content, fields, 0)
        elif content is not None and content != "":
            fields.setdefault("Data", content)
    system = event.get("System")
    if isinstance(system, dict):
        if fields.get("UserID", "") is None:  # a name without a value does not hide whose event it is
            del fields["UserID"]
        _system_fields(system, fields)
    return fields


def _system_fields(system: Mapping[str, Any], fields: dict[str, Any]) -> None:
    for names, put in ((_FIRST, fields.__setitem__), (_FURTHER, fields.setdefault)):
        for name in names:
            value = system.get(name)
            if isinstance(value, dict):
                value = value.get("#text", value.get("Value"))
            if value is not None:
                put(name, value)
    provider = system.get("Provider")
    if isinstance(provider, dict):
        attributes = _attributes(provider)
        fields["Provider_Name"] = attributes.get("Name")
        if (source := attributes.get("EventSourceName")) is not None:
            fields.setdefault("EventSourceName", source)
    fields["SystemTime"] = system_time(system)
    security = system.get("Security")
    if isinstance(security, dict):
        fields.setdefault("UserID", _attributes(security).get("UserID"))


def _attributes(element: Mapping[str, Any]) -> Mapping[str, Any]:
    found = element.get(_ATTRIBUTES)
    return found if isinstance(found, dict) else element


def system_time(system: Mapping[str, Any]) -> str:
    """The time of the event as its log has it; "" when there is none."""
    created = system.get("TimeCreated")
    if isinstance(created, dict):
        created = _attributes(created).get("SystemTime")
    return "" if created is None else str(created)


def _leaves(content: Mapping[str, Any], fields: dict[str, Any], depth: int) -> None:
    if not fields and dict not in map(type, content.values()) and not _of_namespaces(tuple(content)):
        fields.update(content)
        if None in content.values():
            for name in [name for name, value in content.items() if value is None]:
                del fields[name]
        return
    for name, value in content.items():
        if isinstance(value, dict):
            if "#text" in value:
                fields.setdefault(name, value["#text"])
            elif depth < 6:
                _leaves(value, fields, depth + 1)
        elif value is not None and not name.startswith("xmlns"):
            fields.setdefault(name, value)


@Remembered
def _of_namespaces(names: tuple[str, ...]) -> bool:
    """Whether one of the names is that of a namespace and not of a field."""
    return any(name.startswith("xmlns") for name in names)


def normal(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The flat fields of a Windows event, by the names that rules use, in any of the known JSON forms; None when it is none."""
    event = record.get("Event")
    if isinstance(event, dict) and isinstance(event.get("System"), dict):
        return flat_event(event)
    if isinstance(record.get("System"), dict) and (
        "EventData" in record or "UserData" in record or "EventID" in record["System"]
    ):
        return flat_event(record)
    winlog = record.get("winlog")
    if isinstance(winlog, dict) and "channel" in winlog:
        return _from_winlogbeat(record, winlog)
    data = record.get("data")
    if isinstance(data, dict) and isinstance(win := data.get("win"), dict) and isinstance(win.get("system"), dict):
        return _from_wazuh(win, win["system"])
    return _from_export(record)


def _from_export(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """An event as some exporter writes it, flat or half flat; None when it is none."""
    if "EventID" in record and "Channel" in record:
        return _from_flat(record)
    if "event_id" in record and "log_name" in record:
        return _from_old_winlogbeat(record)
    if "winlog.channel" in record or "winlog.event_id" in record:
        return _from_dotted(record)
    if "EventId" in record and "Channel" in record:
        return _from_evtxecmd(record)
    if shows_event(tuple(record)):
        flat = _from_flat(record)
        if (named := by_names(flat)) is not None:
            return named | {"SystemTime": flat["SystemTime"]}
        if "EventID" in record and not record.keys().isdisjoint(("SourceName", "ProviderName", "Provider")):
            return flat
    return None


def _from_old_winlogbeat(record: Mapping[str, Any]) -> dict[str, Any]:
    """Winlogbeat 5 and 6."""
    parts = {name: record.get(name) for name in ("event_data", "user_data")}
    told = {
        "event_id": record.get("event_id"),
        "channel": record.get("log_name"),
        "provider_name": record.get("source_name"),
        "computer_name": record.get("computer_name"),
        "record_id": record.get("record_number"),
    }
    return _from_winlogbeat(record, {**parts, **told})


def _from_dotted(record: Mapping[str, Any]) -> dict[str, Any]:
    """Winlogbeat's fields as a table has them, `winlog.event_data.Image`."""
    parts: dict[str, dict[str, Any]] = {"event_data": {}, "user_data": {}}
    told: dict[str, Any] = {}
    for name, value in record.items():
        _, below, rest = name.partition("winlog.")
        part, within, own = rest.partition(".")
        if below and within and part in parts:
            parts[part][own] = value
        elif below:
            told[rest] = value
    return _from_winlogbeat(record, {**told, **parts})


def _from_evtxecmd(record: Mapping[str, Any]) -> dict[str, Any]:
    """EvtxECmd: the data is JSON in `Payload`."""
    fields: dict[str, Any] = {}
    payload = record.get("Payload")
    with suppress(ValueError, RecursionError):
        content = json_of(payload) if isinstance(payload, str) and payload else payload
        for part in ("EventData", "UserData"):
            if isinstance(content, dict):
                _data_of(content.get(part), fields)
    return fields | {
        "EventID": record.get("EventId"),
        "Channel": record.get("Channel"),
        "Provider_Name": record.get("Provider"),
        "Computer": record.get("Computer"),
        "EventRecordID": record.get("EventRecordId"),
        "SystemTime": str(record.get("TimeCreated") or ""),
    }


def _data_of(content: Any, fields: dict[str, Any]) -> None:
    """The data of an event, as named items in a list or as a plain object."""
    if not isinstance(content, dict):
        return
    items = content.get("Data")
    for item in items if isinstance(items, list) else [items]:
        if isinstance(item, dict) and "@Name" in item:
            fields[str(item["@Name"])] = item.get("#text")
        elif item is not None:
            fields.setdefault("Data", item)
    _leaves({name: value for name, value in content.items() if name != "Data"}, fields, 0)


def _texts_of(content: str) -> dict[str, Any]:
    """The data of an event that is a text of XML or JSON within the record."""
    found: dict[str, Any] = {}
    with suppress(ParseError, DefusedXmlException, ValueError, RecursionError):
        if content.lstrip()[:1] == "<":
            for element in fromstring(content).iter():
                if element.get("Name"):
                    found[str(element.get("Name"))] = element.text or ""
        elif content.lstrip()[:1] == "{":
            _leaves(json_of(content), found, 0)
    return found


def _from_winlogbeat(record: Mapping[str, Any], winlog: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for part in ("event_data", "user_data"):
        content = winlog.get(part)
        if isinstance(content, dict):
            _leaves(content, fields, 0)
    fields["EventID"] = winlog.get("event_id")
    fields["Channel"] = winlog.get("channel")
    fields["Provider_Name"] = winlog.get("provider_name")
    fields["Computer"] = winlog.get("computer_name")
    fields["EventRecordID"] = winlog.get("record_id")
    fields["SystemTime"] = record.get("@timestamp", "")
    return fields


def _from_wazuh(win: Mapping[str, Any], system: Mapping[str, Any]) -> dict[str, Any]:
    """Wazuh: names that begin in lower case, and every backslash of a value twice."""
    data = win.get("eventdata")
    told = {
        "event_id": system.get("eventID"),
        "channel": system.get("channel"),
        "provider_name": system.get("providerName"),
        "computer_name": system.get("computer"),
        "record_id": system.get("eventRecordID"),
        "event_data": {
            name[:1].upper() + name[1:]: value.replace("\\\\", "\\") if isinstance(value, str) else value
            for name, value in (data.items() if isinstance(data, dict) else ())
        },
    }
    return _from_winlogbeat({"@timestamp": system.get("systemTime", "")}, told)


def _from_flat(record: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    _leaves(record, fields, 0)
    if isinstance(data := record.get("EventData"), str):
        for name, value in _texts_of(data).items():
            fields.setdefault(name, value)
    if "Channel" not in fields and "EventLog" in record:
        fields["Channel"] = record["EventLog"]
    named = (record[name] for name in ("SourceName", "ProviderName", "Provider", "Source") if name in record)
    fields.setdefault("Provider_Name", next(named, None))
    fields.setdefault("Computer", record.get("Hostname", record.get("MachineName")))
    fields["SystemTime"] = _TIMES.iso_text(fields)
    return fields


def windows_batch(
    file: str, events: Sequence[tuple[int, Mapping[str, Any]]], wanted: frozenset[str], name: str, unit: str
) -> EventBatch:
    """A batch of Windows events that were exported as JSON or XML: (position, fields as `normal` gives them) each."""
    rows = ShapedRows()
    times = []
    for _, fields in events:
        rows.add(fields)
        times.append(str(fields.get("SystemTime") or ""))

    def rebuild(row: int) -> tuple[str, str, Mapping[str, str]]:
        fields = {name: text for name, value in events[row][1].items() if (text := text_of(value)) != ""}
        return fields.get("SystemTime", ""), fields.get("Computer", ""), fields

    return EventBatch(
        format=name,
        family="windows",
        columns=rows.columns(wanted),
        files=(file,),
        positions=np.array([number for number, _ in events], np.int64),
        times=windows_times(times),
        rebuild=rebuild,
        unit=unit,
    )


def windows_times(texts: Sequence[str]) -> Times:
    """Times of many events."""
    return iso_times(pa.array(texts, pa.string()))
