"""A package beside Indicia adds a reader, a log format and an exporter by the entry points that its pyproject.toml declares."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

EXAMPLE = Path(__file__).parent / "example"
PROGRAM = """
import json, sys
import indicia
case = indicia.read("statement.cable", "broken.cable")
found = indicia.hunt("gate.log", rules=["rule.yml"], builtin=False)
print(json.dumps({
    "accused": [row["accused"] for row in case.claims.to_dicts()],
    "text": case.record.documents[0].text,
    "problems": [problem.what for problem in case.problems],
    "sightings": [[row["time"], row["host"], row["title"]] for row in found.sightings.to_dicts()],
    "faults": [problem.what for problem in found.problems],
    "counts": json.loads(case.share("counts")),
}))
"""
RULE = """
title: A script was fetched at the gate
id: 00000000-0000-4000-8000-00000000000a
status: test
level: high
logsource: {category: webserver}
detection: {it: {cs-uri-stem|endswith: .js}, condition: it}
"""


def installed(folder: Path) -> str:
    """The example built as pip builds it, and unpacked into a folder."""
    source = shutil.copytree(EXAMPLE, folder / "source")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return os.pathsep.join([str(folder / "site"), *filter(None, sys.path)])


def test_a_reader_a_format_and_an_exporter_of_another_package(tmp_path: Path) -> None:
    made, work = tmp_path / "made", tmp_path / "work"
    made.mkdir()
    work.mkdir()
    said = "Microsoft attributes the attack on Exchange servers to HAFNIUM with high confidence."
    (work / "statement.cable").write_text(f"CABLE 1\n{said}\nEND", "utf-8")
    (work / "broken.cable").write_text("CABLE 1\nnothing", "utf-8")
    (work / "gate.log").write_text("#gate\n2021-03-03T06:50:08Z gate1 POST /ecp/x.js 241\nnonsense\n", "utf-8")
    (work / "rule.yml").write_text(RULE, "utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=work,
        env={**os.environ, "PYTHONPATH": installed(made)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert (found["text"], found["accused"]) == (said, ["HAFNIUM"])
    assert found["problems"] == ["the plugin cable cannot read it: the cable has no end"]
    assert found["counts"] == {"accuses": 1}
    assert found["sightings"] == [["2021-03-03T06:50:08+00:00", "gate1", "A script was fetched at the gate"]]
    assert any("the plugin gate cannot read" in fault for fault in found["faults"])
