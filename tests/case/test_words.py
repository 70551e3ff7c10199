"""What is in a case is found by its words, as it stands now; on SQLite and on PostgreSQL alike, whatever is asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicia.case import Store, open_store, words
from indicia.case.words import phrases, snippet, words_of
from indicia.records import Judgement, Mention
from tests.postgres import server
from tests.sample_case import big_case, exchange_case, hostile_case, keep

NOW = "2026-11-24T12:00:00Z"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    if request.param == "sqlite":
        with open_store(tmp_path_factory.mktemp("words") / "a.indicia") as opened:
            yield filled(opened)
        return
    with server() as url, open_store(url) as opened:
        yield filled(opened)


def filled(store: Store) -> Store:
    case = exchange_case()
    accented = Mention(
        id="mention--e", kind=case.mentions[0].kind, value="Ünïcode_Gröupe", span=case.mentions[0].span, type="under_score"
    )
    keep(store, msgspec.structs.replace(case, mentions=(*case.mentions, accented)), author="tester", time=NOW, what="first")
    store.judge(Judgement(id="j1", subject="x", action="note", author="ann", time=NOW, note="ask the mail team about y.js"))
    return store


def kinds(store: Store, query: str) -> set[str]:
    return {found.kind for found in store.search(query)}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("198.51.100.23", {"document", "mention", "sighting"}),
        ("198.51.100.2", set()),  # another address, and no beginning of one
        ("hafn", {"document", "claim"}),  # the beginning of the last word
        ("98.51.100.23", set()),
        ("hafnium", {"document", "claim"}),
        ('"Ministry of State Security" EXCHANGE', {"document", "claim"}),
        ('"Security State Ministry"', set()),
        ("unicode groupe", {"mention"}),
        ("under", {"mention"}),
        ("mail team", {"judgement"}),
        ("exch01 y.js", {"sighting"}),
        ("python-requests/2.25.1", {"sighting"}),
        ("conducted from the territory", {"document", "claim"}),
        ("identity conducted", set()),
        ("", set()),
        ("\x00", set()),
        ('"', set()),
        ("* OR NOT (", set()),
    ],
)
def test_what_is_there_is_found(store: Store, query: str, expected: set[str]) -> None:
    assert kinds(store, query) == expected
    counts = store.count(query)
    assert set(counts) == expected
    for kind, count in counts.items():
        assert len(store.search(query, kind=kind, limit=1000)) == count


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=40) | st.text("\"'*:^(){}-+&|!<>\\a1 .", max_size=40))
def test_no_query_breaks_anything(store: Store, query: str) -> None:
    for found in store.search(query, limit=3):
        assert found.before + found.match + found.after in words_of(found.record)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_stretch_of_words_of_a_claim_finds_it(store: Store, data: st.DataObject) -> None:
    claim = data.draw(st.sampled_from(exchange_case().claims))
    words = claim.quote.text.replace('"', " ").split()
    start = data.draw(st.integers(0, len(words) - 1))
    some = " ".join(words[start : data.draw(st.integers(start + 1, len(words)))])
    assert claim.id in {found.record.id for found in store.search(f'"{some}"', kind="claim", limit=100)} or not phrases(some)


def test_pages_follow_one_another(store: Store) -> None:
    whole = store.search("exch01", kind="sighting", limit=100)
    first = store.search("exch01", kind="sighting", limit=2)
    second = store.search("exch01", kind="sighting", limit=2, after=first[-1].number)
    assert [one.number for one in (*first, *second)] == [one.number for one in whole[:4]]


def test_what_is_withdrawn_is_found_no_more_and_what_comes_back_is(tmp_path: Path) -> None:
    case = exchange_case()
    assert case.hunt
    without = msgspec.structs.replace(case, claims=(), hunt=None)
    with open_store(tmp_path / "a.indicia") as store:
        for each, expected in ((case, {"document", "claim"}), (without, {"document"}), (case, {"document", "claim"})):
            keep(store, each, author="tester", time=NOW, what="again")
            assert kinds(store, "Microsoft HAFNIUM") == expected
            assert bool(store.count("exch01")) is (each.hunt is not None)


def test_a_hostile_case_is_kept_and_found(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.indicia") as store:
        keep(store, hostile_case(), author="tester", time=NOW, what="hostile")
        assert store.load() == hostile_case()
        assert {"claim", "document", "mention", "sighting"} <= kinds(store, "<script>alert(1)</script>")


def test_a_file_from_before_the_index_gets_one(tmp_path: Path) -> None:
    path = tmp_path / "a.indicia"
    case = big_case(claims=30, sightings=2500)
    with open_store(path) as store:
        keep(store, case, author="tester", time=NOW, what="first")
        expected = store.count("exch01"), store.count("microsoft")
    connection = sqlite3.connect(path)
    connection.executescript(
        "DROP TABLE entry_words; DROP TABLE sighting_words; DROP TABLE offered; "
        "DROP TABLE watched; UPDATE alembic_version SET version_num = '0001';"
    )
    connection.close()
    with open_store(path) as store:
        assert (store.count("exch01"), store.count("microsoft")) == expected
        assert expected[0] == {"sighting": 2500}


def test_the_snippet_shows_the_first_phrase() -> None:
    assert snippet("one two-three four", ("TWO three",), around=4) == ("one ", "two-three", " fou")
    assert snippet("one", ("none",)) == ("", "", "one")


@given(st.text(max_size=400))
def test_the_quick_way_to_a_vector_and_the_other_are_one(text: str) -> None:
    assert words._vector(text) == words._vector(text + "\n" + "-" * 4000)  # what is added holds no word


@pytest.mark.parametrize(
    "note",
    [
        "again " * 600,
        "again " * 3000,
        "x" * 5000 + " again",
        " ".join(f"w{number}" for number in range(150_000)),
        "Ünder " * 300,
    ],
    ids=["often", "very-often", "long", "many", "accents"],
)
def test_no_text_is_too_much_for_the_index(store: Store, note: str) -> None:
    first = words._line(note)[0]
    before = store.count(first, most=100).get("judgement", 0)
    store.judge(Judgement(id=f"j {note[:50]} {len(note)}", subject="x", action="note", author="ann", time=NOW, note=note))
    assert store.count(first, most=100)["judgement"] == before + 1
