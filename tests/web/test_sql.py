"""Questions in SQL: what is answered, and what is refused without harm."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from indicia.errors import UsageError
from indicia.web.cases import exploring
from indicia.web.cases.exploring import QueryTable, Tables
from indicia.web.pages.search import EXAMPLES
from tests import sample_case
from tests.web.site import client, shelve

BASE = "/case/sample/sql"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables([QueryTable("claims", ("source", "n"), [("China", 1), (f"x{chr(0xD800)}", 2), (None, 3.5)])])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("cases")
    shelve(folder, "sample", sample_case.exchange_case())
    with client(folder) as made:
        yield made


@pytest.mark.parametrize(
    "sql",
    [
        "delete from claims",
        "update claims set n = 0",
        "insert into claims values (1, 2)",
        "create table other (x)",
        "create temp table other (x)",
        "drop table claims",
        "attach database 'other.db' as other",
        "vacuum into 'other.db'",
        "pragma query_only = off",
        "pragma database_list",
        "begin",
        "select load_extension('x')",
        "select readfile('/etc/passwd')",
        "select zeroblob(100000000)",
        "select 1; delete from claims",
        "with recursive a(x) as (select 1 union all select x + 1 from a) insert into claims select x, x from a",
        "select * from nosuch",
        "nonsense",
        "--",
        "",
        "x" * 20_000,
    ],
)
def test_only_reading_is_answered(tables: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        tables.ask(sql)
    assert tables.ask("select count(*), sum(n) from claims").rows == [(3, 6.5)]
    assert not list(tmp_path.iterdir())


def test_an_endless_question_ends(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploring, "SECONDS", 0.2)
    begun = time.monotonic()
    with pytest.raises(UsageError, match="takes longer"):
        tables.ask("with recursive a(x) as (select 1 union all select x + 1 from a) select count(*) from a")
    assert time.monotonic() - begun < 5
    assert tables.ask("select source from claims where n = 1").rows == [("China",)]


MADE = "printf('%.*c', {}, 'a')".format


@pytest.mark.parametrize(
    "sql",
    [
        f"select instr({MADE(900_000)}, {MADE(400_000)} || 'b')",
        f"select instr({MADE(99_000)}, {MADE(49_000)} || 'b')",
        f"select replace({MADE(99_000)}, {MADE(49_000)} || 'b', 'x')",
        f"select {MADE(99_000)} like '%' || {MADE(49_000)} || 'b'",
        f"select {MADE(99_000)} glob '*' || {MADE(49_000)} || 'b'",
        f"select length(trim({MADE(49_000)}, {MADE(49_000)} || 'b'))",
    ],
)
def test_no_single_step_outlasts_the_clock(tables: Tables, monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    """SQLite looks at the clock between its instructions; one that compares a long text with another was half a minute."""
    monkeypatch.setattr(exploring, "SECONDS", 0.5)
    begun = time.process_time()
    with suppress(UsageError):
        tables.ask(sql)
    assert time.process_time() - begun < 2.5


def test_what_is_sorted_stands_in_memory_and_is_bounded(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite sorted in files of its own: half a gigabyte of disk in three seconds."""
    files = set()

    def look() -> int:
        files.update(one.readlink().name for one in Path("/proc/self/fd").iterdir() if one.is_symlink())
        return held()

    held = exploring.held
    monkeypatch.setattr(exploring, "held", look)
    monkeypatch.setattr(exploring, "SECONDS", 60.0)
    numbers = "with recursive a(x) as (select 1 union all select x + 1 from a)"
    with pytest.raises(UsageError, match="256 MB of memory"):
        tables.ask(f"{numbers} select {MADE(90_000)} || x as s from a order by s")
    assert not [one for one in files if one.startswith("etilqs")]


def test_rows_are_bounded(tables: Tables) -> None:
    answer = tables.ask("with recursive a(x) as (select 1 union all select x + 1 from a) select x from a")
    assert len(answer.rows) == exploring.MOST_ROWS and answer.cut


def test_a_case_is_asked(site: TestClient) -> None:
    twin = site.get(f"{BASE}.json", params={"q": "select source, accused from claims where stance = 'denies'"}).json()
    assert twin["columns"] == ["source", "accused"] and twin["rows"] and not twin["error"]
    counts = {name: one["rows"] for name, one in twin["tables"].items()}
    case = sample_case.exchange_case()
    assert counts["claims"] == len(case.claims) and counts["documents"] == 2 and case.hunt
    assert counts["sightings"] == len(case.hunt.sightings)
    page = site.get(BASE, params={"q": "select id, '<b>' as b from claims"}).text
    assert f'href="/case/sample/claims/{case.claims[0].id}"' in page and "&lt;b&gt;" in page
    table = site.get(f"{BASE}.csv", params={"q": "select '=1+1' as x"})
    assert table.text.splitlines()[0] == "x,tlp" and "\n=1+1" not in table.text and table.headers["x-marking"] == "TLP:AMBER"
    assert site.get(BASE, params={"q": "drop table claims"}).status_code == 400
    assert site.get(f"{BASE}.csv", params={"q": "drop table claims"}).status_code == 400
    for _, sql in EXAMPLES:
        assert site.get(BASE, params={"q": sql}).status_code == 200, sql


def test_the_copy_ends_with_the_last_who_holds_it() -> None:
    tables = Tables([QueryTable("t", ("a",), [(1,)])])
    end = tables.close
    assert end.alive and tables.ask("select a from t").rows == [(1,)]
    del tables
    gc.collect()
    assert not end.alive
