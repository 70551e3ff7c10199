"""Answers to others depend on nothing that they may not see: TAXII's to its readers, and the pages for anybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from indicia.case import open_store
from indicia.knowledge import load
from indicia.records import Case, Judgement, Tlp
from indicia.share.stix import bundle_objects
from indicia.web import app as opening
from indicia.web import create_open_app
from indicia.web.app import opened
from indicia.web.taxii.readers import Reader, collection_id
from indicia.web.taxii.server import Fixed, taxii_app
from tests.sample_case import empty_case
from tests.share.secrets import cases_with_secrets
from tests.share.test_non_interference import beset, never_held
from tests.web.site import addresses, shelve

TOKEN = "bob-token-0123456789"
FEW = settings(max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
NOON = "2026-11-24T12:00:00.000000Z"
QUERIES = (
    *("", "?limit=1", "?limit=2&next=1", "?next=1000", "?added_after=2000-01-01T00:00:00Z"),
    *("?match[type]=note", "?match[version]=all", "?match[spec_version]=2.1"),
)


def taxii_answers(case: Case, reader: Reader, tlp: Tlp, ids: list[str]) -> Iterator[tuple[str, int, bytes, object]]:
    """Of every route, for one collection and for these objects: status, body and headers."""
    app = taxii_app(lambda: {"case": Fixed(case)}, load(), (reader,), now=lambda: NOON)
    base = "/taxii2/case"
    paths = ["/taxii2/", f"{base}/", f"{base}/collections/", f"{base}/status/x/"]
    there = f"{base}/collections/{collection_id(tlp.value)}"
    paths += [f"{there}/", *(f"{there}/{kind}/{query}" for kind in ("objects", "manifest") for query in QUERIES)]
    paths += [f"{there}/objects/{id}/{rest}" for id in ids for rest in ("", "versions/")]
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for path in paths:
            answer = client.get(path, headers={"Authorization": f"Bearer {TOKEN}"})
            yield path, answer.status_code, answer.content, sorted(answer.headers.items())


@FEW
@given(cases_with_secrets(), st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT]))
def test_no_answer_to_a_reader_depends_on_what_is_above_them(case: Case, clearance: Tlp) -> None:
    told_apart(case, clearance)


@pytest.mark.parametrize("clearance", [Tlp.CLEAR, Tlp.AMBER_STRICT])
def test_no_answer_to_a_reader_depends_on_the_secret_of_a_case(clearance: Tlp) -> None:
    told_apart(beset(), clearance)


def told_apart(case: Case, clearance: Tlp) -> None:
    reader = Reader(name="bob", token_sha256=sha256(TOKEN.encode()).hexdigest(), tlp=clearance)
    ids = [each["id"] for each in bundle_objects(case, load()) if each["type"] in {"note", "report", "relationship"}][:20]
    for tlp in Tlp:
        never = never_held(case, min(tlp, clearance, key=lambda one: one.rank))
        for answer, expected in zip(taxii_answers(case, reader, tlp, ids), taxii_answers(never, reader, tlp, ids), strict=True):
            assert answer == expected, (tlp, answer[0])


class Noon(datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2026, 11, 24, 12, tzinfo=tz)


class Later(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2027, 1, 1, tzinfo=tz)


@contextmanager
def open_site(case: Case, slug: str, audience: Tlp) -> Iterator[TestClient]:
    with TemporaryDirectory() as folder:
        shelve(Path(folder), slug, case)
        with (
            patch.object(opening, "datetime", Noon),
            TestClient(create_open_app(Path(folder), audience=audience), base_url="http://127.0.0.1") as client,
        ):
            yield client


def pages(case: Case, slug: str) -> list[str]:
    """Every page, table, picture and export of a case, with some questions to them."""
    base = f"/case/{slug}"
    found = ["/", "/index.json", *addresses(case, slug), *(f"{page}.json" for page in addresses(case, slug))]
    found += [f"{base}/{table}.csv" for table in ("documents", "claims", "hunt", "advise")]
    found += [f"{base}/picture/{name}.{form}" for name in ("claims", "timeline") for form in ("svg", "png")]
    found += [f"{base}/export/{form}" for form in ("md", "html", "json", "stix", "misp", "navigator", "csv", "ledger")]
    found += [f"{base}/search{form}?q={words}" for form in ("", ".json") for words in ("numbat", "198.51.100.7", "a", "T1190")]
    found += [f"{base}/weigh?without={one.id}" for one in case.weighing.evidence[:3]] if case.weighing else []
    found += [f"{base}/claims?since=1990&until=2000", f"{base}/timeline?since=1990", f"{base}/advise?have=mfa"]
    return found


@FEW
@given(cases_with_secrets(), st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER]))
def test_no_page_for_anybody_depends_on_what_they_may_not_see(case: Case, audience: Tlp) -> None:
    shown_apart(case, audience)


def test_no_page_for_anybody_depends_on_the_secret_of_a_case() -> None:
    shown_apart(beset(), Tlp.GREEN)


def test_a_change_in_what_is_left_out_changes_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = beset()
    shelve(tmp_path, "secret", case)
    with TestClient(create_open_app(tmp_path, audience=Tlp.GREEN), base_url="http://127.0.0.1") as site:
        asked = pages(case, opening._unnamed(opened(case, Tlp.GREEN)))
        before = [site.get(page).content for page in asked]
        monkeypatch.setattr(opening, "datetime", Later)
        with open_store(tmp_path / "secret.indicia") as store:
            store.judge(
                Judgement(id="r", subject=case.claims[-1].id, action="reject", author="numbat", time="2026-01-02T00:00:00Z")
            )
        assert [page for page, was in zip(asked, before, strict=True) if site.get(page).content != was] == []


def shown_apart(case: Case, audience: Tlp) -> None:
    seen = opened(case, audience)
    if not seen.documents:
        with open_site(case, "secret", audience) as one, open_site(empty_case(), "none", audience) as other:
            assert one.get("/").content == other.get("/").content
        return
    slug = opening._unnamed(seen)
    never = never_held(case, audience)
    hidden = [*(one.id for one in case.documents), *(one.id for one in case.claims)]
    asked = [*pages(seen, slug), *(f"/case/{slug}/{kind}/{id}" for id in hidden for kind in ("documents", "claims"))]
    with open_site(case, "secret", audience) as one, open_site(never, slug, audience) as other:
        for page in asked:
            answers = [
                (each.status_code, each.content, sorted(each.headers.items())) for each in (one.get(page), other.get(page))
            ]
            assert answers[0] == answers[1], page
            assert answers[0][0] < 500, page
