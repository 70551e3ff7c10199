"""What is killed on a real Spark cluster, and what comes of it: `python -m bench.faults`; needs the extra `spark` and Java.

A standalone master and two workers on the loopback. By their process ids are killed: a worker's executor in the midst of a
hunt, and whoever asked (the driver) in the midst of reading and of joining the ledger, which are then asked again. Each result
is compared with that of the local engine.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from examples.scenarios import write_scenario
from indicia.affairs.joining import join_affairs
from indicia.affairs.origins import led_back
from indicia.knowledge import load
from indicia.pipeline import read_lines
from indicia.records import to_json
from indicia.spark.ledger import decode_text, turn_of
from indicia.spark.reading import KINDS
from scripts.spark_cluster import cluster, descendants_called, indicia

FILES = 6  # of texts, each a batch
READ = """
import sys
from indicia.spark.reading import read_texts
from indicia.spark.session import begin
from indicia.spark.tables import read_table
with begin(sys.argv[1]) as session:
    read_texts(session, read_table(sys.argv[2]), sys.argv[3], at_once=1)
"""


def main() -> int:
    """Prints each trial and the summary line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=20_000, help="ordinary ones around the scenario that is hunted through")
    parser.add_argument("--texts", type=int, default=40, help="in each of six files")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="indicia-faults-") as name:
        folder = Path(name)
        with cluster(folder) as master:
            good = {}
            for what, trial in (
                ("worker", lambda: worker_killed(folder, master, options.lines)),
                ("reading", lambda: driver_killed(folder, master, options.texts)),
                ("ledger", lambda: ledger_killed(folder, master)),
            ):
                good[what] = trial()
                print(f"{what}: {'the same' if good[what] else 'NOT THE SAME'}", flush=True)
    print(f"faults: {' '.join(f'{what}_same={same}' for what, same in good.items())}")
    return 0 if all(good.values()) else 1


def worker_killed(folder: Path, master: str, lines: int) -> bool:
    write_scenario("A", folder / "logs", ordinary_lines=lines, seed=3)
    command = ["hunt", str(folder / "logs"), "--json", "-o"]
    indicia(*command, str(folder / "local.json"))
    killer = threading.Thread(target=lambda: kill_one(b"CoarseGrainedExecutorBackend", after=5.0))
    killer.start()
    indicia(*command, str(folder / "spark.json"), "--engine", "spark", "--master", master)
    killer.join()
    results = [json.loads((folder / f"{name}.json").read_bytes()) for name in ("local", "spark")]
    return bool(results[0] | {"stats": None} == results[1] | {"stats": None})


def driver_killed(folder: Path, master: str, many: int) -> bool:
    (folder / "texts").mkdir()
    texts = [
        {"id": str(number), "text": text_of(number), "date": f"2021-03-{number % 28 + 1:02}"} for number in range(FILES * many)
    ]
    for number in range(FILES):
        pq.write_table(pa.Table.from_pylist(texts[number::FILES]), folder / "texts" / f"{number}.parquet")
    command = [sys.executable, "-c", READ, master, f"parquet:{folder}/texts", str(folder / "read")]
    killed_at(command, lambda: len(list((folder / "read").glob("batch=*/_SUCCESS"))) >= 2)
    print(f"killed while reading, with {len(list((folder / 'read').glob('batch=*/_SUCCESS')))} of {FILES} batches written")
    subprocess.run(command, check=True)
    found = sorted(
        (row["kind"], row["id"], row["number"], row["row"]) for row in rows_of(folder / "read") if row["kind"] in KINDS
    )
    wanted = []
    for answer in read_lines((json.dumps(text).encode() for text in texts), jobs=1):
        told = json.loads(answer.data)
        wanted += [(kind, told["id"], number, row) for kind in KINDS for number, row in enumerate(told.get(kind, ()))]
    return [(*each[:3], json.loads(each[3])) for each in found] == sorted(wanted, key=lambda each: each[:3])


def ledger_killed(folder: Path, master: str) -> bool:
    command = [sys.executable, "-m", "indicia", "affairs", f"{folder}/read", "-o", f"{folder}/ledger", "--master", master]
    killed_at(command, lambda: (folder / "ledger" / "_temporary").is_dir())
    subprocess.run(command, check=True)
    texts = sorted((decode_text(row["row"]) for row in rows_of(folder / "read") if row["kind"] == "ledger"), key=turn_of)
    documents = [text.document for text in texts]
    claims = led_back((claim for text in texts for claim in text.claims), documents)
    wanted = [to_json(affair).decode() for affair in join_affairs(claims, documents, load())]
    affairs = sorted(
        (row for row in rows_of(folder / "ledger") if row["kind"] == "affairs"), key=lambda row: int(row["number"])
    )
    return [row["row"] for row in affairs] == wanted


def text_of(number: int) -> str:
    """Every third text repeats an earlier one; there are twenty affairs and one that is known."""
    victim = f"Kestrel Ports {number // 3 % 20}" if number // 3 % 21 else "Microsoft Exchange servers"
    state = ("China", "Russia", "Iran")[number // 3 % 3]
    told = f"London blamed {state} for the hack of {victim}. It stopped its cranes for {number // 3 % 7 + 2} days in a row."
    return told + (" The ministry said so again." if number % 3 == 2 else f" {state} denied it.")


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return list(ds.dataset(folder, partitioning="hive", exclude_invalid_files=True).to_table().to_pylist())


def killed_at(command: list[str], moment: Callable[[], bool]) -> None:
    """Runs a command and kills its process, and with it the driver, as soon as the moment has come."""
    process = subprocess.Popen(command)
    while process.poll() is None and not moment():
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()


def kill_one(name: bytes, after: float) -> None:
    """Kills a process of our own cluster that is called so, some seconds after it has come."""
    while not (found := list(descendants_called(os.getpid(), name))):
        time.sleep(0.2)
    time.sleep(after)
    os.kill(found[0], signal.SIGKILL)
    print(f"killed the executor {found[0]}")


if __name__ == "__main__":
    sys.exit(main())
