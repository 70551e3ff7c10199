"""Fuzzes all targets, one after the other: `python -m tests.fuzz --seconds 600` or `--inputs 200000`.

Of so many inputs each target gets its share, of so many seconds all get the same. An input that fails is made smaller, written
to `out/fuzz` under the name that it will have in the corpus, and said with what was wrong. The last line says how many inputs
there were and in how many seconds, faults and their kinds, how often a process had to be started again, the slowest input in
seconds of the processor, and the most memory that one process held.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from random import SystemRandom

from tests.fuzz.running import Fault, Report, file_of, fuzz
from tests.fuzz.targets import TARGETS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=None)
    parser.add_argument("--inputs", type=int, default=None)
    parser.add_argument("--seed", type=int, default=None, help="the same inputs again")
    parser.add_argument("--targets", nargs="*", default=list(TARGETS), choices=list(TARGETS))
    parser.add_argument("--output", type=Path, default=Path("out/fuzz"), help="where failing inputs are written")
    given = parser.parse_args()
    seed = SystemRandom().randrange(2**32) if given.seed is None else given.seed
    given.output.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + (given.seconds or (600.0 if given.inputs is None else 1e9))
    shares = sum(TARGETS[name].share for name in given.targets)
    begun = time.monotonic()
    reports: dict[str, Report] = {}
    for left, name in zip(range(len(given.targets), 0, -1), given.targets, strict=True):

        def tell(fault: Fault, name: str = name) -> None:
            file = given.output / file_of(fault, name)
            file.write_bytes(fault.data)
            print(f"{name}: {fault.kind}\n    {file} ({len(fault.data):,} bytes)", flush=True)

        inputs = 10**9 if given.inputs is None else round(given.inputs * TARGETS[name].share / shares)
        since = time.monotonic()
        report = reports[name] = fuzz(TARGETS[name], seed, inputs, max(1.0, (end - since) / left), given.output, tell)
        print(
            f"{name:<9}{report.inputs:>8,} inputs in {time.monotonic() - since:6.0f} s, {len(report.faults)} faults, "
            f"{report.starts - 1} restarts, slowest {report.slowest:.1f} s ({report.slow_one}), {report.most_mb} MB",
            flush=True,
        )
    faults = [(name, fault.kind) for name, report in reports.items() for fault in report.faults]
    slowest = max(report.slowest for report in reports.values())
    print(
        f"fuzz: seed={seed} inputs={sum(report.inputs for report in reports.values())} seconds={time.monotonic() - begun:.0f} "
        f"faults={len(faults)} kinds={len(set(faults))} restarts={sum(report.starts - 1 for report in reports.values())} "
        f"slowest={slowest:.1f} most_mb={max(report.most_mb for report in reports.values())}"
    )
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
