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


def main() -> None:
    """Works until the input ends, or the process that started it, whose number is the only argument."""
    end_with(int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    without_pandas()
    into, out = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    setup = receive(into, Setup)
    scanner = Scanner(RuleBook.kept(setup.rules), setup.indicators, setup.most)
    by_name = {form.name: form for form in FORMATS}
    while True:
        try:
            task = receive(into, Task)
        except EOFError:
            return
        logs, problems = [], []
        for part in task.parts:
            log = log_named(part.name, part.at)
            if log is None:
                problems.append(Problem(where=part.name, what="is no longer there", severity=Severity.FAILED))
            else:
                logs.append(dataclasses.replace(log, stretch=part.stretch))
        found = scanner.scan(by_name[task.format], logs) if logs else Found()
        found.problems = problems + found.problems
        send(out, found.to_travel())


if __name__ == "__main__":
    with without_collecting():
        main()
