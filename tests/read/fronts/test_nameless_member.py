"""A member of an archive without a name ends no run: as a text and as a log it is named, and the rest is read."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

from indicia import hunt
from indicia.read.fronts import open_source

LOG = '{"time": "2021-03-03T00:00:00Z", "host": "a", "Image": "x"}\n'
RULES = """title: A
id: 00000000-0000-4000-8000-000000000001
logsource: {category: process_creation, product: windows}
detection: {a: {Image: x}, condition: a}
---
title: C
id: 00000000-0000-4000-8000-000000000002
correlation:
  type: event_count
  rules: [00000000-0000-4000-8000-000000000001]
  group-by: [host]
  timespan: 99999999999999999999m
  condition: {gte: 2}
"""


def nameless(path: Path) -> Path:
    """An archive whose table of contents has no name for its first member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("q", "The harbour is open.")
        archive.writestr("b.jsonl", LOG)
        archive.writestr("c.txt", "Norway accused China of the breach at Larkspur Mining.")
    data = bytearray(out.getvalue())
    entry = data.index(b"PK\x01\x02")
    data[entry + 28 : entry + 30] = b"\x00\x00"
    del data[entry + 46]
    end = data.index(b"PK\x05\x06") + 12
    data[end : end + 4] = struct.pack("<I", struct.unpack("<I", data[end : end + 4])[0] - 1)
    path.write_bytes(data)
    return path


def test_the_rest_of_the_archive_is_read(tmp_path: Path) -> None:
    opened = open_source(nameless(tmp_path / "a.zip"))
    assert [document.name.rpartition("!")[2] for document in opened.documents] == ["b.jsonl", "c.txt"]
    assert any(problem.where.endswith("!unnamed") for problem in opened.problems)
    found = hunt(str(tmp_path / "a.zip"))
    assert any(one.events for one in found.record.files)


def test_a_time_span_of_an_age_costs_its_rule_alone(tmp_path: Path) -> None:
    (tmp_path / "r.yml").write_text(RULES)
    (tmp_path / "l.jsonl").write_text(LOG)
    found = hunt(str(tmp_path / "l.jsonl"), rules=[str(tmp_path / "r.yml")])
    assert any("longer than a century" in str(one.skipped) for one in found.record.rules)
