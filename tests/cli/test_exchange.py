"""`indicia push`, `pull` and `merge` against a real server."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from indicia.case import open_store
from indicia.cli import exits
from indicia.cli.main import run
from indicia.errors import UsageError
from indicia.knowledge import load
from indicia.records import Case, Firmness, Tlp, from_json
from indicia.share.indicators import case_json
from indicia.share.stix import bundle_objects, read_bundle
from indicia.share.taxii_client import pull
from indicia.web.taxii.readers import collection_id
from tests.sample_case import exchange_case, keep, said_with
from tests.web.test_taxii import ALICE, BOB, at, mixed_case, readers, server

__all__ = ["readers", "server"]  # fixtures


def indicia(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        run(list(arguments))
    return int(stop.value.code or 0)


def test_what_is_pulled_is_the_case_as_the_reader_may_see_it(server: str, tmp_path: Path) -> None:
    token, out = tmp_path / "token", tmp_path / "theirs.stix.json"
    token.write_text(f"{ALICE}\n", "utf-8")
    assert indicia("pull", at(server, Tlp.AMBER, ""), "--token-file", str(token), "-o", str(out)) == exits.E_OK
    assert read_bundle(out.read_bytes()).claims == mixed_case().claims
    assert indicia("pull", at(server, Tlp.CLEAR, ""), "-o", str(out)) == exits.E_OK
    assert read_bundle(out.read_bytes()).claims == ()


def test_above_ones_clearance_there_is_nothing_to_pull(server: str, tmp_path: Path) -> None:
    token, out = tmp_path / "token", tmp_path / "out.json"
    token.write_text(f"bob:{BOB}", "utf-8")
    assert indicia("pull", at(server, Tlp.AMBER, ""), "--token-file", str(token), "-o", str(out)) == exits.E_NOTHING
    assert not out.exists()


def test_push_leaves_out_what_is_above_and_can_be_repeated(server: str, tmp_path: Path) -> None:
    case, token = tmp_path / "case.json", tmp_path / "token"
    case.write_bytes(case_json(mixed_case()))
    token.write_text(f"alice:{ALICE}", "utf-8")
    inbox = f"{server}/taxii2/case/collections/{collection_id('inbox')}/"
    for _ in range(2):
        assert indicia("push", str(case), inbox, "--token-file", str(token)) == exits.E_OK
    found = pull(inbox, ALICE).objects
    assert found
    assert "Raab" not in str(found)
    assert any(path.suffix == ".json" for path in (tmp_path / "inbox").iterdir())


def test_push_can_leave_out_what_extensions_mean_and_the_case_still_comes_back(server: str, tmp_path: Path) -> None:
    case, token = exchange_case(logs=False), tmp_path / "token"
    path = tmp_path / "case.json"
    path.write_bytes(case_json(msgspec.structs.replace(case, marking=Tlp.CLEAR)))
    token.write_text(ALICE, "utf-8")
    inbox = f"{server}/taxii2/case/collections/{collection_id('inbox')}/"
    assert indicia("push", str(path), inbox, "--token-file", str(token), "--no-definitions", "--for", "amber") == exits.E_OK
    found = list(pull(inbox, ALICE).objects)
    assert not any(item["type"] == "extension-definition" for item in found)
    assert read_bundle(json.dumps({"type": "bundle", "objects": found}).encode()).claims == case.claims


def test_push_again_sends_only_what_changed(server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token, path = tmp_path / "token", tmp_path / "a.indicia"
    token.write_text(ALICE, "utf-8")
    inbox = f"{server}/taxii2/case/collections/{collection_id('inbox')}/"
    first = exchange_case(logs=False)
    case = msgspec.structs.replace(first, marking=Tlp.CLEAR)
    objects = bundle_objects(case, load())
    words = ["push", str(path), inbox, "--token-file", str(token)]
    with open_store(path) as store:
        keep(store, case, author="x", time="t", what="first")
        assert indicia(*words) == exits.E_OK
        sent = pull(inbox, ALICE).objects
        assert indicia(*words) == exits.E_OK
        # ATT&CK's own objects bear no marking of ours, so they count as RED there, and Alice does not see them.
        theirs = sum(item["type"] in {"attack-pattern", "intrusion-set"} and "labels" not in item for item in objects)
        assert f"0 objects taken, 0 refused, 0 pending, {len(sent) + theirs} sent before" in capsys.readouterr().err
        firmer = said_with(case.claims[0], firmness=Firmness.CONFIRMED)
        keep(store, msgspec.structs.replace(case, claims=(firmer, *case.claims[1:])), author="x", time="t", what="second")
    assert indicia(*words) == exits.E_OK
    changed = [item for item in pull(inbox, ALICE).objects if item not in sent]
    assert {item["type"] for item in changed} <= {"note", "relationship"}, "under new versions, which replace the old"
    assert len(changed) == 2
    assert len(pull(inbox, ALICE).objects) == len(sent)


def test_pull_again_brings_what_is_new(server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token, out, case = tmp_path / "token", tmp_path / "theirs.json", tmp_path / "case.json"
    token.write_text(ALICE, "utf-8")
    case.write_bytes(case_json(exchange_case(logs=False)))
    inbox = f"{server}/taxii2/case/collections/{collection_id('inbox')}/"
    push = ["push", str(case), inbox, "--token-file", str(token), "--for"]
    update = ["pull", inbox, "--token-file", str(token), "--update", "-o", str(out)]
    assert indicia(*push, "clear") == indicia(*update) == exits.E_OK
    before = json.loads(out.read_bytes())["objects"]
    assert indicia(*update) == exits.E_OK
    assert "0 objects, " in capsys.readouterr().err
    assert json.loads(out.read_bytes())["objects"] == before
    assert indicia("pull", at(server, Tlp.CLEAR, ""), "--update", "-o", str(out)) == exits.E_USAGE
    Path(f"{out}.pulled").unlink()
    assert indicia(*update) != exits.E_OK
    assert json.loads(out.read_bytes())["objects"] == before


def test_a_token_is_not_sent_in_clear() -> None:
    with pytest.raises(UsageError, match="plain HTTP"):
        pull("http://taxii.example/collections/x/", "secret")


def test_merge_writes_the_case_and_the_draft(tmp_path: Path) -> None:
    case, out, draft = tmp_path / "a.json", tmp_path / "out.json", tmp_path / "draft.md"
    case.write_bytes(case_json(exchange_case()))
    words = [f"European Union={case}", f"GB={case}", "-o", str(out), "--statement", str(draft)]
    assert indicia("merge", *words) == exits.E_OK
    merged = from_json(out.read_bytes(), Case)
    assert merged.claims == exchange_case().claims
    assert merged.affairs
    assert merged.weighing is not None
    assert merged.advice is not None, "made anew from the whole"
    assert "# Draft of a joint statement: European Union, United Kingdom" in draft.read_text("utf-8")
    assert "The signers state that the activity was the work of China." in draft.read_text("utf-8")
    draft.unlink()
    words = [f"EU={case}", f"Britain={case}", "-o", str(out), "--statement", str(draft)]
    assert indicia("merge", *words) == exits.E_OK, "under whatever name they are known by"
    assert "# Draft of a joint statement: European Union, United Kingdom" in draft.read_text("utf-8")
    assert indicia("merge", f"UK={case}", f"GB={case}", "-o", str(out)) == exits.E_USAGE, "one state under two names"
    assert indicia("merge", str(case), "-o", str(out)) == exits.E_USAGE


def test_what_is_shared_with_fewer_is_drawn_from_what_they_may_see(tmp_path: Path) -> None:
    case, out = tmp_path / "case.json", tmp_path / "out.json"
    case.write_bytes(case_json(mixed_case()))
    assert indicia("share", str(case), "--as", "json", "--for", "clear", "-o", str(out)) == exits.E_OK
    seen = from_json(out.read_bytes(), Case)
    assert seen.advice is not None
    assert seen.advice.measures, "the advisory is clear and calls for some"
    assert seen.weighing is not None
    assert not [item for item in seen.weighing.evidence if item.said], "the claims stand in the news, which is amber"
