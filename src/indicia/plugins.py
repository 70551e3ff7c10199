"""What other packages add, by the entry points that they declare. Which groups there are, what each expects: docs/library.md.

Nothing is loaded that is not installed as a package, and no plugin replaces what comes with the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from indicia.errors import ExtraError

__all__ = ["EXPORTERS", "FORMATS", "READERS", "plugins"]

EXPORTERS, FORMATS, READERS = "indicia.exporters", "indicia.formats", "indicia.readers"


@cache
def plugins(group: str) -> Mapping[str, Any]:
    """Name -> what the entry points of the group load, by name. Raises: ExtraError for one that cannot be loaded."""
    found: dict[str, Any] = {}
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        try:
            found[point.name] = point.load()
        except Exception as error:
            whose = f" of {point.dist.name}" if point.dist else ""
            raise ExtraError(
                f"the plugin {point.name}{whose} cannot be loaded: {error}", hint="mend it, or uninstall it"
            ) from error
    return MappingProxyType(found)
