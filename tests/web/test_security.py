"""What keeps other pages, other hosts and other people's forms away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from indicia.web.guard.security import COOKIE
from tests import sample_case
from tests.web.site import client, shelve, token

POSTS = ("/new", "/case/sample/judge", "/case/sample/documents/x/add", "/jobs/x/stop")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("cases")
    shelve(folder, "sample", sample_case.exchange_case())
    with client(folder, hosts=("indicia.example",), most_bytes=100_000) as made:
        yield made


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:80", "[::2]"])
def test_foreign_hosts_are_refused(site: TestClient, host: str) -> None:
    for address in ("/", "/case/sample", "/static/indicia.js"):
        answer = site.get(address, headers={"host": host})
        assert answer.status_code == 421 and "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["127.0.0.1:8321", "localhost", "LOCALHOST:1", "[::1]:8321", "indicia.example"])
def test_own_hosts_are_served(site: TestClient, host: str) -> None:
    assert site.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("address", POSTS)
def test_forms_need_a_token(site: TestClient, address: str) -> None:
    site.get("/")
    assert site.post(address, data={"action": "star"}).status_code == 403
    assert site.post(address, data={"token": "made.up.token"}).status_code == 403


def test_a_token_belongs_to_its_session(site: TestClient) -> None:
    mine = token(site.get("/").text)
    kept = dict(site.cookies)
    site.cookies.clear()
    assert site.post("/new", data={"token": mine}).status_code == 403
    site.cookies.set(COOKIE, "a" * 32)
    assert site.post("/new", data={"token": mine}).status_code == 403
    site.cookies.clear()
    for name, value in kept.items():
        site.cookies.set(name, value)


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "http://127.0.0.1:9"}]
)
def test_forms_of_other_sites_are_refused(site: TestClient, headers: dict[str, str]) -> None:
    given = {"token": token(site.get("/").text)}
    assert site.post("/new", data=given, headers=headers).status_code == 403


def test_the_cookie_is_strict(tmp_path: Path) -> None:
    with client(tmp_path) as fresh:
        cookie = fresh.get("/").headers["set-cookie"].lower()
    assert "samesite=strict" in cookie and "httponly" in cookie


def test_large_bodies_are_refused(site: TestClient) -> None:
    given = {"token": token(site.get("/").text)}
    assert site.post("/new", data=given, files=[("texts", ("a.txt", b"x" * 200_000))]).status_code == 413

    def chunks() -> Iterator[bytes]:
        for _ in range(300):
            yield b"x" * 1000

    answer = site.post("/new", content=chunks(), headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413


def test_nothing_outside_of_static_is_served(site: TestClient) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"):
        assert site.get(path).status_code == 404


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_going_back_stays_here(site: TestClient, back: str) -> None:
    claim = sample_case.exchange_case().claims[0].id
    fields = {"token": token(site.get("/").text), "subject": claim, "action": "star", "back": back}
    answer = site.post("/case/sample/judge", data=fields, follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/case/sample"


@pytest.mark.parametrize("slug", ["%2e%2e", "%2e%2e%2fsample", "SAMPLE", "sample%00", ".inbox"])
def test_only_cases_of_the_shelf_open(site: TestClient, slug: str) -> None:
    assert site.get(f"/case/{slug}").status_code in {400, 404}


def test_every_answer_carries_the_headers(site: TestClient) -> None:
    for address in ("/", "/case/sample", "/nothing", "/static/indicia.css", "/index.json"):
        headers = site.get(address).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
