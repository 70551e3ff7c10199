"""A row says who did what, from where, whatever log it is from."""

from __future__ import annotations

import pytest

from indicia.hunt.sources.deeds import LONGEST, deed_of
from indicia.records import Event, Place


@pytest.mark.parametrize(
    ("form", "fields", "told"),
    [
        (
            "evtx",
            {"User": "CORP\\eve", "CommandLine": "whoami /priv", "Image": "C:\\x.exe"},
            "CORP\\eve: whoami /priv",
        ),
        (
            "evtx",
            {"SubjectUserName": "eve", "SubjectDomainName": "CORP", "NewProcessName": "C:\\x.exe", "IpAddress": "-"},
            "CORP\\eve: C:\\x.exe",
        ),
        ("evtx", {"TargetUserName": "eve", "IpAddress": "198.51.100.7"}, "eve: from 198.51.100.7"),
        (
            "iis",
            {"cs-method": "POST", "cs-uri-stem": "/a.aspx", "cs-uri-query": "c=id", "sc-status": "200", "c-ip": "198.51.100.7"},
            "POST /a.aspx?c=id -> 200 from 198.51.100.7",
        ),
        ("iis", {"cs-uri-stem": "/a", "cs-uri-query": "-", "cs-username": "-"}, "/a"),
        (
            "httpproxy",
            {
                "Method": "GET",
                "UrlStem": "/owa/",
                "HttpStatus": "241",
                "AuthenticatedUser": "CORP\\eve",
                "ClientIpAddress": "192.0.2.1",
            },
            "CORP\\eve: GET /owa/ -> 241 from 192.0.2.1",
        ),
        (
            "aws-cloudtrail",
            {"eventName": "StopLogging", "userIdentity.arn": "arn:aws:iam::1:user/eve", "sourceIPAddress": "198.51.100.7"},
            "arn:aws:iam::1:user/eve: StopLogging from 198.51.100.7",
        ),
        ("jsonl", {"f": "x"}, ""),
    ],
)
def test_a_deed(form: str, fields: dict[str, str], told: str) -> None:
    event = Event(place=Place(file="a", position=1), format=form, time=None, time_text="", host="", fields=fields)
    assert str(deed_of(event)) == told


def test_a_long_order_is_cut_and_keeps_to_one_line() -> None:
    fields = {"CommandLine": "a\n\tb " + "x" * 500}
    event = Event(place=Place(file="a", position=1), format="evtx", time=None, time_text="", host="", fields=fields)
    what = deed_of(event).what
    assert what.startswith("a b x") and len(what) == LONGEST and what.endswith("…")
