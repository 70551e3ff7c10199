"""Registry keys and values in the refanged view."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit
from indicia.read.indicators.paths import quoted_end, unpunctuated

__all__ = ["find_keys"]

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
