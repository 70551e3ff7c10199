"""What a target of the fuzzer is, and one input through it.

A target takes bytes and raises for what no bytes may cause: a fault of ours, whoever catches it, more than ten seconds of
processor time, or what cannot be written as JSON. Inputs and seeds are called `target-hint.ending`: the hint names the format
or the front end that is tried even where the bytes are no longer known as it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.fuzz.seeds import Real, seeds
from tests.work import ended_by

__all__ = ["LONGEST", "Target", "run"]

LONGEST = 10.0  # seconds of the processor


class Target(NamedTuple):
    """`run(data, hint)`, and how many of a thousand inputs it gets.

    It begins with the files of the corpus whose names match `kept`, with real files, and with what is `made`: names and bytes.
    """

    run: Callable[[bytes, str], None]
    share: int
    kept: str
    real: tuple[Real, ...] = ()
    made: Callable[[], list[tuple[str, bytes]]] = list

    def seeds(self) -> list[tuple[str, bytes]]:
        """Name and bytes of all that it begins with."""
        return [*seeds(self.kept, self.real), *self.made()]


def run(target: Target, name: str, data: bytes) -> None:
    """One input through its target; the name of its seed gives the hint. Raises whatever must not be."""
    with ended_by(LONGEST):
        target.run(data, name.partition("-")[2].split(".")[0])
