"""The server as taxii2-client sees it, on a real port; without the right token nothing above TLP:CLEAR is there."""

from __future__ import annotations

import json
import threading
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
import stix2
import uvicorn
from starlette.types import ASGIApp

from indicia.case import open_store
from indicia.cli.serve import Kept, taxii_of_page
from indicia.errors import FormatError, InputError, UsageError
from indicia.knowledge import load
from indicia.records import Case, Firmness, Tlp
from indicia.share.redact import mark, marking_of
from indicia.web import create_app
from indicia.web.cases.shelf import Shelf
from indicia.web.guard.hosts import LOCAL, AllowedHosts
from indicia.web.taxii.readers import Inbox, Reader, collection_id, keyed_id, load_readers, marking_of_object, reader_of
from indicia.web.taxii.server import MEDIA, Fixed, Source, beside, taxii_app
from tests.sample_case import exchange_case, keep, said_with
from tests.web.site import LAUNCH, shelve

HERE = AllowedHosts(LOCAL)
READERS = """
[readers.alice]
token = "alice-token-0123456789"
tlp = "amber"
write = true
[readers.bob]
token = "bob-token-0123456789"
tlp = "green"
[readers.carol]
token = "carol-token-0123456789"
tlp = "red"
write = true
"""
ALICE, BOB, CAROL = (f"{name}-token-0123456789" for name in ("alice", "bob", "carol"))
SECRET = ("Raab", "zebra-source", "Microsoft Exchange 2021")  # groups are named by our tables as well


def mixed_case() -> Case:
    """The news is AMBER, the advisory CLEAR."""
    case = exchange_case()
    documents = tuple(
        msgspec.structs.replace(document, marking=Tlp.AMBER, title="zebra-source")
        if document.name.startswith("news")
        else document
        for document in case.documents
    )
    case = msgspec.structs.replace(case, documents=documents)
    return msgspec.structs.replace(case, marking=marking_of(case))


@pytest.fixture
def readers(tmp_path: Path) -> tuple[Reader, ...]:
    path = tmp_path / "readers.toml"
    path.write_text(READERS, "utf-8")
    path.chmod(0o600)
    return load_readers(path)


@pytest.fixture
def server(tmp_path: Path, readers: tuple[Reader, ...]) -> Iterator[str]:
    with running(taxii_app(case_root, load(), readers, inbox=Inbox(tmp_path / "inbox"), now=lambda: NOON)) as address:
        yield address


NOON = "2026-11-24T12:00:00.000000Z"


def case_root() -> dict[str, Source]:
    return {"case": Fixed(mixed_case())}


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    running = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=running.run)
    thread.start()
    until = time.monotonic() + 20
    while not running.started and time.monotonic() < until:
        time.sleep(0.01)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(20)


def get(url: str, token: str | None = None, **query: str) -> requests.Response:
    headers = {"Accept": MEDIA} | ({"Authorization": f"Bearer {token}"} if token else {})
    return requests.get(url, params=query, headers=headers, timeout=20)


def at(server: str, tlp: Tlp, rest: str = "objects/") -> str:
    return f"{server}/taxii2/case/collections/{collection_id(tlp.value)}/{rest}"


def test_the_reference_client_walks_the_server(server: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from taxii2client.v21 import Server, as_pages

        there = Server(f"{server}/taxii2/", user="alice", password=ALICE)
        collections = {one.title: one for one in there.default.collections}
        assert set(collections) == {"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "Inbox"}
        amber = collections["TLP:AMBER"]
        pages = list(as_pages(amber.get_objects, per_request=7))
        objects = [item for page in pages for item in page.get("objects", [])]
        assert len(pages) > 3
        assert len({item["id"] for item in objects}) == len(objects)
        assert "Raab" in json.dumps(objects)
        assert stix2.parse({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects}, allow_custom=True)
        notes = amber.get_objects(type="note")["objects"]
        assert {item["type"] for item in notes} == {"note"}
        assert amber.get_object(notes[0]["id"])["objects"] == [notes[0]]
        assert amber.object_versions(notes[0]["id"])["versions"] == [notes[0]["modified"]]
        assert len(amber.get_manifest(limit=100)["objects"]) == min(100, len(objects))
        status = collections["Inbox"].add_objects({"objects": notes[:2]}, wait_for_completion=True)
        assert (status.status, status.success_count, status.failure_count) == ("complete", 2, 0)
        assert {item["id"] for item in collections["Inbox"].get_objects()["objects"]} == {item["id"] for item in notes[:2]}


def every_route(server: str, object_id: str) -> list[str]:
    paths = [
        f"{server}/taxii2/",
        f"{server}/taxii2/case/",
        f"{server}/taxii2/case/collections/",
        f"{server}/taxii2/case/status/{uuid.uuid4()}/",
    ]
    for collection in [*(collection_id(tlp.value) for tlp in Tlp), collection_id("inbox")]:
        base = f"{server}/taxii2/case/collections/{collection}"
        paths += [f"{base}/", f"{base}/manifest/", f"{base}/objects/", f"{base}/objects/{object_id}/"]
        paths.append(f"{base}/objects/{object_id}/versions/")
    return paths


@pytest.mark.parametrize("token", [None, "", BOB])
def test_no_route_shows_what_is_above_the_reader(server: str, token: str | None) -> None:
    secret = get(at(server, Tlp.AMBER), ALICE, **{"match[type]": "note"}).json()["objects"][0]
    answered = 0
    for url in every_route(server, secret["id"]):
        for query in ({}, {"match[id]": secret["id"]}, {"match[version]": "all"}):
            answer = get(url, token, **query)
            answered += answer.status_code == 200
            assert not [word for word in (*SECRET, "sighting--", "were left out") if word in answer.text], url
            assert query or secret["id"] not in answer.text, url
    assert answered > 10
    for tlp in (Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED):
        assert get(at(server, tlp), token).status_code == 404
    posted = requests.post(
        at(server, Tlp.CLEAR).replace(collection_id("clear"), collection_id("inbox")),
        json={"objects": [secret]},
        headers={"Content-Type": MEDIA} | ({"Authorization": f"Bearer {token}"} if token else {}),
        timeout=20,
    )
    assert posted.status_code == 404
    for url in every_route(server, secret["id"]):
        for method in ("DELETE", "PUT", "PATCH", "OPTIONS", "HEAD", "POST"):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = requests.request(method, url, headers=headers, timeout=20)
            assert not [word for word in SECRET if word in answer.text], (method, url)
            assert method == "HEAD" or answer.status_code >= 400, (method, url)


def test_a_wrong_token_sees_nothing_at_all(server: str) -> None:
    for url in every_route(server, "note--0"):
        assert get(url, "wrong-token").status_code == 401
    for header in ("Basic !!!", "Basic YWxpY2U6d3Jvbmc=", "Digest x", "Bearer"):
        answer = requests.get(f"{server}/taxii2/", headers={"Authorization": header}, timeout=20)
        assert answer.status_code == 401, header


def test_added_after_and_headers(server: str) -> None:
    answer = get(at(server, Tlp.AMBER), ALICE, limit="5")
    assert answer.headers["X-TAXII-Date-Added-First"] == "2026-11-24T12:00:00.000000Z"
    assert answer.headers["content-type"].startswith("application/taxii+json")
    assert answer.json()["more"] is True
    assert "objects" not in get(at(server, Tlp.AMBER), ALICE, added_after="2026-11-24T12:00:00Z").json()
    assert get(at(server, Tlp.AMBER), ALICE, added_after="2026-11-24T11:59:59Z").json()["objects"]
    for bad in ({"added_after": "yesterday"}, {"limit": "0"}, {"limit": "x"}, {"next": "-1"}, {"match[version]": "newest"}):
        assert get(at(server, Tlp.AMBER), ALICE, **bad).status_code == 400, bad
    assert requests.get(f"{server}/taxii2/", headers={"Accept": "text/html"}, timeout=20).status_code == 406
    assert get(at(server, Tlp.AMBER, "objects/note--00000000-0000-4000-8000-000000000000/"), ALICE).status_code == 404


def note(tlp: Tlp | None, number: int, modified: str = "2026-01-01T00:00:00.000Z") -> dict[str, Any]:
    from indicia.share.stix import TLP_IDS

    id = f"note--00000000-0000-4000-8000-{number:012d}"
    item: dict[str, Any] = {"type": "note", "spec_version": "2.1", "id": id, "created": "2026-01-01T00:00:00.000Z"}
    item |= {"modified": modified, "content": "x", "object_refs": [id]}
    return item | ({"object_marking_refs": [TLP_IDS[tlp]]} if tlp else {})


def post(server: str, token: str, body: bytes, kind: str = MEDIA, root: str = "case") -> requests.Response:
    url = f"{server}/taxii2/{root}/collections/{collection_id('inbox')}/objects/"
    return requests.post(url, data=body, headers={"Authorization": f"Bearer {token}", "Content-Type": kind}, timeout=20)


def test_the_inbox_shows_each_reader_what_its_markings_allow(server: str, tmp_path: Path) -> None:
    items = [note(Tlp.GREEN, 1), note(Tlp.RED, 2), note(None, 3), {"type": "note"}, "x"]
    answer = post(server, CAROL, json.dumps({"objects": items}).encode())
    assert answer.status_code == 202
    assert (answer.json()["success_count"], answer.json()["failure_count"]) == (3, 2)
    assert post(server, CAROL, json.dumps({"objects": items}).encode()).status_code == 202, "again, without doubling"
    inbox = f"{server}/taxii2/case/collections/{collection_id('inbox')}/objects/"
    assert [item["id"][-1] for item in get(inbox, CAROL).json()["objects"]] == ["1", "2", "3"]
    assert [item["id"][-1] for item in get(inbox, ALICE).json()["objects"]] == ["1"]
    assert get(f"{server}/taxii2/case/status/{answer.json()['id']}/", CAROL).status_code == 200
    assert get(f"{server}/taxii2/case/status/{answer.json()['id']}/", ALICE).status_code == 404
    assert [entry.item["id"][-1] for entry in Inbox(tmp_path / "inbox").entries] == ["1", "2", "3"], "kept on disk"


def test_versions_of_what_was_posted(server: str) -> None:
    first, second = note(Tlp.GREEN, 1), note(Tlp.GREEN, 1, "2026-02-01T00:00:00.000Z")
    for item in (first, second):
        assert post(server, ALICE, json.dumps({"objects": [item]}).encode()).status_code == 202
    inbox = f"{server}/taxii2/case/collections/{collection_id('inbox')}/objects/"
    assert get(inbox, ALICE).json()["objects"] == [second]
    assert get(inbox, ALICE, **{"match[version]": "first"}).json()["objects"] == [first]
    assert get(inbox, ALICE, **{"match[version]": first["modified"]}).json()["objects"] == [first]
    assert len(get(f"{inbox}{first['id']}/versions/", ALICE).json()["versions"]) == 2


@pytest.mark.parametrize(("body", "kind", "code"), [(b"{", MEDIA, 422), (b"[]", MEDIA, 422), (b"{}", "text/plain", 415)])
def test_what_cannot_be_taken_in(server: str, body: bytes, kind: str, code: int) -> None:
    assert post(server, ALICE, body, kind).status_code == code


def test_too_much_is_refused(server: str) -> None:
    assert post(server, ALICE, b" " * 10_000_001).status_code == 413


def test_unmarked_objects_count_as_red_and_tlp_1_is_known() -> None:
    assert marking_of_object({"id": "x"}) is Tlp.RED
    for old, new in (
        (stix2.TLP_WHITE, Tlp.CLEAR),
        (stix2.TLP_GREEN, Tlp.GREEN),
        (stix2.TLP_AMBER, Tlp.AMBER),
        (stix2.TLP_RED, Tlp.RED),
    ):
        assert marking_of_object({"id": "x", "object_marking_refs": [old.id]}) is new


def test_tokens_that_others_can_read_are_refused(tmp_path: Path, readers: tuple[Reader, ...]) -> None:
    path = tmp_path / "readers.toml"
    path.chmod(0o644)
    with pytest.raises(UsageError, match="others can read"):
        load_readers(path)
    path.write_text('[readers.x]\ntoken = "short"\ntlp = "red"', "utf-8")
    path.chmod(0o600)
    with pytest.raises(FormatError):
        load_readers(path)
    assert reader_of("Bearer ", readers) is None


def delete(server: str, token: str, id: str, collection: str = "inbox", **query: str) -> int:
    url = f"{server}/taxii2/case/collections/{collection_id(collection)}/objects/{id}/"
    return requests.delete(url, params=query, headers={"Authorization": f"Bearer {token}"}, timeout=20).status_code


def test_what_was_posted_can_be_deleted_by_those_who_may_write_and_see_it(server: str, tmp_path: Path) -> None:
    old, new, red = note(Tlp.GREEN, 1), note(Tlp.GREEN, 1, "2026-02-01T00:00:00.000Z"), note(Tlp.RED, 2)
    assert post(server, CAROL, json.dumps({"objects": [old, new, red]}).encode()).status_code == 202
    assert delete(server, BOB, old["id"]) == 404, "may not write, so there is no inbox for him"
    assert delete(server, ALICE, red["id"]) == 404, "is above her"
    assert delete(server, ALICE, old["id"], **{"match[version]": "newest"}) == 400
    assert delete(server, ALICE, old["id"], **{"match[version]": old["modified"]}) == 200
    inbox = f"{server}/taxii2/case/collections/{collection_id('inbox')}/objects/"
    assert get(inbox, CAROL, **{"match[version]": "all"}).json()["objects"] == [new, red]
    assert delete(server, CAROL, new["id"]) == delete(server, CAROL, red["id"]) == 200
    assert delete(server, CAROL, red["id"]) == 404
    assert Inbox(tmp_path / "inbox").entries == []
    assert not list((tmp_path / "inbox").glob("*.json"))
    shown = get(at(server, Tlp.AMBER), ALICE).json()["objects"][0]["id"]
    assert delete(server, ALICE, shown, "amber") == 403, "the case itself is read only"


def test_a_clock_that_is_set_back_hides_nothing(tmp_path: Path, readers: tuple[Reader, ...]) -> None:
    """Whoever asks for what was added later than the last that they know hears of all that is new."""
    times = iter(f"2026-11-{day}T10:00:00.000000Z" for day in range(28, 9, -1))
    case = mixed_case()
    with open_store(tmp_path / "a.indicia") as store:
        keep(store, case, author="x", time="t", what="first")
        inbox = Inbox(tmp_path / "inbox")
        app = taxii_app(lambda: {"case": Kept(store)}, load(), readers, inbox=inbox, now=lambda: next(times))
        with running(app) as server:
            inside = f"{server}/taxii2/case/collections/{collection_id('inbox')}/objects/"

            def mark(url: str) -> str:
                return str(get(url, ALICE, limit="1000").headers["X-TAXII-Date-Added-Last"])

            def news(url: str, known: str) -> list[str]:
                found = get(url, ALICE, added_after=known, limit="1000").json().get("objects", [])
                return [item["type"] for item in found]

            offered = at(server, Tlp.AMBER)
            known = mark(offered)
            firmer = said_with(case.claims[0], firmness=Firmness.CONFIRMED)
            keep(store, msgspec.structs.replace(case, claims=(firmer, *case.claims[1:])), author="x", time="t", what="second")
            assert "note" in news(offered, known)
            post(server, CAROL, json.dumps({"objects": [note(Tlp.CLEAR, 1)]}).encode())
            known = mark(inside)
            post(server, CAROL, json.dumps({"objects": [note(Tlp.CLEAR, 2)]}).encode())
            assert news(inside, known) == ["note"]


def test_only_what_changed_counts_as_added_again(tmp_path: Path, readers: tuple[Reader, ...]) -> None:
    times = iter(f"2026-11-24T{hour}:00:00.000000Z" for hour in range(10, 24))
    case = mixed_case()
    with open_store(tmp_path / "a.indicia") as store:
        keep(store, case, author="x", time="t", what="first")
        app = taxii_app(lambda: {"case": Kept(store)}, load(), readers, now=lambda: next(times))
        with running(app) as server:
            everything = get(at(server, Tlp.AMBER), ALICE, limit="1000").json()["objects"]
            assert "objects" not in get(at(server, Tlp.AMBER), ALICE, added_after="2026-11-24T10:00:00Z").json()
            firmer = said_with(case.claims[0], firmness=Firmness.CONFIRMED)
            keep(store, msgspec.structs.replace(case, claims=(firmer, *case.claims[1:])), author="x", time="t", what="second")
            later = get(at(server, Tlp.AMBER), ALICE, added_after="2026-11-24T10:00:00Z").json()["objects"]
        with running(
            taxii_app(lambda: {"case": Kept(store)}, load(), readers, now=lambda: "2027-01-01T00:00:00.000000Z")
        ) as server:
            assert get(at(server, Tlp.AMBER), ALICE, added_after="2026-11-24T10:00:00Z").json()["objects"] == later, "kept"
    changed = [item for item in later if item["type"] == "note"]
    assert len(changed) == 1
    assert len(later) < 4 < len(everything)
    before = next(item for item in everything if item["id"] == changed[0]["id"])
    assert before["created"] == changed[0]["created"]
    assert changed[0]["modified"] > before["modified"]


def test_beside_the_page_the_same_cases_are_offered(tmp_path: Path) -> None:
    page = create_app(tmp_path / "cases", author="x", launch=LAUNCH)
    case = mixed_case()
    keep(page.state.shelf.store("exchange", make=True), case, author="x", time="t", what="first")
    taxii = taxii_of_page(page.state.shelf.slugs, page.state.shelf.store, None, None, "amber", HERE, LAUNCH, b"key")
    with running(beside(page, taxii)) as server:
        assert get(f"{server}/taxii2/").status_code == 401, "beside the page nobody sees anything without a token"
        (root,) = get(f"{server}/taxii2/", LAUNCH).json()["api_roots"]
        assert "exchange" not in root
        titles = [one["title"] for one in get(f"{root}collections/", LAUNCH).json()["collections"]]
        assert titles == [tlp.label for tlp in Tlp]
        objects = get(f"{root}collections/{collection_id('clear')}/objects/", LAUNCH).json()["objects"]
        assert objects
        assert not [word for word in SECRET if word in json.dumps(objects)]
        page_there = requests.get(f"{server}/", headers={"Authorization": f"Bearer {LAUNCH}"}, timeout=20)
        assert "exchange" in page_there.text


def test_nobody_learns_of_a_case_of_which_they_may_see_nothing(tmp_path: Path, readers: tuple[Reader, ...]) -> None:
    """Neither that there is one, nor whether it is called as they guess."""
    file = tmp_path / "readers.toml"
    file.write_text(f'[readers.alice]\ntoken_sha256 = "{readers[0].token_sha256}"\ntlp = "green"\nwrite = true\n', "utf-8")
    secret = mark(exchange_case(logs=False), Tlp.RED)
    told = []
    for number, cases in enumerate(({"open": mixed_case()}, {"open": mixed_case(), "red-affair": secret})):
        home = tmp_path / str(number)
        for slug, case in cases.items():
            shelve(home, slug, case)
        shelf = Shelf(home)
        app = taxii_of_page(shelf.slugs, shelf.store, file, tmp_path / f"inbox{number}", "amber", HERE, LAUNCH, b"key")
        with running(app) as server:
            (first, second) = get(f"{server}/taxii2/", ALICE).json()["api_roots"]
            guessed = [keyed_id(key, "red-affair") for key in (b"key", b"")] + [collection_id("case red-affair"), "red-affair"]
            paths = [f"taxii2/{root}/{rest}" for root in guessed for rest in ("", "collections/", f"{INBOX}objects/")]
            answers = [get(f"{server}/{path}", ALICE) for path in ("taxii2/", *paths)]
            told.append([(one.status_code, one.content.replace(server.encode(), b"")) for one in answers])
            assert post(server, ALICE, json.dumps({"objects": [note(Tlp.GREEN, 1)]}).encode(), root="inbox").status_code == 202
            assert len(get(f"{server}/taxii2/", LAUNCH).json()["api_roots"]) == len(cases) + 1
        shelf.close()
    assert told[0] == told[1]
    assert {code for code, _ in told[0][1:]} == {404}


def test_what_is_new_comes_after_what_was_there_though_the_clock_is_set_back(
    tmp_path: Path, readers: tuple[Reader, ...]
) -> None:
    clock = iter(f"2026-11-{day}T12:00:00.000000Z" for day in (24, 20, 19))
    case = mixed_case()
    with open_store(tmp_path / "a.indicia") as store:
        keep(store, msgspec.structs.replace(case, claims=case.claims[:1]), author="x", time="t", what="first")
        with running(taxii_app(lambda: {"case": Kept(store)}, load(), readers, now=lambda: next(clock))) as server:
            url = at(server, Tlp.AMBER)
            before = {one["id"]: one for one in get(url, ALICE, limit="1000").json()["objects"]}
            last = get(url, ALICE, limit="1000").headers["X-TAXII-Date-Added-Last"]
            keep(store, case, author="x", time="t", what="second")
            later = get(url, ALICE, added_after=last).json()["objects"]
            now = {one["id"] for one in get(url, ALICE, limit="1000").json()["objects"]}
    assert set() != now - before.keys() <= {one["id"] for one in later}
    assert all(one["modified"] > before[one["id"]]["modified"] for one in later if one["id"] in before and "modified" in one)


INBOX = f"collections/{collection_id('inbox')}/"


def outcome(answer: requests.Response) -> object:
    """What an answer to a post tells, without what is new each time."""
    told = answer.json()
    return answer.status_code, {name: value for name, value in told.items() if name not in {"id", "request_timestamp"}}


def test_a_post_does_not_tell_what_is_hidden(tmp_path: Path, readers: tuple[Reader, ...]) -> None:
    told, there = [], []
    for number, before in enumerate(([note(Tlp.RED, 1), note(Tlp.RED, 2, "2026-02-01T00:00:00.000Z")], [])):
        inbox = Inbox(tmp_path / str(number))
        with running(taxii_app(case_root, load(), readers, inbox=inbox, now=lambda: NOON)) as server:
            if before:
                assert post(server, CAROL, json.dumps({"objects": before}).encode()).status_code == 202
            url = f"{server}/taxii2/case/{INBOX}objects/"
            mine = [note(Tlp.AMBER, 1), note(Tlp.GREEN, 2), note(Tlp.RED, 3)]
            told.append([outcome(post(server, ALICE, json.dumps({"objects": mine}).encode())) for _ in range(2)])
            there.append([get(url, ALICE, **{"match[version]": words}).json() for words in ("all", "last", "first")])
            there[-1].append(delete(server, ALICE, mine[0]["id"]))
            if before:
                held = get(url, CAROL, **{"match[version]": "all"}).json()["objects"]
                assert all(item in held for item in before), "what she deleted was her own"
    assert told[0] == told[1] and there[0] == there[1]
    assert there[0][0]["objects"] == [note(Tlp.AMBER, 1), note(Tlp.GREEN, 2)], "what is acknowledged is there"
    assert "which you may not read" in json.dumps(told[0])


def test_another_object_of_a_version_that_is_there_is_refused(server: str) -> None:
    first, other = note(Tlp.GREEN, 1), note(Tlp.GREEN, 1) | {"content": "other"}
    assert post(server, ALICE, json.dumps({"objects": [first]}).encode()).json()["success_count"] == 1
    answer = post(server, ALICE, json.dumps({"objects": [other, first]}).encode()).json()
    assert (answer["success_count"], answer["failure_count"]) == (1, 1)
    assert get(f"{server}/taxii2/case/{INBOX}objects/", ALICE).json()["objects"] == [first]


DEEP: Any = []
for _ in range(252):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "change",
    [
        {"modified": "yesterday"},
        {"modified": "2026-13-01T00:00:00.000Z"},
        {"modified": "2026-01-01"},
        {"modified": 7},
        {"modified": ["2026-01-01T00:00:00.000Z"]},
        {"created": "x"},
        {"modified": ""},
        {"x_deep": DEEP},
        {"spec_version": ["2.1"]},
        {"type": 7},
        {"id": ["x"]},
    ],
    ids=lambda change: str(change)[:40],
)
def test_one_odd_object_spoils_nobody_s_query(server: str, change: dict[str, Any]) -> None:
    good, bad = note(Tlp.GREEN, 1), note(Tlp.GREEN, 2) | change
    answer = post(server, ALICE, json.dumps({"objects": [bad, good]}).encode()).json()
    assert (answer["success_count"], answer["failure_count"]) == (1, 1)
    for query in ({}, {"match[version]": "first"}, {"match[version]": "2026-01-01T00:00:00Z"}, {"match[type]": "note"}):
        assert get(f"{server}/taxii2/case/{INBOX}objects/", CAROL, **query).status_code == 200


def test_a_reader_has_so_much_room_and_no_more(tmp_path: Path, readers: tuple[Reader, ...]) -> None:
    inbox = Inbox(tmp_path / "inbox", most=20_000)
    with running(taxii_app(case_root, load(), readers, inbox=inbox, now=lambda: NOON)) as server:
        large = [note(Tlp.GREEN, number) | {"content": "x" * 9000} for number in range(1, 4)]
        codes = [post(server, ALICE, json.dumps({"objects": [item]}).encode()).status_code for item in large]
        assert codes == [202, 202, 507]
        assert len(get(f"{server}/taxii2/case/{INBOX}objects/", ALICE).json()["objects"]) == 2
        assert post(server, CAROL, json.dumps({"objects": [note(Tlp.RED, 7)]}).encode()).status_code == 202
        assert delete(server, ALICE, large[0]["id"]) == 200
        assert post(server, ALICE, json.dumps({"objects": large[2:]}).encode()).status_code == 202
    assert len(Inbox(tmp_path / "inbox").entries) == 3, "kept on disk"
    with pytest.raises(InputError, match="cannot be the inbox"):
        Inbox(tmp_path / "inbox" / next((tmp_path / "inbox").iterdir()).name / "x")
