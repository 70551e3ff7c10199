"""Records that no list of an event log names any more: found by their marks, read as texts, told apart."""

from __future__ import annotations

import struct
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indicia.hunt.logs.formats.evtx import RECORD_MAGIC, Claimed, slack_in
from indicia.hunt.logs.formats.evtx_chunks import CHUNK, FILE_HEADER, FILE_MAGIC
from indicia.hunt.run import hunt
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.records import Severity

TIME = 132_592_032_000_000_000  # hundreds of nanoseconds since 1601: 2021-03-03


def record(identity: int, text: str) -> bytes:
    content = b"\x0f\x01\x01\x00" + text.encode("utf-16-le")
    size = 28 + len(content)
    return struct.pack("<4sIQQ", RECORD_MAGIC, size, identity, TIME) + content + struct.pack("<I", size)


def chunk(first: int, last: int, free: int, slack: dict[int, bytes]) -> bytes:
    made = bytearray(CHUNK)
    struct.pack_into("<8sQQQQIII", made, 0, b"ElfChnk\0", first, last, first, last, 128, 512, free)
    for at, content in slack.items():
        made[at : at + len(content)] = content
    return bytes(made)


def test_texts_are_found_by_indicators_and_told_apart(tmp_path: Path) -> None:
    old = chunk(1, 0, 512, {4000: record(77, "files.example.org"), 9000: record(3, "Привет, Ελλάς")[:-4]})
    twice = chunk(77, 77, 512, {})  # what another chunk claims is told there
    log = tmp_path / "Security.evtx"
    log.write_bytes(FILE_MAGIC.ljust(FILE_HEADER, b"\0") + old)
    sought = [IndicatorSought(type="domain-name", value="files.example.org")]
    found = hunt([log], indicators=sought, builtin=False)
    (seen,) = found.sightings
    assert str(seen.event.place) == f"{log} slack at byte {FILE_HEADER + 4000}"
    assert f"{seen.event.time:%Y-%m-%d %H}" == "2021-03-03 00"
    assert [(file.events, file.oldest) for file in found.files] == [(0, None)]
    assert [each.count for each in found.problems if "slack" in each.what and each.severity is Severity.NOTE] == [1]
    assert not list(slack_in(old + twice, [0, CHUNK], 0))


@given(st.binary(max_size=400), st.integers(0, CHUNK - 1), st.integers(0, 1 << 32))
def test_whatever_stands_there_is_read_within_the_chunk(content: bytes, at: int, free: int) -> None:
    content = (RECORD_MAGIC + content)[: CHUNK - at]
    data = bytearray(chunk(1, 0, free % (1 << 32), {at: content}))
    for each in slack_in(bytes(data), [0], 0):
        assert 512 <= each.at < CHUNK


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6), st.integers(0, 45))
def test_what_chunks_claim_is_what_their_ranges_hold(spans: list[tuple[int, int]], identity: int) -> None:
    assert (identity in Claimed(spans)) is any(identity in range(first, last + 1) for first, last in spans)
