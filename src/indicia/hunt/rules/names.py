"""Names that rules and log formats share."""

from __future__ import annotations

__all__ = ["GENERIC", "JOINED_URI"]

GENERIC = "generic"  # JSON Lines and CSV of unknown origin: rules apply with their own field names
JOINED_URI = "uri"  # a column that web formats make: path?query
