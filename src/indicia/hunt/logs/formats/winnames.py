"""Windows events known by the names of their fields alone: exports that leave the channel out, or call things otherwise.

References: Microsoft, "Advanced security audit policy", "Sysmon events", "Event Schema"; Splunk, "Windows event log fields";
the exports of Event Viewer, Get-WinEvent, Get-EventLog, Log Analytics, plaso and Timeline Explorer.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from indicia.hunt.names import Remembered, field_key
from indicia.hunt.sources import ALIASES, BY_FIELDS, CALLED, CLEARED, MESSAGES, PROVIDERS, STRINGS, SYSMON_STRINGS

# The data of a Windows event as its message tells it, in whatever language, and as lists of values without names.
#
# A message has one line for each value, always in the same order, whatever its labels are called in the language of the
# machine: so the place of a value says what it is. Only the numbers and orders in `hunt/sources/windows.yml` are read so; of
# other events the message stays text.
#
# References: Microsoft, "Advanced security audit policy" (the message of each event); Microsoft, "Sysmon events", whose labels
# are the same in all languages; Windows' own manifests of events.
_VALUE = re.compile(r"[ \t]*([^:\t\n]{1,80}?) ?:(?:[ \t\u00a0]*\t[ \t]*| {2,})(.*)|\t+([^:\t\n]{1,80}?) ?: *(.*)")
_NAMED = re.compile(r"(\w{2,40}): (.*)|(\w{2,40}):$")
_SCRIPT = re.compile(
    r"\A[^\n]*\(\d+ \S+ \d+\)[^\n]{0,3}:?\n(.*?)\n+[^\n]{0,20}ScriptBlock[^\n]{0,20}:[ \u00a0]*[0-9a-f-]{36}",
    re.DOTALL | re.IGNORECASE,
)


def told_in_message(number: str, provider: str, message: str) -> dict[str, str]:
    """The fields that the message of an event tells, by the names that rules use; none where its number is not known."""
    message = message.replace("\r\n", "\n").replace("\r", "\n")
    if "sysmon" in provider.lower():
        pairs = (_NAMED.fullmatch(line.strip()) for line in message.split("\n")[1:])
        return {found[1]: found[2] for found in pairs if found and found[1]}
    if number == "4104" and (script := _SCRIPT.match(message)):
        return {"ScriptBlockText": script[1]}
    versions = MESSAGES.get(number)
    if versions is None:
        return {}
    values = _values(message)
    fits = [names for names in versions if len(names) == len(values)] or [
        names for names in versions if len(names) < len(values)
    ]
    names = max(fits, key=len, default=None)
    if names is None:
        return {}
    return {name: value for name, value in zip(names, values, strict=False) if value}


def _values(message: str) -> list[str]:
    """The values in a message, one for each line with a label and room for a value; what goes on below one belongs to it."""
    found: list[str] = []
    for line in message.split("\n"):
        match = _VALUE.fullmatch(line)
        if match:
            found.append((match[2] if match[1] is not None else match[4]).strip())
        elif found and line[:2] in ("\t\t", "  ", "\t<", "<?") and line.strip():
            found[-1] = f"{found[-1]}\n{line.strip()}" if found[-1] else line.strip()
        elif found and line.startswith("<"):
            found[-1] += f"\n{line}"
    return found


def told_in_strings(number: str, provider: str, strings: Sequence[str]) -> Mapping[str, str]:
    """The fields of an event of which only the values are known, in their order."""
    names = SYSMON_STRINGS.get(number) if "sysmon" in provider.lower() else STRINGS.get(number)
    if names is None:
        return {}
    if names[0] == "RuleName" and strings and re.match(r"\d{4}-\d\d-\d\d ", strings[0]):
        names = names[1:]  # before version 8
    return {name: value for name, value in zip(names, strings, strict=False) if value}


_PREFIXES = re.compile(
    r"^(?:event[._])?(?:winlog[._]|system[._]|data[._]win[._])?(?:event_?data|user_?data)[._](?=\w)", re.IGNORECASE
)
_PLASO = re.compile(
    r"\[(\d{1,5}) / 0x[0-9a-f]+\] (?:Provider identifier: \S+ )?Source Name: (.*?) (?:Message string: .*?)?Strings: (\[.*\]) ",
    re.DOTALL,
)


def _squeezed(name: str) -> str:
    return field_key(name).replace("_", "").replace(".", "").replace("-", "")


@Remembered
def _known(names: tuple[str, ...]) -> Mapping[str, str]:
    """How a record spells what exports call the parts of an event."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(_squeezed(name), name)
    if "id" in found and not found.keys().isdisjoint(("providername", "logname")):
        found.setdefault("eventid", found["id"])  # as PowerShell's objects call it
    return found


def _first(names: Mapping[str, str], wanted: Iterable[str], record: Mapping[str, Any]) -> str:
    return next((text for each in wanted if each in names and (text := str(record[names[each]] or "").strip())), "")


@Remembered
def shows_event(names: tuple[str, ...]) -> bool:
    """Whether records with these names can be Windows events: they have their numbers, and something that only they have."""
    folded = _known(names).keys()
    if {"date", "macb", "desc"} <= folded or {"timestampdesc", "message", "parser"} <= folded:
        return True  # log2timeline's
    if "eventcode" in folded and not folded.isdisjoint(("source", "sourcetype")):
        return True  # Splunk's
    bare = {_squeezed(_PREFIXES.sub("", name)) for name in names}
    if folded.isdisjoint(CALLED["number"]):
        return False
    telling = {word for row in BY_FIELDS for word in row.fields.split()} - {"query", "payload", "hashes", "destinationip"}
    telling |= set(ALIASES) - {"sourceaddress", "sourceport", "clientaddress", "resultcode"}
    return bool(bare & telling) or (
        not folded.isdisjoint(CALLED["provider"]) and not folded.isdisjoint((*CALLED["channel"], *CALLED["message"]))
    )


def by_names(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The flat fields of a record that shows by names and numbers alone that it is a Windows event; None when it does not."""
    names = _known(tuple(record))
    number = _first(names, CALLED["number"], record)
    if not number:
        return _from_plaso(record, names)
    number = number.removesuffix(".0")  # pandas, where one is missing
    if not number.isdecimal():
        return None
    provider, told = _first(names, CALLED["provider"], record), _channel_told(names, record)
    provider = "" if "WinEventLog" in provider else provider
    fields = _data(record)
    if isinstance(strings := record.get("strings"), list):
        fields = {**told_in_strings(number, provider, list(map(str, strings))), **fields}
    channel = told if _is_channel(told, number) else channel_of(number, provider, fields)
    message = _first(names, CALLED["message"], record)
    if message and len(message) > 40:
        of_message = told_in_message(number, provider or channel, message)
        fields = {**fields, **{name: value for name, value in of_message.items() if not fields.get(name)}}
        channel = channel or channel_of(number, provider, fields)
    if not channel:
        return None
    fields.setdefault("Message", message)
    return {name: value for name, value in fields.items() if value not in (None, "")} | {
        "EventID": number,
        "Channel": channel,
        "Provider_Name": provider or None,
        "Computer": _first(names, CALLED["computer"], record) or None,
        "EventRecordID": _first(names, CALLED["record"], record) or None,
    }


def _channel_told(names: Mapping[str, str], record: Mapping[str, Any]) -> str:
    """The channel as a record names it; Splunk has it in what it calls its source."""
    sources = (_first(names, (name,), record) for name in ("source", "sourcetype"))
    of_source = next((each for each in sources if "WinEventLog:" in each), "")
    return (_first(names, CALLED["channel"], record) or of_source).rpartition("WinEventLog:")[2]


def _is_channel(told: str, number: str) -> bool:
    """Whether a text names a channel of Windows, for a number that some event can have."""
    return len(number) < 6 and (
        told.lower() in ("security", "system", "application", "setup", "windows powershell") or "/" in told
    )


def _data(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields by the names that rules use: without what exporters put in front, and labels of messages as what they mean."""
    fields: dict[str, Any] = {}
    for name, value in record.items():
        if value is None or value == "" or isinstance(value, dict):
            continue
        bare = _PREFIXES.sub("", name)
        fields.setdefault(bare, value)
        squeezed = _squeezed(bare)
        meant = ALIASES.get(squeezed)
        if meant is None and squeezed != field_key(bare):
            meant = bare.replace("_", "").replace(".", "")
        if meant is not None and meant not in fields:
            fields[meant] = value
    return fields


def channel_of(number: str, provider: str, fields: Mapping[str, Any]) -> str:
    """The channel of an event, by whoever wrote it, or by its number and the fields that it has; "" where neither tells."""
    folded = provider.lower()
    if folded in ("microsoft-windows-eventlog", "eventlog") and number in CLEARED:
        return CLEARED[number]
    if folded in PROVIDERS:
        return PROVIDERS[folded]
    if folded.startswith(("microsoft-windows-", "microsoft-antimalware")):
        return f"{provider}/Operational"
    held = {_squeezed(name) for name, value in fields.items() if value not in (None, "", "-")}
    fits = (row.channel for row in BY_FIELDS if _is_among(number, row.numbers) and not held.isdisjoint(row.fields.split()))
    return next(fits, "")


def _is_among(number: str, numbers: str) -> bool:
    spans = (each.partition("-") for each in numbers.split())
    return any(int(first) <= int(number) <= int(last or first) for first, _, last in spans)


def _from_plaso(record: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any] | None:
    """An event as log2timeline's tables tell it, in one text: its number, who wrote it, its values without names."""
    found = _PLASO.search(_first(names, CALLED["message"], record))
    if found is None:
        return None
    number, provider, told = found.groups()
    try:
        strings = [str(each) for each in literal_eval(told)]
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    fields: dict[str, Any] = dict(told_in_strings(number, provider, strings))
    channel = channel_of(number, provider, fields)
    if not channel:
        return None
    computer = re.search(r"Computer Name: (\S+)", _first(names, CALLED["message"], record))
    return fields | {
        "Strings": strings,
        "EventID": number,
        "Channel": channel,
        "Provider_Name": provider,
        "Computer": computer[1] if computer else _first(names, ("host",), record) or None,
    }
