"""What was saved is there, whole, in the right order, as it was believed at the time; on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import create_engine, inspect

from indicia.case import open_store
from indicia.case.tables import metadata
from indicia.errors import StoreError
from indicia.records import Case, Claim, Firmness, Judgement, Outcome, stable_id
from tests.postgres import server
from tests.sample_case import big_case, empty_case, exchange_case, hostile_case, keep, said_with

NOW = "2026-11-24T12:00:00Z"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield str(tmp_path / "affair.indicia")
        return
    url = request.getfixturevalue("postgres")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()
    yield url


def save(where: str, case: Case, what: str = "test") -> None:
    with open_store(where) as store:
        keep(store, case, author="tester", time=NOW, what=what)


@pytest.mark.parametrize("case", [exchange_case(), hostile_case(), empty_case()], ids=["exchange", "hostile", "empty"])
def test_comes_back_as_it_was(where: str, case: Case) -> None:
    save(where, case)
    with open_store(where) as store:
        assert store.load() == case


def test_saving_the_same_again_changes_nothing(where: str) -> None:
    save(where, exchange_case())
    with open_store(where) as store:
        assert keep(store, exchange_case(), author="tester", time=NOW, what="again").is_empty


def test_a_corrected_claim_supersedes_and_the_old_one_stays_readable(where: str) -> None:
    first = exchange_case()
    claim = first.claims[0]
    corrected = said_with(claim, firmness=Firmness.HIGH if claim.said.firmness is not Firmness.HIGH else Firmness.LOW)
    second = msgspec.structs.replace(first, claims=(corrected, *first.claims[1:]))
    save(where, first, "first")
    with open_store(where) as store:
        changes = keep(store, second, author="tester", time=NOW, what="second")
        assert changes.superseded == {"claim": 1}
        assert not changes.withdrawn
        assert store.load() == second
        assert store.load(at=1) == first
        before, after = store.versions(claim.id)
        assert (before.since.what, before.until, after.until) == ("first", after.since, None)
        assert msgspec.json.decode(after.body, type=Claim) == corrected


def test_what_is_gone_is_withdrawn_not_deleted(where: str) -> None:
    first = exchange_case()
    second = msgspec.structs.replace(first, claims=first.claims[1:], hunt=None)
    save(where, first)
    with open_store(where) as store:
        changes = keep(store, second, author="tester", time=NOW, what="second")
        assert changes.withdrawn["claim"] == 1
        assert first.hunt is not None
        assert changes.withdrawn["sighting"] == len(first.hunt.sightings)
        assert store.load() == second
        assert store.load(at=1) == first


def test_a_sighting_that_is_seen_otherwise_supersedes(where: str) -> None:
    """Its id is that of the rule and the place in the log; what it says may change, as when a rule is corrected."""
    first = exchange_case()
    assert first.hunt is not None
    changed = msgspec.structs.replace(first.hunt.sightings[0], outcome=Outcome.UNKNOWN, title="Seen otherwise")
    sightings = (changed, *first.hunt.sightings[1:], changed)  # and once more, under one id
    second = msgspec.structs.replace(first, hunt=msgspec.structs.replace(first.hunt, sightings=sightings))
    save(where, first)
    with open_store(where) as store:
        changes = keep(store, second, author="tester", time=NOW, what="second")
        assert (changes.superseded, changes.added["sighting"]) == ({"sighting": 1}, 1)
        assert store.load() == second
        assert store.load(at=1) == first
        assert keep(store, second, author="tester", time=NOW, what="again").is_empty


def test_what_each_run_changed_is_counted_from_what_is_kept(where: str) -> None:
    first = exchange_case()
    assert first.hunt is not None
    (one, *rest) = first.hunt.sightings
    changed = msgspec.structs.replace(one, title="Seen otherwise")
    firmer = said_with(first.claims[1], firmness=Firmness.LOW)
    second = msgspec.structs.replace(
        first, claims=(firmer, *first.claims[2:]), hunt=msgspec.structs.replace(first.hunt, sightings=(changed, *rest[:-1]))
    )
    with open_store(where) as store:
        said = [keep(store, case, author="tester", time=NOW, what="test") for case in (first, second, first, first)]
        assert list(store.changes()) == said
        assert said[1].superseded["sighting"] == said[1].withdrawn["sighting"] == said[1].withdrawn["claim"] == 1
        assert store.versions("none") == ()
        assert [version.since.id for version in store.versions(one.id)] == [1, 2, 3]


def test_a_run_never_withdraws_what_a_person_decided(where: str) -> None:
    case = exchange_case()
    save(where, case)
    mine = Judgement(
        id=stable_id("judgement", "x"), subject=case.claims[0].id, action="reject", author="ann", time=NOW, note="misread"
    )
    with open_store(where) as store:
        store.judge(mine)
        keep(store, case, author="tester", time=NOW, what="again")
        assert store.load().judgements == (mine,)


def test_sightings_are_found_by_technique_host_and_page(where: str) -> None:
    case = big_case(claims=1, sightings=300)
    assert case.hunt is not None
    save(where, case)
    wanted = case.hunt.sightings[0]
    with open_store(where) as store:
        by_host = store.sightings(host=wanted.event.host, limit=1000)
        assert [found for _, found in by_host] == [s for s in case.hunt.sightings if s.event.host == wanted.event.host]
        first = store.sightings(limit=100)
        second = store.sightings(limit=100, after=first[-1][0])
        assert [found.id for _, found in (*first, *second)] == [s.id for s in case.hunt.sightings[:200]]
        for technique in {name for s in case.hunt.sightings for name in s.techniques}:
            found = store.sightings(technique_id=technique, limit=1000)
            assert [s for _, s in found] == [s for s in case.hunt.sightings if technique in s.techniques]


def test_many_writers_and_a_reader_at_once_lose_nothing(where: str) -> None:
    case = exchange_case()
    save(where, case)

    def write(number: int) -> None:
        judgement = Judgement(
            id=stable_id("judgement", number), subject=case.claims[0].id, action="note", author=f"writer {number}", time=NOW
        )
        with open_store(where) as store:
            store.judge(judgement)
            store.load()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(write, range(20)))
    with open_store(where) as store:
        assert {judgement.author for judgement in store.load().judgements} == {f"writer {number}" for number in range(20)}


def test_the_migrations_lead_to_the_tables(where: str) -> None:
    with open_store(where) as store:
        store.remember({})
    engine = create_engine(where if "://" in where else f"sqlite:///{where}")
    found = inspect(engine)
    for table in metadata.sorted_tables:
        columns = {column["name"]: column for column in found.get_columns(table.name)}
        assert columns.keys() == {column.name for column in table.columns}
        assert {name for name, column in columns.items() if column["nullable"]} == {c.name for c in table.columns if c.nullable}
        assert {index["name"] for index in found.get_indexes(table.name)} == {index.name for index in table.indexes}
    engine.dispose()


WRITER = """
import sys
sys.path.insert(0, {root!r})
from indicia.case import open_store
from tests.sample_case import big_case, keep
with open_store(sys.argv[1]) as store:
    for number in range(1000):
        case = big_case(claims=20 + number % 3, sightings=200 + number)
        keep(store, case, author="w", time="2026-11-24T12:00:00Z", what=str(number))
        print(number, flush=True)
"""


@pytest.mark.parametrize("rounds", [4])
def test_killed_at_any_moment_it_opens_and_keeps_what_was_reported(tmp_path: Path, rounds: int) -> None:
    root = Path(__file__).parents[2]
    script = tmp_path / "writer.py"
    script.write_text(WRITER.format(root=str(root)), "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    for round in range(rounds):
        where = tmp_path / f"{round}.indicia"
        writer = subprocess.Popen([sys.executable, script, where], stdout=subprocess.PIPE, text=True, env=environment)
        assert writer.stdout is not None
        reported = int(writer.stdout.readline())
        time.sleep(0.05 + 0.11 * round)
        writer.send_signal(signal.SIGKILL)
        reported = max([reported, *(int(line) for line in writer.stdout.read().split("\n")[:-1])])
        writer.wait()
        writer.stdout.close()
        with open_store(where) as store:
            store.check()
            runs = [int(run.what) for run in store.runs()]
            assert runs[: reported + 1] == list(range(reported + 1)), "a run that was reported done is lost"
            case = store.load()
        assert case.hunt is not None
        assert len(case.hunt.sightings) == 200 + runs[-1]


def test_a_file_that_is_no_case_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "x.indicia").write_bytes(b"not a database at all, but long enough to be looked at " * 40)
    with pytest.raises(StoreError, match=r"x\.indicia"):
        open_store(tmp_path / "x.indicia")


def test_an_empty_store_says_so(tmp_path: Path) -> None:
    with open_store(tmp_path / "new.indicia") as store, pytest.raises(StoreError, match="no case has been saved"):
        store.load()


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("postgresql+psycopg://me:secret@127.0.0.1:1/nowhere?connect_timeout=1")
    assert "secret" not in str(caught.value)


def test_opens_as_plain_sqlite(tmp_path: Path) -> None:
    save(str(tmp_path / "a.indicia"), exchange_case())
    connection = sqlite3.connect(tmp_path / "a.indicia")
    assert connection.execute("SELECT count(*) FROM entry WHERE kind = 'claim'").fetchone()[0] == len(exchange_case().claims)
    connection.close()


FILLER = """
import sys
sys.path.insert(0, {root!r})
from indicia.case import open_store, store, writer
from tests.sample_case import big_case, keep
store.MANY = writer.MANY = 1000
case = big_case(claims=20, sightings=20_000)
with open_store(sys.argv[1]) as held:
    print("filling", flush=True)
    keep(held, case, author="w", time="2026-11-24T12:00:00Z", what="filled")
"""


def test_killed_while_it_is_filled_for_the_first_time_it_opens_and_is_empty_or_whole(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    script = tmp_path / "filler.py"
    script.write_text(FILLER.format(root=str(root)), "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    for round in range(3):
        where = tmp_path / f"{round}.indicia"
        filler = subprocess.Popen([sys.executable, script, where], stdout=subprocess.PIPE, text=True, env=environment)
        assert filler.stdout is not None
        assert filler.stdout.readline() == "filling\n"
        time.sleep(0.1 + 0.3 * round)
        filler.send_signal(signal.SIGKILL)
        filler.wait()
        filler.stdout.close()
        with open_store(where) as store:
            store.check()
            assert not store.runs() or store.load().hunt is not None
            keep(store, exchange_case(), author="tester", time=NOW, what="after")
            assert store.load() == exchange_case()


def test_who_opens_a_file_that_is_being_filled_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indicia.case.store.MANY", 100)
    monkeypatch.setattr("indicia.case.writer.MANY", 100)
    case, where = big_case(claims=1, sightings=3000), tmp_path / "a.indicia"
    with open_store(where) as store:
        store.remember({})
    with ThreadPoolExecutor(5) as pool:
        filled = pool.submit(save, str(where), case)
        while not filled.done():
            list(pool.map(lambda _: open_store(where).close(), range(4)))
        filled.result()
    with open_store(where) as store:
        assert store.load() == case
        with store._place.for_writers().connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"


def test_many_sightings_leave_the_same_indexes_and_keys(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indicia.case.store.MANY", 100)
    monkeypatch.setattr("indicia.case.writer.MANY", 100)

    def shape() -> list[object]:
        engine = create_engine(where if "://" in where else f"sqlite:///{where}")
        found = inspect(engine)
        tables = ("sighting", "technique", "sighting_words")
        shape = [
            [sorted(map(str, read(table))) for read in (found.get_indexes, found.get_foreign_keys)]
            for table in tables
            if "://" in where or table != "sighting_words"
        ]
        engine.dispose()
        return list(shape)

    with open_store(where) as store:
        store.remember({})
    before, case = shape(), big_case(claims=1, sightings=300)
    save(where, case)
    assert shape() == before
    with open_store(where) as store:
        assert store.load() == case
        assert case.hunt is not None
        assert store.search(case.hunt.sightings[0].title, kind="sighting")


def test_a_file_that_somebody_reads_is_filled_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indicia.case.store.MANY", 100)
    monkeypatch.setattr("indicia.case.writer.MANY", 100)
    case, where = big_case(claims=1, sightings=300), tmp_path / "a.indicia"
    with open_store(where) as reader:
        assert reader.runs() == ()
        save(str(where), case)
        assert reader.load() == case
