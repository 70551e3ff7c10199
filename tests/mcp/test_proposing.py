"""An assistant that proposes and confirms claims: held to the text, kept where the user said, and read from there again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("mcp", reason="needs the extra mcp")

from indicia.errors import InputError, MarkingError, UsageError
from indicia.knowledge import load
from indicia.mcp.answers import Proposals, document_in, part_of_text
from indicia.mcp.server import make_server
from indicia.read.offered import read_offered
from indicia.read.reading import read_document
from indicia.records import Fault, Tlp

SAID = "Microsoft attributes the attack on Exchange to HAFNIUM with high confidence."
CLAIM = {"quote": SAID, "stance": "accuses", "source": "Microsoft", "accused": "HAFNIUM", "deed": "did"}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "report.txt"
    file.write_text(f"A report.\n\n{SAID} Was Iran behind it?\u202e\n", "utf-8")
    return file


def test_what_is_proposed_is_held_to_the_text_and_kept(report: Path, tmp_path: Path) -> None:
    document, kept = document_in(report, Tlp.GREEN), tmp_path / "kept.jsonl"
    lies = [
        {**CLAIM, "quote": SAID.replace("high", "low")},
        {**CLAIM, "quote": "Was Iran behind it?", "accused": "Iran"},
        {**CLAIM, "stance": "knows"},
    ]
    told = Proposals(kept).propose(document, "my model", [CLAIM, *lies], 50)
    assert [one["readers"] for one in told["taken"]] == [["indicia", "my model"]]
    assert {one["why"] for one in told["not_taken"]} == {Fault.NO_QUOTE.value, Fault.ASKED.value, Fault.FORM.value}
    assert told["kept"] and told["agreed_with_our_own_reader"] == 1
    (again,) = read_offered(kept)
    assert [one.readers for one in read_document(document, load(), readers=[again]).claims] == [("indicia", "my model")]


def test_what_our_own_reader_reads_can_be_confirmed(report: Path, tmp_path: Path) -> None:
    document = document_in(report, Tlp.GREEN)
    (own,) = read_document(document, load()).claims
    told = Proposals(tmp_path / "kept.jsonl").confirm(document, "my model", [own.id], 50)
    assert [one["id"] for one in told["taken"]] == [own.id]
    assert json.loads((tmp_path / "kept.jsonl").read_text("utf-8"))["claims"][0]["quote"] == own.quote.text
    with pytest.raises(InputError):
        Proposals(None).confirm(document, "my model", ["claim--0000"], 50)


@pytest.mark.parametrize("name", ["", "indicia", "x" * 80, "a\x1b[31m"])
def test_nobody_reads_under_our_name(report: Path, name: str) -> None:
    with pytest.raises(UsageError):
        Proposals(None).propose(document_in(report, Tlp.GREEN), name, [CLAIM], 50)


def test_a_text_is_opened_without_what_nobody_sees(report: Path) -> None:
    told = part_of_text(document_in(report, Tlp.GREEN), 0, 1000)
    assert SAID in told["words_of_others_text"] and "\u202e" not in told["words_of_others_text"]
    assert (told["start"], told["end"]) == (0, told["characters"])


@pytest.mark.parametrize(
    ("marking", "ceiling", "seen"), [("GREEN", Tlp.GREEN, True), ("AMBER", Tlp.GREEN, False), ("AMBER", Tlp.AMBER, True)]
)
def test_what_is_marked_above_the_ceiling_is_not_opened(tmp_path: Path, marking: str, ceiling: Tlp, seen: bool) -> None:
    file = tmp_path / "marked.txt"
    file.write_text(f"TLP:{marking}\n\n{SAID}\n", "utf-8")
    if seen:
        assert SAID in document_in(file, ceiling).text
        return
    with pytest.raises(MarkingError):
        document_in(file, ceiling)


@pytest.mark.filterwarnings("ignore")
def test_tools_that_open_texts_open_no_case_and_nothing_above_the_ceiling(tmp_path: Path) -> None:
    import anyio
    from mcp.server.mcpserver.exceptions import ToolError

    (tmp_path / "secret.txt").write_text(f"TLP:RED\n\n{SAID}\n", "utf-8")
    (tmp_path / "case.json").write_text('{"name": "a", "versions": {}}', "utf-8")
    server = make_server([tmp_path])
    for file, why in (("secret.txt", "TLP:RED"), ("case.json", "is a case")):
        for tool, more in (
            ("open_document", {}),
            ("propose_claims", {"reader": "my model", "claims": [CLAIM]}),
            ("confirm_claims", {"reader": "my model", "ids": []}),
        ):
            with pytest.raises(ToolError, match=why):
                anyio.run(server.call_tool, tool, {"file": file, **more})


@pytest.mark.filterwarnings("ignore")
def test_only_who_may_write_says_so(tmp_path: Path) -> None:
    import anyio

    for proposals, reads in ((None, True), (tmp_path / "kept.jsonl", False)):
        tools = {tool.name: tool for tool in anyio.run(make_server([tmp_path], proposals=proposals).list_tools)}
        annotations = tools["propose_claims"].annotations
        assert annotations is not None and annotations.read_only_hint is reads
        assert tools["open_document"].annotations.read_only_hint is True
