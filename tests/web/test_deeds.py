"""What people do on the pages: judging, adding, trying what if, and building."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from indicia.share import FORMATS
from indicia.web.pages.export import FILES
from tests import sample_case
from tests.web.site import client, shelve, token

BASE = "/case/sample"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestClient]:
    shelve(tmp_path, "sample", sample_case.exchange_case())
    with client(tmp_path, reads=(tmp_path,)) as made:
        yield made


def judge(site: TestClient, **fields: str) -> int:
    page = site.get(f"{BASE}/claims").text
    return site.post(f"{BASE}/judge", data={"token": token(page), **fields}).status_code


def test_a_rejected_claim_stays_visible_and_stops_counting(site: TestClient) -> None:
    claim = sample_case.exchange_case().claims[7]
    before = site.get(f"{BASE}/weigh.json").json()
    assert any(claim.id in item["traces"] for item in before["evidence"])
    assert judge(site, subject=claim.id, action="reject", author="Ada", note="a hoax") == 200
    page = site.get(f"{BASE}/claims/{claim.id}")
    assert "Rejected by a person" in page.text and "a hoax" in page.text and "Ada" in page.text
    assert page.status_code == 200 and site.get(f"{BASE}/claims.json").json()["rejected"] == [claim.id]
    after = site.get(f"{BASE}/weigh.json").json()
    assert all(claim.id not in item["traces"] for item in after["evidence"])
    assert judge(site, subject=claim.id, action="confirm") == 200
    again = site.get(f"{BASE}/weigh.json").json()
    assert any(claim.id in item["traces"] for item in again["evidence"])
    exported = site.get(f"{BASE}/export/json?as=machine").json()
    assert [one["action"] for one in exported["judgements"]] == ["reject", "confirm"]


def test_a_correction_stands_beside_the_machine(site: TestClient) -> None:
    claim = sample_case.exchange_case().claims[0]
    said = {"tie": "linked", "tied_to": "Russia", "tie_firmness": "low", "incident": "Microsoft Exchange hack"}
    fields = {"firmness": "hedged", "accused": "Somebody else", "channel": "indictment", "basis": "legal", **said}
    assert judge(site, subject=claim.id, action="correct", **fields) == 200
    twin = site.get(f"{BASE}/claims/{claim.id}.json").json()
    assert twin["claim"]["deed"]["firmness"] == "hedged" and twin["claim"]["accused"]["party"]["canonical"] == "Somebody else"
    tie = twin["claim"]["tie"]
    assert (tie["kind"], tie["state"], tie["firmness"]) == ("linked", "RU", "low") and twin["machine"]["tie"] is None
    assert twin["claim"]["incidents"][0]["id"] == "exchange-2021"
    assert (twin["claim"]["channel"], twin["claim"]["grounds"][0]["basis"]) == ("indictment", "legal")
    assert twin["machine"]["deed"]["firmness"] == "none" and twin["machine"]["accused"]["party"]["canonical"] == "China"
    assert twin["judgements"][0]["author"] == "tester"
    assert site.get(f"{BASE}/claims.json?accused=Somebody+else").json()["total"] == 1


def test_a_form_handed_out_keeps_only_what_was_changed_in_it(site: TestClient) -> None:
    claim = sample_case.exchange_case().claims[0]
    page = site.get(f"{BASE}/claims/{claim.id}").text
    form = page[page.index('class="read-form"') :]
    given = dict(re.findall(r'<input type="hidden" name="(was\.\w+)" value="([^"]*)"', form))
    assert len(given) >= 12, "every field can be corrected where it stands"
    unchanged = {name.removeprefix("was."): value for name, value in given.items()}
    assert judge(site, subject=claim.id, action="correct", **given, **unchanged) == 400, "nothing was changed"
    assert judge(site, subject=claim.id, action="correct", **given, **unchanged | {"channel": "indictment"}) == 200
    (kept,) = site.get(f"{BASE}/claims/{claim.id}.json").json()["judgements"]
    assert msgspec.json.decode(kept["value"]) == {"channel": "indictment"}


def test_where_the_machine_saw_nobody_a_person_names_them(site: TestClient) -> None:
    claim = next(one for one in sample_case.exchange_case().claims if one.accused.party is None)
    assert judge(site, subject=claim.id, action="correct", accused="China", source="Somebody") == 200
    now = site.get(f"{BASE}/claims/{claim.id}.json").json()["claim"]
    assert now["accused"]["party"]["canonical"] == "China" and now["source"]["party"]["canonical"] == "Somebody"


def test_an_error_leads_back_to_the_form_as_it_was_filled(site: TestClient) -> None:
    case = sample_case.exchange_case()
    fields = {"token": token(site.get(f"{BASE}/claims").text), "note": "my reason <b>"}
    refused = site.post(f"{BASE}/judge", data={**fields, "subject": case.claims[0].id, "action": "correct", "firmness": "very"})
    assert refused.status_code == 400 and 'value="my reason &lt;b&gt;"' in refused.text and 'role="alert"' in refused.text
    address = f"{BASE}/documents/{case.documents[0].id}"
    refused = site.post(f"{address}/add", data={**fields, "quote": "Nobody said this.", "stance": "denies", "source": "NATO"})
    assert refused.status_code == 400 and ">Nobody said this.</textarea>" in refused.text
    assert "<option selected>denies</option>" in refused.text and 'name="source" maxlength="300" value="NATO"' in refused.text
    given = {**fields, "name": "My affair", "pasted": "Some text.", "published": "yesterday"}
    refused = site.post("/new", data=given)
    assert refused.status_code == 400 and ">Some text.</textarea>" in refused.text and 'value="My affair"' in refused.text
    assert "is not a date" in refused.text and not site.get("/index.json").json()["jobs"]


def test_claims_to_check_come_one_after_the_other(tmp_path: Path) -> None:
    case = sample_case.exchange_case()
    claims = tuple(msgspec.structs.replace(one, score=0.4 if place < 3 else 1.0) for place, one in enumerate(case.claims))
    shelve(tmp_path, "sample", msgspec.structs.replace(case, claims=claims))
    with client(tmp_path) as site:
        first = site.get(f"{BASE}/check.json").json()
        assert sorted(first["claims"]) == sorted(one.id for one in claims[:3]) and first["left"] == first["of"] == 3
        one, two, three = first["claims"]
        sure, all_of_them = (site.get(f"{BASE}/claims.json?view=sides{more}").json() for more in ("", "&unsure=with"))
        told = [{id for row in page["coalition"] for id in row["claims"]} for page in (sure, all_of_them)]
        assert sorted(told[1] - told[0]) == sorted(sure["to_check"]) == sorted(first["claims"])
        assert "3 claims that the reader is not sure of are not counted here" in site.get(f"{BASE}/claims?view=graph").text
        assert "to check" in site.get(f"{BASE}/picture/claims.svg?unsure=with").text
        assert site.get(f"{BASE}/check.json?after={one}").json()["claim"]["id"] == two, "later"
        page = site.get(f"{BASE}/check").text
        assert f"/check?after={one}" in page and "3 of 3" in page
        back = f"{BASE}/check?after={one}"
        answer = site.post(f"{BASE}/judge", data={"token": token(page), "subject": one, "action": "reject", "back": back})
        assert str(answer.url).endswith(back) and "Rejected: " in answer.text and "2 of 3" in answer.text
        assert judge(site, subject=two, action="correct", channel="indictment") == 200
        assert site.get(f"{BASE}/check.json").json()["claims"] == [three]
        typed = {"subject": three, "action": "correct", "firmness": "very", "back": f"{BASE}/check", "note": "mine"}
        again = site.post(f"{BASE}/judge", data={"token": token(page), **typed})
        assert again.status_code == 400 and 'value="mine"' in again.text and "1 of 3" in again.text
        assert judge(site, subject=three, action="confirm") == 200
        done = site.get(f"{BASE}/check").text
        assert "Nothing left to check" in done and "Please check" not in site.get(f"{BASE}/claims").text


def test_a_proxy_says_who_judges(tmp_path: Path) -> None:
    shelve(tmp_path, "sample", sample_case.exchange_case())
    claim = sample_case.exchange_case().claims[0].id
    with client(tmp_path, user_header="X-Remote-User") as site:
        page = site.get(f"{BASE}/claims/{claim}", headers={"X-Remote-User": "ada"}).text
        assert "as ada" in page and 'name="author"' not in page
        fields = {"token": token(page), "subject": claim, "action": "confirm", "author": "somebody else"}
        named = (b"X-Remote-User", "Zoë\u200e".encode())
        assert site.post(f"{BASE}/judge", data=fields, headers=[named]).status_code == 200
        # A request past the proxy, one with an empty name, and one that brings a second name beside the proxy's.
        for headers in ([], [(b"X-Remote-User", b" ")], [(b"X-Remote-User", b"root"), named]):
            refused = site.post(f"{BASE}/judge", data=fields, headers=headers)
            assert refused.status_code == 403 and "X-Remote-User" in refused.text
        assert [one["author"] for one in site.get(f"{BASE}/claims/{claim}.json").json()["judgements"]] == ["Zoë"]
    with client(tmp_path) as site:  # nobody switched it on
        page = site.get(f"{BASE}/claims/{claim}", headers={"X-Remote-User": "root"}).text
        site.post(f"{BASE}/judge", data=fields | {"token": token(page)}, headers={"X-Remote-User": "root"})
        assert [one["author"] for one in site.get(f"{BASE}/claims/{claim}.json").json()["judgements"]] == [
            "Zoë",
            "somebody else",
        ]


def test_comments_and_corrections_stand_with_their_claim_under_a_name(site: TestClient) -> None:
    claim = sample_case.exchange_case().claims[0].id
    assert judge(site, subject=claim, action="note", note="Is this <b>first</b> hand?", author="Ada") == 200
    assert judge(site, subject=claim, action="note", note="It is.", author="Grace") == 200
    assert judge(site, subject=claim, action="correct", date="2021-07-18", author="Grace") == 200
    for page in (f"{BASE}/claims", f"{BASE}/claims/{claim}", BASE):
        text = site.get(page).text
        assert "Is this &lt;b&gt;first&lt;/b&gt; hand?" in text and "<b>Grace</b> corrected it" in text, page
    assert text.index("It is.") < text.index("Is this"), "the last stands first at a glance"
    listed = site.get(f"{BASE}/claims").text
    assert listed.index("Is this") < listed.index("It is.") < listed.index("date: 2021-07-18"), (
        "and in their order with the claim"
    )


def test_a_name_that_was_typed_is_remembered(site: TestClient) -> None:
    claim = sample_case.exchange_case().claims[0].id
    assert judge(site, subject=claim, action="note", note="x", author="Ada") == 200
    assert judge(site, subject=claim, action="confirm") == 200
    assert {one["author"] for one in site.get(f"{BASE}/claims/{claim}.json").json()["judgements"]} == {"Ada"}
    assert 'name="author" value="Ada"' in site.get(f"{BASE}/claims/{claim}").text


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "correct", "firmness": "very"},
        {"action": "correct"},
        {"action": "note"},
        {"action": "explode"},
        {"action": ""},
    ],
)
def test_what_cannot_be_kept_is_refused(site: TestClient, fields: dict[str, str]) -> None:
    claim = sample_case.exchange_case().claims[0]
    assert judge(site, subject=claim.id, **fields) == 400
    assert judge(site, subject="nobody", action="star") == 404
    assert not site.get(f"{BASE}/claims/{claim.id}.json").json()["judgements"]


def test_a_regrade_is_weighed(site: TestClient) -> None:
    evidence = site.get(f"{BASE}/weigh.json").json()["evidence"][0]
    assert judge(site, subject=evidence["id"], action="regrade", reliability="E", credibility="5") == 200
    now = {one["id"]: one for one in site.get(f"{BASE}/weigh.json").json()["evidence"]}[evidence["id"]]
    assert (now["reliability"], now["credibility"]) == ("E", 5) and "was A1" in now["note"]


def test_a_claim_added_by_hand_must_stand_in_the_text(site: TestClient) -> None:
    document = sample_case.exchange_case().documents[0]
    address = f"{BASE}/documents/{document.id}"
    fields = {
        "token": token(site.get(address).text),
        "stance": "accuses",
        "source": "NATO",
        "accused": "nobody",
        "level": "group",
    }
    assert site.post(f"{address}/add", data={**fields, "quote": "Nobody ever said this."}).status_code == 400
    quote = "NATO acknowledged the statements of its allies."
    assert site.post(f"{address}/add", data={**fields, "quote": quote, "stance": "sings"}).status_code == 400
    assert site.post(f"{address}/add", data={**fields, "quote": quote}).status_code == 200
    added = [one for one in site.get(f"{address}.json").json()["claims"] if "by hand" in one["cues"]]
    assert [one["quote"]["text"] for one in added] == [quote]
    start, end = added[0]["quote"]["start"], added[0]["quote"]["end"]
    assert document.text[start:end] == quote
    assert "added by hand" in site.get(address).text


def test_star_note_and_done_toggle(site: TestClient) -> None:
    case = sample_case.exchange_case()
    assert case.hunt
    sighting = case.hunt.sightings[2].id
    assert judge(site, subject=sighting, action="star") == 200
    assert judge(site, subject=sighting, action="note", note="ask the owner") == 200
    starred = site.get(f"{BASE}/hunt.json?starred=1").json()["sightings"]
    assert [one["id"] for one in starred] == [sighting]
    assert "ask the owner" in site.get(f"{BASE}/hunt").text
    assert judge(site, subject=sighting, action="star") == 200
    assert site.get(f"{BASE}/hunt.json?starred=1").json()["total"] == 0


def test_what_if_is_in_the_address_and_changes_nothing(site: TestClient) -> None:
    before = site.get(f"{BASE}/weigh.json").json()
    item = next(one for one in before["evidence"] if one["kind"] == "observed")
    sent = site.get(
        f"{BASE}/weigh", params={"form": "1", "off": item["id"], f"r.{item['id']}": "A", "who": "unknown", "percent": "40"}
    )
    assert sent.history and f"off={item['id']}" in str(sent.url) and "prior=unknown" in str(sent.url)
    assert "What if." in sent.text
    twin = site.get(str(sent.url).replace("/weigh?", "/weigh.json?")).json()
    assert twin["variant"]["off"] == [item["id"]]
    assert twin["base"] == before["base"] and twin["now"]["observed"] != twin["base"]["observed"]
    assert site.get(f"{BASE}/weigh.json").json() == before


def test_a_variant_is_kept(site: TestClient) -> None:
    item = site.get(f"{BASE}/weigh.json").json()["evidence"][0]
    assert judge(site, subject="weighing", action="note", note="without it", value=f"off={item['id']}") == 200
    saved = site.get(f"{BASE}/weigh.json").json()["saved"]
    assert [(one["name"], one["query"]) for one in saved] == [("without it", f"off={item['id']}")]


def test_what_is_in_place_counts(site: TestClient) -> None:
    without, with_it = (site.get(f"{BASE}/advise.json?{query}").json() for query in ("", "have=patching&have=sysmon"))
    assert with_it["have"] == ["patching", "sysmon"]
    assert any(one["in_place"] for one in with_it["measures"]) and not without["have"]


def test_filters_are_in_the_address(site: TestClient) -> None:
    every = site.get(f"{BASE}/claims.json").json()
    denied = site.get(f"{BASE}/claims.json?stance=denies").json()
    assert denied["total"] == 1 < every["total"] and denied["claims"][0]["stance"] == "denies"
    march = site.get(f"{BASE}/claims.json?since=2021-03&until=2021-03").json()
    assert {one["date"] for one in march["claims"]} == {"2021-03"}
    host = site.get(f"{BASE}/hunt.json?technique=T1003.001").json()
    assert host["total"] == 1
    assert site.get(f"{BASE}/timeline.json?lane=answer").json()["total"] == 2


@pytest.mark.parametrize("words", ["198.51.100.23", "198[.]51[.]100[.]23", "procdump", "Borrell", "T1505.003", "hxxp://f"])
def test_search_finds_every_kind(site: TestClient, words: str) -> None:
    found = site.get(f"{BASE}/search.json", params={"q": words}).json()
    assert found["total"] > 0
    assert all(hit["match"] for hit in found["hits"])


def test_search_leads_to_places_that_exist(site: TestClient) -> None:
    hits = [hit for q in ("hafnium", "lsass", "T1190") for hit in site.get(f"{BASE}/search.json?q={q}").json()["hits"]]
    assert {hit["kind"] for hit in hits} >= {"text", "claim", "technique", "sighting", "evidence"}
    for address in {hit["address"].partition("#")[0] for hit in hits}:
        assert site.get(address).status_code == 200


def test_every_format_says_what_it_is_for() -> None:
    assert set(FORMATS) == FILES.keys()


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_be_taken_along(site: TestClient, form: str) -> None:
    answer = site.get(f"{BASE}/export/{form}")
    assert answer.status_code == 200 and answer.content
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-marking"] == "TLP:AMBER", "what our own logs told is in it"


def test_hypotheses_of_ones_own_stand_beside_the_weighing(site: TestClient) -> None:
    assert judge(site, subject="weighing", action="note", note="the case as people left it is weighed anew") == 200
    before = site.get(f"{BASE}/weigh.json").json()
    one, two = (item["id"] for item in before["evidence"][:2])
    given = {"token": token(site.get(f"{BASE}/weigh?own=1").text), "author": "Ada"}
    where = f"{BASE}/hypotheses"
    nameless = site.post(where, data={**given, f"fit:new:{one}": "-2", "note": "since"})
    assert nameless.status_code == 400 and "needs a name" in nameless.text and 'value="since"' in nameless.text
    assert site.post(where, data={**given, "name": "x", f"fit:new:{one}": "9"}).status_code == 400
    page = site.post(where, data={**given, "name": "A false <flag>", f"fit:new:{one}": "-2", f"fit:new:{two}": "1"})
    assert page.status_code == 200 and "A false &lt;flag&gt;" in page.text
    after = site.get(f"{BASE}/weigh.json").json()
    (own,) = after["own"]
    assert (own["against"], own["for"], own["author"]) == (2, 1, "Ada") and after["base"] == before["base"]
    assert site.post(where, data={**given, "name": "a false <flag>"}).status_code == 400, "there is one of this name"
    site.post(where, data={**given, f"fit:{own['id']}:{one}": "0"})
    (changed,) = site.get(f"{BASE}/weigh.json").json()["own"]
    assert (changed["id"], changed["against"], changed["for"]) == (own["id"], 0, 1)
    site.post(where, data={**given, "drop": own["id"]})
    assert not site.get(f"{BASE}/weigh.json").json()["own"]
    told = site.get(f"{BASE}/people.json?author=Ada").json()["judgements"]
    assert [one["action"] for one in told] == ["reject", "hypothesis", "hypothesis"]


def test_who_decided_what_is_listed(site: TestClient) -> None:
    case = sample_case.exchange_case()
    assert "Nobody has judged" in site.get(f"{BASE}/people").text
    subjects = (case.claims[0].id, case.mentions[0].id, case.hunt.sightings[0].id if case.hunt else "", "weighing")
    for number, subject in enumerate(subjects):
        assert judge(site, subject=subject, action="note", note="x", value="", author=f"Person {number % 2}") == 200
    rows = site.get(f"{BASE}/people.json?author=Person+0").json()["judgements"]
    assert len(rows) == 2 and all(site.get(one["at"].partition("#")[0]).status_code == 200 for one in rows)
    assert site.get(f"{BASE}/people").text.count('class="tag">note') == 4


@pytest.mark.parametrize("name", ["claims", "timeline"])
def test_a_picture_can_be_taken_along(site: TestClient, name: str) -> None:
    svg = site.get(f"{BASE}/picture/{name}.svg?stance=denies&until=2022")
    assert svg.headers["content-type"].startswith("image/svg+xml") and svg.text.startswith("<svg")
    assert "href" not in svg.text and svg.headers["x-marking"] in svg.text, "it leads nowhere, and bears its marking"
    assert site.get(f"{BASE}/picture/{name}.png").content.startswith(b"\x89PNG")
    for nothing in (f"{name}.svg?source=Nobody&since=1900&until=1901", f"{name}.gif", "other.svg"):
        assert site.get(f"{BASE}/picture/{nothing}").status_code == 404


def finished(site: TestClient, address: str) -> dict[str, str]:
    for _ in range(600):
        job = site.get(f"{address}.json").json()["job"]
        if job["state"] in {"done", "failed", "stopped"}:
            found: dict[str, str] = job
            return found
        time.sleep(0.1)
    raise AssertionError("the work never ended")


def test_from_a_pasted_text_and_files_to_a_case(site: TestClient, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "app.jsonl").write_bytes(msgspec.json.encode({"time": "2021-03-03T00:00:00Z", "host": "a", "Image": "x"}) + b"\n")
    fields = {
        "token": token(site.get("/").text),
        "name": "My affair",
        "pasted": "The United Kingdom accused China of the Microsoft Exchange hack on 19 July 2021.",
        "folder": str(logs),
        "tlp": "amber",
    }
    files = [("texts", ("../../evil/NATO.txt", b"NATO condemned the hack of Microsoft Exchange."))]
    page = site.post("/new", data=fields, files=files)
    assert page.status_code == 200 and "/jobs/" in str(page.url)
    job = finished(site, page.url.path)
    assert job["state"] == "done", job
    assert 'href="/case/my-affair"' in site.get(page.url.path).text
    names = [one["name"] for one in site.get("/case/my-affair/documents.json").json()["documents"]]
    assert "NATO.txt" in names and len(names) == 2 and not any("/" in name for name in names)
    assert "TLP:AMBER" in site.get("/case/my-affair").text
    assert not list((tmp_path / ".inbox").rglob("my-affair*"))
    # more of the same into the same case: the text replaces itself
    fields = {"token": token(site.get("/").text), "into": "my-affair"}
    page = site.post("/new", data=fields, files=[("texts", ("NATO.txt", b"NATO said nothing."))])
    assert finished(site, page.url.path)["state"] == "done"
    documents = site.get("/case/my-affair/documents.json").json()["documents"]
    assert sorted(one["name"] for one in documents) == sorted(names)


def test_an_upload_waits_for_the_one_before_and_loses_nothing_of_it(site: TestClient) -> None:
    def upload(number: int, **fields: str) -> str:
        file = ("texts", (f"{number}.txt", f"NATO condemned hack {number}.".encode()))
        return site.post("/new", data={"token": token(site.get("/").text), **fields}, files=[file]).url.path

    assert finished(site, upload(0, name="Twice"))["state"] == "done"
    with site.app.state.jobs._turn:  # type: ignore[attr-defined]  # the second one arrives while the first still waits
        pages = [upload(number, into="twice") for number in (1, 2)]
    assert [finished(site, page)["state"] for page in pages] == ["done", "done"]
    documents = site.get("/case/twice/documents.json").json()["documents"]
    assert sorted(one["name"] for one in documents) == ["0.txt", "1.txt", "2.txt"]


def test_what_cannot_be_built_says_why(site: TestClient) -> None:
    given = {"token": token(site.get("/").text)}
    assert site.post("/new", data=given).status_code == 400
    assert "is not in any folder given" in site.post("/new", data={**given, "folder": "/nowhere/at/all"}).text
    page = site.post("/new", data=given, files=[("texts", ("x.bin", b"\x00\x01\x02\xff" * 50))])
    job = finished(site, page.url.path)
    assert job["state"] == "failed" and "x.bin" in job["message"]
    assert site.get("/case/x-bin").status_code == 404


def test_the_example_can_be_opened_from_the_first_page(tmp_path: Path) -> None:
    with client(tmp_path) as browser:
        first = browser.get("/").text
        assert "Open the example" in first
        answer = browser.post("/new", data={"token": token(first), "example": "1"}, follow_redirects=False)
        job = answer.headers["location"].rpartition("/")[2]
        order = browser.app.state.jobs.get(job)  # type: ignore[attr-defined]
        assert order is not None and order.title.endswith("Microsoft Exchange 2021 (example)")
        order.stop.set()
        for _ in range(1200):
            if order.is_over:
                break
            time.sleep(0.05)
        assert order.is_over


def test_the_example_that_is_there_is_opened(tmp_path: Path) -> None:
    shelve(tmp_path, "microsoft-exchange-2021-example", sample_case.exchange_case())
    with client(tmp_path) as browser:
        fields = {"token": token(browser.get("/").text), "example": "1"}
        answer = browser.post("/new", data=fields, follow_redirects=False)
        assert answer.headers["location"] == "/case/microsoft-exchange-2021-example"


def test_a_case_is_renamed_and_its_address_stays(site: TestClient) -> None:
    given = {"token": token(site.get("/").text)}
    before = site.get(f"{BASE}.json").json()
    assert site.post(f"{BASE}/rename", data={**given, "name": " "}).status_code == 400
    assert site.post("/case/nosuch/rename", data={**given, "name": "x"}).status_code == 404
    page = site.post(f"{BASE}/rename", data={**given, "name": " The <b>affair</b>\u202e of  March "})
    assert "The &lt;b&gt;affair&lt;/b&gt;⟨U+202E⟩ of March" in page.text
    after = site.get(f"{BASE}.json").json()
    assert after["name"].endswith("of March") and after["counts"] == before["counts"]
    assert after["history"][-1]["what"].startswith("renamed: ")


def test_a_folder_keeps_its_folders(site: TestClient) -> None:
    line = msgspec.json.encode({"time": "2021-03-03T00:00:00Z", "host": "a", "Image": "x"}) + b"\n"
    files = [("logs", (name, line)) for name in ("logs/one/app.jsonl", "logs/two/app.jsonl", "../../evil/app.jsonl")]
    page = site.post("/new", data={"token": token(site.get("/").text), "name": "Folder"}, files=files)
    assert finished(site, page.url.path)["state"] == "done"
    held = [one["file"] for one in site.get("/case/folder/hunt/reach.json").json()["files"]]
    assert sorted(held) == ["evil/app.jsonl", "logs/one/app.jsonl", "logs/two/app.jsonl"]


def test_a_deleted_case_can_be_taken_back(tmp_path: Path) -> None:
    shelve(tmp_path, "affair", sample_case.exchange_case())
    with client(tmp_path) as browser:
        first = browser.get("/").text
        assert "Microsoft Exchange 2021" in first and 'v-text-compromise">compromise' in first, "a card says what the case says"
        answer = browser.post("/case/affair/delete", data={"token": token(first)})
        assert "affair was deleted." in answer.text and browser.get("/case/affair").status_code == 404
        assert browser.post("/case/affair/delete", data={"token": token(first)}).status_code == 404
        back = browser.post("/case/affair/restore", data={"token": token(first)}, follow_redirects=False)
        assert back.headers["location"] == "/case/affair"
        assert browser.get("/case/affair").status_code == 200


def test_evidence_is_entered_and_what_is_wrong_with_it_is_said(site: TestClient) -> None:
    where, page = f"{BASE}/evidence", f"{BASE}/weigh"
    given = {"kind": "working hours", "fits": "Lazarus Group, KP", "strength": "strong", "grade": "B2", "note": "UTC+9"}
    given |= {"token": token(site.get(page).text), "author": "Ada"}
    wrong = site.post(where, data={**given, "fits": "Nobody at all"})
    assert wrong.status_code == 400 and "nobody that can be weighed" in wrong.text and 'value="UTC+9"' in wrong.text
    for field in ({"kind": "tea leaves"}, {"grade": "Z9"}, {"note": ""}, {"fits": " , "}):
        assert site.post(where, data={**given, **field}).status_code == 400
    kept = site.post(where, data=given)
    assert kept.status_code == 200 and "working hours fits Lazarus Group or North Korea (strong)" in kept.text
    (item,) = (one for one in site.get(f"{page}.json").json()["evidence"] if one["entered"])
    assert (item["entered"]["fits"], item["entered"]["author"], item["reliability"]) == (["G0032", "state:KP"], "Ada", "B")
