"""What is read from a store as it is written gives the same files as the case held whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.case import open_store
from indicia.cli.main import run
from indicia.knowledge import load
from indicia.pipeline import as_left, opened_case
from indicia.records import Case, Judgement, Streamed, each_changed, stable_id, those_kept
from indicia.share import FORMATS, pieces, render, timelines
from indicia.share.internals import without_internals
from indicia.share.stix import bundle
from indicia.share.stix import pieces as stix_pieces
from indicia.share.stix.ids import object_id
from tests.postgres import server
from tests.sample_case import big_case, exchange_case, hostile_case, keep

NOW = "2026-11-24T12:00:00Z"


def judged(case: Case) -> Case:
    """The case with a sighting that somebody rejected."""
    assert case.hunt is not None
    subject = case.hunt.sightings[2].id
    rejection = Judgement(id=stable_id("judgement", subject), subject=subject, action="reject", author="ann", time=NOW)
    return msgspec.structs.replace(case, judgements=(*case.judgements, rejection))


CASES = {
    "exchange": exchange_case(),
    "judged": judged(exchange_case()),
    "hostile": hostile_case(),
    "no-logs": exchange_case(logs=False),
    "big": big_case(claims=3, sightings=700),
}


PLACES = [
    *(pytest.param(("sqlite", name), id=f"sqlite-{name}") for name in sorted(CASES)),
    pytest.param(("postgresql", "judged"), id="postgresql-judged", marks=pytest.mark.postgresql),
]


@pytest.fixture(scope="module", params=PLACES)
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A case by its name, and where it is."""
    engine, name = request.param
    if engine == "sqlite":
        yield name, stored(name, str(tmp_path_factory.mktemp("case") / f"{name}.indicia"))
        return
    with server() as url:
        yield name, stored(name, url)


def stored(name: str, place: str) -> str:
    with open_store(place) as store:
        keep(store, CASES[name], author="tester", time=NOW, what="x")
    return place


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"pdf"}))
@pytest.mark.parametrize("internal", [True, False])
def test_every_format_has_the_same_bytes(kept: tuple[str, str], form: str, internal: bool) -> None:
    name, place = kept
    held = as_left(CASES[name], load())
    with opened_case(place) as case:
        assert case.hunt is None or isinstance(case.hunt.sightings, Streamed)
        read = as_left(case, load())
        if not internal:
            held, read = without_internals(held), without_internals(read)
        assert b"".join(pieces(read, form, load())) == render(held, form, load())
        if form == "stix" and internal:
            assert b"".join(stix_pieces(read, load(), internal=True)) == b"".join(stix_pieces(held, load(), internal=True))


@pytest.mark.parametrize("name", sorted(CASES))
@pytest.mark.parametrize("internal", [True, False])
@pytest.mark.parametrize("texts", [True, False])
@pytest.mark.parametrize("most", [2, 100_000])
def test_a_bundle_in_pieces_is_the_bundle(
    name: str, internal: bool, texts: bool, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte by byte as one call of the encoder writes it."""
    monkeypatch.setattr(bundle, "MOST_SIGHTINGS", most)
    case = CASES[name]
    objects = bundle.bundle_objects(case, load(), internal=internal, texts=texts)
    made = b"".join(stix_pieces(case, load(), internal=internal, texts=texts))
    whole = {"type": "bundle", "id": orjson.loads(made)["id"], "objects": objects}
    assert made == orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    assert orjson.loads(made)["id"] == object_id("bundle", *(f"{item['id']}{item.get('modified', '')}" for item in objects))


@pytest.mark.parametrize("kept", [place for place in PLACES if place.values[0][1] == "judged"], indirect=True)  # type: ignore[index]
def test_what_is_read_is_of_one_moment(kept: tuple[str, str]) -> None:
    _, where = kept
    with opened_case(where) as case:
        assert case.hunt is not None
        before = list(case.hunt.sightings)
        with open_store(where) as store:
            keep(store, exchange_case(logs=False), author="another", time=NOW, what="all gone")
        assert list(case.hunt.sightings) == before
        assert len(case.hunt.sightings) == len(before)
    with open_store(where) as store:
        keep(store, CASES["judged"], author="another", time=NOW, what="back")


def test_a_lowered_marking_is_kept_while_the_case_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.indicia"
    with open_store(path) as store:
        keep(store, exchange_case(), author="x", time=NOW, what="x")
    words = ["share", str(path), "--as", "json", "--tlp", "clear", "--allow-lower", "agreed", "-q", "-o", str(tmp_path / "o")]
    with pytest.raises(SystemExit) as stop:
        run(words)
    assert not stop.value.code
    with open_store(path) as store:
        assert [one.note for one in store.judgements()] == ["agreed"]


@given(st.lists(st.integers()), st.integers(-12, 12), st.integers(-12, 12))
def test_a_stream_is_gone_through_as_a_tuple_is(numbers: list[int], start: int, end: int) -> None:
    stream, held = Streamed(lambda: numbers, len(numbers)), tuple(numbers)
    assert (tuple(stream), len(stream), bool(stream)) == (held, len(held), bool(held))
    assert tuple(stream) == held, "and a second time"
    assert stream[start:end] == held[start:end]
    if -len(held) <= start < len(held):
        assert stream[start] == held[start]
    else:
        with pytest.raises(IndexError):
            stream[start]
    for change in (lambda number: number + 1, lambda number: -number):
        assert tuple(each_changed(stream, change)) == each_changed(held, change)
    kept = those_kept(stream, lambda number: number % 2 == 0)
    assert tuple(kept) == those_kept(held, lambda number: number % 2 == 0)
    assert len(kept) == len(tuple(kept))


@given(st.lists(st.binary(max_size=4).map(lambda some: some.replace(b"\n", b"") + b"\n"), max_size=40))
def test_lines_that_wait_in_files_come_in_their_order(lines: list[bytes]) -> None:
    for most in (1, 3, 100):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(timelines, "_SORTED", most)
            found = list(timelines._in_order(iter(lines)))
        assert found == sorted(lines)


def test_a_stopped_reader_closes_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelines, "_SORTED", 2)
    some = timelines._in_order(b"%d\n" % number for number in range(9))
    assert list(itertools.islice(some, 3)) == [b"0\n", b"1\n", b"2\n"]
    some.close()  # type: ignore[attr-defined]
