"""Every format is recognised and read; what is broken is told, and the rest goes on."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import tracemalloc
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from indicia.hunt import processes
from indicia.hunt.events import EventBatch
from indicia.hunt.logs import archives, streams
from indicia.hunt.logs.formats import FORMATS, LogInput, arrow, recognise
from indicia.hunt.logs.formats.evtx_chunks import CHUNK, FILE_HEADER
from indicia.hunt.logs.inputs import find_logs, log_named
from indicia.hunt.logs.streams import WithDots
from indicia.records import Problem, Severity
from tests.shared import shared

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "hunt" / "engine_formats.yml").read_text("utf-8"))
EVERYTHING = frozenset({"", "uri", "image", "cmd", "cs-uri-stem", "anchormailbox", "message", "eventname"})


def read(path: Path) -> tuple[str, list[EventBatch], list[Problem]]:
    """Format, batches and problems of what stands at a path."""
    name, batches, problems = "", [], []
    for item in find_logs([path]):
        if isinstance(item, Problem):
            problems.append(item)
            continue
        log, form = item
        if form is None:
            continue
        name = form.name
        for part in form.read([log], EVERYTHING):
            if isinstance(part, Problem):
                problems.append(part)
            else:
                batches.append(part)
    return name, batches, problems


def rows_of(batches: Sequence[EventBatch]) -> list[tuple[EventBatch, int]]:
    return [(batch, row) for batch in batches for row in range(batch.size)]


@given(st.integers(1, 90), st.lists(st.sampled_from(["(4)evil(7)example(0)", "x", "(3)www(4)evil(7)example(0)\n", "\n"])))
def test_names_in_parts_are_put_together_wherever_they_are_cut(size: int, texts: list[str]) -> None:
    text = " ".join(texts).encode()
    stream, found = WithDots(BytesIO(text)), b""
    while data := stream.read(size):
        found += data
    dotted = text.replace(b"(3)www(4)", b"(4)www.").replace(b"(4)evil(7)example(0)", b"evil.example")
    assert found == dotted.replace(b"(4)www.evil(7)example(0)", b"www.evil.example")


@pytest.mark.parametrize("case", CASES, ids=[f"{number}-{case['format']}" for number, case in enumerate(CASES)])
def test_formats(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "some.log"
    path.write_bytes(case["text"].encode())
    _, batches, _ = read(path)
    rows = rows_of(batches)
    assert len(rows) == case["events"]
    batch, row = rows[case["row"]]
    event = batch.event(row)
    assert event.format == case["format"]
    assert event.place.position == case["line"]
    assert event.time == datetime.fromisoformat(case["time"])
    assert event.host == case.get("host", event.host)
    for name, value in case["fields"].items():
        assert event.fields.get(name) == value
        column = batch.column(name)
        assert column is None or column.text(row) == value
    assert all(value != "" for value in event.fields.values())


W3C = "#Fields: date time cs-uri-stem sc-status\n"


@pytest.mark.parametrize(
    ("data", "events", "told"),
    [
        (W3C.encode() + b"2021-03-03 06:48:02 /a 200\n2021-03-03 06:48:0", 2, "does not have the 4 fields"),
        (W3C.encode() + b"2021-03-03 06:48:02 /a 200\n" + bytes(4096), 1, "4096 NUL bytes"),
        (W3C.encode() + b"2021-03-03 06:48:02 /\xe4 200\n2021-03-03 06:48:02 /b 200\n", 2, "not UTF-8"),
        (b"\xef\xbb\xbf" + W3C.encode() + b"2021-03-03 06:48:02 /a 200\n", 1, ""),
        ((W3C + "2021-03-03 06:48:02 /a 200\n").encode("utf-16"), 1, ""),
        (W3C.encode() + b"2021-03-03 06:48:02 /" + b"a" * (1 << 20) + b" 200\n2021-03-03 06:48:03 /b 200\n", 2, ""),
        (
            W3C.encode() + b"2021-03-03 06:48:02 /" + b"a" * (14 << 20) + b" 200\n2021-03-03 06:48:03 /b 200\n",
            1,
            "more than 4 MB",
        ),
        (
            b'#Log-type: HttpProxy Logs\n#Fields: DateTime,AnchorMailbox,UrlStem\n2021-03-03T06:48:02Z,"a,b\nx,y,z\n',
            2,
            "as far as",
        ),
    ],
    ids=["cut", "nul", "cp1252", "bom", "utf-16", "1MB", "14MB", "quote"],
)
def test_broken_text(data: bytes, events: int, told: str, tmp_path: Path) -> None:
    path = tmp_path / "u_ex.log"
    path.write_bytes(data)
    _, batches, problems = read(path)
    assert len(rows_of(batches)) == events
    for batch, row in rows_of(batches):
        batch.event(row)
    assert told in " ".join(problem.what for problem in problems)
    assert bool(told) == bool(problems)


def test_archives(tmp_path: Path) -> None:
    data = (W3C + "2021-03-03 06:48:02 /a 200\n" * 50).encode()
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(data))
    (tmp_path / "b.log.bz2").write_bytes(bz2.compress(data))
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("logs/u_ex.log", data)
        archive.writestr("empty.log", b"")
    (tmp_path / "cut.log.gz").write_bytes(gzip.compress(data * 2000)[:-2000])
    _, batches, problems = read(tmp_path)
    names = {batch.files[0] for batch in batches}
    assert {Path(name).name for name in names} == {"a.log.gz", "b.log.bz2", "u_ex.log", "cut.log.gz"}
    assert sum(batch.size for batch in batches if "cut" not in batch.files[0]) == 150
    assert any("cannot be read on" in problem.what for problem in problems)


def test_what_is_packed_within_an_archive(tmp_path: Path) -> None:
    data = (W3C + "2021-03-03 06:48:02 /a 200\n" * 50).encode()
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("u_ex.log", data)
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.writestr("a.log.gz", gzip.compress(data))
        archive.writestr("b.log.xz", lzma.compress(data))
        archive.writestr("in.zip", inner.getvalue())
    _, batches, problems = read(tmp_path)
    assert [batch.size for batch in batches] == [50, 50, 50] and not problems
    names = [batch.files[0] for batch in batches]
    assert names[2].endswith("out.zip!in.zip!u_ex.log")
    assert [log.name for name in names if (log := log_named(name))] == names


def test_archives_within_archives_are_opened_to_a_depth(tmp_path: Path) -> None:
    data, name = (W3C + "2021-03-03 06:48:02 /a 200\n").encode(), "u_ex.log"
    for number in range(8):
        inner = BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        data, name = inner.getvalue(), f"{number}.zip"
        (tmp_path / f"deep{number}.zip").write_bytes(data)
    _, batches, problems = read(tmp_path)
    assert [Path(batch.files[0]).name.partition("!")[0] for batch in batches] == [f"deep{number}.zip" for number in range(5)]
    assert {problem.what for problem in problems} == {"archives within archives are opened 4 deep, and this one was left out"}
    assert len(problems) == 3


def test_archives_within_archives_have_a_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for number in range(9):
            archive.writestr(f"{number}.log", W3C + "2021-03-03 06:48:02 /a 200\n")
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        for number in range(9):
            archive.writestr(f"{number}.zip", inner.getvalue())
    monkeypatch.setattr(archives, "MOST_MEMBERS", 20)
    _, batches, problems = read(tmp_path)
    assert len(batches) == 20 and all("the rest was left out" in problem.what for problem in problems) and problems


def test_the_contents_of_an_archive_are_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(40):
            archive.writestr(f"a!{number}.log", W3C + f"2021-03-03 06:48:{number:02} /a 200\n")
    listed = 0

    class Counting(zipfile.ZipFile):
        def _RealGetContents(self) -> None:  # noqa: N802
            nonlocal listed
            listed += 1
            super()._RealGetContents()  # type: ignore[misc]

    monkeypatch.setattr(archives.zipfile, "ZipFile", Counting)
    _, batches, problems = read(tmp_path)
    assert ([batch.size for batch in batches], problems) == ([1] * 40, [])
    names = [str(batch.files[0]) for batch in batches]
    assert [log.name for name in names if (log := log_named(name))] == names
    assert listed == 1


def test_what_stays_packed_is_named(tmp_path: Path) -> None:
    data = (W3C + "2021-03-03 06:48:02 /a 200\n" * 50).encode()
    (tmp_path / "logs.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(64))
    (tmp_path / "twice.log.gz").write_bytes(gzip.compress(gzip.compress(data)))
    _, batches, problems = read(tmp_path)
    assert not batches
    assert [(Path(problem.where).name, problem.what, problem.severity) for problem in problems] == [
        ("logs.7z", "a 7z archive was left out: unpack it first, as with 7z x", Severity.FAILED),
        ("twice.log.gz", "compressed twice, and left out", Severity.FAILED),
    ]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_archive_is_opened(mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = (W3C + "2021-03-03 06:48:02 /a 200\n" * 50).encode()
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x.log", data)
    with tarfile.open(tmp_path / "logs.tar", mode) as tar:  # type: ignore[call-overload]
        for name, content in (("a/u_ex.log", data), ("a/old.log.gz", gzip.compress(data)), ("in.zip", inner.getvalue())):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, BytesIO(content))
        link = tarfile.TarInfo("a/link.log")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    for held in (16 << 20, 10):  # kept in memory, or found again
        monkeypatch.setattr(archives, "_HELD_OF_TAR", held)
        _, batches, problems = read(tmp_path)
        assert {(batch.files[0].partition("!")[2], batch.size) for batch in batches} == {
            ("a/u_ex.log", 50),
            ("a/old.log.gz", 50),
            ("in.zip!x.log", 50),
        }
        told = [(problem.where.partition("!")[2], problem.what) for problem in problems]
        assert told == [("a/link.log", "is a link to /etc/passwd, which is not in the archive")]
        names = [batch.files[0] for batch in batches]
        assert [log.name for name in names if (log := log_named(name))] == names


def test_what_else_is_in_a_tar_archive_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once, twice = ((W3C + "2021-03-03 06:48:02 /a 200\n" * count).encode() for count in (50, 70))
    others = {
        "a/link.log": (tarfile.SYMTYPE, "u_ex.log"),
        "hard.log": (tarfile.LNKTYPE, "a/u_ex.log"),
        "out.log": (tarfile.SYMTYPE, "/var/log/u_ex.log"),
        "lost.log": (tarfile.LNKTYPE, "elsewhere.log"),
        "pipe": (tarfile.FIFOTYPE, ""),
        "disk": (tarfile.BLKTYPE, ""),
        "odd": (b"Z", ""),
        "folder": (tarfile.DIRTYPE, ""),
    }
    with tarfile.open(tmp_path / "logs.tar", "w") as tar:
        for content in (once, twice):
            member = tarfile.TarInfo("a/u_ex.log")
            member.size = len(content)
            tar.addfile(member, BytesIO(content))
        for name, (kind, leads_to) in others.items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, leads_to
            tar.addfile(member)
    for held in (16 << 20, 10):  # kept in memory, or found again
        monkeypatch.setattr(archives, "_HELD_OF_TAR", held)
        _, batches, problems = read(tmp_path)
        assert {(batch.files[0].partition("!")[2], batch.size) for batch in batches} == {
            ("a/u_ex.log", 50),
            ("a/u_ex.log (2)", 70),
        }
        found = [log_named(batch.files[0]) for batch in batches]
        assert [log and len(log.open().read()) for log in found] == [len(once), len(twice)]
        assert [(problem.where.partition("!")[2], problem.what, problem.count) for problem in problems] == [
            ("out.log", "is a link to /var/log/u_ex.log, which is not in the archive", 1),
            ("lost.log", "is a link to elsewhere.log, which is not in the archive", 1),
            ("pipe", "is a pipe", 1),
            ("disk", "is a device", 1),
            ("odd", "is neither a file nor a folder", 1),
            ("", "links to files in the archive, which are read at their own places", 2),
        ]


def test_a_tar_archive_of_a_huge_header_or_of_many_links_stays_within_bounds(tmp_path: Path) -> None:
    member = tarfile.TarInfo("a")
    member.type, member.size = tarfile.XHDTYPE, 30 << 20
    link = tarfile.TarInfo("a")
    link.type, link.linkname = tarfile.SYMTYPE, "b"
    for name, content in (("long", member.tobuf() + bytes(30 << 20)), ("many", link.tobuf() * 12_000)):
        with gzip.open(tmp_path / f"{name}.tar.gz", "wb", 1) as file:
            file.write(content)
    tracemalloc.start()
    _, _, problems = read(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 25 << 20
    assert problems[0].what == "cannot be unpacked further: a header of 31,457,280 bytes"
    assert problems[-1].what == "2000 links and devices beyond the first 10000 were left out"


def test_a_cut_tar_archive_gives_what_stands_before_the_cut(tmp_path: Path) -> None:
    data = (W3C + "2021-03-03 06:48:02 /a 200\n" * 50).encode()
    with tarfile.open(tmp_path / "logs.tar", "w") as tar:
        for name in ("a.log", "b.log"):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, BytesIO(data))
    whole = (tmp_path / "logs.tar").read_bytes()
    (tmp_path / "logs.tar").write_bytes(whole[: 512 + 2048 + 512 + 100])
    _, batches, problems = read(tmp_path)
    assert [batch.files[0].partition("!")[2] for batch in batches] == ["a.log"]
    assert "cannot be unpacked further" in problems[0].what


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_a_table_of_arrow_is_read(form: str, tmp_path: Path) -> None:
    table = pa.table(
        {
            "eventTime": pa.array([datetime(2026, 3, 1, 10, tzinfo=UTC)] * 3, pa.timestamp("us", "UTC")),
            "eventSource": ["cloudtrail.amazonaws.com"] * 3,
            "eventName": ["StopLogging"] * 3,
            "awsRegion": ["eu-west-1"] * 3,
            "userIdentity": [{"arn": "arn:aws:iam::111122223333:user/eve"}] * 3,
        }
    )
    path = tmp_path / "x"
    if form == "parquet":
        pq.write_table(table, path)
    else:
        with pa.OSFile(str(path), "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
            writer.write_table(table)
    (tmp_path / "x.gz").write_bytes(gzip.compress(path.read_bytes()))
    _, batches, problems = read(tmp_path)
    assert [(batch.format, batch.size) for batch in batches] == [("aws-cloudtrail", 3)] * 2 and not problems
    event = batches[0].event(1)
    assert event.time == datetime(2026, 3, 1, 10, tzinfo=UTC) and event.place.position == 2
    assert event.fields["userIdentity.arn"] == "arn:aws:iam::111122223333:user/eve"


def write_unfolding(path: Path, rows: int, size: int) -> None:
    """A small file whose one long text stands in every row."""
    text = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["a" * size]))
    pq.write_table(pa.table({"time": ["2026-03-01T10:00:00Z"] * rows, "text": text}), path, store_schema=False)
    assert path.stat().st_size < 100_000


def test_a_table_that_unfolds_is_read_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow, "MOST", 64 << 20)
    write_unfolding(tmp_path / "x.parquet", 300, 1 << 20)
    _, batches, problems = read(tmp_path)
    assert not problems and sum(batch.size for batch in batches) == 300
    assert [batch.event(0).place.position for batch in batches] == [
        1 + sum(b.size for b in batches[:n]) for n in range(len(batches))
    ]
    monkeypatch.setattr(arrow, "LARGEST_ROW", 1 << 19)
    _, batches, problems = read(tmp_path)
    assert not batches and "one of its rows unfolds to more than" in problems[0].what


def test_a_broken_table_of_arrow_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1" + bytes(200))
    _, batches, problems = read(tmp_path)
    assert not batches and "cannot be read on" in problems[0].what


def test_offsets_that_lead_out_of_a_table_are_not_followed(tmp_path: Path) -> None:
    table = pa.table({"time": ["2026-03-01T10:00:00Z"] * 2, "text": ["abc", "defg"]})
    with pa.OSFile(str(tmp_path / "x.arrow"), "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    data = (tmp_path / "x.arrow").read_bytes()
    offsets = b"".join(number.to_bytes(4, "little") for number in (0, 3, 7))
    assert data.count(offsets) == 1
    (tmp_path / "x.arrow").write_bytes(data.replace(offsets, offsets[:8] + (1 << 30).to_bytes(4, "little")))
    _, batches, problems = read(tmp_path)
    assert not batches and "cannot be read on" in problems[0].what


def test_the_journal_in_its_export_form(tmp_path: Path) -> None:
    record = (
        b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1772359200000000\n_HOSTNAME=ws1\nSYSLOG_IDENTIFIER=sshd\n_PID=7\n"
        b"MESSAGE\n" + len(b"one\ntwo").to_bytes(8, "little") + b"one\ntwo\n\n"
    )
    (tmp_path / "x.export").write_bytes(record * 3)
    name, batches, problems = read(tmp_path)
    assert name == "journal-export" and not problems
    event = batches[0].event(2)
    assert (event.format, event.host, event.place.position) == ("syslog", "ws1", 3)
    assert event.time == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert event.fields["message"] == "one\ntwo" and event.fields["program"] == "sshd"


def test_cloudfront_parts_its_columns_by_tabs(tmp_path: Path) -> None:
    fields = "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer)"
    fields += " cs(User-Agent) cs-uri-query"
    line = "2026-03-01\t10:00:00\tFRA2\t703\t198.51.100.7\tGET\tx.example\t/admin.php\t200\t-\tcurl/7.81.0%20(x)\ta=1"
    (tmp_path / "x.log").write_text(f"#Version: 1.0\n#Fields: {fields}\n{line}\n{line}\n")
    name, batches, problems = read(tmp_path)
    assert name == "cloudfront" and not problems
    event = batches[0].event(1)
    assert event.time == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (event.fields["cs-uri-stem"], event.fields["sc-status"]) == ("/admin.php", "200")


@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_with_a_mark_or_without(code: str, tmp_path: Path) -> None:
    (tmp_path / "u_ex.log").write_bytes((W3C + "2021-03-03 06:48:02 /a 200\n" * 50).encode(code))
    _, batches, problems = read(tmp_path)
    assert ([batch.size for batch in batches], problems) == ([50], [])


def test_a_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HIGHEST_RATIO", 100)
    (tmp_path / "bomb.log.gz").write_bytes(gzip.compress(W3C.encode() + b"2021-03-03 06:48:02 /a 200\n" * 2_000_000))
    _, _, problems = read(tmp_path)
    assert any("unpacks to more than" in problem.what for problem in problems)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from(CASES))
@example("\xb9".encode(), next(case for case in CASES if case["format"] == "csv"))  # a digit, but no number
def test_no_bytes_break_a_parser(tmp_path: Path, junk: bytes, case: dict[str, Any]) -> None:
    text = case["text"].encode()
    path = tmp_path / "some.log"
    for data in (junk, text[: len(text) // 2] + junk + text[len(text) // 2 :], text + junk):
        path.write_bytes(data)
        _, batches, _ = read(path)
        for batch, row in rows_of(batches):
            batch.event(row)
    for form in FORMATS:
        form.sniff(junk, "x.log")


def test_every_chunk_and_record_is_tried(tmp_path: Path) -> None:
    source = shared("logs", "evtx-attack-samples", "Defense Evasion", "DE_1102_security_log_cleared.evtx")
    data = source.read_bytes()
    chunks = [data[at : at + CHUNK] for at in range(FILE_HEADER, FILE_HEADER + 2 * CHUNK, CHUNK)]
    path = tmp_path / "a.evtx"

    def events(content: bytes) -> tuple[int, list[str]]:
        path.write_bytes(content)
        _, batches, problems = read(path)
        return sum(batch.size for batch in batches), [problem.what for problem in problems]

    header = data[:FILE_HEADER]
    assert events(header + b"".join(chunks)) == (112, [])
    assert events(bytes(FILE_HEADER) + b"".join(chunks)) == (112, ["the file header is broken"])
    assert events(b"".join(chunks)) == (112, ["the file header is missing"])
    got, told = events(header + chunks[0] + b"junk" * (CHUNK // 4) + chunks[1])
    assert got == 112 and told == ["a chunk without its magic number cannot be read"]
    broken = bytearray(chunks[0])
    second = 512
    for _ in range(60):  # a late one: early records hold templates that the later ones need
        second += int.from_bytes(broken[second + 4 : second + 8], "little")
    broken[second : second + 8] = b"\xff" * 8  # its head: what follows is still a record, and is read
    assert events(header + bytes(broken) + chunks[1]) == (112, [])
    broken[second : second + 200] = b"\xff" * 200  # and its content
    got, told = events(header + bytes(broken) + chunks[1])
    assert got == 111 and told == ["records cannot be read"]
    got, told = events(header + chunks[0] + chunks[1][:30_000])
    assert got > 95 and "cut off" in told[0]


def test_nothing_is_recognised_in_nothing() -> None:
    assert recognise(b"\x7fELF\x02\x01\x01" + bytes(100), "program") is None
    assert recognise(b"Dear all,\nplease find attached\n", "letter.txt") is None


def test_a_row_that_goes_over_lines_is_one_record(tmp_path: Path) -> None:
    audit = '{""CreationTime"":""2026-03-01T10:00:00"",""Operation"":""New-InboxRule"",""Workload"":""Exchange""}'
    row = f'"{audit}",x,"one\ntwo\nthree"\n'
    (tmp_path / "x.csv").write_text("AuditData,Identity,_si\n" + row * 5 + 'a,b\n"without a twin,1,2\n')
    _, batches, problems = read(tmp_path)
    assert [(batch.format, batch.size) for batch in batches] == [("m365-audit", 5), ("jsonl", 2)]
    assert [int(position) for position in batches[0].positions] == [2, 5, 8, 11, 14]
    assert batches[0].event(1).fields["_si"] == "one\ntwo\nthree"
    assert [(problem.count, "fields of its header" in problem.what) for problem in problems] == [(2, True)]


def test_a_log_without_days_in_its_lines_has_them_wherever_it_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "SIZE", 2_000)
    lines = ["#Software: Microsoft Internet Information Services 6.0\n"]
    for day in ("2021-03-03", "2021-03-04"):
        lines += [f"#Date: {day} 00:00:00\n", "#Fields: time c-ip cs-method sc-status\n"]
        lines += [f"06:{minute // 60:02}:{minute % 60:02} 198.51.100.7 GET 200\n" for minute in range(300)]
    (tmp_path / "u_ex.log").write_text("".join(lines))
    (item,) = find_logs([tmp_path / "u_ex.log"])
    assert not isinstance(item, Problem) and item[1] is not None
    log, form = item

    def times(logs: Sequence[LogInput]) -> list[int]:
        return [time for part in form.read(logs, EVERYTHING) if isinstance(part, EventBatch) for time in part.times.tolist()]

    pieces = [logs for _, logs in processes.tasks_of(form, [log])]
    assert len(pieces) > 3
    assert [time for logs in pieces for time in times(logs)] == times([log]) and min(times([log])) > 0
