"""A match in the text, before it is decided what it names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from indicia.read.names.lexicon import Entry
from indicia.read.names.patterned import Unseen
from indicia.records import MentionKind


@dataclass(slots=True)
class NameMatch:
    """A match that passed the rules of boundaries and case, not yet resolved."""

    start: int
    end: int
    entries: list[Entry]
    supported: bool = False
    introduced: Unseen | None = None
    kind: MentionKind | None = None
    chosen: Entry | None = None
    others: list[Entry] = field(default_factory=list)


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether the match is a word by itself, and not part of a path, an address, a host name or an identifier."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and (before.isalnum() or before in "_@/\\$%#=&") and not _OR_SO.search(text, max(0, start - 40), start):
        return False
    joined = before in {".", "-"} and text[start - 2 : start - 1].isalnum()
    # "pro-Russian" is a word before a name; "analysis-of-emotet" and "Win32.Emotet" are not; "4.Name" is a list without a blank
    if (
        joined
        and not (before == "." and _NUMBERING.search(text, max(0, start - 5), start))
        and (before == "." or text[start:end].islower() or text[start - 2].isdigit())
    ):
        return False
    if after and (after.isalnum() or after in "_@\\"):
        return False
    if after in {".", "/", ":", "-"} and text[end + 1 : end + 2].isalnum():
        return (after == "/" and text[end + 1].isupper()) or (after == "-" and not text[start:end].islower())
    return True


_OR_SO = re.compile(r"(?:\A|[\s*(])[A-Z][\w ]{2,30}/\Z")  # "Remcos/NanoCore"
_NUMBERING = re.compile(r"(?:\A|\n|\s)\d{1,2}\.\Z")
