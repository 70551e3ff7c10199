"""Nothing is read from outside of a folder that was given, and nothing is waited for that may never come."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from indicia import walking
from indicia.cli import evidence, exits, hunt, settings
from indicia.cli.exchange import read_secret
from indicia.errors import IndiciaError
from indicia.knowledge.updating import kind_of
from indicia.pipeline import load_case
from indicia.pipeline.build import _rule_texts
from indicia.read.fronts import open_source
from indicia.read.offered import read_offered
from indicia.walking import open_file
from indicia.web.taxii.readers import load_readers
from tests.command import indicia
from tests.web.site import client, token

SECRET = "The ministry of Atlantis said in secret that APT40 attacked Microsoft.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a text, and links to what lies beside the folder and to what lies within."""
    (tmp_path / "secret.txt").write_text(SECRET, "utf-8")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "log.txt").write_text(SECRET, "utf-8")
    made = tmp_path / "given"
    made.mkdir()
    (made / "a.txt").write_text("The EU accused China of the attack on Microsoft.\n", "utf-8")
    (made / "b.txt").symlink_to(tmp_path / "secret.txt")
    (made / "c").symlink_to(tmp_path / "other", target_is_directory=True)
    (made / "d.txt").symlink_to("a.txt")
    (made / "e.txt").symlink_to("/etc/passwd")
    return made


def test_links_that_lead_out_of_a_folder_are_not_followed(folder: Path) -> None:
    opened = open_source(folder)
    assert {one.name.rpartition("/")[2] for one in opened.documents} == {"a.txt", "d.txt"}
    assert {one.where.rpartition("/")[2] for one in opened.problems} == {"b.txt", "c", "e.txt"}
    assert all("elsewhere" in one.what for one in opened.problems)
    (one,) = open_source(folder / "b.txt").documents
    assert one.text == SECRET, "what is given by name is meant"


def test_no_file_of_the_system_leaves_with_the_texts(folder: Path, tmp_path: Path) -> None:
    case, bundle = tmp_path / "a.indicia", tmp_path / "out.json"
    (folder / "hosts.log").symlink_to("/etc/passwd")
    assert (
        indicia("brief", folder, "--logs", folder, "--case", case, "-o", tmp_path / "brief", "-q").returncode == exits.E_PARTIAL
    )
    assert indicia("share", case, "--as", "stix", "--texts", "-o", bundle, "-q").returncode == 0
    assert b"root:" not in bundle.read_bytes() and b"Atlantis" not in bundle.read_bytes()


def test_a_form_reads_nothing_through_a_link_in_a_folder_of_its_own(folder: Path, tmp_path: Path) -> None:
    with client(tmp_path / "cases", reads=[folder]) as site:
        form = {"token": token(site.get("/").text), "name": "links", "paths": str(folder), "folder": str(folder)}
        sent = site.post("/new", data=form, headers={"Origin": "http://127.0.0.1"}, follow_redirects=False)
        assert sent.status_code == 303
        job = sent.headers["location"]
        while site.get(f"{job}.json").json()["job"]["state"] in {"waiting", "running"}:
            pass
    assert SECRET not in [one.text for one in load_case(tmp_path / "cases" / "links.indicia").documents]


@pytest.mark.skipif(os.name != "posix", reason="pipes have no names there")
def test_a_pipe_into_which_nobody_writes_is_told(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    for words in (["read", pipe], ["hunt", pipe], ["brief", pipe, "-o", tmp_path / "b"], ["share", pipe, "--as", "md"]):
        told = subprocess.run([sys.executable, "-m", "indicia", *map(str, words)], capture_output=True, timeout=60, check=False)
        assert told.returncode and b"is a pipe into which nobody writes" in told.stderr, words
    with client(tmp_path / "cases", reads=[tmp_path]) as site:
        form = {"token": token(site.get("/").text), "name": "pipes", "paths": str(pipe)}
        assert "is a pipe" in site.post("/new", data=form, headers={"Origin": "http://127.0.0.1"}).text


NAMED: dict[str, Callable[[Path], object]] = {
    "a file of claims": read_offered,
    "settings": lambda path: settings._file(path, {}),
    "a profile, a tuning": hunt._text_of,
    "who reads through TAXII": load_readers,
    "a secret": lambda path: read_secret(str(path)),
    "evidence": evidence._digest,
    "an official file": kind_of,
}


@pytest.mark.parametrize("what", NAMED)
def test_no_file_that_is_named_may_be_a_pipe_that_is_waited_for(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "open_pipe", partial(walking.open_pipe, seconds=0.1))
    os.mkfifo(tmp_path / "pipe")
    alarm = threading.Timer(20.0, lambda: os.close(os.open(tmp_path / "pipe", os.O_RDWR | os.O_NONBLOCK)))
    alarm.start()  # which lets go of whoever waits
    begun = time.monotonic()
    try:
        with pytest.raises(IndiciaError, match="pipe"):
            NAMED[what](tmp_path / "pipe")
    finally:
        alarm.cancel()
    assert time.monotonic() - begun < 15


def test_no_rule_is_told_that_a_link_leads_out_to(tmp_path: Path) -> None:
    (tmp_path / "secret.yml").write_text(SECRET, "utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yml").symlink_to(tmp_path / "secret.yml")
    (tmp_path / "rules" / "b.yml").write_text("title: b\n", "utf-8")
    assert list(_rule_texts([tmp_path / "rules"]).values()) == ["title: b\n"]


def test_what_comes_through_a_pipe_is_read_whole(tmp_path: Path) -> None:
    pipe, text = tmp_path / "pipe.txt", SECRET * 5000
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(text, "utf-8"))
    writer.start()
    (one,) = open_source(pipe).documents
    writer.join()
    assert one.text == text


@pytest.mark.skipif(not Path("/proc/kmsg").exists(), reason="a file of Linux")
def test_a_file_of_the_kernel_that_blocks_gives_what_is_there() -> None:
    try:
        file = open_file(Path("/proc/kmsg"))
    except PermissionError:
        pytest.skip("not for us")
    with file:
        while file.read(1 << 16):
            pass
