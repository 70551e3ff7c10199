"""Zeek logs in their tab-separated form (the JSON form is read as JSON Lines).

References: Zeek documentation, "Zeek log formats and inspection".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

import numpy as np
import pyarrow as pa

from indicia.hunt.events import NO_TIME, Column, EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput
from indicia.hunt.logs.formats.delimited import read_rows, unique_names
from indicia.hunt.logs.formats.lines import LineBlock, line_blocks
from indicia.hunt.logs.formats.times import epoch_seconds, iso_time
from indicia.hunt.match.literals import Ints
from indicia.hunt.names import field_key
from indicia.records import Problem

MOST_HEADS = 256  # different ones in one log, which has one


def sniff(head: bytes, _name: str) -> bool:
    """Zeek's header."""
    return head.startswith(b"#separator ") or (head.startswith(b"#") and b"\n#fields\t" in head[:4096])


def read(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events block by block; `_path` is what Zeek calls the log."""
    for log in logs:
        names: list[str] = []
        heads: set[tuple[tuple[str, ...], str]] = set()
        path = ""
        with log.open() as stream:
            for block in line_blocks(stream, log.name):
                if isinstance(block, Problem):
                    yield block
                    continue
                start = 0
                under: dict[tuple[tuple[str, ...], str], list[Ints]] = {}  # the lines that stand under each header
                for index in [*block.starting_with(ord("#")).tolist(), len(block.starts)]:
                    if index > start:
                        under.setdefault((tuple(names), path), []).append(np.arange(start, index))
                    start = index + 1
                    if index < len(block.starts):
                        word, _, rest = block.line(index).partition("\t")
                        if word == "#fields":
                            names = unique_names(rest.split("\t"))
                        elif word == "#path":
                            path = rest.strip()
                for (own, its_path), pieces in under.items():
                    lines = np.concatenate(pieces)
                    heads.add((own, its_path))
                    if len(heads) > MOST_HEADS:
                        what = f"lines under more than {MOST_HEADS} different headers were left out"
                        yield Problem(where=f"{log.name}:{block.first + int(lines[0])}", what=what, count=len(lines))
                    else:
                        yield from _batch(log, block, lines, list(own), its_path, wanted)


def _batch(
    log: LogInput, block: LineBlock, lines: Ints, names: list[str], path: str, wanted: frozenset[str]
) -> Iterator[EventBatch | Problem]:
    if not names:
        yield Problem(where=f"{log.name}:{block.first + int(lines[0])}", what="lines before #fields", count=len(lines))
        return
    chosen = [name for name in names if field_key(name) in wanted]
    rows = read_rows(block, lines, names, delimiter="\t", quoted=False, wanted=chosen, plain=("ts",))
    if not len(rows.lines):
        return
    columns = {name: _unset(column) for name, column in rows.columns.items()}
    columns["_path"] = Column(pa.array([path]), np.zeros(len(rows.lines), np.int32))
    texts = rows.plain["ts"].to_pylist() if "ts" in rows.plain else []
    times = [time if (time := epoch_seconds(text or "")) != NO_TIME else iso_time(text or "") for text in texts]

    def rebuild(row: int) -> tuple[str, str, Mapping[str, str]]:
        values = zip(names, block.line(int(rows.lines[row])).split("\t"), strict=False)
        fields = {name: value for name, value in values if value not in ("-", "(empty)", "")} | {"_path": path}
        return fields.get("ts", ""), "", fields

    at = np.array(times, np.int64) if times else np.full(len(rows.lines), NO_TIME, np.int64)
    yield block.batch(log, rows.lines, "zeek", columns, at, rebuild)


_MARKS: tuple[tuple[str, frozenset[str]], ...] = tuple(  # which log a record without a name is of, by fields that only it has
    (path, frozenset(names.split()))
    for path, names in (
        ("dns", "qtype_name rcode_name"),
        ("dns", "query qtype"),
        ("http", "method uri"),
        ("http", "user_agent status_code"),
        ("smb_files", "action path size"),
        ("smb_files", "action name times.modified"),
        ("smb_mapping", "path share_type"),
        ("dce_rpc", "operation endpoint"),
        ("kerberos", "request_type client"),
        ("rdp", "cookie security_protocol"),
        ("rdp", "cookie result"),
        ("x509", "certificate.serial"),
        ("ssl", "cipher established"),
        ("ssh", "client server auth_success"),
        ("files", "fuid mime_type"),
        ("conn", "conn_state history"),
        ("conn", "conn_state"),
    )
)


def zeek_path(fields: Mapping[str, Any], file: str) -> str:
    """What Zeek calls the log that a JSON record is of: by its own word, its fields or its file; "" if it is none."""
    for name in ("_path", "@path", "@stream"):
        if isinstance(told := fields.get(name), str):
            return told.lower()
    if not (("uid" in fields or "fuid" in fields or "certificate.serial" in fields) and "ts" in fields):
        return ""
    if "id.orig_h" not in fields and "fuid" not in fields and "certificate.serial" not in fields:
        return ""
    marked = next((path for path, names in _MARKS if names <= fields.keys()), "")
    return marked or re.split(r"[^a-z0-9_]", PurePath(file.replace("!", "/")).name.lower())[0]


def _unset(column: Column) -> Column:
    """A dash, and `(empty)`, say that there is nothing."""
    nothing = [code for code, value in enumerate(column.values.to_pylist()) if value in ("-", "(empty)")]
    return (
        Column(column.values, np.where(np.isin(column.codes, nothing), -1, column.codes).astype(np.int32))
        if nothing
        else column
    )


FORMATS = (Format("zeek", "zeek", sniff, read),)
