"""One scanning process: takes a setup and then tasks on its standard input, gives outcomes on its standard output."""

from __future__ import annotations

import ctypes
import dataclasses
import os
import signal
import sys
import threading
import time

from indicia.hunt.logs.formats import FORMATS
from indicia.hunt.logs.inputs import log_named
from indicia.hunt.match.book import RuleBook
from indicia.hunt.processes import Setup, Task, receive, send, without_pandas
from indicia.hunt.sight.found import Found
from indicia.hunt.sight.scan import Scanner, without_collecting
from indicia.records import Problem, Severity

# A process that ends when the one that started it does, however that ended.
_PR_SET_PDEATHSIG = 1  # prctl(2)
_LOOKS = 0.5  # seconds between two looks, where the system does not tell


def end_with(parent: int) -> None:
    """Has this process killed when the process `parent`, which started it, is gone: in the middle of a task, too.

    Linux does it by itself, also while a library in C lets no Python run. Elsewhere a thread looks twice a second.
    """
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0:
        if os.getppid() != parent:  # it was gone before we asked
            os._exit(1)
        return
    threading.Thread(target=_look, args=(parent,), name="lifeline", daemon=True).start()


def _look(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOKS)
    os._exit(1)


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
