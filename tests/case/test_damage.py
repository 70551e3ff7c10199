"""Case files that are none, not whole, or not to be written: a sentence with the file's name, and nothing is changed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from indicia.case import open_store
from indicia.cli import exits
from indicia.cli.main import run
from indicia.errors import StoreError
from tests.sample_case import exchange_case, keep

NOW = "2026-11-24T12:00:00Z"


def saved(path: Path) -> Path:
    with open_store(path) as store:
        keep(store, exchange_case(), author="tester", time=NOW, what="first")
    return path


def made(path: Path) -> Path:
    """A file in which no case has been kept yet."""
    with open_store(path) as store:
        store.remember({})
    return path


def changed(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


def flipped(path: Path, start: int, length: int) -> Path:
    data = bytearray(path.read_bytes())
    for at in range(start, min(start + length, len(data))):
        data[at] ^= 0xFF
    path.write_bytes(data)
    return path


def cut(path: Path, size: int) -> Path:
    path.write_bytes(path.read_bytes()[:size])
    return path


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x, x, x FROM n"
ACTS = {
    "forgets what is added": "CREATE TRIGGER a AFTER INSERT ON run BEGIN DELETE FROM entry; END",
    "never ends": f"CREATE TRIGGER a AFTER INSERT ON run BEGIN INSERT INTO run (time, author, what) {ENDLESS}; END",
    "answers for ever": f"CREATE VIEW a AS {ENDLESS}",
    "reckons": "CREATE INDEX a ON entry (id) WHERE length(hex(body)) > 1",
    "reckons in an index": "CREATE INDEX a ON entry (hex(body))",
    "deletes with another": "CREATE TABLE a (b REFERENCES entry ON DELETE CASCADE)",
    "puts one for another": "CREATE TABLE a (b UNIQUE ON CONFLICT REPLACE)",
    "reckons in a column": "ALTER TABLE run ADD COLUMN a GENERATED ALWAYS AS (hex(zeroblob(100000000)))",
}
BODY = "UPDATE entry SET body = CAST({} AS BLOB) WHERE kind = '{}'"
# What the file is, how it comes about from a path, and what is said of it.
FILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "another program's": (lambda path: changed(path, "CREATE TABLE bookmarks (id)"), "another program's database"),
    "another program's with a log": (
        lambda path: changed(path, "PRAGMA journal_mode=WAL", "CREATE TABLE bookmarks (id)"),
        "another program's database",
    ),
    "another program's with our name": (lambda path: changed(path, "CREATE TABLE run (id)"), "another program's database"),
    "another program's with Alembic": (
        lambda path: changed(path, "CREATE TABLE alembic_version (version_num)", "INSERT INTO alembic_version VALUES ('77')"),
        "another program's database",
    ),
    "of a newer version": (
        lambda path: changed(saved(path), "UPDATE alembic_version SET version_num = '9999'"),
        "newer version of Indicia",
    ),
    "no database": (lambda path: path.write_bytes(b"no database at all " * 300) and path, "not a database"),
    "a text that begins as one": (lambda path: path.write_bytes(b"SQLite format 3\0" + b"x" * 9000) and path, "database"),
    "cut in the head": (lambda path: cut(saved(path), 60), "database"),
    "cut in the midst": (lambda path: cut(saved(path), 40_000), "malformed"),
    "flipped in the head": (lambda path: flipped(saved(path), 0, 100), "not a database"),
    "flipped in the schema": (lambda path: flipped(saved(path), 200, 3000), "malformed"),
    "flipped in the midst": (lambda path: flipped(saved(path), 8192, 60_000), "damaged"),
    "without a table": (lambda path: changed(saved(path), "DROP TABLE entry"), "another program's database"),
    "a record that is no JSON": (lambda path: changed(saved(path), BODY.format("'{'", "claim")), "a record is not whole"),
    "a record of another kind": (lambda path: changed(saved(path), BODY.format("'{}'", "document")), "a record is not whole"),
    **{what: (lambda path, sql=sql: changed(saved(path), sql), "acts by itself") for what, sql in ACTS.items()},
    "columns that are none": (lambda path: changed(saved(path), BODY.format("'x'", "columns")), "columns"),
    "runs without end": (lambda path: changed(saved(path), "DELETE FROM run"), "run"),
    "without runs": (lambda path: made(path), "no case has been saved here yet"),
    "empty": (lambda path: path.write_bytes(b"") or path, "no case has been saved here yet"),
    "a folder": (lambda path: path.mkdir() or path, "is a folder"),  # type: ignore[func-returns-value]
    "in no folder": (lambda path: path / "b.indicia", "there is no folder"),
}


@pytest.mark.parametrize("what", FILES)
def test_a_file_that_is_no_whole_case(tmp_path: Path, what: str) -> None:
    make, words = FILES[what]
    path = make(tmp_path / "a.indicia")
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError) as caught, open_store(path) as store:
        store.load()
        store.columns()
        store.changes()
        for claim in exchange_case().claims:
            store.versions(claim.id)
    assert words in str(caught.value) and str(path) in str(caught.value)
    assert "SELECT" not in str(caught.value) and "sqlalche.me" not in str(caught.value)
    if "program" in words or "newer" in words:
        assert path.read_bytes() == before, "it is not ours to change"


KILLED_WITHIN = """
import os, signal, sqlite3, sys
base = sqlite3.connect(sys.argv[1], isolation_level=None)
for line in ("PRAGMA cache_size=1", "BEGIN IMMEDIATE", "UPDATE entry SET place = place + 1", "CREATE TABLE z (a)"):
    base.execute(line)
base.execute("INSERT INTO z SELECT randomblob(100000) FROM entry")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_acts_by_itself_is_found_where_sqlite_must_mend_the_file_first(tmp_path: Path) -> None:
    path = changed(saved(tmp_path / "a.indicia"), "PRAGMA journal_mode=DELETE", ACTS["forgets what is added"])
    subprocess.run([sys.executable, "-c", KILLED_WITHIN, str(path)], check=False)
    assert path.with_name("a.indicia-journal").stat().st_size
    before = path.read_bytes()
    with pytest.raises(StoreError, match="acts by itself"), open_store(path):
        pass
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://me:secret@127.0.0.1/x", "no database that cases are kept in"),
        ("nosuch+thing://me:secret@127.0.0.1/x", "no database"),
        ("postgresql+nosuch://me:secret@127.0.0.1/x", "no database address"),
        ("://me:secret@x", "no database address"),
        ("postgresql+psycopg://me:secret@127.0.0.1:port/x", "no database address"),
        ("http://me:secret@127.0.0.1/", "no database"),
        ("sqlite:////nosuch/folder/a.indicia", "there is no folder"),
        ("postgresql+psycopg://me:secret@127.0.0.1:1/x?connect_timeout=1", ""),
    ],
)
def test_an_odd_address(address: str, words: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(address)
    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that may not be written to, by nobody."""
    if os.name != "posix":
        pytest.skip("folders are closed otherwise there")
    if os.geteuid() == 0:
        if not Path("/sys/kernel").is_dir():
            pytest.skip("root may write everywhere here")
        return Path("/sys/kernel")
    folder = tmp_path / "closed"
    folder.mkdir(0o500)
    return folder


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("share {case} --as md -o {closed}/x.md", exits.E_STORE),
        ("share {case} --as md -o {case}/x.md", exits.E_STORE),
        ("read {text} -o {closed}/x.txt", exits.E_STORE),
        ("read {text} --jsonl -o {closed}/x.txt", exits.E_STORE),
        ("merge A={case} B={case} -o {closed}/x.json", exits.E_STORE),
        ("merge A={case} B={case} -o {closed}/x.indicia", exits.E_STORE),
        ("judge {closed}/x.indicia weighing --action note", exits.E_STORE),
        ("serve --folder {closed}/x --port 0", exits.E_NOTHING),
        ("serve {case} --taxii-only --inbox {closed}/x --port 0", exits.E_NOTHING),
        ("serve {other} --port 0", exits.E_STORE),
        ("share {other} --as md", exits.E_STORE),
        ("history {other}", exits.E_STORE),
        ("share {new} --as md", exits.E_STORE),
        ("advise {new}", exits.E_STORE),
    ],
)
def test_commands_say_whose_fault_it_is(
    tmp_path: Path, closed: Path, command: str, code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    places = {"case": saved(tmp_path / "a.indicia"), "closed": closed, "text": tmp_path / "a.txt"}
    places["other"] = changed(tmp_path / "other.indicia", "CREATE TABLE bookmarks (id)")
    places["new"] = tmp_path / "new.indicia"
    made(places["new"])
    places["text"].write_text("The EU said that China attacked Microsoft.", "utf-8")
    with pytest.raises(SystemExit) as stop:
        run([word.format(**places) for word in command.split()])
    said = capfd.readouterr().err
    assert stop.value.code == code, said
    assert "error:" in said and "fault in Indicia" not in said and "Traceback" not in said
