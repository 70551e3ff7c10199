"""Killed at random moments, what is lost: `python -m bench.kill [--rounds N]`. Ends with one line `bench.kill: key=value ...`.

Each round starts `indicia brief` with texts and logs into a case file, kills it (SIGKILL) at a random moment of its run, opens
the file, checks its integrity, and compares: what an earlier run reported done must be there whole, or all that the new run
brings. The moments come from a fixed seed and are spread over the time that an unkilled run takes.
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
    rounds = parser.parse_args().rounds
    chance = random.Random(9)
    lost = damaged = saved = stopped = 0
    texts = sorted(path for path in (EXAMPLE / "texts").iterdir() if path.is_file())
    with tempfile.TemporaryDirectory(prefix="indicia-kill-") as name:
        folder = Path(name)
        started = time.perf_counter()
        subprocess.run(command(folder / "whole.indicia", folder, texts), check=True, capture_output=True)
        whole = time.perf_counter() - started
        expected = state(folder / "whole.indicia")
        before = folder / "before.indicia"
        subprocess.run(command(before, folder, texts[:1]), check=True, capture_output=True)
        reported = state(before)
        print(f"an unkilled run takes {whole:.1f} s and leaves {expected[1]} claims and {expected[2]} sightings", flush=True)
        for number in range(rounds):
            case = folder / f"{number}.indicia"
            shutil.copy(before, case)
            run = subprocess.Popen(command(case, folder, texts), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                run.wait(chance.uniform(0, whole * 1.1))
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                run.wait()
                stopped += 1
            try:
                found = state(case)
            except StoreError as error:
                damaged += 1
                print(f"round {number}: {error}")
                continue
            done = found[0] > reported[0]
            saved += done
            if found != reported and found[1:] != expected[1:]:
                lost += 1
                print(f"round {number}: {found} is neither {reported} nor as {expected}")
            case.unlink()
    print(f"bench.kill: rounds={rounds} killed={stopped} saved_before={saved} damaged={damaged} lost={lost}")
    return 1 if damaged or lost else 0


if __name__ == "__main__":
    sys.exit(main())
