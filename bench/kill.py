"""Killed at random moments, what is lost: `python -m bench.kill [--rounds N]`; last line `bench.kill: key=value ...`.

Each round starts `indicia brief` with texts and logs into a case file, kills it (SIGKILL) at a random moment of its run, opens
the file, checks its integrity, and compares: what an earlier run reported done must be there whole, or all that the new run
brings. The moments come from a fixed seed: every second one anywhere in the time that an unkilled run takes, the others in its
last quarter, where the case is written. Each round is said as it ends, and `--minutes` bounds them all.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from indicia.case import open_store
from indicia.errors import StoreError

EXAMPLE = Path(__file__).parent.parent / "examples/exchange-2021"


def command(case: Path, folder: Path, texts: list[Path]) -> list[str]:
    logs = str(EXAMPLE / "logs")
    out = str(folder / "brief")
    return [sys.executable, "-m", "indicia", "brief", *map(str, texts), "--logs", logs, "--case", str(case), "-o", out, "-q"]


def state(case: Path) -> tuple[int, int, int]:
    """(runs, claims, sightings) of a case that opens and is whole. Raises: StoreError."""
    with open_store(case) as store:
        store.check()
        runs = len(store.runs())
        if not runs:
            return 0, 0, 0
        loaded = store.load()
    return runs, len(loaded.claims), len(loaded.hunt.sightings) if loaded.hunt else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=30, help="stop after so long, whatever round it is (default: 30)")
    options = parser.parse_args()
    chance = random.Random(9)
    rounds = lost = damaged = saved = stopped = 0
    texts = sorted(path for path in (EXAMPLE / "texts").iterdir() if path.is_file())
    with tempfile.TemporaryDirectory(prefix="indicia-kill-") as name:
        folder = Path(name)
        before = folder / "before.indicia"
        subprocess.run(command(before, folder, texts[:1]), check=True, capture_output=True)
        reported = state(before)
        whole_case = folder / "whole.indicia"
        shutil.copy(before, whole_case)
        started = time.perf_counter()
        subprocess.run(command(whole_case, folder, texts), check=True, capture_output=True)
        whole = time.perf_counter() - started
        expected = state(whole_case)
        print(f"an unkilled run takes {whole:.1f} s and leaves {expected[1]} claims and {expected[2]} sightings", flush=True)
        end = time.perf_counter() + options.minutes * 60
        for number in range(options.rounds):
            if time.perf_counter() > end:
                print(f"stopped after {options.minutes:g} minutes", flush=True)
                break
            rounds += 1
            case = folder / f"{number}.indicia"
            shutil.copy(before, case)
            moment = chance.uniform(0 if number % 2 else whole * 0.75, whole * 1.1)
            run = subprocess.Popen(command(case, folder, texts), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                run.wait(moment)
                how = "ended"
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                run.wait()
                stopped += 1
                how = "killed"
            try:
                found = state(case)
            except StoreError as error:
                damaged += 1
                print(f"round {number + 1}: DAMAGED: {error}", flush=True)
                continue
            saved += found[0] > reported[0]
            fault = found != reported and found != expected
            lost += fault
            what = "LOST, neither as before nor whole" if fault else "whole" if found == expected else "as before"
            print(f"round {number + 1}: {how} after {moment:.1f} s: {what} {found}", flush=True)
            case.unlink()
    print(f"bench.kill: rounds={rounds} killed={stopped} saved_before={saved} damaged={damaged} lost={lost}")
    return 1 if damaged or lost else 0


if __name__ == "__main__":
    sys.exit(main())
