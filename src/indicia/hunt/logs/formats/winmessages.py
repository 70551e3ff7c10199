"""The data of a Windows event as its message tells it, in whatever language, and as lists of values without names.

A message has one line for each value, always in the same order, whatever its labels are called in the language of the machine:
so the place of a value says what it is. Only the numbers and orders in `hunt/sources/windows.yml` are read so; of other events
the message stays text.

References: Microsoft, "Advanced security audit policy" (the message of each event); Microsoft, "Sysmon events", whose labels
are the same in all languages; Windows' own manifests of events.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from indicia.hunt.sources.windows import MESSAGES, STRINGS, SYSMON_STRINGS

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
