"""Fuzzes all targets for a while: `python -m tests.fuzz --seconds 600`. Inputs that fail are written down, to be kept.

What hangs where no signal reaches it is ended with a traceback after `HANGS`; its input is then in `out/fuzz/now`. The last
line says the slowest input in seconds of the processor, of this process, and the most memory that this process and the largest
of those it started ever held.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import resource
import sys
import time
import traceback
from pathlib import Path
from random import Random, SystemRandom

from tests.fuzz.targets import TARGETS, mutated, run, seeds

HANGS = 600.0  # seconds by the clock, of a busy machine
MOST = 1 << 20  # KB of memory

parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
parser.add_argument("--seconds", type=float, default=600.0)
parser.add_argument("--seed", type=int, default=None, help="the same inputs again")
parser.add_argument("--targets", nargs="*", default=list(TARGETS), choices=list(TARGETS))
parser.add_argument("--output", type=Path, default=Path("out/fuzz"), help="where failing inputs are written")
given = parser.parse_args()
seed = SystemRandom().randrange(2**32) if given.seed is None else given.seed
random = Random(seed)
known = {target: seeds(target) for target in given.targets}
until = time.monotonic() + given.seconds
counts = dict.fromkeys(given.targets, 0)
given.output.mkdir(parents=True, exist_ok=True)
slowest, slow_one = 0.0, ""


def memory() -> tuple[int, int]:
    """KB at most: of this process, of one that it started."""
    return tuple(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))  # type: ignore[return-value]


failed: dict[str, int] = {}
while time.monotonic() < until:
    target = given.targets[sum(counts.values()) % len(given.targets)]
    name, data = random.choice(known[target])
    made = mutated(data, [other for _, other in known[target]], random)
    counts[target] += 1
    (given.output / "now").write_bytes(made)
    faulthandler.dump_traceback_later(HANGS, exit=True)
    small = max(memory()) < MOST
    begun = time.process_time()
    try:
        run(target, name, made)
        if small and max(memory()) >= MOST:
            raise MemoryError(f"more than {MOST >> 10} MB")
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{target}: {type(error).__name__}: {str(error)[:120]} ({Path(where.filename).name}:{where.lineno})"
        if kind not in failed:
            stem, _, ending = name.partition(".")
            file = given.output / f"{stem}.{hashlib.sha256(made).hexdigest()[:8]}.{ending}"
            file.write_bytes(made)
            print(f"{kind}\n    {file}", flush=True)
        failed[kind] = failed.get(kind, 0) + 1
    spent = time.process_time() - begun
    if spent > slowest:
        slowest, slow_one = spent, name
faulthandler.cancel_dump_traceback_later()
(given.output / "now").unlink(missing_ok=True)
numbers = ", ".join(f"{count:,} {target}" for target, count in counts.items())
print(
    f"fuzz: seed={seed} inputs={sum(counts.values())} ({numbers}) faults={sum(failed.values())} kinds={len(failed)} "
    f"slowest={slowest:.1f} ({slow_one}) most_mb={memory()[0] >> 10} most_mb_of_child={memory()[1] >> 10}"
)
sys.exit(bool(failed))
