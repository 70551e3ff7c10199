"""Fuzzes all targets for a while: `python -m tests.fuzz --seconds 600`. Inputs that fail are written down, to be kept."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
import traceback
from pathlib import Path
from random import Random, SystemRandom

from tests.fuzz.targets import TARGETS, mutated, run, seeds

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
failed: dict[str, int] = {}
while time.monotonic() < until:
    target = given.targets[sum(counts.values()) % len(given.targets)]
    name, data = random.choice(known[target])
    made = mutated(data, [other for _, other in known[target]], random)
    counts[target] += 1
    try:
        run(target, name, made)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{target}: {type(error).__name__}: {str(error)[:120]} ({Path(where.filename).name}:{where.lineno})"
        if kind not in failed:
            given.output.mkdir(parents=True, exist_ok=True)
            stem, _, ending = name.partition(".")
            file = given.output / f"{stem}.{hashlib.sha256(made).hexdigest()[:8]}.{ending}"
            file.write_bytes(made)
            print(f"{kind}\n    {file}", flush=True)
        failed[kind] = failed.get(kind, 0) + 1
numbers = ", ".join(f"{count:,} {target}" for target, count in counts.items())
print(f"fuzz: seed={seed} inputs={sum(counts.values())} ({numbers}) faults={sum(failed.values())} kinds={len(failed)}")
sys.exit(bool(failed))
