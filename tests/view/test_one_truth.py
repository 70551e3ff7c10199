"""The rooms say the same: a made case of two affairs, two denials and a correction, asked everywhere."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from indicia.case import open_store
from indicia.knowledge import load
from indicia.pipeline import as_left, conclude
from indicia.records import Case, Document, Judgement, Versions
from indicia.share import render
from indicia.share.brief.build import build
from indicia.view.affair import subject
from indicia.view.judgements import key_judgements
from indicia.view.slots import counted, rows
from tests.command import indicia
from tests.sample_case import keep
from tests.view.made import made_claim
from tests.web.site import NOW, client

TEXT = Document(id="document--0", name="made.txt", text="quote", sha256="0" * 64, published="2021-07-19")
EXCHANGE = {"incident": "Microsoft Exchange 2021", "incident_id": "exchange-2021", "date": "2021-07-19"}
FINLAND = {"incident": "Finnish parliament 2020", "incident_id": "finnish-parliament-2020", "date": "2021-07-19"}
CHINA = {"accused": "China", "level": "state", "said": "CN"}
HAFNIUM = {"accused": "HAFNIUM", "level": "group"}
FIELDS: tuple[dict[str, str], ...] = (
    {"source": "United Kingdom", **CHINA, "deed": "did", "firmness": "high", **EXCHANGE},
    {"source": "Canada", **CHINA, "deed": "did", **EXCHANGE},
    {"source": "Microsoft", **HAFNIUM, "deed": "did", **EXCHANGE},
    {"source": "National Cyber Security Centre", **HAFNIUM, "tie": "linked", "to": "China", "tie_state": "CN"} | EXCHANGE,
    {"source": "China", "stance": "denies", **CHINA, "deed": "did", **EXCHANGE},
    {"source": "Finland", "accused": "APT31", "level": "group", "deed": "did", **FINLAND},
    {"source": "China", "stance": "denies", "accused": "APT31", "level": "group", "deed": "did", **FINLAND},
)


@pytest.fixture(scope="module")
def case() -> Case:
    """Canada's accusation is corrected: it named a group, not the state."""
    claims = tuple(made_claim(fields, number) for number, fields in enumerate(FIELDS))
    correction = Judgement(
        id="judgement--1",
        subject=claims[1].id,
        action="correct",
        author="tester",
        time="2021-07-20T00:00:00+00:00",
        value='{"accused": "HAFNIUM", "level": "group"}',
    )
    made = Case(name="Made", versions=Versions(indicia="0"), documents=(TEXT,), claims=claims, judgements=(correction,))
    return conclude(made, load())


@pytest.fixture(scope="module")
def left(case: Case) -> Case:
    return as_left(case, load())


@pytest.fixture(scope="module")
def page(case: Case, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The page's JSON twins."""
    folder = tmp_path_factory.mktemp("cases")
    with open_store(folder / "made.indicia") as store:
        keep(store, case, author="tester", time=NOW, what="made")
    with client(folder) as browser:
        found = {
            name: browser.get(f"/case/made{path}.json").json() for name, path in {"overview": "", "claims": "/claims"}.items()
        }
        found["weigh"] = browser.get("/case/made/weigh.json").json()
    return found


def test_all_name_the_same_affair(left: Case, page: dict[str, Any]) -> None:
    name = subject(left).name
    assert name == "Microsoft Exchange 2021"
    assert build(left, load()).title == name
    assert page["overview"]["affair"] == name
    assert f"# {name}\n" in render(left, "md", load()).decode()
    assert f"<h1>{name}</h1>" in render(left, "html", load()).decode()


def test_all_say_the_same_sentences(left: Case, page: dict[str, Any]) -> None:
    told = [one.text for one in key_judgements(left)]
    assert [one["text"] for one in page["overview"]["judgements"]] == told
    brief = html.unescape(render(left, "html", load()).decode())
    assert not [text for text in told if text not in brief]


def test_all_count_the_same_sources(left: Case, page: dict[str, Any]) -> None:
    about = subject(left)
    told = counted(rows(left, about))
    assert told == "3 voices name who did it, 1 denies"
    (who,) = [box for box in build(left, load()).page_one if box.id == "who"]
    assert who.lead == told
    sources = page["claims"]["coalition"]
    assert {row["source"] for row in sources} == {fields["source"] for fields in FIELDS}
    assert {row["source"] for row in sources if row["accuses_state"]} == {"United Kingdom"}
    stix = json.loads(render(left, "stix", load()))["objects"]
    names = {item["id"]: item.get("name") for item in stix}
    attributed = {
        (names[item["created_by_ref"]], names[item["target_ref"]])
        for item in stix
        if item.get("relationship_type") == "attributed-to" and names[item["source_ref"]] == about.name
    }
    assert attributed == {("United Kingdom", "China"), ("Canada", "HAFNIUM"), ("Microsoft", "HAFNIUM")}


def test_all_reach_the_same_verdict(left: Case, page: dict[str, Any], tmp_path: Path) -> None:
    assert left.weighing is not None
    statement = left.weighing.said.statement
    assert page["overview"]["verdicts"]["said"] == left.weighing.said.verdict.value
    assert page["weigh"]["now"]["said"]["statement"] == statement
    (sentence,) = [one.text for one in key_judgements(left) if one.topic == "grounds" and statement.rstrip(".") in one.text]
    assert sentence in html.unescape(render(left, "html", load()).decode())
    file = tmp_path / "case.json"
    file.write_bytes(render(msgspec.structs.replace(left, judgements=()), "json", load()))
    assert json.loads(indicia("weigh", file, "--json").stdout)["said"]["statement"] == statement
