"""`indicia` called in this process: what a process of its own would print, and the code that it would end with.

Loading everything takes a new process some seconds: only tests of what belongs to a process need one.
"""

from __future__ import annotations

import io
import sys
from typing import NamedTuple

import pytest

from indicia.cli.main import run


class Answer(NamedTuple):
    """What a command line came to."""

    returncode: int
    stdout: bytes
    stderr: bytes


def indicia(*arguments: object, stdin: bytes = b"") -> Answer:
    """The answer to one command line."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for name in ("stdout", "stderr")}
    streams["stdin"] = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    with pytest.MonkeyPatch.context() as set_to, pytest.raises(SystemExit) as stop:
        for name, stream in streams.items():
            set_to.setattr(sys, name, stream)
        run([str(each) for each in arguments])
    out, err = (streams[name].buffer.getvalue() for name in ("stdout", "stderr"))  # type: ignore[attr-defined]
    return Answer(int(stop.value.code or 0), out, err)
