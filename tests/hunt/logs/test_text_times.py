"""Times at the beginning of lines, as services write them, and headers of syslog without a host."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indicia.hunt.events import datetime_of
from indicia.hunt.logs.formats.syslog import Header
from indicia.hunt.logs.formats.texttimes import leading_time


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("[22-Jan-2013 22:28:21 +0200]: FAILED login", "2013-01-22 20:28:21"),
        ("[28325:00010-3735542592] 22-06-2014 09:56:12   smtp: failure", "2014-06-22 09:56:12"),
        ("06/22/2014 09:56:12.5 failure", "2014-06-22 09:56:12.500000"),
        ("22-06-2013 02:09:40 +0300 PROXY.3128", "2013-06-21 23:09:40"),
        ("03-07-2005 23:07:20 SMTP Server: which is the month?", None),
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
        ("9/7/2013 2:42:26 PM  Blocked: which is the month?", None),
        ("21/12/28-12:55:38.885027 [**]", "2021-12-28 12:55:38.885027"),
    ],
)
def test_a_time_is_read_where_only_one_can_be_meant(line: str, time: str | None) -> None:
    found = leading_time(line)
    told = datetime_of(found.time) if found is not None else None
    assert told == (datetime.fromisoformat(time).replace(tzinfo=UTC) if time else None)


@pytest.mark.parametrize(
    ("line", "host", "program", "message"),
    [
        ("Mar 24 08:58:32 ws1 sogod[26818]: x failed", "ws1", "sogod", "x failed"),
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
