"""Parts of the program that need packages which not everybody wants: the PDF and the Word file of a brief, the page with its
TAXII server, the tools for assistants, and the work on Apache Spark."""

from __future__ import annotations

from importlib.util import find_spec

from indicia.errors import ExtraError

__all__ = ["EXTRAS", "missing", "need"]

# extra -> the modules that it brings, and what they are
EXTRAS = {
    "docx": (("docx",), "the writer of Word files"),
    "mcp": (("mcp",), "the SDK of the Model Context Protocol"),
    "office": (("python_calamine", "striprtf", "oxmsg"), "what reads spreadsheets, RTF and Outlook messages"),
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
