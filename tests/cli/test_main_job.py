"""`indicia brief`, as a user runs it: what it leaves, what it says, and what it makes of input that cannot be used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from indicia.cli import exits
from indicia.records import Case, HuntVerdict, Outcome, Stage, from_json
from tests.command import indicia

EXAMPLE = Path(__file__).parents[2] / "examples" / "exchange-2021"


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[bytes]]:
    """Made by a process of its own, as a user would."""
    out = tmp_path_factory.mktemp("brief")
    command = [sys.executable, "-m", "indicia", "brief", "texts", "--logs", "logs", "-o", str(out), "--name", "exchange"]
    return out, subprocess.run(command, cwd=EXAMPLE, capture_output=True, check=False)


def test_leaves_every_file_and_says_where(brief: tuple[Path, subprocess.CompletedProcess[bytes]]) -> None:
    out, answer = brief
    assert answer.returncode == exits.E_OK, answer.stderr.decode()
    left = {path.name for path in out.iterdir()}
    assert {"brief.html", "brief.md", "brief.pdf", "case.json", "bundle.stix.json", "indicators.csv"} <= left
    assert not [name for name in left if name.startswith(".")], "something half-written was left"
    assert str(out / "brief.html").encode() in answer.stdout


def test_finds_every_stage_of_the_intrusion_in_one_chain(brief: tuple[Path, subprocess.CompletedProcess[bytes]]) -> None:
    case = from_json((brief[0] / "case.json").read_bytes(), Case)
    assert case.hunt is not None
    assert case.hunt.verdict is HuntVerdict.COMPROMISE
    chain = max(case.hunt.chains, key=lambda found: len(found.sightings))
    assert {Stage.PROBE, Stage.EXPLOIT, Stage.WEB_SHELL, Stage.EXECUTION, Stage.CREDENTIALS, Stage.COLLECTION} <= set(
        chain.stages
    )
    assert chain.outcome is Outcome.SUCCESS
    others = [found for found in case.hunt.chains if found.id != chain.id]
    assert others, "the scanner's probes are there, apart"
    assert all(found.outcome is not Outcome.SUCCESS for found in others)


def test_what_our_own_logs_tell_is_marked_and_the_public_version_is_without_it(
    brief: tuple[Path, subprocess.CompletedProcess[bytes]], tmp_path: Path
) -> None:
    case = from_json((brief[0] / "case.json").read_bytes(), Case)
    assert case.hunt is not None
    hosts = {one.event.host.lower().encode() for one in case.hunt.sightings if one.event.host}
    whole = (brief[0] / "brief.html").read_bytes()
    assert b'<span class="tlp">TLP:AMBER</span>' in whole
    assert any(host in whole.lower() for host in hosts)
    answer = indicia("brief", EXAMPLE / "texts", "--logs", EXAMPLE / "logs", "--public", "--unmarked", "clear", "-o", tmp_path)
    assert answer.returncode == exits.E_OK, answer.stderr.decode()
    public = (tmp_path / "brief.html").read_bytes()
    assert b'<span class="tlp">TLP:CLEAR</span>' in public
    assert b"This public version leaves out what our own logs show" in public
    for path in tmp_path.iterdir():
        assert not [host for host in hosts if host in path.read_bytes().lower()], path.name


def test_the_incident_leads_to_its_flaws_without_a_cve_in_the_statements(tmp_path: Path) -> None:
    source = tmp_path / "statement.txt"
    source.write_text("19 July 2021\n\nBritain blamed China on Monday for the Microsoft Exchange hack.\n", "utf-8")
    answer = indicia("brief", source, "-o", tmp_path / "out", "--json")
    case = from_json(answer.stdout, Case)
    assert [affair.incident_id for affair in case.affairs] == ["exchange-2021"]
    assert case.advice is not None
    patched = {covered for measure in case.advice.measures if measure.kind.value == "patch" for covered in measure.covers}
    assert {"CVE-2021-26855", "CVE-2021-26857", "CVE-2021-26858", "CVE-2021-27065"} <= patched


def test_techniques_alone_are_insufficient_grounds() -> None:
    answer = indicia("weigh", "--techniques", "T1190", "T1505.003", "--json")
    weighing = json.loads(answer.stdout)
    assert weighing["observed"]["verdict"] == "insufficient grounds"
    assert any("T1190" in line and "25 groups" in line for line in weighing["observed"]["base_rates"])


def test_same_input_same_bytes(
    brief: tuple[Path, subprocess.CompletedProcess[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the process: its order of sets, and what it did before."""
    monkeypatch.chdir(EXAMPLE)
    assert indicia("brief", "texts", "--logs", "logs", "-o", tmp_path, "--name", "exchange").returncode == exits.E_OK
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in brief[0].iterdir()}
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (brief[0] / path.name).read_bytes(), path.name


def test_input_that_cannot_be_used_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 40)
    good = tmp_path / "good.txt"
    good.write_text("Norway accused China of the breach of the Storting's e-mail system.\n", "utf-8")
    missing = tmp_path / "missing"
    sources = [tmp_path / "empty.txt", tmp_path / "binary.txt", good, missing]
    if os.getuid():  # root reads everything
        closed = tmp_path / "closed.txt"
        closed.write_text("x", "utf-8")
        closed.chmod(0)
        sources.append(closed)
    answer = indicia("brief", *sources, "--logs", missing, "-o", tmp_path / "out")
    said = answer.stderr.decode()
    assert answer.returncode == exits.E_PARTIAL, said
    for name in (path.name for path in sources if path != good):
        assert name in said
    assert "Traceback" not in said
    assert "Norway" in answer.stdout.decode()


def test_nothing_usable_has_its_own_code(tmp_path: Path) -> None:
    answer = indicia("brief", tmp_path / "missing.txt", "-o", tmp_path / "out")
    assert answer.returncode == exits.E_NOTHING
    assert b"missing.txt" in answer.stderr
    assert not (tmp_path / "out").exists()


def test_a_stream_of_lines_keeps_order_and_survives_bad_lines() -> None:
    lines = [
        b'{"id": "a", "text": "Norway accused China of the breach of the Storting\'s e-mail system."}',
        b"not json",
        b'{"id": 7, "text": "It rained."}',
        b'{"id": "no text"}',
    ]
    answer = indicia("read", "--jsonl", "-", stdin=b"\n".join(lines) + b"\n")
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [row.get("id") for row in rows] == ["a", None, 7, None]
    assert [row.get("line") for row in rows] == [None, 2, None, 4]
    assert rows[0]["claims"][0]["source_canonical"] == "Norway"
    assert rows[2]["claims"] == []


def test_a_stream_on_several_processes_gives_the_same_as_on_one() -> None:
    lines = b"".join(
        json.dumps({"id": number, "text": f"Canada blamed Russia for attack number {number} on 198[.]51[.]100[.]7."}).encode()
        + b"\n"
        for number in range(150)
    )
    one = indicia("read", "--jsonl", "-", "--jobs", "1", stdin=lines)
    two = indicia("read", "--jsonl", "-", "--jobs", "2", stdin=lines)
    assert one.stdout == two.stdout
    assert [json.loads(line)["id"] for line in two.stdout.splitlines()] == list(range(150))


def test_the_ledger_for_people_goes_to_a_file_too_each_quote_on_one_line(tmp_path: Path) -> None:
    source, output = tmp_path / "text.txt", tmp_path / "ledger.txt"
    sentence = "Norway accused China of the breach at Larkspur Mining, " + "which had gone on for long, " * 6 + "on Monday."
    source.write_text(sentence)
    answer = indicia("read", source, "-o", output)
    assert answer.returncode == exits.E_OK
    assert answer.stdout == b""
    assert f"    {sentence}\n" in output.read_text()
    assert output.read_text().splitlines()[:2] == ["unmarked", "1 claim"]
