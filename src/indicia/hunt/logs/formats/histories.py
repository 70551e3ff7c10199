"""What people typed: the histories of shells, and the transcripts of PowerShell.

A history has times where its shell was told to keep them (bash, tcsh) or always does (zsh's extended form, fish). Whose it is
shows the folder that it lies in. A transcript says when it began, on which machine and for whom; its times are local, and read
as UTC.

References: GNU, "Bash history facilities"; zsh, "EXTENDED_HISTORY"; fish, "history"; Microsoft, "Start-Transcript",
"about_PSReadLine".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np

from indicia.hunt.events import NO_TIME, EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput
from indicia.hunt.logs.formats.lines import line_blocks
from indicia.hunt.logs.formats.plainlines import Told, told_batch
from indicia.hunt.logs.formats.times import epoch_seconds, iso_time
from indicia.records import Problem

SHELL, POWERSHELL = "shell-history", "powershell-history"
_NAMED = re.compile(r"(?:^|[/\\!_.])(?:bash|zsh|sh|ash|ksh|dash|tcsh|csh|fish)_?history(?:[.-]\w+)*$", re.IGNORECASE)
_OF_POWERSHELL = re.compile(r"(?:^|[/\\!_])ConsoleHost_history(?:[.-]\w+)*$", re.IGNORECASE)
_TIMED = re.compile(rb"(?:#\+?1\d{9}|: 1\d{9}:\d+;.*|- cmd: .*)\r?\n")
_STAMP = re.compile(r"#\+?(1\d{9})$| +when: (1\d{9})$")
_EXTENDED = re.compile(r": (1\d{9}):\d+;(.*)", re.DOTALL)
_OWNER = re.compile(r"(?:^|[/\\])(?:home|Users)[/\\]([^/\\]+)[/\\]|(?:^|[/\\])(root)[/\\]", re.IGNORECASE)
_STARS = "**********************"
_VALUE = re.compile(r"[^:]{3,60}: (\d{14})$")
_PROMPT = re.compile(r"(?:\[[^\]]{1,80}\]: ?)?PS [^>]{0,260}> ?(.*)", re.DOTALL)


def sniff_shell(head: bytes, name: str) -> bool:
    """Called as a history is, or with times as a history has them."""
    return bool(head) and b"\0" not in head and (_NAMED.search(name) is not None or _TIMED.match(head) is not None)


def sniff_powershell(head: bytes, name: str) -> bool:
    """What PSReadLine keeps, which has nothing but its name."""
    return bool(head) and b"\0" not in head and _OF_POWERSHELL.search(name) is not None


def read(logs: Iterable[LogInput], wanted: frozenset[str], family: str) -> Iterator[EventBatch | Problem]:
    """A command a line. A line that only says when belongs to the commands below it, in fish's to the one above."""
    for log in logs:
        owner = next((match[1] or match[2] for match in _OWNER.finditer(log.name)), "")
        time, text = NO_TIME, ""
        for block in _blocks(log):
            if isinstance(block, Problem):
                yield block
                continue
            told: list[tuple[int, Told]] = []
            for number, line in block:
                if stamp := _STAMP.match(line):
                    time, text = epoch_seconds(stamp[1] or stamp[2]), stamp[1] or stamp[2]
                    if stamp[2] and told:
                        told[-1] = told[-1][0], told[-1][1]._replace(time=time, time_text=text)
                    continue
                if extended := _EXTENDED.match(line):
                    time, text, line = epoch_seconds(extended[1]), extended[1], extended[2]
                if line.startswith("- cmd: "):
                    time, text, line = NO_TIME, "", line[7:]
                fields = {"CommandLine": line, "User": owner} if owner else {"CommandLine": line}
                told.append((number, Told(family, time, text, "", fields)))
            if told:
                yield told_batch(log.name, family, told, wanted, "line")


def sniff_transcript(head: bytes, _name: str) -> bool:
    """A line of stars, whatever says in the language of the system that it begins, and a time in digits."""
    lines = head.decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    return len(lines) > 3 and lines[0].strip() == _STARS and _VALUE.match(lines[2].strip()) is not None


def read_transcript(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """A line is a command where it has a prompt, else what was answered."""
    for log in logs:
        time, text, host, user, within = NO_TIME, "", "", "", False
        for block in _blocks(log):
            if isinstance(block, Problem):
                yield block
                continue
            told: list[tuple[int, Told]] = []
            for number, line in block:
                line = line.lstrip("\ufeff")
                if line.strip() == _STARS:
                    within = not within
                    continue
                if said := _VALUE.match(line.strip()):
                    digits = text = said[1]
                    time = iso_time(f"{digits[:8]}T{digits[8:]}")
                elif within and "\\" in line and not user:
                    user = line.partition(": ")[2].strip()
                elif within and "(" in line and not host and user:
                    host = line.partition(": ")[2].partition(" ")[0]
                if within:
                    continue
                prompt = _PROMPT.match(line)
                fields = {"CommandLine" if prompt else "message": prompt[1] if prompt else line, "User": user}
                told.append((number, Told(POWERSHELL, time, text, host, {k: v for k, v in fields.items() if v})))
            if told:
                yield told_batch(log.name, POWERSHELL, told, wanted, "line")


def _blocks(log: LogInput) -> Iterator[list[tuple[int, str]] | Problem]:
    """The lines that hold something, with their numbers, a block at a time."""
    with log.open() as stream:
        for block in line_blocks(stream, log.name):
            if isinstance(block, Problem):
                yield block
            else:
                yield [(block.first + index, block.line(index)) for index in np.flatnonzero(block.ends > block.starts).tolist()]


FORMATS = (
    Format("powershell-transcript", POWERSHELL, sniff_transcript, read_transcript),
    Format(POWERSHELL, POWERSHELL, sniff_powershell, partial(read, family=POWERSHELL)),
    Format(SHELL, SHELL, sniff_shell, partial(read, family=SHELL)),
)
