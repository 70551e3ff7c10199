"""Names that rules and log formats share."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["GENERIC", "JOINED_URI", "MACHINE", "SHOWN", "TEXT", "field_key"]

GENERIC = "generic"  # JSON Lines and CSV of unknown origin
TEXT = "text"  # lines of unknown origin that begin with a time
SHOWN = "indicia.logsource"  # a column that generic formats make: what records and files call what they are of
MACHINE = "indicia.machine"  # what a correlation may group by: the machine that an event is of, or the log where it names none
JOINED_URI = "uri"  # a column that web formats make: path?query


@lru_cache(16_384)
def field_key(name: str) -> str:
    """What a field is found by.

    Case does not count, nor do blanks (Defender writes `Threat Name`, rules ask for `ThreatName`).
    """
    return name.lower().replace(" ", "")
