"""Scenario A with files broken at random places: nothing stops the hunt, and places stay true."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from examples.scenarios import write_scenario
from indicia.hunt.run import hunt
from indicia.records import HuntVerdict

JUNK = (
    *(b"\x00", b"\xff\xfe", b"\r", b"\n", b'"', b"'", b",", b";", b"#Fields: ", b"\xef\xbb\xbf", b"{", b"}", b"<Event>"),
    *(b"%s" * 50, b"\x1b[31m", b" " * 2000, b"\xc3", b"\xe2\x80\xae", b"-", b"#", b"\r\r\n"),
)


def broken(data: bytes, rng: random.Random) -> bytes:
    """`data` with up to a dozen faults: junk put in, stretches cut, overwritten or doubled, the end torn off."""
    text = bytearray(data)
    for _ in range(rng.randrange(12)):
        at = rng.randrange(len(text) + 1)
        match rng.randrange(5):
            case 0:
                text[at:at] = rng.choice(JUNK)
            case 1:
                del text[at : at + rng.randrange(1, 200)]
            case 2:
                text[at : at + 20] = rng.randbytes(len(text[at : at + 20]))
            case 3:
                text[at:at] = text[: rng.randrange(1, 500)]
            case _:
                if rng.random() < 0.3:
                    del text[max(at, 1) :]
    return bytes(text)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    written = write_scenario("A", folder, ordinary_lines=300)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in written}


@pytest.mark.parametrize("seed", range(15))
def test_random_faults_stop_nothing(seed: int, whole: dict[str, bytes], tmp_path: Path) -> None:
    rng = random.Random(seed)
    for name, data in whole.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(broken(data, rng))
    found = hunt([tmp_path], jobs=1)
    assert found.verdict in {HuntVerdict.COMPROMISE, HuntVerdict.LIKELY}
    for sighting in found.sightings:
        place = sighting.event.place
        assert place.position <= Path(place.file).read_bytes().count(b"\n") + 1
    assert len(found.files) == len(whole)


@pytest.mark.parametrize("fault", ['odd "quote', 'a,"b', "return\rwithin", '\r"\r', "\ufeff", '""', ""])
def test_a_fault_in_one_line_moves_no_other(fault: str, tmp_path: Path) -> None:
    """The reset is on line 4, whatever stands on the line before it."""
    log = tmp_path / "HttpProxy_2021030306-1.LOG"
    names = "DateTime,RequestId,UrlStem,AnchorMailbox,UserAgent,ClientIpAddress,ServerHostName,HttpStatus"
    anchor = "ServerInfo~a]@exch01:444/ecp/DDI/DDIService.svc/SetObject?schema=ResetOABVirtualDirectory#"
    lines = [
        "#Log-type: HttpProxy Logs",
        f"#Fields: {names}",
        f"2021-03-03T06:49:00.000Z,1,/owa/,{fault},Mozilla,203.0.113.9,EXCH01,200",
        f"2021-03-03T06:50:00.000Z,2,/ecp/y.js,{anchor},py,198.51.100.23,EXCH01,200",
        "2021-03-03T06:51:00.000Z,3,/owa/,quinn@corp.example,Mozilla,203.0.113.9,EXCH01,200",
    ]
    log.write_bytes("\n".join(lines).encode() + b"\n")
    found = hunt([log], jobs=1)
    assert [sighting.event.place.position for sighting in found.sightings] == [4]
    assert found.sightings[0].event.fields["ClientIpAddress"] == "198.51.100.23"
    assert found.files[0].events == 3


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("system.journal", b"LPKSHHRH" + bytes(64), "journalctl"),
        ("SysEvent.Evt", b"\x30\x00\x00\x00LfLe" + bytes(64), "EVTX"),
        ("a.pcap", b"\xd4\xc3\xb2\xa1" + bytes(64), "Zeek"),
        ("wtmp.1", bytes(384), "last -F"),
        ("a.bin", b"\x01\x02" + bytes(64), "no log of a known format"),
    ],
)
def test_what_is_no_log_is_told_with_what_to_do(name: str, data: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    (problem,) = hunt([tmp_path], jobs=1).problems
    assert problem.what.startswith("no log of a known format") and told in problem.what
