"""`indicia push`, `pull` and `merge` against a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicia.cli import exits
from indicia.cli.main import run
from indicia.errors import UsageError
from indicia.records import Case, Tlp, from_json
from indicia.share.plain import case_json
from indicia.share.stix import read_bundle
from indicia.share.taxii_client import pull
from indicia.web.collections import collection_id
from tests.sample_case import exchange_case
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
    inbox = f"{server}/indicia/collections/{collection_id('inbox')}/"
    for _ in range(2):
        assert indicia("push", str(case), inbox, "--token-file", str(token)) == exits.E_OK
    found = pull(inbox, ALICE)
    assert found
    assert "Raab" not in str(found)
    assert any(path.suffix == ".json" for path in (tmp_path / "inbox").iterdir())


def test_a_token_is_not_sent_in_clear() -> None:
    with pytest.raises(UsageError, match="plain HTTP"):
        pull("http://taxii.example/collections/x/", "secret")


def test_merge_writes_the_case_and_the_draft(tmp_path: Path) -> None:
    case, out, draft = tmp_path / "a.json", tmp_path / "out.json", tmp_path / "draft.md"
    case.write_bytes(case_json(exchange_case()))
    words = [f"European Union={case}", f"GB={case}", "-o", str(out), "--statement", str(draft)]
    assert indicia("merge", *words) == exits.E_OK
    assert from_json(out.read_bytes(), Case).claims == exchange_case().claims
    assert "# Draft of a joint statement: European Union, GB" in draft.read_text("utf-8")
    assert "The signers state that the activity was the work of China." in draft.read_text("utf-8")
    assert indicia("merge", str(case), "-o", str(out)) == exits.E_USAGE
