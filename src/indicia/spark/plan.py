"""Logs cut into tasks, as one machine cuts them: files are looked into by the workers, tasks are packed by whoever asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from indicia.hunt.logs.formats import FORMATS
from indicia.hunt.logs.inputs import FileAt, find_files, logs_in
from indicia.hunt.logs.unchanged import State, state_of
from indicia.hunt.logs.unread import what_it_is
from indicia.hunt.processes.tasks import Part, Task, packed, pieces_of, task_of
from indicia.hunt.total import Total
from indicia.records import Problem

__all__ = ["Plan", "SeenLog", "files_of", "look", "plan"]


class SeenLog(msgspec.Struct, frozen=True, array_like=True):
    """A log as a worker saw it: its format ("" where none fits), its size in bytes, its pieces, and the file that holds it.

    `told` says what a file is that is no log, where that is known.
    """

    name: str
    format: str
    size: int
    pieces: tuple[Part, ...]
    state: State | None
    told: str = ""


class Plan(msgspec.Struct, frozen=True):
    """The tasks in the order of the hunt, the size of each log in bytes, and the files as they were when they were found."""

    tasks: tuple[Task, ...]
    bytes_of: dict[str, int]
    states: tuple[State, ...]


def files_of(paths: Sequence[Path]) -> list[FileAt | Problem]:
    """The files in `paths`, told as they were given and found from any folder of a machine that has them at the same place."""
    return [each if isinstance(each, Problem) else each._replace(path=each.path.absolute()) for each in find_files(paths)]


def look(file: FileAt) -> list[SeenLog | Problem]:
    """What is in one file. Large logs are cut here, for which they are read."""
    seen: list[SeenLog | Problem] = []
    for item in logs_in(file):
        if isinstance(item, Problem):
            seen.append(item)
            continue
        log, form = item
        pieces = (log,) if form is None else tuple(pieces_of(form, log))
        parts = tuple(Part(each.name, each.stretch, each.at, each.size) for each in pieces)
        told = "" if form is not None else what_it_is(log)
        seen.append(SeenLog(log.name, form.name if form else "", log.size, parts, state_of(log), told))
    return seen


def plan(items: Iterable[SeenLog | Problem], total: Total, *, raw: bool) -> Plan:
    """Tasks for all logs by their formats, in the order of the hunt. What is no log is noted in `total`.

    `raw`: such files become tasks of no format, the first of all.
    """
    pieces: dict[str, list[Part]] = {name: [] for name in ("", *(form.name for form in FORMATS))}
    bytes_of: dict[str, int] = {}
    states: dict[State, None] = {}
    for item in items:
        if isinstance(item, Problem):
            total.passed_over(item)
            continue
        if item.state is not None:
            states[item.state] = None
        if not item.format:
            total.unknown(item.name, item.size, item.told)
            if not (raw and item.size):
                continue
        else:
            bytes_of[item.name] = item.size
        pieces[item.format] += item.pieces
    tasks = (task_of(form, some) for form, parts in pieces.items() for some in packed(parts))
    return Plan(tuple(tasks), bytes_of, tuple(states))
