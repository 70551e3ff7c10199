"""A target that does what none may, so that it can be tested that it is noticed."""

from __future__ import annotations

import os
import signal

from tests.fuzz.target import Target

__all__ = ["FAULTY"]


def _run(data: bytes, hint: str) -> None:
    if b"raises" in data:
        raise ValueError(hint)
    if b"grows" in data:
        bytes(2 << 30)
    if b"dies" in data:
        os.kill(os.getpid(), signal.SIGABRT)


def _seeds() -> list[tuple[str, bytes]]:
    return [(f"a-{word}.txt", f"{word}, and much more".encode()) for word in ("dies", "raises", "holds")]


FAULTY = Target(_run, 1, "nothing-*", made=_seeds)
