"""What Spark costs beside one machine: `python -m bench.scale [--events N]`; needs the extra `spark`, Java and the shared logs.

The same generated Windows events (as in `bench.hunt`), in files of 40,000, through all SigmaHQ rules: by the local engine in
one process, and by Spark on one core and on two. Seconds are those of the hunt, once rules are compiled and the session and its
workers are there; `start` is told apart. Driver memory is that of the Python that asks, at its peak. The results are compared.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from msgspec.structs import replace

from bench.hunt import RULES, SHARED, write_events
from indicia.hunt import hunt
from indicia.records import Hunt, to_json

PER_FILE = 40_000


def one(engine: str, folder: Path) -> None:
    """One measurement, in this process; prints it as JSON."""
    begun = time.perf_counter()
    if engine == "local":
        hunt([folder / "warm"], rules=RULES, builtin=False, jobs=1)
        start = time.perf_counter() - begun
        begun = time.perf_counter()
        found = hunt([folder / "logs"], rules=RULES, builtin=False, jobs=1)
        seconds = time.perf_counter() - begun
    else:
        from indicia.spark.hunting import hunt as hunt_on_spark
        from indicia.spark.session import begin

        with begin(engine) as session:
            hunt_on_spark([folder / "warm"], session=session, rules=RULES, builtin=False)
            start = time.perf_counter() - begun
            begun = time.perf_counter()
            found = hunt_on_spark([folder / "logs"], session=session, rules=RULES, builtin=False)
            seconds = time.perf_counter() - begun
    print(
        json.dumps({"start": start, "seconds": seconds, "memory": memory(), "events": events(found), "digest": digest(found)})
    )


def memory() -> float:
    """The peak of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def events(found: Hunt) -> int:
    return sum(file.events for file in found.files)


def digest(found: Hunt) -> str:
    return hashlib.sha256(to_json(replace(found, stats=()))).hexdigest()[:16]


def main() -> None:
    """Prints the table and the summary line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--engines", nargs="+", default=["local", "local[1,4]", "local[2,4]"])
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one[0], Path(options.one[1]))
        return
    if not RULES[0].is_dir():
        print(f"scale: skipped=no-{SHARED.name}")
        return
    summary, digests = [], set()
    with tempfile.TemporaryDirectory(prefix="indicia-scale-") as name:
        folder = Path(name)
        for part in ("warm", "logs"):
            (folder / part).mkdir()
        write_events(folder / "warm" / "events.jsonl", 2_000)
        write_events(folder / "all.jsonl", options.events)
        with (folder / "all.jsonl").open("rb") as lines:
            for number in range(0, options.events, PER_FILE):
                some = [line for _, line in zip(range(PER_FILE), lines, strict=False)]
                (folder / "logs" / f"{number:09}.jsonl").write_bytes(b"".join(some))
        for engine in options.engines:
            command = [sys.executable, "-m", "bench.scale", "--one", engine, str(folder)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            told = json.loads(done.stdout.splitlines()[-1])
            speed = told["events"] / told["seconds"]
            digests.add(told["digest"])
            print(
                f"{engine:<12} start {told['start']:6.1f} s   hunt {told['seconds']:6.1f} s   {speed:8,.0f} events/s"
                f"   driver {told['memory']:5.0f} MB",
                flush=True,
            )
            summary.append(f"{engine.partition(',')[0].rstrip(']').replace('[', '_')}={speed:.0f}/s")
    print(f"scale: events={options.events} {' '.join(summary)} same_bytes={len(digests) == 1}")


if __name__ == "__main__":
    main()
