"""Several programs add to one case at once, and nothing that any of them was told is kept is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from indicia.case import open_store
from indicia.pipeline import load_case
from indicia.records import Judgement, Tlp
from indicia.web.cases.jobs import Uploads
from indicia.web.cases.shelf import Shelf
from tests.command import indicia
from tests.sample_case import exchange_case, keep

EXAMPLE = Path(__file__).parents[2] / "examples" / "exchange-2021"

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


def test_a_folder_that_is_served_again_takes_nothing_back(tmp_path: Path) -> None:
    """What was added to its case through the page, or by others, stays when the folder is given once more."""
    brief, home = tmp_path / "brief", tmp_path / "cases"
    (tmp_path / "us.txt").write_text(US, "utf-8")
    (tmp_path / "eu.txt").write_text(EU, "utf-8")
    (tmp_path / "uk.txt").write_text(UK, "utf-8")
    assert indicia("brief", tmp_path / "us.txt", "-o", brief, "-q").returncode == 0
    shelf = Shelf(home)
    slug = shelf.add(str(brief))
    file = home / f"{slug}.indicia"
    assert indicia("brief", tmp_path / "eu.txt", "--case", file, "-o", tmp_path / "x", "-q").returncode == 0
    runs = shelf.store(slug).last_run()
    assert shelf.add(str(brief)) == slug and shelf.store(slug).last_run() == runs, "nothing new, nothing said"
    assert indicia("brief", tmp_path / "us.txt", tmp_path / "uk.txt", "-o", brief, "-q").returncode == 0
    shelf.add(str(brief))
    shelf.close()
    assert held(file) == {US, EU, UK}


def test_findings_of_logs_keep_their_marking_when_a_text_is_added(tmp_path: Path) -> None:
    case, logs = tmp_path / "a.indicia", EXAMPLE / "logs"
    (tmp_path / "us.txt").write_text(US, "utf-8")
    first = ("brief", tmp_path / "us.txt", "--logs", logs, "--logs-tlp", "red", "--case", case, "-o", tmp_path / "x", "-q")
    assert indicia(*first).returncode in {0, 10}
    (tmp_path / "eu.txt").write_text(EU, "utf-8")
    assert indicia("brief", tmp_path / "eu.txt", "--case", case, "-o", tmp_path / "x", "-q").returncode == 0
    kept = load_case(case)
    assert kept.hunt is not None and kept.hunt.marking is Tlp.RED and held(case) == {US, EU}


def test_two_judgements_of_one_moment_are_two(tmp_path: Path) -> None:
    case = tmp_path / "a.indicia"
    first = Judgement(id="j", subject="weighing", action="note", author="a", time="2026-11-24T12:00:00Z", note="one")
    with open_store(case) as store:
        keep(store, exchange_case(), author="a", time="2026-11-24T12:00:00Z", what="x")
        for note in ("one", "two", "one", "three"):
            store.judge(msgspec.structs.replace(first, note=note))
        keep(store, store.load(), author="a", time="2026-11-24T12:00:00Z", what="again")
        assert [one.note for one in store.judgements()] == ["one", "two", "three"]


def test_uploads_of_a_server_that_was_killed_are_swept_and_those_of_one_that_runs_are_not(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from indicia.web.cases.jobs import Uploads; "
        "at = Uploads(Path(sys.argv[1])).new('x'); at.mkdir(parents=True); (at / 'a.txt').write_text('secret'); "
        "print(at, flush=True); time.sleep(60)"
    )
    running = Uploads(tmp_path)
    mine = running.new("mine")
    mine.mkdir(parents=True)
    killed = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    left = Path(killed.stdout.readline().strip())
    Uploads(tmp_path)
    assert left.is_dir() and mine.is_dir(), "both still run"
    killed.kill()
    killed.communicate()
    Uploads(tmp_path)
    assert not left.exists() and mine.is_dir()
    running.close()
    assert not list((tmp_path / ".inbox").iterdir())
