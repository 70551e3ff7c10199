"""What Spark costs beside one machine: `python -m bench.scale [--events N] [--texts N]`; needs the extra `spark`, Java and the
shared logs.

The same generated Windows events (as in `bench.hunt`), in files of 40,000, through all SigmaHQ rules: by the local engine in
one process, and by Spark on one core and on two. Then the texts of the shared corpus of claims, over and over, read in the same
ways. Seconds are those of the work, once rules and models are loaded and the session and its workers are there; `start` is told
apart. Driver memory is that of the Python that asks, at its peak; what was shuffled is counted by Spark. The results are
compared.
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
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from msgspec.structs import replace

from bench.hunt import RULES, SHARED, write_events
from indicia.hunt import hunt
from indicia.pipeline import read_lines
from indicia.records import Hunt, to_json

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PER_FILE = 40_000
TEXTS_PER_FILE = 100


def one(work: str, engine: str, folder: Path) -> None:
    """One measurement, in this process; prints it as JSON."""
    begun = time.perf_counter()
    done = (_hunted if work == "hunt" else _read)(engine, folder)
    next(done)
    start, begun = time.perf_counter() - begun, time.perf_counter()
    told = next(done)
    seconds = time.perf_counter() - begun
    told |= next(done, {})
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"start": start, "seconds": seconds, "memory": memory, **told}))


def _hunted(engine: str, folder: Path) -> Iterator[dict[str, Any]]:
    if engine == "local":
        hunt([folder / "warm"], rules=RULES, builtin=False, jobs=1)
        yield {}
        yield _of_hunt(hunt([folder / "logs"], rules=RULES, builtin=False, jobs=1))
        return
    from indicia.spark.hunting import hunt as hunt_on_spark
    from indicia.spark.session import begin

    with begin(engine) as session:
        hunt_on_spark([folder / "warm"], session=session, rules=RULES, builtin=False)
        before = shuffled(session)
        yield {}
        yield _of_hunt(hunt_on_spark([folder / "logs"], session=session, rules=RULES, builtin=False))
        yield {"shuffled": shuffled(session) - before}


def _of_hunt(found: Hunt) -> dict[str, Any]:
    digest = hashlib.sha256(to_json(replace(found, stats=()))).hexdigest()
    return {"things": sum(file.events for file in found.files), "digest": digest}


def _read(engine: str, folder: Path) -> Iterator[dict[str, Any]]:
    if engine == "local":
        list(read_lines(lines_of(folder / "warm_texts"), jobs=1))
        yield {}
        answers = [json.loads(answer.data) for answer in read_lines(lines_of(folder / "texts"), jobs=1)]
        yield {}
        told = sorted((answer["id"], claim["id"]) for answer in answers for claim in answer.get("claims", ()))
        yield {"things": len(answers), "digest": hashlib.sha256(repr(told).encode()).hexdigest()}
        return
    from indicia.spark.reading import read_texts
    from indicia.spark.session import begin
    from indicia.spark.tables import read_table

    with begin(engine) as session:
        read_texts(session, read_table(f"parquet:{folder / 'warm_texts'}"), str(folder / f"warm_{engine}"))
        before = shuffled(session)
        yield {}
        read_texts(session, read_table(f"parquet:{folder / 'texts'}"), str(folder / f"read_{engine}"))
        yield {}
        rows = ds.dataset(folder / f"read_{engine}", partitioning="hive", exclude_invalid_files=True).to_table().to_pylist()
        claims = sorted((row["id"], json.loads(row["row"])["id"]) for row in rows if row["kind"] == "claims")
        digest = hashlib.sha256(repr(claims).encode()).hexdigest()
        texts = sum(row["kind"] == "texts" for row in rows)
        yield {"things": texts, "digest": digest, "shuffled": shuffled(session) - before}


def shuffled(session: SparkSession) -> int:
    """The bytes that all executors have written for others until now."""
    executors = session.sparkContext._jsc.sc().statusStore().executorList(False)
    return sum(int(executors.apply(number).totalShuffleWrite()) for number in range(executors.size()))


def lines_of(folder: Path) -> Iterator[bytes]:
    for row in ds.dataset(folder).to_table().to_pylist():
        yield json.dumps(row).encode()


def write_logs(folder: Path, events: int) -> None:
    for part in ("warm", "logs"):
        (folder / part).mkdir()
    write_events(folder / "warm" / "events.jsonl", 2_000)
    write_events(folder / "all.jsonl", events)
    with (folder / "all.jsonl").open("rb") as lines:
        for number in range(0, events, PER_FILE):
            some = [line for _, line in zip(range(PER_FILE), lines, strict=False)]
            (folder / "logs" / f"{number:09}.jsonl").write_bytes(b"".join(some))


def write_texts(folder: Path, texts: int) -> None:
    """Real documents, as often as it takes, each time under other ids."""
    whole = [json.loads(line)["text"] for line in (SHARED / "claims" / "real" / "dev.jsonl").open("rb")]
    rows = [{"id": str(number), "text": whole[number % len(whole)]} for number in range(texts)]
    for name, some in (("warm_texts", rows[:8]), ("texts", rows)):
        (folder / name).mkdir()
        for number in range(0, len(some), TEXTS_PER_FILE):
            part = pa.Table.from_pylist(some[number : number + TEXTS_PER_FILE])
            pq.write_table(part, folder / name / f"{number:09}.parquet", row_group_size=10)


def main() -> None:
    """Prints the tables and the summary line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--texts", type=int, default=600)
    parser.add_argument("--engines", nargs="+", default=["local", "local[1,4]", "local[2,4]"])
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one[0], options.one[1], Path(options.one[2]))
        return
    if not RULES[0].is_dir():
        print(f"scale: skipped=no-{SHARED.name}")
        return
    summary = [f"events={options.events} texts={options.texts}"]
    with tempfile.TemporaryDirectory(prefix="indicia-scale-") as name:
        write_logs(Path(name), options.events)
        write_texts(Path(name), options.texts)
        for work in ("hunt", *(("read",) if options.texts else ())):
            digests = set()
            for engine in options.engines:
                command = [sys.executable, "-m", "bench.scale", "--one", work, engine, name]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                told = json.loads(done.stdout.splitlines()[-1])
                digests.add(told["digest"])
                print(
                    f"{work} {engine:<12} start {told['start']:6.1f} s   {told['seconds']:7.1f} s   "
                    f"{told['things'] / told['seconds']:9,.1f}/s   driver {told['memory']:5.0f} MB   "
                    f"shuffled {told.get('shuffled', 0):,} bytes",
                    flush=True,
                )
                of = engine.partition(",")[0].rstrip("]").replace("[", "_")
                summary.append(f"{work}_{of}={told['things'] / told['seconds']:.1f}/s")
            summary.append(f"{work}_same={len(digests) == 1}")
    print(f"scale: {' '.join(summary)}")


if __name__ == "__main__":
    main()
