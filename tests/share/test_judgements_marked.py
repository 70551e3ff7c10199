"""What people decide carries a marking: for those whom it is not for it is left out before anything is laid over a case."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from indicia.knowledge import load
from indicia.pipeline import as_left, for_audience, load_case
from indicia.records import Case, Tlp, from_json
from indicia.share import FORMATS, render
from indicia.share.internals import without_internals
from indicia.share.redact import marking_of
from indicia.web import create_open_app
from indicia.web.taxii.server import Fixed, taxii_app
from tests.command import indicia
from tests.share.test_redact import words_of
from tests.web.site import client, token

OPEN = "TLP:CLEAR\n\nThe United States accused China of the Microsoft Exchange hack.\n"
SECRET = "TLP:RED\n\nOur source calls the group Quagga Numbat.\n"

OURS = {"Origin": "http://127.0.0.1"}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A case of a text for everybody and one for few, in which somebody wrote words of the one over a claim of the other."""
    for name, text in (("open.txt", OPEN), ("secret.txt", SECRET)):
        (tmp_path / name).write_text(text, "utf-8")
    case = tmp_path / "affair.indicia"
    words = ("brief", tmp_path / "open.txt", tmp_path / "secret.txt", "--case", case, "-o", tmp_path / "brief", "-q")
    assert indicia(*words).returncode == 0
    claim = next(one for one in load_case(case).claims if one.source.party and "States" in one.source.party.canonical)
    corrected = ("judge", case, claim.id, "--action", "correct", "--set", "accused=Quagga Numbat", "--note", "says our quagga")
    assert indicia(*corrected).returncode == 0
    return case


@pytest.mark.parametrize("form", [*FORMATS, "png"])
def test_no_format_for_others_has_what_was_decided_above_them(kept: Path, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"out.{form}"
    told = indicia("share", kept, "--as", "card" if form == "png" else form, "--for", "clear", "-o", file)
    assert told.returncode == 0
    assert b"1 judgement is marked above TLP:CLEAR and not applied" in told.stderr
    assert form == "png" or "numbat" not in words_of(file.read_bytes(), form).lower()
    assert indicia("share", kept, "--as", "md", "--for", "red", "-o", file).returncode == 0
    assert b"Quagga Numbat" in file.read_bytes(), "those who may know do"


def test_neither_collections_nor_pages_for_anybody_have_it(kept: Path) -> None:
    app = taxii_app(lambda: {"case": Fixed(load_case(kept))}, load())
    with TestClient(app, base_url="http://127.0.0.1") as reader:
        ids = [one["id"] for one in reader.get("/taxii2/case/collections/").json()["collections"]]
        answers = [reader.get(f"/taxii2/case/collections/{id}/{what}/").text for id in ids for what in ("objects", "manifest")]
    assert answers and not any("numbat" in one.lower() for one in answers)
    with TestClient(create_open_app(kept.parent, audience=Tlp.CLEAR), base_url="http://127.0.0.1") as site:
        (row,) = site.get("/index.json").json()["cases"]
        for page in ("", "/claims", "/export/json", "/export/stix", "/claims.csv", "/search?q=numbat", "/timeline"):
            shown = site.get(f"{row['address']}{page}")
            assert shown.status_code == 200, page
            assert "quagga" not in shown.text.lower(), page


def test_the_page_hands_out_no_more_than_the_command_line(kept: Path) -> None:
    with client(kept.parent) as site:
        for form in set(FORMATS) - {"pdf", "docx"}:
            shown = site.get(f"/case/affair/export/{form}", params={"for": "clear"})
            assert shown.status_code == 200 and "quagga" not in shown.text.lower(), form
            public = site.get(f"/case/affair/export/{form}", params={"for": "green", "public": "1"})
            assert public.status_code == 200 and "quagga" not in public.text.lower(), form


def test_who_decides_may_say_who_may_know(kept: Path, tmp_path: Path) -> None:
    claim = load_case(kept).claims[0].id
    assert load_case(kept).judgements[0].marking is Tlp.RED
    words = ("judge", kept, claim, "--action", "correct", "--set", "accused=APT40", "--tlp", "clear")
    assert indicia(*words).returncode == 0
    assert indicia("share", kept, "--as", "ledger", "--for", "clear", "-o", tmp_path / "out.csv").returncode == 0
    assert "APT40" in (tmp_path / "out.csv").read_text("utf-8")
    with client(kept.parent) as site:
        page = site.get(f"/case/affair/claims/{claim}").text
        assert 'name="marking"' in page
        form = {"token": token(page), "subject": claim, "action": "note", "note": "x", "marking": "green"}
        assert (
            site.post(
                "/case/affair/judge", data=form, headers={"Origin": "http://127.0.0.1"}, follow_redirects=False
            ).status_code
            == 303
        )
        assert load_case(kept).judgements[-1].marking is Tlp.GREEN
        del form["marking"]
        assert (
            site.post(
                "/case/affair/judge", data=form, headers={"Origin": "http://127.0.0.1"}, follow_redirects=False
            ).status_code
            == 303
        )
        assert load_case(kept).judgements[-1].marking is Tlp.RED


def test_a_file_that_is_passed_on_can_be_cut_again(kept: Path, tmp_path: Path) -> None:
    """Whoever may see all of it may still not hand out what is in it to those who may not."""
    passed = tmp_path / "case.json"
    assert indicia("share", kept, "--as", "json", "--for", "red", "-o", passed).returncode == 0
    for file in (passed, tmp_path / "brief" / "case.json"):
        again = tmp_path / "again.json"
        assert indicia("share", file, "--as", "stix", "--for", "clear", "-o", again).returncode == 0
        assert b"quagga" not in again.read_bytes().lower()
    assert from_json(passed.read_bytes(), Case).judgements, "and what was decided is still in it"


def test_words_of_few_mark_the_text_over_which_they_stand(kept: Path) -> None:
    """In a bundle, each object tells its own marking: with a correction in it, no longer that of the text."""
    case = load_case(kept)
    left = for_audience(case, None, load())
    marked = {one.file_name: one.marking for one in left.documents}
    assert marked == {"open.txt": Tlp.RED, "secret.txt": Tlp.RED}
    items = json.loads(render(without_internals(left), "stix", load()))["objects"]
    red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
    for item in items:
        if "quagga" in json.dumps(item).lower():
            assert item["object_marking_refs"] == [red], item["type"]
    alone = msgspec.structs.replace(case, documents=case.documents[:1], marking=None)
    assert marking_of(as_left(alone, load())) is Tlp.RED, "what was decided counts for the whole"


def test_a_judgement_of_an_earlier_version_is_marked_as_the_case_is(kept: Path) -> None:
    case = load_case(kept)
    (one,) = case.judgements
    older = msgspec.structs.replace(case, judgements=(msgspec.structs.replace(one, marking=msgspec.UNSET),))
    assert "accused=" not in json.dumps(msgspec.to_builtins(older.judgements))
    assert "Quagga" not in render(for_audience(older, Tlp.AMBER_STRICT, load()), "md", load()).decode()
    assert "Quagga" in render(for_audience(older, Tlp.RED, load()), "md", load()).decode()
