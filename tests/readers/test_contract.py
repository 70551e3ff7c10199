"""The contract as it is written down: schema, page and prompt say what the records say."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from indicia.readers.asking import answer_schema, prompt
from indicia.records import Fault, ProposedClaim, ProposedReading
from scripts import reading_schema

DOCS = Path(__file__).parents[2] / "docs"
ROW = {
    "reader": "my model",
    "document": "a.txt",
    "read": [[0, 120]],
    "claims": [{"quote": "Microsoft names HAFNIUM.", "stance": "accuses", "source": "Microsoft", "accused": "HAFNIUM"}],
}


def test_the_schema_is_that_of_the_records() -> None:
    assert reading_schema.FILE.read_bytes() == reading_schema.schema(), "run: python scripts/reading_schema.py"


def test_what_the_schema_allows_is_taken() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(reading_schema.FILE.read_text("utf-8"))
    jsonschema.validate(ROW, schema)
    assert msgspec.convert(ROW, ProposedReading).claims[0].accused == "HAFNIUM"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**ROW, "claims": [{"quote": "x"}]}, schema)


def test_the_page_names_every_field_and_every_fault() -> None:
    page = (DOCS / "readers.md").read_text("utf-8")
    assert not [name for name in ProposedClaim.__struct_fields__ if f"`{name}`" not in page]
    assert not [fault.value for fault in Fault if fault.value not in page]


def test_the_prompt_asks_for_every_field_of_an_answer() -> None:
    asked = answer_schema()["properties"]["claims"]["items"]["properties"]
    assert set(asked) == set(ProposedClaim.__struct_fields__)
    assert not [name for name in asked if name not in prompt()]
