"""Writers of one case within one another, some of them killed: `python -m bench.interleavings [--sequences N] [--url URL]`;
last line `bench.interleavings: key=value ...`.

The sequences are those of `tests/case/test_interleavings.py`: eight steps each, and after each step all that was reported as
kept must be there once. `--url` takes a database instead of files; what it holds is deleted.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.case.test_interleavings import FEW, Writers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sequences", type=int, default=250)
    parser.add_argument("--url", default="", help="a database, which is emptied; else files")
    options = parser.parse_args()
    done: Counter[str] = Counter()

    class Counted(Writers):
        where = options.url

        def on_step(self, what: str) -> None:
            done[what] += 1

    begun = time.perf_counter()
    try:
        run_state_machine_as_test(Counted, settings=settings(FEW, max_examples=options.sequences))
    except AssertionError as fault:
        print(f"LOST: {fault}")
        return 1
    finally:
        told = " ".join(f"{what}={done[what]}" for what in ("alone", "within", "killed"))
        print(f"bench.interleavings: sequences={options.sequences} {told} seconds={time.perf_counter() - begun:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
