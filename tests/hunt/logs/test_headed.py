"""Many lines of syslog read at once give what one by one gives."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats import plainlines
from indicia.hunt.logs.formats.base import LogInput, Wanted

_STAMPS = st.sampled_from(
    ["Jun 15 12:46:09", "Jun  5 12:46:09", "Jun 5 12:46:09", "Feb 30 12:00:00", "Xyz 15 12:46:09", "Jun 15 25:61:00"]
    + [
        "2026-06-15T12:46:09.123456+02:00",
        "2026-06-15T12:46:09Z",
        "2026-06-15T12:46:09",
        "2026-13-15T12:46:09Z",
        "<34>Jun 15 12:46:09",
    ]
)
_HOSTS = st.sampled_from(["ws1", "ws1.corp.example", "10.0.0.5", "-", "INFO", "error", "a:b", "<local0.info> ws1", "w\u00e9b"])
_PROGRAMS = st.sampled_from(["sshd[12]:", "sshd[12]", "kernel:", "CRON[1]:", "-:", "a.b/c[9]:", "x", "[1]:", "prog [12]:"])
_MESSAGES = st.one_of(
    st.sampled_from(
        ["", "-", " two  blanks", "Failed password for eve from 198.51.100.7 port 22 ssh2", "[12.3] device: x", "a\tb\rc"]
    ),
    st.sampled_from(
        [
            "CEF:0|a|b|1|2|n|9|src=10.0.0.1",
            "type=X msg=audit(1.2:3): a=b",
            '"] "',
            "query: x IN A",
            "a=b SRC=1.2.3.4 DST=5.6.7.8 PROTO=TCP",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\n\0"), max_size=20),
)
_LINES = st.builds("{} {} {} {}".format, _STAMPS, _HOSTS, _PROGRAMS, _MESSAGES) | _MESSAGES
_WANTED = Wanted({"host", "program", "pid", "message"})


def told(lines: Sequence[str]) -> list[tuple[object, ...]]:
    data = "\n".join(lines).encode() + b"\n"
    log = LogInput("x.log", lambda: io.BytesIO(data), len(data))
    found = []
    for batch in plainlines.read([log], _WANTED):
        if isinstance(batch, EventBatch):
            columns = {name: batch.column(name) for name in sorted(_WANTED)}
            for row in range(batch.size):
                event = batch.event(row)
                cells = tuple((name, column.text(row)) for name, column in columns.items() if column is not None)
                held = tuple(cell for cell in cells if cell[1] is not None)
                found.append((event.place.position, event.format, event.time, event.time_text, event.host, event.fields, held))
    return sorted(found, key=lambda each: each[0])  # type: ignore[arg-type,return-value]


@settings(max_examples=200, deadline=None)
@given(st.lists(_LINES, min_size=1, max_size=20))
def test_the_same_at_once_and_one_by_one(lines: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plainlines, "_LEAST", 1)
        at_once = told(lines)
        patch.setattr(plainlines, "_LEAST", 1 << 30)
        assert at_once == told(lines)
