"""Expressions that only Python's `re` knows, in a process apart (`indicia.apart`). It heeds signals while it searches, so that
a value over which it would go back for ever costs a moment. Takes JSON: [expression, flags, [value, ...], how many may be
late]."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator

YES, NO, LATE = b"1", b"0", b"?"
MOMENT = 0.25  # seconds of the processor for one value
_CLOCK = hasattr(signal, "setitimer")  # not on Windows: there the whole request has a clock


class _LateError(Exception):
    pass


def _late(_signal: int, _frame: object) -> None:
    raise _LateError


def answer(request: bytes) -> Iterator[bytes]:
    """One byte for each value: YES, NO or LATE."""
    pattern, flags, values, may_be_late = json.loads(request)
    search = re.compile(f"(?{flags}){pattern}" if flags else pattern).search
    if _CLOCK:
        signal.signal(signal.SIGVTALRM, _late)
    found = bytearray()
    for value in values:
        try:
            if _CLOCK:
                signal.setitimer(signal.ITIMER_VIRTUAL, MOMENT)
            found += YES if search(value) else NO
        except _LateError:
            found += LATE
        finally:
            if _CLOCK:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if found.count(LATE) >= may_be_late:
            break
    yield bytes(found)
