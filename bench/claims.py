"""Speed of reading claims: `python -m bench.claims [--quick] [--documents N]`.

Texts of about 3 KB, made of our own corpus: `dense` has claims nearly everywhere, `news` in a third, `plain` speaks
of other things; `seed` is the news text of 19 July 2021 where ../shared is there, `long` twenty dense ones. Each is read warm;
the share of the network itself is given too. `cueless` is a text without a word for computers, in MB/s. `stream` sends N
documents through `indicia read --jsonl -` and watches rate and memory of all its processes. Times are processor time, the best
of several; wall time is given beside it for the stream.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from bench.read import SHARED, prose
from indicia.knowledge import Knowledge, load
from indicia.read.claims import read_claims
from indicia.read.claims.chunks import chunks as cut
from indicia.read.claims.network import network
from indicia.read.claims.proposals import hear
from indicia.read.fronts import document_from_text
from indicia.records import Document

CORPUS = Path(__file__).parent.parent / "corpora" / "claims"
SIZE = 3000
_GARDEN = (
    "The beans were sown in rows beside the old wall.",
    "Rain fell for most of the week, and the paths were soft.",
    "She took the baskets to the shed before supper.",
    "A neighbour lent them a ladder for the pear tree.",
    "By the end of summer the kitchen smelled of plums.",
    "Nobody minded that the gate was left open.",
)


def passages() -> list[str]:
    """Texts of our corpus that make claims."""
    rows = (json.loads(line) for path in sorted(CORPUS.glob("part-*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return [row["text"] for row in rows if row["claims"]]


def texts() -> dict[str, str]:
    """The texts that are timed, by name."""
    chance = random.Random(3)
    told = passages()
    dense: list[str] = []
    while sum(map(len, dense)) < SIZE:
        dense.append(chance.choice(told))
    news: list[str] = []
    while sum(map(len, news)) < SIZE:
        news += [chance.choice(told), prose(400, chance)]
    out = {"dense": "\n\n".join(dense)[:SIZE], "news": "\n\n".join(news)[:SIZE], "plain": prose(SIZE, chance)}
    seed = SHARED / "cases" / "exchange-2021" / "article.txt"
    if seed.is_file():
        out["seed"] = seed.read_text("utf-8")
    out["long"] = "\n\n".join(chance.choice(told) for _ in range(20 * len(dense)))
    return out


def best(function: Callable[[], object], times: int) -> float:
    """Processor milliseconds of the quickest of several runs."""
    seconds = []
    for _ in range(times):
        begin = time.process_time()
        function()
        seconds.append(time.process_time() - begin)
    return 1000 * min(seconds)


class Shares(NamedTuple):
    """Milliseconds of one text, and of these in the network; how many chunks it read."""

    all: float
    network: float
    chunks: int


def shares(document: Document, knowledge: Knowledge, times: int) -> Shares:
    model = network()
    chunks = [one for one in cut(document.text, model.tokens) if one.own]
    return Shares(
        best(lambda: read_claims(document, knowledge), times), best(lambda: hear(document.text, model), times), len(chunks)
    )


def documents(count: int) -> Iterator[bytes]:
    """JSON lines of documents of 200 to 1,600 characters; every fifth makes claims."""
    chance = random.Random(11)
    told = passages()
    for number in range(count):
        text = prose(chance.randrange(200, 1200), chance)
        if number % 5 == 0:
            text = f"{chance.choice(told)}\n\n{text}"
        yield json.dumps({"id": number, "text": text}).encode() + b"\n"


class Stream(NamedTuple):
    seconds: float
    processor: float
    megabytes: float  # at most, of all processes together
    answers: int
    claims: int
    bytes: int


def stream(count: int) -> Stream:
    """Sends `count` documents through the command and counts what comes back."""
    begin = time.perf_counter()
    before = os.times()
    process = subprocess.Popen(
        [sys.executable, "-m", "indicia", "read", "--jsonl", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    sent = [0]

    def send(pipe: BinaryIO) -> None:
        with pipe:
            for line in documents(count):
                sent[0] += len(line)
                pipe.write(line)

    writer = threading.Thread(target=send, args=(process.stdin,))
    writer.start()
    answers = claims = 0
    peak = 0.0
    looked = 0.0
    for line in process.stdout:
        answers += 1
        claims += len(json.loads(line)["claims"])
        if time.perf_counter() - looked > 0.5:
            looked = time.perf_counter()
            peak = max(peak, _resident(process.pid))
    writer.join()
    process.wait()
    after = os.times()
    return Stream(
        time.perf_counter() - begin,
        after.children_user + after.children_system - before.children_user - before.children_system,
        peak,
        answers,
        claims,
        sent[0],
    )


def _resident(pid: int) -> float:
    """Megabytes of a process and all that it started; pages that they share count once for each. 0 outside of Linux."""
    total = 0.0
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        total += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(_resident(int(child)) for child in (task / "children").read_text().split())
    except (OSError, StopIteration):
        pass
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions and documents")
    parser.add_argument("--documents", type=int, help="documents to stream (300 with --quick, else 5,000)")
    options = parser.parse_args()
    times = 2 if options.quick else 5
    knowledge = load()
    summary: list[str] = []
    print(f"{'text':8}{'characters':>11}{'chunks':>8}{'ms':>9}{'network ms':>12}")
    for name, text in texts().items():
        s = shares(document_from_text(text, name=name), knowledge, times)
        print(f"{name:8}{len(text):>11,}{s.chunks:>8}{s.all:>9.0f}{s.network:>12.0f}")
        summary += [f"{name}_ms={s.all:.0f}", f"{name}_network_ms={s.network:.0f}"]
    size = 1_000_000 if options.quick else 5_000_000
    cueless = " ".join(_GARDEN)
    document = document_from_text((cueless + "\n\n") * (size // len(cueless)), name="cueless")
    speed = len(document.text) / 1e3 / best(lambda: read_claims(document, knowledge), 3)
    print(f"cueless: {speed:.1f} MB/s of {len(document.text) / 1e6:.1f} MB")
    summary.append(f"cueless_mb_s={speed:.1f}")
    run = stream(options.documents or (300 if options.quick else 5000))
    rate = run.answers / run.seconds
    print(
        f"stream: {run.answers:,} documents, {run.bytes / 1e6:.1f} MB, {run.claims:,} claims in {run.seconds:.1f} s "
        f"({run.processor:.1f} s of processor): {rate:.0f} a second, at most {run.megabytes:.0f} MB"
    )
    summary += [f"stream_documents={run.answers}", f"stream_per_s={rate:.1f}", f"stream_peak_mb={run.megabytes:.0f}"]
    print("claims: " + " ".join(summary))


if __name__ == "__main__":
    main()
