"""Speed of the weighing: `python -m bench.weigh [--quick]`. Prints a table and ends with one line `bench.weigh: key=value ...`.

Cold is the first weighing of a process after knowledge is loaded (profiles are built then), warm the median of the next ones,
all groups each time. What-ifs are random: each switches about a third of the items off, re-grades some and changes the prior.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from indicia.knowledge import load
from indicia.records import Evidence, Weighing
from indicia.weigh.assess import weigh
from indicia.weigh.gather import from_ids
from indicia.weigh.whatif import Change, leaders_if

VARIANTS = 1000


def timed(count: int, work: Callable[[], object]) -> float:
    """Median seconds of `count` calls."""
    seconds = []
    for _ in range(count):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    repeats = 5 if parser.parse_args().quick else 30
    started = time.perf_counter()
    knowledge = load()
    uses = [use.target for use in knowledge.attack.uses_of("G0010")]
    loaded = time.perf_counter() - started
    techniques = [target for target in uses if target.startswith("T")]
    software = [target for target in uses if target.startswith("S")]
    figures: dict[str, float] = {"load_ms": loaded * 1000}
    print(f"{'items':>8} {'weighing':>12} {'1,000 what-ifs':>16}")
    for many_techniques, many_software in ((2, 1), (12, 4), (40, 15)):
        evidence = from_ids(techniques[:many_techniques], software[:many_software], knowledge=knowledge)

        def weighing(evidence: tuple[Evidence, ...] = evidence) -> Weighing:
            return weigh(evidence, knowledge)

        if "cold_ms" not in figures:
            figures["cold_ms"] = timed(1, weighing) * 1000
        rng = np.random.default_rng(0)
        changes = [
            Change(
                off=tuple(item.id for item in evidence if rng.random() < 0.33),
                grades={evidence[0].id: ("D", 4)} if rng.random() < 0.5 else {},
                prior={"unknown": float(rng.random() * 0.9)} if rng.random() < 0.2 else {},
            )
            for _ in range(VARIANTS)
        ]
        warm = timed(repeats, weighing)
        what_ifs = timed(3, lambda evidence=evidence, changes=changes: leaders_if(evidence, knowledge, changes))
        print(f"{len(evidence):>8} {warm * 1000:>9.1f} ms {what_ifs:>14.2f} s")
        figures |= {f"warm_ms_{len(evidence)}": warm * 1000, f"what_if_s_{len(evidence)}": what_ifs}
    print(f"cold {figures['cold_ms']:.0f} ms")
    print("bench.weigh: " + " ".join(f"{name}={value:.3g}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
