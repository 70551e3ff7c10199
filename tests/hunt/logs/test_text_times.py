"""Times at the beginning of lines, as services write them, and headers of syslog without a host."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from indicia.hunt.events import datetime_of, microseconds
from indicia.hunt.logs.formats.recordtimes import RecordTimes
from indicia.hunt.logs.formats.syslog import Header
from indicia.hunt.logs.formats.table import flatten
from indicia.hunt.logs.formats.texttimes import leading_time
from indicia.hunt.logs.formats.times import Clock, zone_named
from indicia.hunt.run import hunt
from indicia.hunt.tuning import Tuning


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("[22-Jan-2013 22:28:21 +0200]: FAILED login", "2013-01-22 20:28:21"),
        ("[28325:00010-3735542592] 22-06-2014 09:56:12   smtp: failure", "2014-06-22 09:56:12"),
        ("06/22/2014 09:56:12.5 failure", "2014-06-22 09:56:12.500000"),
        ("22-06-2013 02:09:40 +0300 PROXY.3128", "2013-06-21 23:09:40"),
        ("03-07-2005 23:07:20 SMTP Server: the day, where nothing tells", "2005-07-03 23:07:20"),
        ("2011.11.21 14:29:16 LOG3[28228]: SSL_accept", "2011-11-21 14:29:16"),
        ("2014:07:02-00:17:45: '192.0.2.1' 2 failed login attempts", "2014-07-02 00:17:45"),
        ("[20220407-12:11:06] [INFO ] AUTHFAIL", "2022-04-07 12:11:06"),
        ("130324  0:04:00 [Warning] Access denied", "2013-03-24 00:04:00"),
        ("Apr-07-13 07:08:36 [SSL-out] 192.0.2.1 SSL negotiation failed", "2013-04-07 07:08:36"),
        ("@400000004c91b044077a9e94 imap-login: Info", "2010-09-16 05:50:50"),
        ("@000000004c91b044077a9e94 before 1970", None),
        ("17/06/09 20:10:40 INFO", "2017-06-09 20:10:40"),
        ("99-99-2013 22:28:21", None),
        ("9/27/2013 12:42:26 AM  Blocked", "2013-09-27 00:42:26"),
        ("9/7/2013 2:42:26 PM  Blocked: the month, where nothing tells", "2013-09-07 14:42:26"),
        ("6/15/2026, 12:46:09.981 PM", "2026-06-15 12:46:09.981000"),
        ("15.06.2026 12:46:09", "2026-06-15 12:46:09"),
        ("05.06.2026 12:46:09", "2026-06-05 12:46:09"),
        ("[6/15/26 12:46:09:981 CEST] 0000001 x", "2026-06-15 10:46:09.981000"),
        ("Jun 15, 2026 @ 12:46:09.981", "2026-06-15 12:46:09.981000"),
        ("June 15th 2026, 12:46:09.981", "2026-06-15 12:46:09.981000"),
        ("June 15, 2026 12:46:09 AM", "2026-06-15 00:46:09"),
        ("2026 Jun 15 12:46:09.981 UTC: %X-5-Y", "2026-06-15 12:46:09.981000"),
        ("15/Jun/2026:12:46:09.981 +0200", "2026-06-15 10:46:09.981000"),
        ("15-JUN-2026 12:46:09", "2026-06-15 12:46:09"),
        ("20260615T124609Z x", "2026-06-15 12:46:09"),
        ("20260615124609 x", "2026-06-15 12:46:09"),
        ("21/12/28-12:55:38.885027 [**]", "2021-12-28 12:55:38.885027"),
        ("2025-08-13 01:45:01.123 PDT [12345] LOG:  x", "2025-08-13 08:45:01.123000"),
        ("2025-08-16 13:02:58 CEST [885178] ERROR:  x", "2025-08-16 11:02:58"),
        ("2025-08-16 13:02:58 CSTX", "2025-08-16 13:02:58"),
        ("Wed May 19 08:00:01 EST 2021 x", "2021-05-19 13:00:01"),
        ("Wed May 19 08:00:01 IST 2021 which zone?", "2021-05-19 08:00:01"),
        ("1428634687123 x", "2015-04-10 02:58:07.123000"),
    ],
)
def test_a_time_is_read(line: str, time: str | None) -> None:
    found = leading_time(line)
    told = datetime_of(found.time) if found is not None else None
    assert told == (datetime.fromisoformat(time).replace(tzinfo=UTC) if time else None)


@pytest.mark.parametrize(
    ("line", "host", "program", "message"),
    [
        ("Mar 24 08:58:32 ws1 sogod[26818]: x failed", "ws1", "sogod", "x failed"),
        ("Mar 24 08:58:32 <local0.info> 192.0.2.9 ns[1]: x failed", "192.0.2.9", "ns", "x failed"),
        ("Mar 24 08:58:32 sogod [26818]: x failed", "", "sogod", "x failed"),
        ("Mar 24 08:58:32   lighttpd[53690]: x failed", "", "lighttpd", "x failed"),
        ("[Mar 24 08:58:32] NOTICE[12049]: x failed", "", "NOTICE", "x failed"),
        ("Mar 24 08:58:32 HORDE [error] [horde] x failed", "", "", "HORDE [error] [horde] x failed"),
    ],
)
def test_syslog_without_a_host(line: str, host: str, program: str, message: str) -> None:
    head = Header(datetime(2021, 6, 1, tzinfo=UTC)).read(line)
    assert head is not None
    assert datetime_of(head.time) == datetime(2021, 3, 24, 8, 58, 32, tzinfo=UTC)
    assert (head.host, head.fields.get("program", ""), head.fields["message"]) == (host, program, message)


@pytest.mark.parametrize("line", ["Foo 24 08:58:32 x y: z", "2020-04-09T14:04:00.667Z: Failed Login", "x"])
def test_what_has_no_such_header(line: str) -> None:
    head = Header().read(line)
    assert head is None or not datetime_of(head.time)


@pytest.mark.parametrize(
    ("line", "host", "program", "message"),
    [
        ("2023-02-03T10:11:12.5Z info hostd[20] [sub=x] User root logged in", "", "hostd", "[sub=x] User root logged in"),
        ("2023-02-03T10:11:12.5Z In(166) Hostd[20]: [sub=x] Task created", "", "Hostd", "[sub=x] Task created"),
        ("2023-02-03T10:11:12.5Z shell[20]: [root]: chmod +x /tmp/x", "", "shell", "[root]: chmod +x /tmp/x"),
        ("2023-02-03T10:11:12.5Z esx01.corp.example vmkernel: cpu1", "esx01.corp.example", "vmkernel", "cpu1"),
        ("2023-02-03T10:11:12.5Z 2001:db8::7 sshd[9]: x", "2001:db8::7", "sshd", "x"),
        ("E0203 10:11:12.500000       1 controller.go:12] failed", "", "controller.go", "failed"),
        (
            '<134>1 2023-02-03T10:11:12.5Z gw CheckPoint 9 - [action:"Drop"; src:"198.51.100.7"]',
            "gw",
            "CheckPoint",
            '[action:"Drop"; src:"198.51.100.7"]',
        ),
        ('<34>1 2023-02-03T10:11:12.5Z ws1 su - ID47 [x@1 user="eve" how="\\"a\\""] failed', "ws1", "su", "failed"),
    ],
)
def test_headers_that_name_no_machine_or_hold_data(line: str, host: str, program: str, message: str) -> None:
    head = Header(datetime(2023, 6, 1, tzinfo=UTC)).read(line)
    assert head is not None and datetime_of(head.time) == datetime(2023, 2, 3, 10, 11, 12, 500_000, tzinfo=UTC)
    assert (head.host, head.fields["program"], head.fields["message"]) == (host, program, message)
    if '="eve"' in line:
        assert head.fields["user"] == "eve"
    if "CheckPoint" in line:
        assert (head.fields["action"], head.fields["src"]) == ("Drop", "198.51.100.7")


@pytest.mark.parametrize("line", ["2015-04-24T21:09:29 25376]INFO:x:y z", "2022-06-22T10:20:33 \x1b[0mExample\x1b[0m foo"])
def test_what_can_be_no_machine_is_none(line: str) -> None:
    assert Header().read(line) is None


def clock_of(*, zone: str = "", dates: str = "", seen: bytes = b"") -> Clock:
    clock = Clock()
    clock.said(zone, dates)
    clock.begin()
    clock.learn(seen)
    return clock


def test_which_comes_first_is_said_or_learnt_or_guessed() -> None:
    assert clock_of(dates="dmy", seen=b"06/15/2026").order("mdy") == "dmy"
    assert clock_of(seen=b"x 15/06/2026").order("mdy") == "dmy"
    assert clock_of(seen=b"x 15/06/2026 and 06/15/2026").order("mdy") == "mdy"
    guessing = clock_of()
    assert guessing.order("mdy") == "mdy"
    assert [each.hint for each in guessing.guesses("x.log")] == ["--dates dmy or mdy says which"]
    assert not list(guessing.guesses("x.log"))  # told once


def test_a_time_without_a_zone_is_in_the_one_that_was_said() -> None:
    summer, winter = (microseconds(datetime(2026, month, 15, 12, tzinfo=UTC)) for month in (6, 1))
    berlin = clock_of(zone="Europe/Berlin")
    assert summer - berlin.utc(summer) == 2 * 3_600_000_000 and winter - berlin.utc(winter) == 3_600_000_000
    assert not list(berlin.guesses("x.log"))
    nobody = clock_of()
    assert nobody.utc(summer) == summer
    assert [each.hint for each in nobody.guesses("x.log")] == ["--timezone says in which they are"]
    with pytest.raises(ValueError, match="no time zone"):
        zone_named("Nowhere/At_all")


@pytest.mark.parametrize(
    ("name", "text", "zone", "time"),
    [
        ("x.csv", "TimeGenerated [UTC],a,b\n\"6/15/2026, 12:46:09.981 PM\",1,2\n", "+02:00", "12:46:09.981000"),
        ("x.csv", "Time,a,b\n15.06.2026 12:46:09,1,2\n", "+02:00", "10:46:09"),
        ("x.csv", "Time,a,b\n05/06/2026 12:46:09,1,2\n15/06/2026 12:46:09,1,2\n", "", "12:46:09"),
        ("x.log", "Jun 15 12:46:09 ws1 sshd[1]: hello\n", "Europe/Berlin", "10:46:09"),
        ("x.log", "2026-06-15T12:46:09+11:00 fw 1,2026/06/15 12:46:09,1,TRAFFIC,end,1,2026/06/15 12:46:09,a\n", "", "01:46:09"),
        ("x.log", 'date=2026-06-15 time=12:46:09 devname="f" logid="0000000013" type="traffic" tz="+1100"\n', "", "01:46:09"),
        ("x.log", 'date=2026-06-15 time=12:46:09 devname="f" logid="0000000013" type="traffic"\n', "+11:00", "01:46:09"),
    ],
)  # fmt: skip
def test_a_log_keeps_its_zone(name: str, text: str, zone: str, time: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    (file,) = hunt([tmp_path], tuning=Tuning().with_times(zone, None)).files
    assert file.newest is not None and file.newest.time().isoformat() == time


@pytest.mark.parametrize(
    ("record", "time"),
    [
        ({"Event Time (UTC)": "6/15/2026 12:46:09 PM"}, "12:46:09"),
        ({"timestamp": "Mon, 15 Jun 2026 12:46:09 GMT"}, "12:46:09"),
        ({"timestamp": "Jun 15 2026 12:46:09 CEST"}, "10:46:09"),
        ({"timestamp": "134260011690000000"}, "12:46:09"),  # tenths of microseconds since 1601
        ({"timestamp": {"seconds": 1781527569, "nanos": 5}}, "12:46:09"),
        ({"alertTime": "2026-06-15T12:46:09Z", "uptime": 5, "runtime_ms": 1500}, "12:46:09"),
        ({"occurredAt": "2026-06-15T12:46:09Z"}, "12:46:09"),
        ({"timeout": 1781527569, "elapsedTime": 12}, None),
    ],
)
def test_a_record_tells_its_time_by_the_name_of_a_field(record: dict[str, object], time: str | None) -> None:
    told = datetime_of(RecordTimes().time(flatten(record)))
    assert (told.time().isoformat() if told else None) == time
