"""Who only reads changes nothing: not even a case of an earlier version, which the first who writes brings to today's form."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from indicia.case import open_store, tables
from indicia.case.tables import SHAPES
from indicia.pipeline import load_case
from indicia.records import Judgement
from tests.command import indicia
from tests.sample_case import exchange_case, keep

NOW = "2026-11-24T12:00:00Z"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    path = tmp_path / "a.indicia"
    with open_store(path) as store:
        keep(store, exchange_case(), author="x", time=NOW, what="first")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP TABLE watched; UPDATE alembic_version SET version_num = '0005'; PRAGMA journal_mode=DELETE;"
        )
    return path


def test_reading_an_older_case_leaves_it_as_it_is(older: Path, tmp_path: Path) -> None:
    before = older.read_bytes()
    assert load_case(older) == exchange_case()
    for words in (["share", older, "--as", "md"], ["weigh", older], ["advise", older], ["history", older]):
        assert indicia(*words, "-q").returncode == 0, words
    with open_store(older) as store:
        assert store.load() == exchange_case() and store.runs() and store.seen("x").entries == {}
    assert older.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [older.name]


def test_the_first_who_writes_brings_it_to_today_s_form(older: Path) -> None:
    with open_store(older) as reader, open_store(older) as writer:
        assert reader.judgements() == ()
        writer.judge(Judgement(id="j", subject="weighing", action="note", author="a", time=NOW, note="x"))
        assert [one.id for one in reader.judgements()] == ["j"], "who had read the copy sees it"
    with closing(sqlite3.connect(older)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (SHAPES[-1],)


def test_what_is_not_there_is_read_as_empty_and_not_made(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.indicia") as store:
        assert (store.runs(), store.last_run(), store.judgements()) == ((), 0, ())
    assert not list(tmp_path.iterdir())


def test_the_shapes_are_those_of_the_migrations() -> None:
    found = ScriptDirectory(str(Path(tables.__file__).parent / "migrations")).walk_revisions()
    assert tuple(one.revision for one in found)[::-1] == SHAPES
