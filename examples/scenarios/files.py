"""Lines into files, with the folders, names and heads that a server gives them. Few files are open at a time."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from examples.scenarios.place import Log, Server
from examples.scenarios.render import W3C_FIELDS, iso

__all__ = [
    "APPLICATION",
    "ECP_ACTIVITY",
    "ECP_SERVER",
    "IIS_BACK",
    "IIS_FRONT",
    "MANAGEMENT",
    "OAB",
    "SECURITY",
    "SYSMON",
    "Line",
    "compress",
    "httpproxy",
    "write_lines",
]

MOST_OPEN = 64

IIS_FRONT = Log("w3c", "inetpub/logs/LogFiles/W3SVC1")
IIS_BACK = Log("w3c", "inetpub/logs/LogFiles/W3SVC2")
ECP_SERVER = Log("ecp-server", "Logging/ECP/Server")
ECP_ACTIVITY = Log("ecp-activity", "Logging/ECP/Activity")
OAB = Log("oab", "Logging/OABGeneratorLog")
MANAGEMENT = Log("events", "events", "MSExchange Management")
APPLICATION = Log("events", "events", "Application")
SYSMON = Log("events", "events", "Microsoft-Windows-Sysmon-Operational")
SECURITY = Log("events", "events", "Security")


class Line(NamedTuple):
    """One log line: when (seconds since 1970, UTC), on which server, in which log."""

    epoch: float
    server: Server
    log: Log
    text: str


def httpproxy(protocol: str) -> Log:
    """The HttpProxy log of one protocol: Ecp, Owa, Ews, Mapi ..."""
    return Log("httpproxy", f"Logging/HttpProxy/{protocol}")


def _name(log: Log, moment: datetime, hourly: bool) -> str:
    if log.kind == "httpproxy":
        return f"HttpProxy_{moment:%Y%m%d%H}-1.LOG" if hourly else f"HttpProxy_{moment:%Y%m%d}00-1.LOG"
    if log.kind == "ecp-server":
        return f"ECPServer{moment:%Y%m%d}-1.LOG"
    if log.kind == "ecp-activity":
        return f"ECPActivity_11872_{moment:%Y%m%d}-1.LOG"
    if log.kind == "oab":
        return f"oabgen{moment:%Y%m%d}-1.LOG"
    if log.kind == "w3c":
        return f"u_ex{moment:%y%m%d}.log"
    return f"{log.name}.jsonl"


def _head(log: Log, server: Server, epoch: float) -> str:
    version = ".".join(f"{part:02d}" for part in server.build[:2]) + f".{server.build[2]:04d}.{server.build[3]:03d}"
    start = iso(epoch)
    exchange = (
        f"#Software: Microsoft Exchange Server\r\n#Version: {version}\r\n#Log-type: {{}}\r\n#Date: {start}\r\n#Fields: {{}}\r\n"
    )
    if log.kind == "httpproxy":
        fields = ",".join(server.columns)
        # Builds of 2013 style, ours among them, put the bare header first.
        return f"{fields}\r\n" + exchange.format("HttpProxy Logs", fields)
    if log.kind == "ecp-server":
        return exchange.format("ECP Server Log", "TimeStamp,ServerName,EventId,EventData")
    if log.kind == "ecp-activity":
        return exchange.format("ECP Activity Context Log", "TimeStamp,ServerName,EventId,EventData")
    if log.kind == "oab":
        return exchange.format("OAB Generator Log", "DateTime,ServerName,Component,Source,Message")
    if log.kind == "w3c":
        return (
            "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n"
            f"#Date: {start[:10]} {start[11:19]}\r\n#Fields: {W3C_FIELDS}\r\n"
        )
    return ""


def write_lines(lines: Iterable[Line], out: Path, *, hourly: bool = True) -> list[Path]:
    """Write `lines`, which must be in time order, below `out`; returns the files in the order in which they were begun.

    `hourly` says whether HttpProxy starts a file an hour, as servers do, or one a day, which is handier for small examples.
    """
    begun: dict[Path, None] = {}
    handles: OrderedDict[Path, BinaryIO] = OrderedDict()
    paths: dict[tuple[str, Log, int], Path] = {}
    try:
        for epoch, server, log, text in lines:
            slot = (server.folder, log, int(epoch // 3600))
            path = paths.get(slot)
            if path is None:
                moment = datetime.fromtimestamp(epoch, UTC)
                path = paths[slot] = out / server.folder / log.folder / _name(log, moment, hourly)
            handle = handles.get(path)
            if handle is None:
                if len(handles) >= MOST_OPEN:
                    handles.popitem(last=False)[1].close()
                if path not in begun:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    handle = path.open("wb")
                    handle.write(_head(log, server, epoch).encode())
                    begun[path] = None
                else:
                    handle = path.open("ab")
                handles[path] = handle
            else:
                handles.move_to_end(path)
            handle.write(text.encode("utf-8", "surrogatepass") + (b"\n" if log.kind == "events" else b"\r\n"))
    finally:
        for handle in handles.values():
            handle.close()
    return list(begun)


def compress(paths: Iterable[Path], over: int) -> list[Path]:
    """Replace each file larger than `over` bytes by its `.gz`; returns all paths as they now are."""
    result = []
    for path in paths:
        if path.stat().st_size > over:
            packed = path.with_name(path.name + ".gz")
            # No name and no time in the head, so that the same lines give the same bytes.
            with packed.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as handle:
                handle.write(path.read_bytes())
            path.unlink()
            path = packed
        result.append(path)
    return result
