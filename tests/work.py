"""Counting work instead of timing it: what a call costs does not depend on what else the machine does."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

SRC = str(Path(__file__).parent.parent / "src" / "indicia")


def steps(call: Callable[[], object]) -> int:
    """How many lines of ours run, each round of a loop counted, also of one that stands in a single line."""
    count = 0

    def within(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return within

    def enter(frame: FrameType, event: str, argument: object) -> Any:
        return within if frame.f_code.co_filename.startswith(SRC) else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@contextmanager
def ended_by(seconds: float) -> Iterator[None]:
    """Fails after that much time of the processor: for what is done in C, where no step can be counted. Linear work on the
    same input takes a hundredth of it, quadratic work a hundred times as long."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"more than {seconds} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
