"""Several write one case at once: `python -m bench.writers [--writers N]`; last line `bench.writers: key=value ...`.

Each writer is a process that adds judgements to one case file, one transaction each, and says each that was reported kept.
One of them saves the case itself again and again; with `--kill` every second writer is killed (SIGKILL) in the midst.
Afterwards the file must be whole and hold every judgement that was reported, once. `--url` takes a database instead of a
file.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from indicia.case import open_store
from tests.sample_case import exchange_case, keep

WRITER = """
import sys
from indicia.case import open_store
from indicia.records import Judgement
where, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open_store(where) as store:
    for number in range(rounds):
        id = f"judgement--{name}-{number}"
        time = "2026-11-24T12:00:00+00:00"
        store.judge(Judgement(id=id, subject="weighing", action="note", author=name, time=time, note="x"))
        print(id, flush=True)
"""
SAVER = """
import sys
import msgspec
from indicia.case import open_store
from tests.sample_case import exchange_case, keep
case = exchange_case()
with open_store(sys.argv[1]) as store:
    for number in range(int(sys.argv[3])):
        changed = msgspec.structs.replace(case, name=f"run {number}")
        keep(store, changed, author="saver", time="2026-11-24T12:00:00Z", what="saved")
        print("saved", number, flush=True)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--kill", action="store_true", help="kill every second writer in the midst")
    parser.add_argument("--url", help="a database, empty; else a file")
    options = parser.parse_args()
    chance = random.Random(5)
    with tempfile.TemporaryDirectory(prefix="indicia-writers-") as name:
        where = options.url or str(Path(name) / "a.indicia")
        with open_store(where) as store:
            keep(store, exchange_case(), author="bench", time="2026-11-24T12:00:00Z", what="first")
        begun = time.perf_counter()
        running, outs = [], [Path(name) / f"{number}.out" for number in range(options.writers)]
        for number, path in enumerate(outs):
            code = SAVER if number == 0 else WRITER
            command = [sys.executable, "-c", code, where, f"w{number}", str(options.rounds)]
            with path.open("wb") as out:
                running.append(subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, text=True))
        killed = 0
        for writer, path in list(zip(running, outs, strict=True))[1::2] if options.kill else ():
            wanted = chance.randint(1, options.rounds - 1)
            while writer.poll() is None and path.read_bytes().count(b"\n") < wanted:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.1))
            killed += writer.poll() is None
            writer.kill()
        errors = [writer.communicate()[1] for writer in running]
        failed = [error for writer, error in zip(running, errors, strict=True) if writer.returncode not in {0, -9}]
        lines = [line for path in outs for line in path.read_text("utf-8").split("\n")[:-1]]
        reported = [line for line in lines if line.startswith("judgement--")]
        with open_store(where) as store:
            store.check()
            held = [judgement.id for judgement in store.judgements()]
            store.load()
    lost, doubled = len(set(reported) - set(held)), len(held) - len(set(held))
    for error in failed:
        print(error)
    print(
        f"bench.writers: writers={options.writers} killed={killed} reported={len(reported)} kept={len(held)} lost={lost} "
        f"doubled={doubled} failed={len(failed)} seconds={time.perf_counter() - begun:.1f}"
    )
    return 1 if lost or doubled or failed else 0


if __name__ == "__main__":
    sys.exit(main())
