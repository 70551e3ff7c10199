"""Nothing is lost in silence: whatever is not read, or read in part, is told without -v and gives exit code 10 (or 11)."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import re
import socket
import struct
import tarfile
import threading
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from indicia.cli import exits
from indicia.cli.brief import brief
from indicia.cli.hunt import hunt
from indicia.cli.read import read
from indicia.cli.readers import OtherReaders
from indicia.cli.talk import Talk
from indicia.errors import IndiciaError
from tests.commands import called

FIELDS = b"#Software: Microsoft Internet Information Services 10.0\n#Fields: date time s-ip cs-method cs-uri-stem sc-status\n"
LINES = b"".join(b"2021-03-03 06:%02d:00 192.0.2.1 GET /owa/ 200\n" % minute for minute in range(30))
IIS = FIELDS + LINES
SYSLOG = b"".join(b"Mar  3 06:%02d:00 web01 sshd[7]: Accepted password for quinn\n" % minute for minute in range(30))
JSONL = b"".join(b'{"time": "2021-03-03T06:%02d:00Z", "user": "quinn"}\n' % minute for minute in range(30))
ARRAY = b"[\n" + b",\n".join(JSONL.splitlines()) + b"\n]\n"
EVENT = b"<Event><System><EventID>4624</EventID><Channel>Security</Channel></System><EventData/></Event>\n"
XML = b"<Events>\n" + EVENT * 20 + b"</Events>\n"
CSV = b"time,user,action\n" + b"".join(b"2021-03-03T06:%02d:00Z,quinn,login\n" % minute for minute in range(30))
TEXT = b"Norway accused China of the breach at Larkspur Mining.\n"
LEFT, PART, NINETEEN = "1 read, 1 passed over", "1 file: 1 read in part", "19 read, 1 read in part"
GOOD = {"good.log": IIS}
NOTE = {"good.txt": TEXT}


def noise(size: int) -> bytes:
    """Bytes that hardly pack, the same ones each time."""
    return b"".join(b'{"time": "2021-03-03T06:00:00Z", "n": "%x"}\n' % pow(7, n, 2**521 - 1) for n in range(size // 160))


def cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def array(data: bytes) -> bytes:
    return b"[\n" + b",\n".join(data.splitlines()) + b"\n]\n"


def zipped(**members: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return whole.getvalue()


def tarred(data: bytes, *others: bytes) -> bytes:
    """A tar of one file, and of empty members of other types."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        member = tarfile.TarInfo("a.log")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
        for kind in others:
            member = tarfile.TarInfo("other")
            member.type = kind
            archive.addfile(member)
    return whole.getvalue()


def broken_tar() -> bytes:
    """One whose second header is overwritten."""
    first = tarred(IIS)[: 512 + -(-len(IIS) // 512) * 512]
    return first + b"\xff" * 512 + tarred(IIS)


def encrypted() -> bytes:
    data = bytearray(zipped(a_log=IIS))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(magic) + flags] |= 1
    return bytes(data)


def hiding() -> bytes:
    """A zip with a second member that its table of contents does not list."""
    shown, hidden = zipped(a_log=IIS), zipped(b_log=IIS)
    table = shown.find(b"PK\x01\x02")
    member = hidden[: hidden.find(b"PK\x01\x02")]
    data = bytearray(shown[:table] + member + shown[table:])
    struct.pack_into("<I", data, data.rfind(b"PK\x05\x06") + 16, table + len(member))
    return bytes(data)


def twice_called() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of it
        archive.writestr("a.log", IIS)
        archive.writestr("a.log", IIS + LINES)
    return whole.getvalue()


class Check(NamedTuple):
    """Files of a folder (made by a function, or what they hold), what is said of it, and how much is read all the same."""

    files: dict[str, bytes | Callable[[Path], object]]
    says: str  # on stderr, a regular expression; "" where nothing may be said to be lost
    count: str  # of the last line
    events: int | None = None


def link(to: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(to)


def bound(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the address of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


def too_deep(path: Path) -> None:
    """Folders so deep that their path is longer than the system takes: they may not be entered."""
    here = Path.cwd()
    path.mkdir()
    os.chdir(path)
    try:
        for _ in range(25):
            Path("d" * 200).mkdir()
            os.chdir("d" * 200)
    finally:
        os.chdir(here)


def gz_of(count: int, data: bytes, broken: int = 7) -> dict[str, bytes | Callable[[Path], object]]:
    return {f"{n:02}.gz": cut(gzip.compress(data)) if n == broken else gzip.compress(data) for n in range(count)}


HUNTS = {
    "all is well": Check(GOOD, "", "1 file: 1 read", 30),
    "an empty file": Check({**GOOD, "b.log": b""}, "", "2 files: 1 read, 1 empty", 30),
    "20 gz of JSON arrays, one cut": Check(gz_of(20, array(noise(20_000))), r"07\.gz:\d+: cannot be read on", NINETEEN),
    "20 gz of XML, one cut": Check(
        gz_of(20, b"<Events>" + noise(20_000).replace(b"\n", EVENT)), r"07\.gz: cannot be read on", NINETEEN
    ),
    "20 gz of JSON Lines, one cut": Check(gz_of(20, noise(20_000)), r"07\.gz:\d+: cannot be read on", NINETEEN),
    "a gz whose packed bytes are wrong": Check(
        {**GOOD, "b.gz": gzip.compress(noise(20_000)).replace(b"\x33", b"\x34")}, r"b\.gz", "1 read, 1 "
    ),
    "a bz2 that is cut": Check({**GOOD, "b.bz2": cut(bz2.compress(noise(20_000)))}, r"b\.bz2", LEFT),
    "lines that end in CR alone": Check({"a.log": IIS.replace(b"\n", b"\r")}, "", "1 file: 1 read", 30),
    "syslog whose lines end in CR alone": Check({"a.log": SYSLOG.replace(b"\n", b"\r")}, "", "1 file: 1 read", 30),
    "UTF-16": Check({"a.log": IIS.decode().encode("utf-16")}, "", "1 file: 1 read", 30),
    "UTF-32 with a mark": Check({"a.log": IIS.decode().encode("utf-32")}, "", "1 file: 1 read", 30),
    "UTF-32 without a mark": Check({"a.log": IIS.decode().encode("utf-32-be")}, "", "1 file: 1 read", 30),
    "JSON Lines as UTF-32": Check({"a.json": JSONL.decode().encode("utf-32-le")}, "", "1 file: 1 read", 30),
    "an IIS log behind 17 KB of comment": Check({"a.log": b"# a comment\n" * 1500 + IIS}, "", "1 file: 1 read", 30),
    "an IIS log whose comment stands below its first directive": Check(
        {"a.log": IIS[: len(FIELDS)].replace(b"#Fields", b"# a note\n" * 2000 + b"#Fields") + LINES}, "", "1 file: 1 read", 30
    ),
    "an IIS log without a head": Check({**GOOD, "b.log": LINES}, "", "2 files: 2 read", 60),
    "lines above the head": Check({**GOOD, "b.log": FIELDS[:56] + LINES + IIS}, r"b\.log: no log of a known format", LEFT, 30),
    "prose beside a log": Check({**GOOD, "b.txt": TEXT}, r"b\.txt: no log of a known format", LEFT, 30),
    "a line that is no JSON": Check({"a.json": JSONL + b"{half\n"}, r"a\.json:31: no JSON", PART, 30),
    "an array that breaks off": Check({"a.json": cut(ARRAY)}, r"a\.json:\d+: not JSON from here on", PART),
    "an array without its end": Check({"a.json": ARRAY.rstrip()[:-1]}, r"the array breaks off", PART, 30),
    "XML whose last event is cut": Check({"a.xml": XML[: -len(EVENT) // 2 - 12]}, "last event is cut", PART, 19),
    "a link that leads nowhere": Check({**GOOD, "b.log": link("gone")}, r"b\.log: is a link that leads nowhere", LEFT),
    "a link to a file": Check({**GOOD, "b.log": link("good.log")}, "", "2 files: 2 read", 60),
    "a link to a folder elsewhere": Check({**GOOD, "b": link("/")}, r"b: is a link to a folder", LEFT, 30),
    "a link to the folder that it stands in": Check({**GOOD, "b": link(".")}, "", "1 file: 1 read", 30),
    "links that go round": Check({**GOOD, "b": link("c"), "c": link("b")}, "b and 1 more: cannot", "1 read, 2 passed", 30),
    "a pipe in a folder": Check({**GOOD, "b.log": os.mkfifo}, r"b\.log: is a pipe", LEFT, 30),
    "a socket in a folder": Check({**GOOD, "b.log": bound}, r"b\.log: is a socket", LEFT, 30),
    "a folder that may not be entered": Check({**GOOD, "deep": too_deep}, r"cannot be (opened|read)", LEFT, 30),
    "a hidden log": Check({".a.log": IIS}, "", "1 file: 1 read", 30),
    "a name that is no UTF-8": Check({os.fsdecode(b"caf\xe9.log"): IIS}, "", "1 file: 1 read", 30),
    "a name that is no UTF-8, of what is no log": Check(
        {**GOOD, os.fsdecode(b"caf\xe9.txt"): TEXT}, r"caf\\xe9\.txt: no log", LEFT, 30
    ),
    "a member of a zip that is no log": Check({"a.zip": zipped(a_log=IIS, b_txt=TEXT)}, r"a\.zip!b\.txt: no log", LEFT, 30),
    "a zip in a zip": Check({**GOOD, "b.zip": zipped(in_zip=zipped(a_log=IIS))}, "", "2 files: 2 read", 60),
    "an encrypted zip": Check({**GOOD, "b.zip": encrypted()}, "encrypted", LEFT, 30),
    "a zip that is cut": Check({**GOOD, "b.zip": cut(zipped(a_log=noise(9000)))}, r"b\.zip", LEFT, 30),
    "a zip that hides a member": Check({"a.zip": hiding()}, "does not list", LEFT, 30),
    "two zips joined": Check({"a.zip": zipped(a_log=IIS) + zipped(b_log=IIS)}, "does not list", LEFT, 30),
    "a zip with two members of one name": Check({"a.zip": twice_called()}, "", "2 files: 2 read", 90),
    "what is packed twice": Check({**GOOD, "b.gz": gzip.compress(gzip.compress(IIS))}, "compressed twice", LEFT, 30),
    "a bz2 of two streams": Check({"a.bz2": bz2.compress(IIS) + bz2.compress(LINES)}, "", "1 file: 1 read", 60),
    "a bz2 with more behind its end": Check({"a.bz2": bz2.compress(IIS) + b"more" * 9}, r"a\.bz2:\d+: cannot be", PART, 30),
    "an xz with more behind its end": Check({"a.xz": lzma.compress(IIS) + b"more" * 9}, r"a\.xz:\d+: cannot be", PART, 30),
    "two tars joined": Check({"a.tar": tarred(IIS) * 2}, "holds more behind its end", LEFT, 30),
    "a tar with a broken header": Check({"a.tar": broken_tar()}, "behind a broken header", LEFT, 30),
    "a tar with a device": Check({"a.tar": tarred(IIS, tarfile.CHRTYPE)}, "is a device", LEFT, 30),
    "a line beyond all measure": Check({"a.log": SYSLOG + b"x" * (5 << 20) + b"\n"}, "more than 4 MB", PART),
}  # fmt: skip
READS = {
    "all is well": Check(NOTE, "", "1 file: 1 read"),
    "an empty file": Check({**NOTE, "b.txt": b""}, "is empty", "2 files: 1 read, 1 empty"),
    "a hidden file": Check({**NOTE, ".b.txt": TEXT}, "has a hidden name", LEFT),
    "a hidden folder": Check({**NOTE, ".git": Path.mkdir}, "has a hidden name", LEFT),
    "a folder that is skipped by its name": Check({**NOTE, "node_modules": Path.mkdir}, "node_modules: ", LEFT),
    "a link that leads nowhere": Check({**NOTE, "b.txt": link("gone")}, "leads nowhere", LEFT),
    "a link to a folder elsewhere": Check({**NOTE, "b": link("/")}, "is a link to a folder", LEFT),
    "a pipe in a folder": Check({**NOTE, "b.txt": os.mkfifo}, r"b\.txt: is a pipe", LEFT),
    "a folder that may not be entered": Check({**NOTE, "deep": too_deep}, r"cannot be (opened|read)", LEFT),
    "a name that is no UTF-8": Check({os.fsdecode(b"caf\xe9.txt"): TEXT}, "", "1 file: 1 read"),
    "a log among texts": Check({**NOTE, "b.log": IIS}, "is a log", LEFT),
    "a picture": Check({**NOTE, "b.png": b"\x89PNG\r\n\x1a\n" + bytes(99)}, "is a picture", LEFT),
    "UTF-32": Check({"a.txt": TEXT.decode().encode("utf-32")}, "", "1 file: 1 read"),
    "lines that end in CR alone": Check({"a.txt": TEXT.replace(b"\n", b"\r") * 3}, "", "1 file: 1 read"),
    "a gz that is cut": Check({"a.txt.gz": cut(gzip.compress(TEXT * 99))}, "broken|breaks off", "1 "),
    "two zips joined": Check(
        {"a.zip": zipped(b_txt=b"") + zipped(a_txt=TEXT)}, "does not list", "1 read"
    ),
    "what is only called as macOS calls its own": Check(
        {"a.zip": zipped(**{"_MACOSX/.b.txt": TEXT}).replace(b".MACOSX/.b.txt", b"__MACOSX/._btx")}, "", "1 file: 1 read"
    ),
    "what Outlook packs attachments into": Check({**NOTE, "winmail.dat": b"\x78\x9f\x3e\x22" + bytes(99)}, "TNEF", LEFT),
    "a broken PDF": Check({**NOTE, "b.pdf": b"%PDF-1.7 nothing"}, "broken PDF", LEFT),
}  # fmt: skip


def made(folder: Path, check: Check) -> Path:
    for name, what in check.files.items():
        path = folder / name
        if isinstance(what, bytes):
            path.write_bytes(what)
        else:
            what(path)
    return folder


def said(capsys: pytest.CaptureFixture[str], command: Callable[..., int], *given: Path, **options: Any) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    paths: Any = list(given) if command is hunt else [os.fspath(one) for one in given]
    options["voice"] = Talk()
    if command is not hunt:
        options["others"] = OtherReaders()
    try:
        code = called(command, paths, **options)
    except IndiciaError as error:
        code = exits.code_for(error)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def judge(check: Check, code: int, err: str) -> None:
    assert re.search(check.says, err), err
    assert check.count in err, err
    lost = bool(check.says) and "empty" not in check.says
    assert code == (exits.E_PARTIAL if lost else exits.E_OK), err
    assert "a fault in Indicia" not in err


@pytest.mark.parametrize("what", HUNTS)
def test_a_hunt_tells_what_it_did_not_read(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check = HUNTS[what]
    code, out, err = said(capsys, hunt, made(tmp_path, check), builtin=False, as_json=True, jobs=1)
    judge(check, code, err)
    files = json.loads(out)["files"]
    if check.events is not None:
        assert sum(file["events"] for file in files) == check.events


@pytest.mark.parametrize("what", READS)
def test_reading_tells_what_it_did_not_read(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check = READS[what]
    code, out, err = said(capsys, read, made(tmp_path, check), as_json=True)
    assert len(json.loads(out)["documents"]) == 1
    judge(check, code, err)


def test_a_log_that_comes_through_a_pipe_is_hunted_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As `<(zcat log.gz)` gives it: it can be opened once, and read once."""
    pipe = tmp_path / "63"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(IIS,), daemon=True)
    writer.start()
    code, out, err = said(capsys, hunt, pipe, builtin=False, as_json=True)
    writer.join(10)
    assert code == exits.E_OK, err
    assert [(file["file"], file["events"]) for file in json.loads(out)["files"]] == [(str(pipe), 30)]


@pytest.mark.parametrize("given", ["the pipe", "its folder"])
def test_a_pipe_that_is_called_as_a_rule_is_passed_over(given: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs, rules = tmp_path / "logs", tmp_path / "rules"
    logs.mkdir()
    rules.mkdir()
    os.mkfifo(rules / "a.yml")
    (logs / "a.log").write_bytes(IIS)
    code, _, err = said(
        capsys, hunt, logs, rules=[rules if given == "its folder" else rules / "a.yml"], builtin=False, as_json=True
    )
    assert code == exits.E_PARTIAL
    assert "a.yml: is a pipe" in err


def test_a_file_of_rules_that_is_too_large_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.log").write_bytes(IIS)
    (tmp_path / "a.yml").write_bytes(b"#" * (5 << 20))
    code, _, told = said(capsys, hunt, tmp_path / "a.log", rules=[tmp_path / "a.yml"], builtin=False, as_json=True)
    assert code == exits.E_PARTIAL
    assert "is a rule file of more than 4 MB" in told


def test_a_log_that_is_cut_while_it_is_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from indicia.hunt import run as hunting

    log = tmp_path / "a.log"
    log.write_bytes(IIS)
    scanned = hunting._scanned

    def cutting(*arguments: object, **options: object) -> object:
        log.write_bytes(IIS[:500])
        return scanned(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(hunting, "_scanned", cutting)
    code, _, err = said(capsys, hunt, log, builtin=False, as_json=True)
    assert code == exits.E_PARTIAL
    assert "was cut from" in err
    assert "1 read in part" in err


def test_names_that_are_no_utf8_go_through_a_brief(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, log = tmp_path / os.fsdecode(b"caf\xe9.txt"), tmp_path / os.fsdecode(b"caf\xe9.log")
    text.write_bytes(TEXT)
    log.write_bytes(IIS)
    code, _, err = said(capsys, brief, text, logs=[log], output=tmp_path / "out", name="a")
    assert code == exits.E_OK, err
    assert b"caf\\\\xe9.log" in (tmp_path / "out" / "case.json").read_bytes()
