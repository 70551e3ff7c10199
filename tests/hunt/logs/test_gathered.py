"""Logs whose lines are very many or very long pass through in batches of bounded size."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

import pytest

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats import LogInput, base, eventtable, evtx_chunks, journal, lines, recognise, tables, winxml
from indicia.hunt.logs.formats.base import Wanted
from indicia.hunt.logs.formats.lines import line_blocks
from indicia.hunt.logs.formats.tables import Header, read_long_rows
from indicia.hunt.names import Remembered
from indicia.records import Problem

WINDOWS = '{"Event": {"System": {"Provider": {"#attributes": {"Name": "a"}}, "EventID": 1, "Channel": "b", '
XML = "<Event><System><EventID>1</EventID></System><EventData><Data Name='x'>{}</Data></EventData></Event>\n"
LOGS = {
    "jsonl": '{{"time": "2021-03-03T06:00:00Z", "x": "{}"}}\n',
    "windows-json": WINDOWS.replace("{", "{{").replace("}", "}}")
    + '"TimeCreated": {{"#attributes": {{"SystemTime": "2021-03-03T06:00:00Z"}}}}}}, "EventData": {{"x": "{}"}}}}}}\n',
    "windows-xml": XML,
    "journal-export": "__CURSOR=a\n__REALTIME_TIMESTAMP=1614750000000000\nMESSAGE={}\n\n",
}


def read(data: bytes) -> Iterator[EventBatch | Problem]:
    form = recognise(data[:16_384], "a.log")
    assert form is not None
    return form.read([LogInput("a.log", lambda: io.BytesIO(data), len(data))], Wanted())


@pytest.mark.parametrize("kind", LOGS)
def test_long_records_make_small_batches(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "BYTES", 100_000)
    monkeypatch.setattr(eventtable, "BYTES", 100_000)
    monkeypatch.setattr(winxml, "BLOCK", 30_000)
    data = "".join(LOGS[kind].format("x" * 10_000 + str(n)) for n in range(60)).encode()
    assert max(sizes(read(data))) <= 12


def sizes(found: Iterable[EventBatch | Problem]) -> list[int]:
    """Of the batches with the sixty events that there are."""
    batches = list(found)
    assert not [item for item in batches if isinstance(item, Problem)]
    made = [item.size for item in batches if isinstance(item, EventBatch)]
    assert sum(made) == 60
    return made


def test_long_rows_of_a_table_make_small_batches_and_one_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "BYTES", 100_000)
    monkeypatch.setattr(tables, "LONGEST_ROW", 30_000)
    rows = "time,x\n" + "".join(f'2021-03-03T06:00:00Z,"a\n{"x" * 10_000}{n}"\n' for n in range(60))
    log = LogInput("a.csv", lambda: io.BytesIO(rows.encode()), len(rows))
    assert max(sizes(read_long_rows(log, Header(",", ["time", "x"], 1), frozenset()))) <= 12
    log = LogInput("a.csv", lambda: io.BytesIO((rows + '"' + "a\n" * 20_000).encode()), len(rows))
    told = [item for item in read_long_rows(log, Header(",", ["time", "x"], 1), frozenset()) if isinstance(item, Problem)]
    assert "a row of more than" in told[0].what


def test_a_block_of_very_short_lines_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_LINES", 4)
    data = b"a\nbb\n\nc\nd\ne\r\nf\ng\nlast"
    blocks = [block for block in line_blocks(io.BytesIO(data), "a") if not isinstance(block, Problem)]
    assert [[block.line(index) for index in range(len(block.starts))] for block in blocks] == [
        ["a", "bb", "", "c"],
        ["d", "e", "f", "g"],
        ["last"],
    ]
    assert [block.first for block in blocks] == [1, 5, 9]
    assert all(block.data.endswith(b"\n") for block in blocks)


def test_a_record_of_the_journal_that_never_ends_keeps_its_first_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST", 1_000)
    data = b"__CURSOR=a\n__REALTIME_TIMESTAMP=1614750000000000\n" + b"".join(b"F%d=x\n" % n for n in range(1_000))
    problem, batch = read(data)
    assert isinstance(problem, Problem) and problem.count > 700
    assert isinstance(batch, EventBatch) and len(batch.event(0).fields) < 300


def test_names_are_remembered_up_to_a_bound() -> None:
    made: list[int] = []

    def length(names: tuple[str, ...]) -> int:
        made.append(1)
        return len(names)

    known = Remembered(length)
    assert [known(("a", "b")), known(("a", "b"))] == [2, 2] and len(made) == 1
    for number in range(100):
        known((str(number) * 100_000,))
    assert sum(len(name) for names in known for name in names) <= 4 << 20


def test_records_that_unfold_to_too_much_end_their_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evtx_chunks, "LONGEST", 1_000)

    class Parser:
        def __init__(self, *_: object) -> None:
            pass

        def records_json(self) -> Iterator[dict[str, str]]:
            return iter([{"data": "x" * 100}] * 5_000)

    monkeypatch.setattr("evtx.PyEvtxParser", Parser)
    with pytest.raises(MemoryError):
        evtx_chunks.parsed(bytes(evtx_chunks.CHUNK))
