"""Hunts and reads on a real Spark cluster of this machine, beside the local engine: `make spark`.

One master and two workers of one core each listen on the loopback, go through generated data, and are stopped. The exit code says
whether both gave the same bytes.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from examples.scenarios import write_scenario
from indicia.pipeline import read_lines
from indicia.spark.reading import KINDS

CHECKOUT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
LINES = 20_000  # ordinary ones around the scenario
TEXTS = 200


def main() -> int:
    """Both jobs; prints what came of them."""
    with tempfile.TemporaryDirectory(prefix="indicia-spark-") as name:
        folder = Path(name)
        logs = folder / "logs"
        write_scenario("A", logs, ordinary_lines=LINES, seed=3)
        with cluster(folder) as master:
            hunted = same_hunt(logs, folder, master)
            read = same_reading(folder, master)
    return 0 if hunted and read else 1


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[str]:
    """The address of a master with so many workers of one core each, which end with the context."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port = free_port()
    master = f"spark://{HOST}:{port}"
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_WORKER_DIR": str(folder / "work"),
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(map(str, (CHECKOUT / "src", CHECKOUT))),  # a worker runs in a folder of its own
    }
    os.environ |= {"SPARK_LOCAL_IP": HOST, "PYSPARK_PYTHON": sys.executable}
    deploy = [str(home / "bin" / "spark-class"), "org.apache.spark.deploy"]
    own = [[f"{deploy[1]}.master.Master", "--host", HOST, "--port", str(port), "--webui-port", str(free_port())]]
    own += [[f"{deploy[1]}.worker.Worker", master, "--host", HOST, "--cores", "1", "--memory", "1g"]] * workers
    processes = []
    try:
        with (folder / "cluster.log").open("wb") as log:
            for each in own:
                command = [deploy[0], *each]
                processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
                wait_for(port)
        print(f"a master at {master}, workers: {workers}")
        yield master
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait()
        print("stopped")


def descendants_called(process: int, name: bytes) -> Iterator[int]:
    """The processes that a process has begun, itself or through others, with such a name in their command."""
    try:
        children = [
            int(child)
            for thread in Path(f"/proc/{process}/task").iterdir()
            for child in (thread / "children").read_text("utf-8").split()
        ]
    except OSError:  # it has ended
        return
    for child in children:
        with suppress(OSError):
            if name in Path(f"/proc/{child}/cmdline").read_bytes():
                yield child
        yield from descendants_called(child, name)


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def wait_for(port: int, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as asked:
            if asked.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("the master of Spark did not start")


def indicia(*arguments: str) -> float:
    """The seconds that one run of the command took."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "indicia", *arguments, "-q"], check=False)
    if done.returncode not in (0, 10):
        raise SystemExit(done.returncode)
    return time.perf_counter() - begun


def same_hunt(logs: Path, folder: Path, master: str) -> bool:
    """Whether the hunt gives the same bytes, but for the seconds that it took."""
    results = []
    for name, options in (("this machine", ()), ("the cluster", ("--engine", "spark", "--master", master))):
        seconds = indicia("hunt", str(logs), "--json", "-o", str(folder / "hunt.json"), *options)
        told = json.loads((folder / "hunt.json").read_bytes())
        print(f"hunt on {name}: {seconds:.1f} s, {len(told['sightings'])} sightings, {told['verdict']}")
        del told["stats"]
        results.append(json.dumps(told))
    print("the same bytes" if results[0] == results[1] else "NOT THE SAME")
    return results[0] == results[1]


def same_reading(folder: Path, master: str) -> bool:
    """Whether every text is answered as on one machine."""
    texts = [
        {
            "id": str(number),
            "text": f"On {number % 28 + 1} March 2021 London blamed China for the hack of 203.0.113.{number % 250}.",
        }
        for number in range(TEXTS)
    ]
    pq.write_table(pa.Table.from_pylist(texts), folder / "texts.parquet")
    seconds = indicia(
        "read",
        "--engine",
        "spark",
        "--master",
        master,
        "--table",
        f"parquet:{folder}/texts.parquet",
        "-o",
        str(folder / "read"),
    )
    rows = pq.read_table(folder / "read").to_pylist()
    found = {(row["kind"], row["id"], row["number"]): json.loads(row["row"]) for row in rows if row["kind"] in KINDS}
    wanted = {}
    for answer in read_lines((json.dumps(text).encode() for text in texts), jobs=1):
        told = json.loads(answer.data)
        for kind in KINDS:
            wanted |= {(kind, told["id"], number): row for number, row in enumerate(told.get(kind, ()))}
    print(f"read on the cluster: {seconds:.1f} s, {len(found)} rows of {TEXTS} texts")
    print("the same rows" if found == wanted else "NOT THE SAME")
    return found == wanted


if __name__ == "__main__":
    sys.exit(main())
