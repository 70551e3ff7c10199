"""One scanning process: takes a setup and then tasks on its standard input, gives outcomes on its standard output."""

from __future__ import annotations

import dataclasses
import signal
import sys

from indicia.hunt.logs.formats import FORMATS
from indicia.hunt.logs.inputs import log_named
from indicia.hunt.match.book import RuleBook
from indicia.hunt.processes.lean import without_pandas
from indicia.hunt.processes.lifeline import end_with
from indicia.hunt.processes.tasks import Task
from indicia.hunt.processes.workers import Setup, receive, send
from indicia.hunt.sight.found import Found
from indicia.hunt.sight.scan import Scanner, without_collecting
from indicia.records import Problem, Severity

__all__ = ["main", "scan_task"]


def main() -> None:
    """Works until the input ends, or the process that started it, whose number is the only argument."""
    end_with(int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    without_pandas()
    into, out = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    setup = receive(into, Setup)
    scanner = Scanner(RuleBook.kept(setup.rules), setup.indicators, setup.most, setup.tuning)
    while True:
        try:
            task = receive(into, Task)
        except EOFError:
            return
        send(out, scan_task(scanner, task).to_travel())


def scan_task(scanner: Scanner, task: Task) -> Found:
    """Everything in the logs of a task, which are found again by their names."""
    logs, problems = [], []
    for part in task.parts:
        log = log_named(part.name, part.at)
        if log is None:
            problems.append(Problem(where=part.name, what="is no longer there", severity=Severity.FAILED))
        else:
            logs.append(dataclasses.replace(log, stretch=part.stretch))
    found = scanner.scan(_BY_NAME[task.format], logs) if logs else Found()
    found.problems = problems + found.problems
    return found


_BY_NAME = {form.name: form for form in FORMATS}

if __name__ == "__main__":
    with without_collecting():
        main()
