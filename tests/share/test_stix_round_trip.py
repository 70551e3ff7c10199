"""Our bundle read back gives the same case; nothing of the house leaves unasked."""

from __future__ import annotations

import json
import warnings
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from stix2validator import ValidationOptions, validate_string

from indicia.errors import FormatError
from indicia.knowledge import load
from indicia.records import Case, Judgement
from indicia.share.internals import without_internals
from indicia.share.stix import CASE_EXTENSION, CLAIM_EXTENSION, bundle_objects, read_bundle, render
from indicia.share.stix.schema import case_schema, claim_schema
from tests.sample_case import big_case, empty_case, exchange_case, hostile_case
from tests.share.strategies import cases, whole_cases

ROOT = Path(__file__).parents[2]
SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(cases())
def test_a_case_comes_back_with_every_claim_and_marking(case: Case) -> None:
    back = read_bundle(render(case, load()))
    assert back.claims == case.claims
    assert back.mentions == case.mentions
    assert back.marking == case.marking
    assert [d.marking for d in back.documents] == [d.marking for d in case.documents]
    for mine, theirs in zip(case.documents, back.documents, strict=True):
        assert len(mine.text) == len(theirs.text)
        assert set(theirs.text) <= {*mine.text, " "}


def _without_null(case: Case) -> Case:
    """STIX knows no null: a judgement without a marking comes back as one that is marked as the whole case is, never lower."""
    judgements = tuple(
        msgspec.structs.replace(one, marking=msgspec.UNSET) if one.marking is None else one for one in case.judgements
    )
    return msgspec.structs.replace(case, judgements=judgements)


@settings(SLOW, max_examples=20)
@given(whole_cases())
def test_with_texts_and_internals_the_whole_case_comes_back(case: Case) -> None:
    assert read_bundle(render(case, load(), texts=True, internal=True)) == _without_null(case)


@settings(SLOW, max_examples=20)
@given(whole_cases())
def test_without_internals_everything_else_comes_back(case: Case) -> None:
    assert read_bundle(render(case, load(), texts=True)) == _without_null(without_internals(case))


@pytest.mark.parametrize("make", [exchange_case, hostile_case, empty_case, lambda: big_case(claims=50, sightings=300)])
def test_a_case_comes_back_as_it_was(make: Callable[[], Case]) -> None:
    case = make()
    back = read_bundle(render(case, load(), internal=True, texts=True))
    assert back == case
    assert render(back, load(), internal=True, texts=True) == render(case, load(), internal=True, texts=True)


def test_what_does_not_travel_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_bundle(render(exchange_case(), load())).problems[-1].what.startswith("came in a bundle without its text")
    monkeypatch.setattr("indicia.share.stix.bundle.MOST_SIGHTINGS", 2)
    bundle = render(exchange_case(), load())
    assert b"the first 2 travel one by one" in bundle
    back = read_bundle(bundle)
    assert back.hunt is not None
    assert len(back.hunt.sightings) == 2


def test_of_two_versions_of_a_report_the_newer_counts() -> None:
    """A client that pulls again has both."""
    old, new = exchange_case(logs=False), exchange_case()
    both = [item for case in (new, old) for item in bundle_objects(case, load())]
    report = next(item for item in both[::-1] if item["type"] == "report")
    report["modified"] = "2021-01-01T00:00:00.000Z"
    assert read_bundle(json.dumps({"type": "bundle", "objects": both}).encode()).hunt is not None


def logs_only() -> Case:
    nothing = {"documents": (), "claims": (), "mentions": (), "affairs": ()}
    return msgspec.structs.replace(exchange_case(), **nothing, weighing=None, advice=None)


def undated() -> Case:
    case = exchange_case(logs=False)
    claims = tuple(msgspec.structs.replace(claim, date=None) for claim in case.claims)
    return msgspec.structs.replace(
        case, claims=claims, documents=tuple(msgspec.structs.replace(one, published=None) for one in case.documents)
    )


KINDS = [exchange_case, hostile_case, empty_case, lambda: big_case(claims=20, sightings=50), logs_only, undated]


@pytest.mark.parametrize("make", KINDS, ids=["exchange", "hostile", "empty", "big", "logs only", "undated"])
def test_strict_validation_finds_nothing_but_our_stable_ids(make: Callable[[], Case]) -> None:
    text = render(make(), load(), internal=make is exchange_case).decode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = validate_string(text, ValidationOptions(version="2.1", strict=True))
    # {103}: ids "should" be UUIDv4. Ours are UUIDv5, so that the same case gives the same bytes.
    assert [str(error) for error in result.errors or [] if "{103}" not in str(error)] == []
    assert "1970-" not in text


def test_the_schemas_that_we_publish_are_those_that_we_write() -> None:
    for name, made in (("claim", claim_schema()), ("case", case_schema())):
        published = (ROOT / f"docs/stix-{name}.schema.json").read_text("utf-8")
        assert published == json.dumps(made, indent=1, sort_keys=True) + "\n", f"write docs/stix-{name}.schema.json anew"


def test_a_bundle_carries_the_schemas_of_its_extensions() -> None:
    objects = json.loads(render(exchange_case(), load()))["objects"]
    for id, made in ((CLAIM_EXTENSION, claim_schema()), (CASE_EXTENSION, case_schema())):
        (definition,) = [item for item in objects if item["id"] == id]
        assert json.loads(definition["schema"]) == json.loads(json.dumps(made))


@pytest.mark.parametrize("make", [exchange_case, hostile_case, empty_case])
@pytest.mark.parametrize("internal", [False, True])
def test_a_whole_case_fits_the_published_schema(make: Callable[[], Case], internal: bool) -> None:
    validator = Draft202012Validator(case_schema())
    for texts in (False, True):
        objects = json.loads(render(make(), load(), internal=internal, texts=texts))["objects"]
        (report,) = [item for item in objects if item["type"] == "report"]
        validator.validate(report["extensions"][CASE_EXTENSION])


@SLOW
@given(cases())
def test_every_extension_fits_the_published_schema(case: Case) -> None:
    validator = Draft202012Validator(claim_schema())
    for item in json.loads(render(case, load()))["objects"]:
        if CLAIM_EXTENSION in item.get("extensions", {}):
            validator.validate(item["extensions"][CLAIM_EXTENSION])


def house_case() -> Case:
    """The Exchange case with a machine, a mailbox, a person and a log line that must not be seen outside."""
    case = exchange_case()
    assert case.hunt
    fields = {"AuthenticatedUser": "CORP\\jane.doe", "AnchorMailbox": "board@corp.example", "UrlStem": "/ecp/secret-path.js"}
    first = case.hunt.sightings[0]
    event = msgspec.structs.replace(first.event, fields=fields)
    sighting = msgspec.structs.replace(first, event=event, matched=tuple(fields.items()))
    hunt = msgspec.structs.replace(case.hunt, sightings=(sighting, *case.hunt.sightings[1:]))
    judged = Judgement(id="j", subject="x", action="note", author="analyst.smith", time="2021-07-19", note="jane.doe on EXCH01")
    return msgspec.structs.replace(case, hunt=hunt, judgements=(judged,))


HOUSE = (b"exch01", b"jane.doe", b"board@corp", b"secret-path", b"httpproxy_2021", b"procdump -ma", b"analyst.smith")


def test_nothing_of_the_house_leaves_unasked() -> None:
    bundle = render(house_case(), load()).lower()
    assert [word for word in HOUSE if word in bundle] == []
    assert b'"sighting"' in bundle


def test_log_records_leave_when_asked_for() -> None:
    objects = json.loads(render(house_case(), load(), internal=True))["objects"]
    payloads = b"".join(b64decode(item["payload_bin"]) for item in objects if item["type"] == "artifact")
    assert b"EXCH01" in payloads
    assert b"jane.doe" in payloads


def broken(change: Any) -> bytes:
    bundle = json.loads(render(exchange_case(), load()))
    note = next(item for item in bundle["objects"] if item["type"] == "note" and CLAIM_EXTENSION in item["extensions"])
    change(note["extensions"][CLAIM_EXTENSION])
    return json.dumps(bundle).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda claim: claim["quote"].update(text="something else"),
        lambda claim: claim["quote"].update(start=-5),
        lambda claim: claim["quote"].update(document="document--0"),
        lambda claim: claim.update(stance="insinuates"),
        lambda claim: claim.update(extra=1),
        lambda claim: claim.update(source="a", firmness="low"),
        lambda claim: claim.update(source={"party": []}, accused={"party": {"state": "a"}, "level": "place"}),
    ],
)
def test_a_bundle_that_was_tampered_with_is_refused(change: Any) -> None:
    with pytest.raises(FormatError):
        read_bundle(broken(change))


@pytest.mark.parametrize("name", ["claim_order", "documents", "judgements"])
def test_a_bundle_whose_lists_are_none_is_refused(name: str) -> None:
    bundle = json.loads(render(exchange_case(), load()))
    report = next(item for item in bundle["objects"] if item["type"] == "report")
    report["extensions"][CASE_EXTENSION][name] = 5
    with pytest.raises(FormatError):
        read_bundle(json.dumps(bundle).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"type": "bundle", "objects": []}', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_bundle_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        read_bundle(data)
