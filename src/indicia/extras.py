"""Parts of the program that need packages which not everybody wants: the PDF and the Word file of a brief, the page with its
TAXII server, the tools for assistants, and the work on Apache Spark."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

from indicia.errors import ExtraError

# extra -> the modules that it brings, and what they are
EXTRAS = {
    "docx": (("docx",), "the writer of Word files"),
    "mcp": (("mcp",), "the SDK of the Model Context Protocol"),
    "office": (("python_calamine", "oxmsg"), "what reads spreadsheets and Outlook messages"),
    "pdf": (("typst",), "the PDF compiler"),
    "spark": (("pyspark",), "Apache Spark for Python"),
    "web": (("starlette", "uvicorn", "itsdangerous", "python_multipart"), "the web server"),
}


def missing(extra: str) -> ExtraError | None:
    """What to tell whoever needs the extra, None where all of it is installed."""
    modules, name = EXTRAS[extra]
    if all(find_spec(module) is not None for module in modules):
        return None
    return ExtraError(f"{name} is not installed", hint=f'pip install "indicia[{extra}]"')


def need(extra: str) -> None:
    """Raises: ExtraError, where a part of the extra is not installed."""
    if (error := missing(extra)) is not None:
        raise error


# What other packages add, by the entry points that they declare. Which groups there are, what each expects: docs/library.md.
#
# Nothing is loaded that is not installed as a package, and no plugin replaces what comes with the program.
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
