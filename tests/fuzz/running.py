"""Fuzzing one target: a process of its own that lives until an input ends it, and whoever starts the next.

An input may take ten seconds of the processor, the parsers that it starts or asks included, and 1 GB of memory beyond what the
process holds after some of its seeds, and may not end the process. What goes on where no exception reaches it (a hang in C) is
ended by the system after twice as long.
"""

from __future__ import annotations

import faulthandler
import hashlib
import multiprocessing
import os
import resource
import signal
import time
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.fuzz.mutating import mutated
from tests.fuzz.target import LONGEST, Target, run

__all__ = ["Fault", "Report", "file_of", "fuzz"]

KILLED = 2 * LONGEST  # seconds of the processor
MOST = 1 << 30  # bytes beyond what the process holds when it begins
CLOCK = 600.0  # seconds, after which a process that says nothing waits for what never comes
SMALLER = 30.0  # seconds in which a failing input is made smaller
WARM = 30  # seeds with which a process begins, spread over all of them
TOLD = 50  # inputs, after which a process says how far it is
_spawning = multiprocessing.get_context("spawn")


class Fault(NamedTuple):
    """What was wrong, and the input as small as it still is so."""

    kind: str
    name: str
    data: bytes


class Report(NamedTuple):
    """What came of a target: inputs, faults, starts; the slowest in seconds of the processor and its seed; the most MB held."""

    inputs: int
    faults: tuple[Fault, ...]
    starts: int
    slowest: float
    slow_one: str
    most_mb: int


class _Done(NamedTuple):
    number: int
    slowest: float
    slow_one: str
    most_mb: int


def fuzz(
    target: Target, seed: int, inputs: int, seconds: float, folder: Path, tell: Callable[[Fault], None] = lambda fault: None
) -> Report:
    """So many inputs, or as many as fit into so many seconds. The same seed makes the same inputs. `folder` holds the input of
    now; `tell` hears of each kind of fault once."""
    end = time.monotonic() + seconds
    now = folder / "now"
    number = starts = most = 0
    slowest, slow_one = 0.0, ""
    faults: list[Fault] = []
    kinds: set[str] = set()
    dead: set[bytes] = set()  # seeds that end the process as they are
    while True:
        starts += 1
        ours, theirs = _spawning.Pipe(duplex=False)
        process = _spawning.Process(target=_work, args=(target, seed, number, inputs, end, now, theirs, dead))
        process.start()
        theirs.close()
        for said in _heard(ours):
            if isinstance(said, Fault):
                faults.append(said)
                if said.kind not in kinds:
                    kinds.add(said.kind)
                    tell(said)
                continue
            number, most = said.number, max(most, said.most_mb)
            if said.slowest > slowest:
                slowest, slow_one = said.slowest, said.slow_one
        process.join(CLOCK)
        if process.is_alive():
            process.kill()
            process.join()
        if process.exitcode == 0:
            return Report(number, tuple(faults), starts, slowest, slow_one, most)
        name, last, data = _input_of_now(now)
        if last < 0:
            dead.add(data)
        else:
            number = last + 1
        died = Fault(_death(process.exitcode), name, data)
        if died.kind not in kinds:
            kinds.add(died.kind)
            died = died._replace(data=_smaller(data, partial(_dies, target, name)))
            tell(died)
        faults.append(died)


def _heard(pipe: Connection) -> Iterator[Fault | _Done]:
    """What the process says, until it ends or says nothing for too long; it is given as long again to end."""
    try:
        while pipe.poll(CLOCK):
            yield pipe.recv()
    except EOFError:
        return


def _death(code: int | None) -> str:
    if code == -signal.SIGKILL:
        return f"said nothing for {CLOCK:.0f} s, or was out of memory"
    if code == -signal.SIGVTALRM:
        return f"hung for {KILLED:.0f} s where no exception reaches"
    return f"ended the process ({signal.Signals(-code).name if code is not None and code < 0 else code})"


def _input_of_now(now: Path) -> tuple[str, int, bytes]:
    head, _, data = now.read_bytes().partition(b"\n")
    name, number, size = head.decode().rsplit(" ", 2)
    return name, int(number), data[: int(size)]


def _work(
    target: Target, seed: int, first: int, inputs: int, end: float, now: Path, pipe: Connection, dead: Collection[bytes]
) -> None:
    """In the process: some seeds that are not `dead`, then inputs from `first` on."""
    faulthandler.enable()
    faulthandler.register(signal.SIGVTALRM, chain=True)
    known = [(name, data) for name, data in target.seeds() if data not in dead]
    others = [data for _, data in known]
    slowest, slow_one = 0.0, ""
    with now.open("wb", buffering=0) as file:

        def kept(name: str, number: int, data: bytes) -> None:
            file.seek(0)
            file.write(f"{name} {number} {len(data)}\n".encode() + data)

        for name, data in known[:: max(1, len(known) // WARM)]:
            kept(name, -1, data)
            if (kind := _fault(target, name, data)) and not first:
                pipe.send(Fault(f"seed: {kind}", name, data))
        number = first
        with _bounded(MOST):
            while number < inputs and time.monotonic() < end:
                random = Random(f"{seed}:{number}")
                name, data = random.choice(known)
                made = mutated(data, others, random)
                kept(name, number, made)
                begun = _spent()
                if kind := _fault(target, name, made):
                    pipe.send(Fault(kind, name, _smaller(made, lambda tried: _fault(target, name, tried) == kind)))  # noqa: B023
                elif (spent := _spent() - begun) > slowest:
                    slowest, slow_one = spent, name
                number += 1
                if number % TOLD == 0:
                    pipe.send(_Done(number, slowest, slow_one, _peak()))
        pipe.send(_Done(number, slowest, slow_one, _peak()))


def _spent() -> float:
    """Seconds of the processor, of this process and of all that it started, those that still live included."""
    while True:
        with suppress(OSError):  # a thread or a process ended just now: once more
            children = [one for file in Path("/proc/self/task").glob("*/children") for one in file.read_text("ascii").split()]
            stats = [
                Path(f"/proc/{child}/stat").read_text("ascii", "replace").rpartition(") ")[2].split() for child in children
            ]
            times = os.times()
            ticks = sum(int(each) for fields in stats for each in fields[11:15])  # its own and of those it waited for
            spent = times.user + times.system + times.children_user + times.children_system
            return spent + ticks / os.sysconf("SC_CLK_TCK")


def _peak() -> int:
    """MB, of this process or the largest that it started."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) >> 10


@contextmanager
def _bounded(more: int) -> Iterator[None]:
    """With at most so much more address space."""
    held = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (held + more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _fault(target: Target, name: str, data: bytes) -> str:
    """What is wrong with what an input causes; empty where nothing is. Does not return where the input ends the process."""
    signal.setitimer(signal.ITIMER_VIRTUAL, KILLED)
    begun = _spent()
    try:
        run(target, name, data)
        if _spent() - begun > LONGEST:
            return f"more than {LONGEST:.0f} s of processor time, its processes included"
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        if isinstance(error, TimeoutError):  # at whatever line the time was up
            where = next((one for one in traceback.extract_tb(error.__traceback__) if "indicia" in one.filename), where)
        return f"{type(error).__name__}: {str(error)[:120]} ({Path(where.filename).name}:{where.lineno})"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ""


def _smaller(data: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """The input without what it does not need to fail, as far as the time goes."""
    end = time.monotonic() + SMALLER
    size = max(1, len(data) // 2)
    while size and time.monotonic() < end:
        at = 0
        while at < len(data) and time.monotonic() < end:
            tried = data[:at] + data[at + size :]
            if fails(tried):
                data = tried
            else:
                at += size
        size //= 2
    return data


def _dies(target: Target, name: str, data: bytes) -> bool:
    """Whether an input ends a process."""
    process = _spawning.Process(target=_fault, args=(target, name, data))
    process.start()
    process.join(CLOCK)
    if process.exitcode is None:
        process.kill()
    process.join()
    return process.exitcode != 0


def file_of(fault: Fault, target: str) -> str:
    """What the input of a fault is called in the corpus."""
    stem, _, ending = fault.name.partition(".")
    hint = stem.partition("-")[2]
    return f"{target}-{hint}.{hashlib.sha256(fault.data).hexdigest()[:8]}.{ending}"
