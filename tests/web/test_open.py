"""The page for anybody: what it may not show is not there, and nothing can be sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from indicia.case import open_store
from indicia.records import Case, Judgement, Tlp
from indicia.web import create_open_app
from tests import sample_case
from tests.web.site import addresses, shelve

HIDDEN = ("198.51.100.23", "198[.]51", "exch01", "Ada Zebra", "ask the zebra", "secret-folder")


def marked() -> Case:
    """A case of an article that is CLEAR and an advisory that is AMBER; with logs, and with what somebody decided."""
    case = sample_case.exchange_case()
    article, advisory = case.documents
    documents = (
        msgspec.structs.replace(article, marking=Tlp.CLEAR, name=f"/secret-folder/{article.name}"),
        msgspec.structs.replace(advisory, marking=Tlp.AMBER),
    )
    said = Judgement(
        id="j", subject=case.claims[-1].id, action="note", author="Ada Zebra", time="2026-01-01", note="ask the zebra"
    )
    return msgspec.structs.replace(case, documents=documents, judgements=(said,), name="Operation Hidden")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("cases")
    shelve(folder, "operation-hidden", marked())
    amber = tuple(msgspec.structs.replace(one, marking=Tlp.AMBER) for one in marked().documents)
    shelve(folder, "all-amber", msgspec.structs.replace(marked(), documents=amber))
    with TestClient(create_open_app(folder), base_url="http://127.0.0.1") as made:
        yield made


def slug(site: TestClient) -> str:
    (case,) = site.get("/index.json").json()["cases"]
    found: str = case["slug"]
    return found


def test_what_it_may_not_show_is_on_no_page(site: TestClient) -> None:
    article, advisory = marked().documents
    mine = slug(site)
    assert mine.startswith("extract-"), "nor in an address"
    pages = ["/", "/help", *addresses(Case(name="x", versions=marked().versions), mine)]
    pages += [
        f"/case/{mine}/{part}" for part in ("documents.csv", "claims.csv", "hunt.csv", "advise.csv", "picture/claims.svg")
    ]
    pages += [f"/case/{mine}/export/{form}?internal=1&as=machine" for form in ("json", "md", "stix", "csv")]
    pages += [f"/case/{mine}/{kind}/{one['id']}" for kind in ("documents", "claims") for one in rows(site, mine, kind)]
    sentences = [one for one in advisory.text.split(". ") if len(one) > 30 and one not in article.text]
    assert len(pages) > 25 and len(sentences) > 3
    for address in (*pages, *(f"{page}.json" for page in pages[2:12])):
        answer = site.get(address)
        assert answer.status_code in {200, 404}, address
        assert "Operation Hidden" not in answer.text and "operation-hidden" not in answer.text
        assert not [word for word in (*HIDDEN, *sentences[:5]) if word in answer.text], address
        assert 'method="post"' not in answer.text, address


def rows(site: TestClient, mine: str, kind: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = site.get(f"/case/{mine}/{kind}.json").json()[kind]
    assert found
    return found


def test_nothing_can_be_sent_to_it(site: TestClient) -> None:
    mine = slug(site)
    for address in ("/new", "/enter", "/jobs/x/stop", f"/case/{mine}/judge", f"/case/{mine}/delete", f"/case/{mine}/rename"):
        assert site.post(address, data={"subject": "weighing", "action": "note", "note": "x"}).status_code in {404, 405}
    for address in ("/jobs/x", f"/case/{mine}/check", "/case/all-amber", "/case/operation-hidden"):
        assert site.get(address).status_code == 404
    assert "set-cookie" not in site.get("/").headers


def test_it_speaks_to_readers(site: TestClient) -> None:
    """No word of logs that nobody gave it, and no choice that changes nothing."""
    mine = slug(site)
    for address in ("/", f"/case/{mine}", f"/case/{mine}/export"):
        page = site.get(address).text
        assert "our logs" not in page.lower() and "<form" not in page.replace('<form class="find"', ""), address


def test_it_follows_what_people_decide(tmp_path: Path) -> None:
    case = marked()
    shelve(tmp_path, "one", case)
    with TestClient(create_open_app(tmp_path), base_url="http://127.0.0.1") as site:
        before = rows(site, slug(site), "claims")
        with open_store(tmp_path / "one.indicia") as store:
            time = "2026-01-02T00:00:00+00:00"
            for_few = Judgement(id="r", subject=before[0]["id"], action="reject", author="Ada Zebra", time=time)
            store.judge(for_few)
            assert rows(site, slug(site), "claims") == before, "what is decided in a case is marked as it is"
            store.judge(msgspec.structs.replace(for_few, marking=Tlp.CLEAR))
        after = rows(site, slug(site), "claims")
        assert before[0]["id"] not in {one["id"] for one in after} and len(after) == len(before) - 1
