"""Texts with marked indicators or names: `⟦type value⟧`, or `⟦type value ⇐ as written⟧`. Everything unmarked is no indicator of
an attack.

The texts in evals/data/indicators are ours: invented reports with documentation addresses, reserved names and random hashes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

__all__ = ["DATA", "Marked", "Wanted", "normal", "read_marked", "unmark"]

DATA = Path(__file__).parent / "data" / "indicators"
_MARK = re.compile(r"⟦(\S+) (.*?)(?: ⇐ (.*?))?⟧", re.DOTALL)
_HIVES = {"hkey_local_machine": "hklm", "hkey_current_user": "hkcu", "hkey_users": "hku", "hkey_classes_root": "hkcr"}


class Wanted(NamedTuple):
    type: str
    value: str
    start: int
    end: int


class Marked(NamedTuple):
    text: str
    wanted: tuple[Wanted, ...]


def read_marked(path: Path) -> Marked:
    return unmark(path.read_text("utf-8"))


def unmark(source: str) -> Marked:
    """The text without its marks, and what they say, with offsets in that text."""
    pieces, wanted, length, at = [], [], 0, 0
    for match in _MARK.finditer(source):
        written = match[3] if match[3] is not None else match[2]
        for piece in (source[at : match.start()], written):
            pieces.append(piece)
            length += len(piece)
        wanted.append(Wanted(match[1], match[2], length - len(written), length))
        at = match.end()
    pieces.append(source[at:])
    return Marked("".join(pieces), tuple(wanted))


def normal(type: str, value: str) -> str:
    """One form for values that mean the same, so that nobody loses by a capital letter, a final slash or a short hive name."""
    low = value.strip().lower()
    if type == "url":
        return low.rstrip("/")
    if type == "windows-registry-key":
        hive, _, rest = low.replace("\\\\", "\\").partition("\\")
        return f"{_HIVES.get(hive, hive)}\\{rest}"
    if type == "autonomous-system":
        return "as" + re.sub(r"\D", "", low)
    if type == "user-agent":
        return low.rstrip(" .,;")
    return low
