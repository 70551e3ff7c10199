"""Writes docs/reading.schema.json: the form of a line of a file of claims, from the records themselves.

    python scripts/reading_schema.py

`tests/readers/test_contract.py` compares the file with the code.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import msgspec
import orjson

from indicia.records import ProposedReading

__all__ = ["FILE", "schema"]

FILE = Path(__file__).parents[1] / "docs" / "reading.schema.json"


def schema() -> bytes:
    """The schema, the same bytes for the same records."""
    made = msgspec.json.schema(ProposedReading)
    for part in made["$defs"].values():
        if "description" in part:
            part["description"] = inspect.cleandoc(part["description"])  # as later Pythons keep docstrings
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


if __name__ == "__main__":
    FILE.write_bytes(schema())
