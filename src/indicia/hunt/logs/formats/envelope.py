"""Documents that hold many records, and records that are packed within others: opened, so that none is hidden.

References: AWS, "CloudTrail log file examples", `lookup-events`; Microsoft Graph, "Paging"; Elasticsearch, "Search API";
Microsoft Purview, "Export audit log records"; Splunk, "export" endpoint; Azure Monitor, "Logs query response";
OpenTelemetry, "OTLP/HTTP, JSON Protobuf encoding".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indicia.hunt.events import NO_TIME
from indicia.hunt.logs.formats.recordtimes import RecordTimes
from indicia.hunt.logs.formats.table import flatten, json_of
from indicia.hunt.names import field_key
from indicia.hunt.sources import source_of

_LISTS = frozenset(
    """
    records value events entries data items results logs findings hits logevents activities rows resourcelogs scopelogs
    logrecords
    """.split()
)
_WITHIN = ("_source", "result", "fields")  # a record stands whole below this name of what a search gave
# Fields that hold the record itself, as JSON in a text; the names beside it are the exporter's.
PACKED = frozenset({"auditdata", "cloudtrailevent", "_raw"})
# Fields of known exports that hold what was nested, as JSON in a text.
NESTED = frozenset(
    """
    initiatedby targetresources additionaldetails properties authorization claims locationdetails devicedetail useridentity
    requestparameters responseelements
    """.split()
)
_INTEGRATIONS = ("aws", "office365", "gcp", "github", "ms-graph")  # below `data` in alerts of Wazuh
_DEEPEST = 3
_TIMES = RecordTimes(known=True)


def opened(document: Mapping[str, Any]) -> tuple[str, list[Any]] | None:
    """The records in a document that is nothing but their envelope, with the name that they stand under; None for a record.

    An envelope is no record of a known kind and has no time of its own, but a list of objects under a name that is known for
    it, or whose objects have times.
    """
    if isinstance(tables := document.get("tables"), list):
        return "tables", list(_table_rows(tables))
    found = _list_in(document, 0)
    if found is None or _is_record(unpacked(document)):
        return None
    return _all_within(*found)


def _is_record(document: Mapping[str, Any]) -> bool:
    """Whether an object is a record itself: it has a time of its own, or is of a known kind."""
    return _TIMES.time(document) != NO_TIME or source_of(flatten(document)) is not None


def _all_within(name: str, items: list[Any]) -> tuple[str, list[Any]]:
    """The records; where each item is an envelope itself, what all of them hold, with what stands beside it in each."""
    for _ in range(_DEEPEST):
        inner = [(item, _list_in(item, _DEEPEST)) for item in items if isinstance(item, dict) and _TIMES.time(item) == NO_TIME]
        lists = [(item, found) for item, found in inner if found is not None and field_key(found[0]) in _LISTS]
        if not lists or len(lists) < len(items):
            break
        name = f"{name}.{lists[0][1][0]}"
        items = [
            {**{key: value for key, value in item.items() if key != found[0]}, **record} if isinstance(record, dict) else record
            for item, found in lists
            for record in found[1]
        ]
    return name, items


def _list_in(document: Mapping[str, Any], depth: int) -> tuple[str, list[Any]] | None:
    lists = [
        (name, value) for name, value in document.items() if isinstance(value, list) and value and isinstance(value[0], dict)
    ]
    if len(lists) == 1:
        name, items = lists[0]
        if field_key(name) in _LISTS or _TIMES.time(unpacked(items[0])) != NO_TIME:
            return name, items
        return None
    if not lists and depth < _DEEPEST:
        for name, value in document.items():
            if isinstance(value, dict) and (within := _list_in(value, depth + 1)) is not None and not _is_record(value):
                return f"{name}.{within[0]}", within[1]
    return None


def _table_rows(tables: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The rows of what a query of Log Analytics gives."""
    for table in tables:
        columns = table.get("columns") if isinstance(table, dict) else None
        if isinstance(columns, list):
            names = [str(column.get("name", "")) if isinstance(column, dict) else str(column) for column in columns]
            rows = table.get("rows")
            for row in rows if isinstance(rows, list) else ():
                yield dict(zip(names, row, strict=False)) if isinstance(row, list) else {}


def unpacked(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record that is packed in one: what a search or an export put around it stays only where it says something more."""
    found = dict(record)
    for name in _WITHIN:
        inner = found.get(name)
        if isinstance(inner, dict) and ("_index" in found or "preview" in found or "offset" in found or len(found) == 1):
            found = dict(inner)
            break
    if (alert := _alerted(found)) is not None:
        found = alert
    for name, value in found.items():
        if isinstance(value, str) and value[:1] in ("{", "[") and field_key(name) in NESTED:
            found[name] = _decoded(value)
    for name in [name for name in found if field_key(name) in PACKED]:
        inner = _object_in(found[name])
        if inner:
            around = {key: value for key, value in found.items() if key != name}
            known = {field_key(key) for key in inner}
            found = {**inner, **{key: value for key, value in around.items() if field_key(key) not in known}}
    return found


def _alerted(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The record that an alert of Wazuh is about, with what the alert says of it below `wazuh`; None for what is none.

    What its integrations bring is the record itself; else the alert, whose line or event is read as that.
    """
    rule = record.get("rule")
    if not (isinstance(rule, dict) and "level" in rule and "description" in rule and "agent" in record):
        return None
    mitre = rule.get("mitre")
    said = {
        "level": rule["level"],
        "description": rule["description"],
        "groups": rule.get("groups"),
        "techniques": mitre.get("id") if isinstance(mitre, dict) else None,
    }
    data = record.get("data")
    within = [data.get(name) for name in _INTEGRATIONS] if isinstance(data, dict) else []
    inner = next((each for each in within if isinstance(each, dict)), None)
    if inner is None and isinstance(data, dict) and "event_type" in data and ("alert" in data or "flow_id" in data):
        inner = data  # Suricata's
    return {**(inner if inner is not None else record), "wazuh": said}


def _object_in(value: Any) -> dict[str, Any] | None:
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        value = _decoded(value)
    return value if isinstance(value, dict) else None


def _decoded(text: str) -> Any:
    """What JSON in a text says; the text where it is none."""
    try:
        return json_of(text)
    except (ValueError, RecursionError):
        return text
