"""Several programs add to one case at once, and nothing that any of them was told is kept is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from indicia.pipeline import load_case
from tests.command import indicia

US = "The United States accused China of the Microsoft Exchange hack."
EU = "The European Union accused Russia of the breach of the Bundestag."
UK = "The United Kingdom accused Iran of the breach of the power grid."

PADDING = b"It rained.\n" * 50_000  # more than a pipe holds: once it is written, whoever reads it has begun


def held(case: Path) -> set[str]:
    return {one.text.strip().rpartition("\n")[2] for one in load_case(case).documents}


def slow_brief(case: Path, out: Path) -> subprocess.Popen[bytes]:
    """A `brief` that has read the case, and waits for the text on its standard input."""
    words = ["brief", str(case.parent / "first.txt"), "-", "--case", str(case), "-o", str(out), "-q"]
    return subprocess.Popen([sys.executable, "-m", "indicia", *words], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def test_what_another_adds_while_a_brief_reads_is_kept(tmp_path: Path) -> None:
    case, texts = tmp_path / "a.indicia", tmp_path / "texts"
    (tmp_path / "first.txt").write_text(US, "utf-8")
    assert indicia("brief", tmp_path / "first.txt", "--case", case, "-o", tmp_path / "one", "-q").returncode == 0
    slow = slow_brief(case, tmp_path / "two")
    assert slow.stdin is not None
    texts.mkdir()
    (texts / "eu.txt").write_text(EU, "utf-8")
    slow.stdin.write(PADDING)
    slow.stdin.flush()
    assert indicia("watch", case, texts, "-q").returncode == 0
    slow.communicate(UK.encode())
    assert slow.returncode == 0
    assert held(case) == {US, EU, UK}
    assert {one.accused.party.canonical for one in load_case(case).claims if one.accused.party} >= {"China", "Russia", "Iran"}
