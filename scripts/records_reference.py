"""Writes docs/records.md from the records themselves: every field with its type, in the order of the module.

    python scripts/records_reference.py

`tests/cli/test_reference.py` compares the file with the code.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import msgspec

from indicia import records

__all__ = ["FILE", "reference"]

FILE = Path(__file__).parents[1] / "docs" / "records.md"
# Where a reader begins: these first, the rest by the alphabet.
FIRST = (
    "Case",
    "Document",
    "Claim",
    "Mention",
    "Hunt",
    "Sighting",
    "Weighing",
    "Assessment",
    "Evidence",
    "Advice",
    "Measure",
    "Judgement",
)


def reference() -> str:
    """The page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    found = {name: one for name in sorted(vars(records)) if inspect.isclass(one := getattr(records, name))}
    structs = {name: one for name, one in found.items() if issubclass(one, msgspec.Struct)}
    enums = {name: one for name, one in found.items() if issubclass(one, Enum)}
    yield from (
        "# Records",
        "",
        "Made from the code by `python scripts/records_reference.py`. This is what `case.json` holds, and what `indicia.records` gives. All",
        "records are frozen; a list is a tuple; times are UTC. What stays stable: [library.md](library.md#what-stays-stable).",
    )
    names = [*(name for name in FIRST if name in structs), *sorted(name for name in structs if name not in FIRST)]
    for name in names:
        fields = structs[name].__struct_fields__
        if not fields:
            continue
        yield from ("", f"## {name}", "", _about(structs[name]), "", "| Field | Type | If not given |", "|---|---|---|")
        hints = {
            field: hint
            for base in reversed(structs[name].__mro__)
            for field, hint in getattr(base, "__annotations__", {}).items()
        }
        for field in msgspec.structs.fields(structs[name]):
            yield f"| `{field.name}` | {_type(str(hints.get(field.name, '')))} | {_default(field)} |"
    yield from ("", "## Fixed words", "")
    for name in sorted(enums):
        yield from (f"### {name}", "", _about(enums[name]), "", ", ".join(f"`{one.value}`" for one in enums[name]) + ".", "")


def _about(kind: type) -> str:
    text = inspect.getdoc(kind) or ""
    return " ".join(text.split()).replace("<", "&lt;") if kind.__doc__ else ""


def _type(hint: str) -> str:
    hint = re.sub(r"tuple\[(.+), \.\.\.\]", r"list of \1", hint)
    return hint.replace(" | None", " or nothing").replace("|", "or")


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "must be given"
    if field.default is msgspec.NODEFAULT or field.default in ((), "", None):
        return "empty"
    value = field.default.value if isinstance(field.default, Enum) else field.default
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    FILE.write_text(reference(), "utf-8")
