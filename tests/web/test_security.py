"""What keeps other pages, other hosts and other people's forms away; what strangers try is in test_probes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from indicia.errors import InputError, UsageError
from indicia.web.guard.entrance import Folders
from indicia.web.guard.hosts import LOCAL, AllowedHosts, hosts_of
from tests import sample_case
from tests.web.site import client, shelve, token


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("cases")
    shelve(folder, "sample", sample_case.exchange_case())
    with client(folder, most_bytes=100_000) as made:
        yield made


@pytest.mark.parametrize(
    ("address", "given", "names"),
    [
        ("127.0.0.1", [], LOCAL),
        ("::1", ["Indicia.Example"], ("indicia.example", *LOCAL)),
        ("0.0.0.0", ["indicia.example"], ("indicia.example",)),
        ("192.0.2.5", ["192.0.2.5", "2001:db8::1"], ("192.0.2.5", "[2001:db8::1]")),
        ("::", ["https://indicia.example"], ("indicia.example",)),
    ],
)
def test_names_are_an_exact_list(address: str, given: list[str], names: tuple[str, ...]) -> None:
    assert hosts_of(address, given).names == names


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("0.0.0.0", []),
        ("::", []),
        ("192.0.2.5", []),
        ("127.0.0.1", ["*"]),
        ("127.0.0.1", ["*.example"]),
        ("127.0.0.1", ["a.example:80"]),
        ("127.0.0.1", ["a.example/x"]),
        ("127.0.0.1", [""]),
        ("127.0.0.1", ["ftp://a.example"]),
        ("127.0.0.1", ["a@b.example"]),
    ],
)
def test_others_need_a_name_and_a_name_is_one_host(address: str, given: list[str]) -> None:
    with pytest.raises(UsageError):
        hosts_of(address, given)


def test_behind_a_proxy_with_tls_its_origin_is_ours(tmp_path: Path) -> None:
    hosts = AllowedHosts(("indicia.example",), frozenset({"indicia.example"}))
    with client(tmp_path, hosts=hosts) as far:
        assert far.get("/").status_code == 400, "it answers to its name alone"
        far.base_url = "http://indicia.example"  # type: ignore[assignment]
        cookie = far.get("/?token=a-launch-token-of-these-tests", follow_redirects=False).headers["set-cookie"]
        assert "; secure" in cookie
        far.headers["Cookie"] = cookie.partition(";")[0]
        given = {"token": token(far.get("/").text)}
        assert far.post("/new", data=given, headers={"origin": "https://indicia.example"}).status_code == 400, "it is empty"
        assert far.post("/new", data=given, headers={"origin": "http://indicia.example"}).status_code == 403


def test_a_folder_that_may_be_read_is_there(tmp_path: Path) -> None:
    for name in ("nosuch", "~nosuchuser/x", "x" * 5000):
        with pytest.raises(InputError, match="cannot be read"):
            Folders([tmp_path / name if not name.startswith("~") else Path(name)])


def test_what_is_in_a_folder_that_may_be_read_is_named_on_the_form(tmp_path: Path) -> None:
    read = tmp_path / "read"
    read.mkdir()
    (read / "news.txt").write_text("x", "utf-8")
    with client(tmp_path / "cases", reads=(read,)) as made:
        assert str(read) in made.get("/").text
    assert Folders([read]).inside(f"{read}/../read/news.txt") == read / "news.txt"


def test_large_bodies_are_refused(site: TestClient) -> None:
    given = {"token": token(site.get("/").text)}
    assert site.post("/new", data=given, files=[("texts", ("a.txt", b"x" * 200_000))]).status_code == 413

    def chunks() -> Iterator[bytes]:
        for _ in range(300):
            yield b"x" * 1000

    answer = site.post("/new", content=chunks(), headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_going_back_stays_here(site: TestClient, back: str) -> None:
    claim = sample_case.exchange_case().claims[0].id
    fields = {"token": token(site.get("/").text), "subject": claim, "action": "star", "back": back}
    answer = site.post("/case/sample/judge", data=fields, follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/case/sample"


def test_every_answer_carries_the_headers(site: TestClient) -> None:
    for address in ("/", "/case/sample", "/nothing", "/static/indicia.css", "/index.json"):
        headers = site.get(address).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
