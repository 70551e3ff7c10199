"""Whatever leaves bears its marking, and is read back as no less: every format there is, every command there is."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from indicia.case import open_store
from indicia.cli import main
from indicia.knowledge import load
from indicia.read.fronts import open_source
from indicia.records import UNMARKED, Case, Tlp, to_json
from indicia.share import FORMATS, render
from indicia.share.internals import without_internals
from indicia.share.redact import mark, marking_of
from tests.sample_case import exchange_case, keep

# What a file of the format is called where the name helps to tell it from others.
ENDINGS = {
    "md": "md", "html": "html", "pdf": "pdf", "docx": "docx",
    "csv": "csv", "eurepoc": "csv", "ledger": "csv", "timesketch": "jsonl",
}  # fmt: skip


def read_back(path: Path) -> Tlp:
    """The marking of all that is read of a file, as it counts when it leaves."""
    documents = open_source(path).documents
    assert documents, f"nothing is read of {path.name}"
    return Tlp.strictest(one.marking or UNMARKED for one in documents)


def under(marking: Tlp) -> Case:
    """The sample case with everything in it under one marking."""
    case = exchange_case()
    assert case.hunt is not None
    return mark(
        msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, marking=Tlp.CLEAR), marking=None), marking
    )


def unmarked(counts_as: Tlp) -> Case:
    """The sample case of texts without a marking and no logs."""
    case = exchange_case(logs=False)
    documents = tuple(msgspec.structs.replace(one, marking=None) for one in case.documents)
    return msgspec.structs.replace(case, documents=documents, marking=None, unmarked=counts_as)


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "card"])
def test_every_format_bears_its_marking_and_is_read_back_as_it(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"a.{ENDINGS.get(form, 'json')}"
    for marking in (Tlp.RED, Tlp.AMBER_STRICT, Tlp.GREEN) if form == "pdf" else Tlp:
        case = without_internals(under(marking))
        assert marking_of(case) is marking
        file.write_bytes(render(case, form, load()))
        assert read_back(file) is marking
    for counts_as in (Tlp.RED, Tlp.CLEAR):
        file.write_bytes(render(without_internals(unmarked(counts_as)), form, load()))
        assert read_back(file).rank >= counts_as.rank, "a text without a marking leaves as the case says that it counts"


@pytest.mark.parametrize("marking", Tlp)
def test_a_picture_shows_its_marking(marking: Tlp) -> None:
    assert f">{marking.label}<".encode() in render(without_internals(under(marking)), "card", load())


# What each command is given so that it puts out something of a case ("CASE" is one that is TLP:RED, "TEXT" such a text, "LOG" a
# log). A new command needs a row here, or a word on why it has none.
COMMANDS: dict[str, list[list[str]]] = {
    "brief": [["TEXT", "-o", "OUT"], ["TEXT", "-o", "OUT", "--json"]],
    "read": [["TEXT"], ["TEXT", "--json"], ["TEXT", "--jsonl"]],
    "compare-readers": [["TEXT", "--claims", "CLAIMS"], ["TEXT", "--claims", "CLAIMS", "--json"]],
    "hunt": [["LOG"], ["LOG", "--json"], ["LOG", "--jsonl"]],
    "weigh": [["CASE"], ["CASE", "--json"], ["--evidence", "TEXT"], ["--evidence", "TEXT", "--json"]],
    "advise": [["CASE"], ["CASE", "--json"]],
    "history": [["CASE"], ["CASE", "--json"], ["CASE", "--at", "1"], ["CASE", "--at", "1", "--json"], ["CASE", "CLAIM"],
                ["CASE", "CLAIM", "--json"]],
    "share": [["CASE", "--as", "stix"], ["CASE", "--as", "md"]],  # of every format above
    "evidence": [["list", "CASE"], ["list", "CASE", "--json"]],
    "merge": [["A=CASE", "B=CASE", "-o", "OUT.json"]],
}  # fmt: skip
NOTHING_OF_A_CASE = {
    "judge": "puts out nothing",
    "serve": "its pages and collections have tests of their own",
    "push": "sends what `share --as stix` writes",
    "pull": "writes the objects of others as they come, each with its marking",
    "knowledge": "tells public facts",
    "update-rules": "lists rules of others",
    "mcp": "answers a program, each time with a marking",
    "example": "leaves public texts and made-up logs",
    "doctor": "tells of this machine",
    "completion": "is of the shell",
    "watch": "its digest has tests of its own",
    "affairs": "joins tables of Spark, row by row as they were read; tests/spark",
}


def test_every_command_has_its_row() -> None:
    main.register()
    known = {one.name for one in (*main.app.registered_commands, *main.app.registered_groups)}
    assert known == COMMANDS.keys() | NOTHING_OF_A_CASE.keys()


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What stands for the words in `COMMANDS`."""
    folder = tmp_path_factory.mktemp("marked")
    case = under(Tlp.RED)
    where = str(folder / "affair.indicia")
    with open_store(where) as store:
        keep(store, case, author="tester", time="2026-11-24T12:00:00Z", what="test")
    text = folder / "statement.txt"
    text.write_text("TLP:RED\n\nThe ministry of Atlantis said that APT40 used T1190 against its mail servers.\n", "utf-8")
    claims = folder / "theirs.jsonl"
    claims.write_text('{"reader": "theirs", "document": "statement.txt", "claims": []}\n', "utf-8")
    log = folder / "u_ex210303.log"
    log.write_text(
        "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query "
        "s-port "
        "cs-username c-ip cs(User-Agent) sc-status\n2021-03-03 06:00:00 192.0.2.1 POST /ecp/y.js - 443 - 198.51.100.7 "
        "ExchangeServicesClient/0.0.0.0 200\n",
        "utf-8",
    )
    return {
        "CASE": where,
        "TEXT": str(text),
        "CLAIMS": str(claims),
        "LOG": str(log),
        "CLAIM": case.claims[0].id,
        "OUT": str(folder / "out"),
    }


def printed(arguments: list[str], capture: pytest.CaptureFixture[bytes]) -> bytes:
    capture.readouterr()
    with pytest.raises(SystemExit) as stop:
        main.run([*arguments, "-q"])
    assert not stop.value.code, arguments
    return capture.readouterr().out


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_bears_the_marking_of_what_it_tells(
    command: str, words: dict[str, str], tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    out = str(tmp_path / "out.json")
    for row in COMMANDS[command]:
        given = [out if one == "OUT.json" else "=".join(words.get(part, part) for part in one.split("=")) for one in row]
        made = printed([command, *given], capsysbinary)
        file = tmp_path / ("a.json" if made[:1] in (b"{", b"[") else "a.txt")
        file.write_bytes(made)
        assert read_back(file) is (Tlp.AMBER if command == "hunt" else Tlp.RED), row
        assert out not in given or read_back(Path(out)) is Tlp.RED


def test_a_case_tells_as_what_its_unmarked_texts_count(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(to_json(unmarked(Tlp.RED)))
    assert read_back(file) is Tlp.RED
    assert [one["marking"] for one in json.loads(file.read_bytes())["documents"]] == [None, None], "and that they are unmarked"
