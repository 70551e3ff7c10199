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
        ("evtx", {"Channel": "Application", "EventID": "15457", "Data": "xp_cmdshell\n0\n1"}, "xp_cmdshell 0 1"),
        (
            "evtx",
            {"Channel": "Security", "EventID": "4720", "SubjectUserName": "eve", "TargetUserName": "helper"},
            "eve: helper",
        ),
        (
            "evtx",
            {
                "Channel": "Security",
                "EventID": "4624",
                "SubjectUserName": "WS1$",
                "TargetUserName": "eve",
                "TargetDomainName": "CORP",
                "IpAddress": "198.51.100.7",
            },
            "CORP\\eve: from 198.51.100.7",
        ),
        (
            "evtx",
            {
                "Image": "C:\\x.exe",
                "User": "eve",
                "Initiated": "true",
                "SourceIp": "192.0.2.5",
                "DestinationIp": "198.51.100.7",
                "DestinationPort": "443",
            },
            "eve: C:\\x.exe to 198.51.100.7:443",
        ),
        (
            "zeek",
            {
                "_path": "dce_rpc",
                "id.orig_h": "192.0.2.5",
                "id.resp_h": "192.0.2.9",
                "id.resp_p": "135",
                "operation": "Create",
                "endpoint": "svcctl",
            },
            "svcctl Create to 192.0.2.9:135 from 192.0.2.5",
        ),
        (
            "auditd",
            {"type": "ADD_USER", "auid": "0", "acct": "helper", "exe": "/usr/sbin/useradd", "op": "add-user"},
            "0: ADD_USER add-user helper /usr/sbin/useradd",
        ),
        ("auditd", {"type": "EXECVE", "cmdline": "id -u", "auid": "4294967295", "uid": "33", "a0": "id"}, "33: id -u"),
        (
            "syslog",
            {"message": "Failed password for invalid user eve from 198.51.100.7 port 5 ssh2"},
            "eve: Failed password for invalid user eve from 198.51.100.7 port 5 ssh2 from 198.51.100.7",
        ),
        (
            "syslog",
            {"message": "authentication failure; tty=ssh rhost=198.51.100.7  user=root"},
            "root: authentication failure; tty=ssh rhost=198.51.100.7 user=root from 198.51.100.7",
        ),
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
