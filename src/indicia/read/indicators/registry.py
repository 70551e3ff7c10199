"""Registry keys and values, and names of mutexes, in the refanged view."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit
from indicia.read.indicators.paths import quoted_end, unpunctuated, with_single_backslashes

_HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKU": "HKEY_USERS",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
_KEY = re.compile(
    r"(HKLM|HKCU|HKU|HKCR|HKCC|HKEY_(?:LOCAL_MACHINE|CURRENT_USER|USERS|CLASSES_ROOT|CURRENT_CONFIG))"
    r":?\\{1,2}((?:[^\\/\"<>|\r\n\t,;:“”‘’]{1,80}\\{1,2}){0,20})([^\\/\"<>|\s,;:=“”‘’]{1,128})"
)
_KEY_SPACED = re.compile(
    r"(?: (?:NT|Files|Folders|Shell|Options|Execution|File|Providers|Startup|User|Control|Panel|Components|Defender|"
    r"Manager|Packages|Page|Settings|Load|Extensions|Object|Objects|Helper)\b)+(?:\\{1,2}(?:[^\\/\"<>|\r\n\t,;:“”‘’]{1,80}\\{1,2}){0,20}[^\\/\"<>|\s,;:=“”‘’]{1,128})?"
)
_KEY_ENDS = re.compile(r"\.\s(?=[A-Z])|\s(?:and|or|to|in|with|which|as|then)\s(?:[\w ]{0,30}\s)?(?=HK|%|[A-Za-z]:\\)")


def find_keys(text: str, anchors: Anchors) -> Iterator[Hit]:
    """Registry keys and values, the hive written out in full."""
    for at in anchors.literals("HK"):
        match = _KEY.match(text, at) if not (text[at - 1 : at].isalnum() or text[at - 1 : at] == "_") else None
        if match is None:
            continue
        start, end = match.span()
        opener = text[start - 1] if start else ""
        if opener and opener in "\"'`“":
            end = max(end, quoted_end(text, start, opener, end))
        elif (more := _KEY_SPACED.match(text, end)) is not None:
            end = more.end()
        end = unpunctuated(text, start, end)
        cut = _KEY_ENDS.search(text, start, end)
        if cut is not None:
            end = cut.start()
        hive = match[1]
        rest = text[match.end(1) : end].lstrip(":").replace("\\\\", "\\")
        yield Hit(start, end, "windows-registry-key", _HIVES.get(hive, hive) + rest)


# Names of mutexes in the refanged view.
_MUTEX_CUE = re.compile(
    r"(?:[Mm]utexe?s?|[Mm]utants?|MUTEX(?:ES)?|Mutex[AW])\b(?:[\"'](?=[ \t]*:))?"
    r"(?:[ \t]+(?:object|name|named|called|value|is|with|the|of|a|"
    r"creates?d?|as|string|it)){0,5}"
    r"[ \t]*[:=(]?[ \t]*(?:\w{4,5},[ \t]*\w{4,5},[ \t]*)?(?:[\"'`“‘]([^\"'`”’\n]{3,128})[\"'`”’]|((?:Global|"
    r"Local)\\{1,2}[^\s\"'`,;<>]{2,128})|([A-Za-z0-9_{][\w{}.!@#$%&+~-]{4,127}))"
)
_MUTEX_NAMESPACE = re.compile(r"(?:Global|Local|BaseNamedObjects)\\{1,2}([^\s\"'`,;<>\\|]{2,128})")


_MORE = re.compile(r"[\"'`”’](?:,? and |, | or |; )[\"'`“‘]([^\"'`”’\n]{3,128})(?=[\"'`”’](?!\s*:))")


def find_mutexes(text: str, anchors: Anchors) -> Iterator[Hit]:
    """Names of mutexes: in quotes or odd-looking after the word, or in a kernel namespace (`Global\\...`)."""
    done = 0
    for at in anchors.literals("utex", "UTEX", "utant"):
        match = _MUTEX_CUE.match(text, at - 1) if at > done else None
        lead = text[max(0, at - 7) : at - 1]
        if match is None or (lead[-1:].isalnum() and not lead.endswith(("Create", "Open"))):
            continue
        group = next(i for i in (1, 2, 3) if match[i])
        value = match[group] if group == 1 else match[group].rstrip(".,;:")
        if group == 3 and value.replace("-", "").isalpha() and (value.islower() or value.istitle()):
            continue
        start = match.start(group)
        done = start + len(value)
        yield Hit(start, done, "mutex", value)
        while group == 1 and (more := _MORE.match(text, done)) is not None:
            done = more.end(1)
            yield Hit(more.start(1), done, "mutex", more[1])
    for at in anchors.literals("Global\\", "Local\\", "BaseNamedObjects\\"):
        match = (
            _MUTEX_NAMESPACE.match(text, at) if not (text[at - 1 : at].isalnum() or text[at - 1 : at] in {"\\", "_"}) else None
        )
        if match is not None:
            end = unpunctuated(text, at, match.end())
            yield Hit(at, end, "mutex", with_single_backslashes(text[at:end]))
