"""The ledger as CSV and JSON-LD: every claim a row with a citation that leads to its words."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import msgspec
import pytest

from evals.exchange import fields_of
from indicia.knowledge import load
from indicia.share import render
from indicia.share.ledger import COLUMNS
from tests.sample_case import document_of, exchange_case, hostile_case


def test_each_row_holds_the_five_fields_and_leads_to_its_words() -> None:
    case = exchange_case()
    rows = list(csv.DictReader(io.StringIO(render(case, "ledger", load()).decode("utf-8"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    for claim, row in zip(case.claims, rows, strict=True):
        source, accused, stance, firm, quote = fields_of(claim)
        assert (row["source"] or "not named", row["accused"] or "nobody by name", row["stance"]) == (source, accused, stance)
        assert " ".join(filter(None, (row["deed_firmness"], row["tie_firmness"]))) == firm
        document = document_of(case, claim)
        assert document is not None
        assert document.text[int(row["start"]) : int(row["end"])] == row["quote"] == quote
        assert document.file_name in row["citation"]
        assert row["tlp"].startswith("TLP:")


def test_json_ld_says_the_same_in_words_that_others_know() -> None:
    case = exchange_case()
    first, *rest = case.claims
    case = msgspec.structs.replace(case, claims=(msgspec.structs.replace(first, score=0.4), *rest))
    whole = json.loads(render(case, "jsonld", load()))
    assert [one["text"] for one in whole["hasPart"]] == [claim.quote.text for claim in case.claims]
    assert [one["to_check"] for one in whole["hasPart"]] == [True, *[False] * len(rest)]
    assert all(one["appearance"]["sha256"] and one["citation"] for one in whole["hasPart"])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_json_ld_is_read_by_who_knows_the_standard() -> None:
    rdflib = pytest.importorskip("rdflib", reason="needs rdflib")
    case = exchange_case()
    graph: Any = rdflib.Graph().parse(data=render(case, "jsonld", load()), format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    claims = set(graph.subjects(rdflib.RDF.type, schema.Claim))
    assert {str(claim) for claim in claims} == {f"urn:indicia:{claim.id}" for claim in case.claims}
    authors = {str(graph.value(graph.value(claim, schema.author), schema.name)) for claim in claims}
    assert "European Union" in authors


def test_no_cell_of_a_stranger_is_a_formula() -> None:
    rows = csv.reader(io.StringIO(render(hostile_case(), "ledger", load()).decode("utf-8"), newline=""))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
