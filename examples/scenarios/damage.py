"""Breaks files as real ones are broken: scenario G. Nothing that it does may take more than the record that it hits."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

__all__ = ["damage"]

BOM = b"\xef\xbb\xbf"
LONG_FIELD = 1_000_000


def damage(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Break some of `paths` in place, each in another way; returns which and how.

    The Ecp and Owa logs get a byte order mark, unbalanced quotes and a field of a million characters; the first W3C log
    a second `#Fields:` line with another order, the second the zeros that a hard stop leaves; the ECP Server log ends
    within its last line; exported events get a line that is no JSON; one log is emptied and one that is none lies
    beside them.
    """
    done: list[tuple[Path, str]] = []
    for path in sorted(paths):
        data = path.read_bytes()
        where = path.as_posix()
        if "/HttpProxy/Ecp/" in where:
            long = (
                b"2021-03-03T12:00:00.000Z,long,15,1,2106,2,,Ecp,mail,/ecp/z.js,,,,,,ServerInfo~" + b"A" * LONG_FIELD + b"\r\n"
            )
            path.write_bytes(BOM + data + long)
            done.append((path, "byte order mark, a field of a million characters"))
        elif "/HttpProxy/Owa/" in where:
            path.write_bytes(data + b'2021-03-03T12:00:00.000Z,open,15,1,2106,2,,Owa,"mail.corp.example,/owa/,"\r\n')
            done.append((path, "unbalanced quotes"))
        elif "/W3SVC1/" in where:
            fields = b"#Fields: date time cs-uri-stem cs-method c-ip sc-status\r\n"
            row = b"2021-03-03 23:59:58 /owa/auth/OutlookZH.aspx GET 192.0.2.41 302\r\n"
            path.write_bytes(data + fields + row)
            done.append((path, "columns change within the file"))
        elif "/W3SVC2/" in where:
            path.write_bytes(data + b"\x00" * 4096)
            done.append((path, "zeros after the last line"))
        elif "/ECP/Server/" in where:
            path.write_bytes(data[:-40])
            done.append((path, "cut within the last line"))
        elif where.endswith("Sysmon-Operational.jsonl"):
            path.write_bytes(data + b'{"Event": {"System": \n')
            done.append((path, "a line that is no JSON"))
        elif "/HttpProxy/Oab/" in where:
            path.write_bytes(b"")
            done.append((path, "empty"))
    if done:
        stray = done[0][0].parent / "core.bin"
        stray.write_bytes(bytes(range(256)) * 16)
        done.append((stray, "no log at all"))
    return done
