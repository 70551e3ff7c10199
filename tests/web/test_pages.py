"""Every page and its twin, over a sample case, an empty one and a hostile one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from indicia.advise.advice import advise
from indicia.knowledge import load
from indicia.view.first import by_when, first_things, headline
from indicia.web.guard.hosts import CSP
from tests import sample_case
from tests.web.site import addresses, client, shelve

CASES = {"sample": sample_case.exchange_case, "empty": sample_case.empty_case, "hostile": sample_case.hostile_case}
# The sample is GREEN but for what our own logs told; the hostile one is CLEAR but for its document and its logs.
MARKED = {"sample": "TLP:AMBER", "empty": "TLP:CLEAR", "hostile": "TLP:AMBER"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("cases")
    for slug, make in CASES.items():
        shelve(folder, slug, make())
    with client(folder) as made:
        yield made


ALL = [(slug, address) for slug, make in CASES.items() for address in addresses(make(), slug)] + [("", "/"), ("", "/help")]


@pytest.mark.parametrize(("slug", "address"), ALL, ids=lambda value: value)
def test_page_and_twin(site: TestClient, slug: str, address: str) -> None:
    page = site.get(address)
    assert page.status_code == 200, page.text[:500]
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"] == CSP
    assert "<h1>" in page.text and "</html>" in page.text
    twin = site.get("/index.json" if address == "/" else f"{address}.json")
    assert twin.status_code == 200 and isinstance(twin.json(), dict)
    if slug:
        assert re.findall(r'class="tlp tlp-[a-z-]+"[^>]*>([^<]*)<', page.text) == [MARKED[slug]]
        assert f"<footer><p><b>{MARKED[slug]}</b>" in page.text
    else:
        assert 'class="tlp ' not in page.text, "a page of no case bears no marking"


def test_what_to_do_first_is_that_of_the_brief(tmp_path: Path) -> None:
    """In its words and with its time: on a page at a glance, and beside each measure."""
    case = sample_case.exchange_case()
    advice = advise(case, load())
    shelve(tmp_path, "sample", msgspec.structs.replace(case, advice=advice))
    with client(tmp_path) as site:
        glance, whole = (site.get(f"/case/sample{page}").text for page in ("", "/advise"))
    told = [f'{html.escape(headline(one))}</a> <span class="quiet">{by_when(one)}<' for one in first_things(advice, 4)]
    assert told and all(one in glance for one in told)
    assert all(f"<b>{by_when(one)}</b>" in whole for one in first_things(advice, 4))


class _Hostile(HTMLParser):
    """Notes what a browser would run or follow."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bad: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"img", "iframe", "object", "embed", "base", "style"}:
            self.bad.append(f"<{tag}>")
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.bad.append("<script>")
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "srcdoc", "formaction"}:
                self.bad.append(f"{tag} {name}")
            if name in {"href", "src", "action"} and not re.match(r"(/(?!/)|#|\?|$)", value or ""):
                self.bad.append(f"{tag} {name}={value}")
        if given.get("id"):
            self.ids.append(str(given["id"]))


@pytest.mark.parametrize(("slug", "address"), ALL, ids=lambda value: value)
def test_hostile_text_is_inert(site: TestClient, slug: str, address: str) -> None:
    text = site.get(address, params={"q": sample_case.NASTY} if slug == "hostile" else None).text
    parser = _Hostile()
    parser.feed(text)
    assert not parser.bad
    assert len(parser.ids) == len(set(parser.ids)), "ids stand once"
    for char in "\x00\x1b\u202e\u2066\u200b":
        assert char not in text
    assert "<script>alert" not in text and "onerror=alert" not in re.sub(r"&lt;.*?&gt;", "", text)
    assert "49" not in re.findall(r"\{\{7\*7\}\}|(?<=} )49", text)


def test_the_hostile_case_is_really_shown(site: TestClient) -> None:
    case = sample_case.hostile_case()
    page = site.get(f"/case/hostile/documents/{case.documents[0].id}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "{{7*7}}" in page


HINTS = {
    "documents": "Add a statement",
    "claims": "No claim",
    "timeline": "has a date",
    "hunt": "No logs",
    "weigh": "Nothing to weigh",
    "advise": "No measure",
    "search": "Paste",
}


@pytest.mark.parametrize(("part", "hint"), HINTS.items())
def test_an_empty_page_says_what_to_do(site: TestClient, part: str, hint: str) -> None:
    page = site.get(f"/case/empty/{part}").text
    assert hint in page and 'class="empty"' in page


def test_what_is_not_there(site: TestClient) -> None:
    for address in (
        "/nothing",
        "/case/none",
        "/case/sample/documents/x",
        "/case/sample/claims/x",
        "/case/sample/sightings/x",
        "/jobs/x",
    ):
        answer = site.get(address)
        assert answer.status_code == 404 and "<h1>Not here</h1>" in answer.text
    assert site.get("/case/none.json").json()["error"]
    assert site.get("/case/sample/export/exe").status_code == 404


@pytest.mark.parametrize("choice", ["for=green", "public=1"])
def test_an_export_says_that_something_was_left_out_unless_it_is_not_to(site: TestClient, choice: str) -> None:
    told, untold = (site.get(f"/case/sample/export/stix?{choice}{more}").text for more in ("", "&untold=1"))
    assert "were left out" in told and "were left out" not in untold
    assert "do not say so" in site.get(f"/case/sample/export?{choice}&untold=1").text
