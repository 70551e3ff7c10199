"""One log line each, as the programs write them: Exchange's text logs, W3C lines, Windows events as exported JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from random import Random

from examples.scenarios.place import Server

__all__ = ["ecp_row", "event_line", "guid", "httpproxy_row", "iso", "oab_row", "w3c_row"]

W3C_FIELDS = (
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) "
    "sc-status sc-substatus sc-win32-status time-taken"
)


@lru_cache(maxsize=64)
def _second(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def iso(epoch: float) -> str:
    """UTC with milliseconds, `2021-03-03T06:49:53.772Z`.

    >>> iso(1614754193.772)
    '2021-03-03T06:49:53.772Z'
    """
    milliseconds = round(epoch * 1000)
    return f"{_second(milliseconds // 1000)}.{milliseconds % 1000:03d}Z"


def _csv(value: str) -> str:
    if '"' in value or "," in value or "\n" in value:
        return '"' + value.replace('"', '""') + '"'
    return value


def httpproxy_row(server: Server, epoch: float, request: str, **columns: str | int) -> str:
    """One row of HttpProxy in the column order of `server`; what is not given stays empty.

    Exchange replaces commas in user agents by blanks, so that is done here too.
    """
    major, minor, build, revision = server.build
    agent = str(columns.pop("UserAgent", "")).replace(",", " ")
    status = columns.get("HttpStatus", "")
    given: dict[str, str | int] = {
        "DateTime": iso(epoch),
        "RequestId": request,
        "MajorVersion": major,
        "MinorVersion": minor,
        "BuildVersion": build,
        "RevisionVersion": revision,
        "UrlHost": server.mail,
        "UserAgent": agent,
        "ServerHostName": server.name,
        "BackEndStatus": status,
        "IsAuthenticated": "false",
        "ADLatency": 0,
        "GenericInfo": (
            f"BeginRequest={iso(epoch - 0.25)};CorrelationID=<empty>;ProxyState-Run=None;FEAuth=BEVersion-1942061114;"
            f"ProxyState-Complete=ProxyResponseData;SharedCacheGuard=0;EndRequest={iso(epoch)};S:ServiceCommonMetadata.Cookie=;"
        ),
    }
    given.update(columns)
    return ",".join([_csv(str(given.get(name, ""))) for name in server.columns])


def ecp_row(server: Server, epoch: float, event: str, pairs: Mapping[str, str]) -> str:
    """One row of the ECP Server or Activity log: `S:KEY=value;` pairs in one field.

    A pair whose value holds `;` or `=` stands in single quotes with inner ones doubled; then CSV doubles the double quotes.
    """
    parts = []
    for key, value in pairs.items():
        if key != "URL" and (";" in value or "=" in value):
            parts.append("'S:" + key + "=" + value.replace("'", "''") + "';")
        else:
            parts.append(f"S:{key}={value}")
    data = ";".join(parts)
    return f'{iso(epoch)},{server.name},{event},"' + data.replace('"', '""') + '"'


def oab_row(server: Server, epoch: float, message: str) -> str:
    """One row of the address book generator's log. Only the message is known to be as written by Exchange."""
    return f"{iso(epoch)},{server.name},OABGenerator,OABGeneratorAssistant,{_csv(message)}"


def w3c_row(
    server: Server,
    epoch: float,
    *,
    method: str,
    stem: str,
    query: str = "-",
    port: int = 443,
    user: str = "-",
    client: str,
    agent: str,
    status: int,
    win32: int = 0,
    substatus: int = 0,
    taken: int = 15,
    referer: str = "-",
) -> str:
    """One W3C line with the 15 default columns. Blanks inside values become `+`; an empty value is `-`."""
    stamp = _second(int(epoch))
    name = agent.replace(" ", "+") or "-"
    return (
        f"{stamp[:10]} {stamp[11:]} {server.address} {method} {stem.replace(' ', '+')} {query or '-'} {port} {user} {client} "
        f"{name} {referer or '-'} {status} {substatus} {win32} {taken}"
    )


def event_line(
    server: Server,
    epoch: float,
    *,
    channel: str,
    provider: str,
    event_id: int,
    record: int,
    data: Mapping[str, str | int] | list[str],
    level: int = 4,
) -> str:
    """One Windows event as a line of JSON, in the form of the `evtx_dump` program or of Winlogbeat."""
    if server.event_form == "winlogbeat":
        named = data if isinstance(data, Mapping) else {f"param{index}": value for index, value in enumerate(data, 1)}
        beat = {
            "@timestamp": iso(epoch),
            "winlog": {
                "channel": channel,
                "provider_name": provider,
                "event_id": event_id,
                "record_id": record,
                "computer_name": server.fqdn.upper() if server.build[0] < 15 else server.fqdn,
                "event_data": {key: str(value) for key, value in named.items()},
            },
            "log": {"level": {2: "error", 3: "warning"}.get(level, "information")},
            "host": {"name": server.name},
        }
        return json.dumps(beat, separators=(",", ":"))
    stamp = iso(epoch)
    body: Mapping[str, object] = {"Data": {"#text": data}} if isinstance(data, list) else data
    event = {
        "Event": {
            "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": {
                "Provider": {"#attributes": {"Name": provider}},
                "EventID": event_id,
                "Level": level,
                "TimeCreated": {"#attributes": {"SystemTime": f"{stamp[:-1]}000Z"}},
                "EventRecordID": record,
                "Channel": channel,
                "Computer": server.fqdn,
            },
            "EventData": body,
        }
    }
    return json.dumps(event, separators=(",", ":"))


def guid(rng: Random) -> str:
    """A random GUID from `rng`, so that the same seed gives the same one."""
    text = f"{rng.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"
