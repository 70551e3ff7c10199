"""What Spark costs beside one machine: `python -m bench.scale [--events N...] [--texts N]`.

Needs the extra `spark`, Java and the shared logs.

The same generated Windows events (as in `bench.hunt`), in files of 40,000, through all SigmaHQ rules: by the local engine in
one process, and by standalone clusters of this machine with --workers of one core each. Of more than --different events the
first ones come again, under other names. Then the texts of the shared corpus, those that are left over under other ids, read in
the same ways, and joined into one ledger. Seconds are those of the work, once rules and models are loaded, and the session and
its workers are there; `start`, with a first small piece of work, is told apart. Processor seconds (CPU) of all processes
together are what a busy machine does not bend; the line below says whose they are. The driver's memory is that of the Python
that asks, at its peak, and that of its Java, whose heap is held to 512 MB. What was shuffled is counted by Spark. The results
are compared.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from msgspec.structs import replace

from bench.hunt import RULES, SHARED, write_events
from indicia.affairs.joining import join_affairs
from indicia.affairs.origins import led_back
from indicia.hunt.run import hunt
from indicia.knowledge import load
from indicia.pipeline import read_lines
from indicia.records import Hunt, json_pieces, to_json
from indicia.spark.hunting import hunt as hunt_on_spark
from indicia.spark.ledger import decode_text, join_ledger, turn_of
from indicia.spark.reading import read_texts
from indicia.spark.session import begin
from indicia.spark.tables import read_table
from scripts.spark_cluster import cluster, descendants_called

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PER_FILE = 40_000
TEXTS_PER_FILE = 50
TEXT = pa.schema({name: pa.string() for name in ("id", "text", "date")})
WARM = 4  # files of events, so that each worker has some
LOCAL = 0  # workers of the local engine
HEAP = "--driver-memory 512m pyspark-shell"
KINDS_OF_PROCESS = {
    b"pyspark.daemon": "workers' Python",
    b"CoarseGrainedExecutorBackend": "workers' Java",
    b"SparkSubmit": "the driver's Java",
    b"deploy.": "master",
}


def one(work: str, master: str, folder: Path) -> None:
    """One measurement, in this process; prints it as JSON. The local engine has no master."""
    begun = time.perf_counter()
    done = WORK[work](master, folder)
    next(done)
    start, begun, before = time.perf_counter() - begun, time.perf_counter(), processor_seconds()
    told = next(done)
    seconds, after = time.perf_counter() - begun, processor_seconds()
    told |= next(done, {})
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    whose = {kind: round(some, 1) for kind in after if (some := after[kind] - before[kind]) > 0.05}
    print(
        json.dumps({"start": start, "seconds": seconds, "cpu": sum(whose.values()), "whose": whose, "memory": memory, **told})
    )


def processor_seconds() -> Counter[str]:
    """Of all processes that whoever measures has begun, also those that have ended, by what they are."""
    ticks: Counter[str] = Counter()
    for process in descendants_called(os.getppid(), b""):
        with suppress(OSError):
            command = Path(f"/proc/{process}/cmdline").read_bytes()
            kind = next((kind for part, kind in KINDS_OF_PROCESS.items() if part in command), "Python")
            fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
            ticks[kind] += sum(map(int, fields[11:15]))
    return Counter({kind: some / os.sysconf("SC_CLK_TCK") for kind, some in ticks.items()})


def _hunted(master: str, folder: Path) -> Iterator[dict[str, Any]]:
    if not master:
        hunt([folder / "warm"], rules=RULES, builtin=False, jobs=1)
        yield {}
        yield _of_hunt(hunt([folder / "logs"], rules=RULES, builtin=False, jobs=1))
        return
    with begin(master) as session:
        hunt_on_spark([folder / "warm"], session=session, rules=RULES, builtin=False)
        before = shuffled(session)
        yield {}
        yield _of_hunt(hunt_on_spark([folder / "logs"], session=session, rules=RULES, builtin=False))
        yield {"shuffled": shuffled(session) - before, "java": memory_of_java()}


def _of_hunt(found: Hunt) -> dict[str, Any]:
    digest = hashlib.sha256()
    for piece in json_pieces(replace(found, stats=())):  # as the command writes it
        digest.update(piece)
    return {"things": sum(file.events for file in found.files), "digest": digest.hexdigest()}


def _read(master: str, folder: Path) -> Iterator[dict[str, Any]]:
    if not master:
        list(read_lines(lines_of(folder / "warm_texts"), jobs=1))
        yield {}
        answers = [json.loads(answer.data) for answer in read_lines(lines_of(folder / "texts"), jobs=1)]
        yield {}
        told = sorted((answer["id"], claim["id"]) for answer in answers for claim in answer.get("claims", ()))
        yield {"things": len(answers), "digest": _digest(told)}
        return
    out = folder / f"read_{master.rpartition(':')[2]}"
    with begin(master) as session:
        read_texts(session, read_table(f"parquet:{folder / 'warm_texts'}"), f"{out}_warm")
        before = shuffled(session)
        yield {}
        read_texts(session, read_table(f"parquet:{folder / 'texts'}"), str(out))
        yield {}
        rows = _rows(str(out))
        claims = sorted((row["id"], json.loads(row["row"])["id"]) for row in rows if row["kind"] == "claims")
        texts = sum(row["kind"] == "texts" for row in rows)
        yield {"things": texts, "digest": _digest(claims), "shuffled": shuffled(session) - before, "java": memory_of_java()}


def _joined(master: str, folder: Path) -> Iterator[dict[str, Any]]:
    """One ledger over the texts that one worker has read."""
    read, out = (str(next(folder.glob("read_*[0-9]"))), folder / f"ledger_{master.rpartition(':')[2]}")
    load()
    if not master:
        yield {}
        texts = sorted((decode_text(row["row"]) for row in _rows(read) if row["kind"] == "ledger"), key=turn_of)
        documents = [text.document for text in texts]
        claims = led_back((claim for text in texts for claim in text.claims), documents)
        affairs = [to_json(affair).decode() for affair in join_affairs(claims, documents, load())]
        origins = sorted((claim.id, claim.origin) for claim in claims)
        yield {"things": len(texts), "digest": _digest((affairs, origins))}
        return
    with begin(master) as session:
        before = shuffled(session)
        yield {}
        join_ledger(session, read, str(out))
        yield {}
        rows = sorted(_rows(str(out)), key=lambda row: (row["number"], row["id"]))
        affairs = [row["row"] for row in rows if row["kind"] == "affairs"]
        origins = sorted((row["id"], json.loads(row["row"])["origin"]) for row in rows if row["kind"] == "claims")
        told = {"things": sum(row["kind"] == "ledger" for row in _rows(read)), "digest": _digest((affairs, origins))}
        yield told | {"shuffled": shuffled(session) - before, "java": memory_of_java()}


def _rows(folder: str) -> list[dict[str, Any]]:
    return list(ds.dataset(folder, partitioning="hive", exclude_invalid_files=True).to_table().to_pylist())


def _digest(value: Any) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


WORK: dict[str, Callable[[str, Path], Iterator[dict[str, Any]]]] = {"hunt": _hunted, "read": _read, "join": _joined}


def shuffled(session: SparkSession) -> int:
    """The bytes that all executors have written for others until now."""
    executors = session.sparkContext._jsc.sc().statusStore().executorList(False)
    return sum(int(executors.apply(number).totalShuffleWrite()) for number in range(executors.size()))


def memory_of_java() -> float:
    """Megabytes that the driver's Java, which this process has begun, has held at its peak."""
    (java,) = descendants_called(os.getpid(), b"java")
    lines = Path(f"/proc/{java}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def lines_of(folder: Path) -> Iterator[bytes]:
    for row in ds.dataset(folder).to_table().to_pylist():
        yield json.dumps({name: value for name, value in row.items() if value is not None}).encode()


def write_logs(folder: Path, events: int) -> None:
    """So many different events, in files."""
    for part in ("all", "logs", "warm"):
        (folder / part).mkdir()
    write_events(folder / "all.jsonl", events)
    with (folder / "all.jsonl").open("rb") as lines:
        for number in range(0, events, PER_FILE):
            some = [line for _, line in zip(range(PER_FILE), lines, strict=False)]
            (folder / "all" / f"{number:09}.jsonl").write_bytes(b"".join(some))
    (folder / "all.jsonl").unlink()
    for file in sorted((folder / "all").iterdir())[:WARM]:
        (folder / "warm" / file.name).hardlink_to(file)


def link_logs(folder: Path, events: int) -> None:
    """`logs` with so many events: those that were written, as often as it takes."""
    for file in (folder / "logs").iterdir():
        file.unlink()
    files = sorted((folder / "all").iterdir())
    for number in range(-(-events // PER_FILE)):
        turn, which = divmod(number, len(files))
        (folder / "logs" / f"{turn:03}-{files[which].name}").hardlink_to(files[which])


def write_texts(folder: Path, texts: int) -> None:
    """Real documents; those that come again do so under other ids."""
    with gzip.open(SHARED / "claims" / "real" / "corpus.jsonl.gz") as lines:
        whole = [json.loads(line) for line in lines]
    turns = ((whole[number % len(whole)], number // len(whole)) for number in range(texts))
    rows = [{"id": f"{row['id']}-{turn}", "text": row["text"], "date": row["date"]} for row, turn in turns]
    warm = [row for row in rows if len(row["text"]) < 3_000][:16]
    for name, some, size in (("warm_texts", warm, 4), ("texts", rows, TEXTS_PER_FILE)):
        (folder / name).mkdir()
        for number in range(0, len(some), size):
            part = pa.Table.from_pylist(some[number : number + size], TEXT)
            pq.write_table(part, folder / name / f"{number:09}.parquet", row_group_size=10)


def measured(work: str, label: str, workers: int, folder: Path) -> dict[str, Any]:
    """One measurement in a process of its own; prints a line."""
    with (
        tempfile.TemporaryDirectory(prefix="indicia-cluster-") as home,
        cluster(Path(home), workers) if workers else nullcontext("") as master,
    ):
        command = [sys.executable, "-m", "bench.scale", "--one", work, master, str(folder)]
        environment = {**os.environ, "PYSPARK_SUBMIT_ARGS": HEAP}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    told["rate"] = told["things"] / told["seconds"]
    engine = f"{workers} worker{'s' if workers > 1 else ''}" if workers else "local, one process"
    whose = ", ".join(f"{kind} {some}" for kind, some in told["whose"].items())
    print(
        f"{label:<19} {engine:<18} start {told['start']:6.1f} s  {told['seconds']:7.1f} s  {told['cpu']:7.1f} CPU-s  "
        f"{told['rate']:9,.1f}/s  Python {told['memory']:5.0f} MB  Java {told.get('java', 0):5.0f} MB  "
        f"shuffled {told.get('shuffled', 0):,} bytes\n{'':39}{whose}",
        flush=True,
    )
    return told


def compared(work: str, label: str, engines: Sequence[int], folder: Path) -> str:
    """All engines over the same data: what the summary says of it."""
    told = {workers: measured(work, label, workers, folder) for workers in engines}
    words = [f"{label.replace(' ', '_')}_same={len({each['digest'] for each in told.values()}) == 1}"]
    if LOCAL in told and 1 in told and told[LOCAL]["cpu"]:
        words += [
            f"overhead={told[1]['seconds'] / told[LOCAL]['seconds'] - 1:.2f}",
            f"cpu={told[1]['cpu'] / told[LOCAL]['cpu'] - 1:.2f}",
        ]
    if 1 in told and 2 in told:
        words.append(f"two_workers={told[1]['seconds'] / told[2]['seconds']:.2f}x")
    return " ".join(words)


def main() -> None:
    """Prints the tables and the summary line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, nargs="*", default=[1_000_000, 5_000_000], help="through which is hunted")
    parser.add_argument("--different", type=int, default=1_000_000, help="events that are not the same")
    parser.add_argument("--texts", type=int, default=3_338, help="that are read and joined; 0 for none")
    parser.add_argument("--workers", type=int, nargs="*", default=[LOCAL, 1, 2], help="0 is the local engine")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one[0], options.one[1], Path(options.one[2]))
        return
    if not RULES[0].is_dir():
        print(f"scale: skipped=no-{SHARED.name}")
        return
    summary = []
    with tempfile.TemporaryDirectory(prefix="indicia-scale-") as name:
        folder = Path(name)
        if options.texts:
            write_texts(folder, options.texts)
            summary.append(compared("read", f"{options.texts} texts", options.workers, folder))
            if max(options.workers):
                summary.append(compared("join", f"{options.texts} in one ledger", (LOCAL, max(options.workers)), folder))
        if options.events:
            write_logs(folder, options.different)
        for events in options.events:
            link_logs(folder, events)
            summary.append(compared("hunt", f"{events} events", options.workers, folder))
    print(f"scale: {' '.join(summary)}")


if __name__ == "__main__":
    main()
