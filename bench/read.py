"""Speed of reading, side by side with peers in one run: `python -m bench.read [--quick] [--megabytes N]`.

Indicators are timed on three texts of ours and, where it is there, on ../shared/reading/tram (real reports, test data only):
`mixed` is prose with an indicator every few hundred characters as in a report, `dense` the marked texts of evals (one every 60
characters), `line` one hostile line. Peers run when INDICIA_PEERS names a Python that has them. Times are processor seconds of
one core; each figure is the best of three.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from evals.indicators import PARTS, PEERS, peer
from evals.marked import DATA, read_marked
from indicia.knowledge import load
from indicia.read.fronts import document_from_text
from indicia.read.indicators import find_indicators
from indicia.read.names import find_names
from indicia.records import Document

SHARED = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).parent.parent.parent / "shared")
_SUBJECTS = (
    "The operators",
    "The intruders",
    "Two affiliates of the group",
    "Analysts",
    "The agency",
    "Several victims",
    "Its authors",
)
_VERBS = (
    "moved through",
    "looked at",
    "returned to",
    "described",
    "wrote about",
    "never reached",
    "waited in",
    "were seen near",
)
_OBJECTS = (
    "the mail servers of a ministry",
    "a network of suppliers",
    "the accounting department",
    "an old gateway",
    "last spring's report",
)
_TAILS = (
    "for several weeks before anybody noticed",
    "as had been feared",
    "although the logs were short",
    "in the second half of the year",
)


def prose(length: int, generator: random.Random) -> str:
    pieces: list[str] = []
    size = 0
    while size < length:
        words = (generator.choice(part) for part in (_SUBJECTS, _VERBS, _OBJECTS, _TAILS))
        pieces.append(" ".join(words) + ".")
        size += len(pieces[-1]) + 1
    return " ".join(pieces)


def mixed(size: int) -> str:
    """Paragraphs of the marked texts with prose between them."""
    generator = random.Random(7)
    paragraphs = [p for part in ("dev", "dev-2") for p in read_marked(DATA / f"{part}.marked.txt").text.split("\n\n")]
    pieces: list[str] = []
    length = 0
    while length < size:
        pieces += [prose(800, generator), generator.choice(paragraphs)]
        length += len(pieces[-2]) + len(pieces[-1]) + 4
    return "\n\n".join(pieces)[:size]


def texts(size: int) -> dict[str, str]:
    dense = "\n\n".join(read_marked(DATA / f"{part}.marked.txt").text for part in PARTS)
    made = {
        "mixed": mixed(size),
        "dense": (dense * (size // len(dense) + 1))[:size],
        "line": ("a.[.]hxxp://" * (size // 12))[:size],
    }
    path = SHARED / "reading" / "tram" / "documents.train.jsonl"
    if path.exists():
        made["reports"] = "\n\n".join(json.loads(line)["text"] for line in path.read_text("utf-8").split("\n") if line)[:size]
    return made


def best(function: Callable[[Document], object], document: Document, times: int = 3) -> float:
    seconds = []
    for _ in range(times):
        begin = time.process_time()
        function(document)
        seconds.append(time.process_time() - begin)
    return min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="half a megabyte of each text")
    parser.add_argument("--megabytes", type=float, default=2.0)
    options = parser.parse_args()
    size = int((0.5 if options.quick else options.megabytes) * 1e6)
    summary: list[str] = []
    print(f"{'text':10}{'MB':>6}{'indicators':>12}{'indicia MB/s':>14}" + "".join(f"{name:>14}" for name in PEERS))
    find_indicators(document_from_text("warm c2[.]example[.]com", name="bench"))
    for name, text in texts(size).items():
        document = document_from_text(text, name="bench")
        count = len(find_indicators(document))
        megabytes = len(text.encode()) / 1e6
        ours = megabytes / best(find_indicators, document)
        row = f"{name:10}{megabytes:>6.1f}{count:>12,}{ours:>14.1f}"
        summary.append(f"indicators_{name}_mb_s={ours:.1f}")
        sample = text[: min(len(text), 100_000 if name == "line" else 300_000)]
        for other in PEERS:
            answer = None if name == "line" else peer(other, sample.split("\n\n"))
            speed = len(sample.encode()) / 1e6 / float(str(answer["seconds"])) if answer else 0.0
            row += f"{speed:>14.2f}" if answer else f"{'-':>14}"
            if answer and name != "line":
                summary.append(f"{other.replace('-', '_')}_{name}_mb_s={speed:.2f}")
        print(row)
    document = document_from_text(texts(size)["mixed"], name="bench")
    knowledge = load()
    find_names(document, knowledge)
    names = size / 1e6 / best(lambda d: find_names(d, knowledge), document)
    print(f"{'names on mixed':42}{names:>.1f} MB/s")
    summary.append(f"names_mixed_mb_s={names:.1f}")
    if not os.environ.get("INDICIA_PEERS"):
        print("peers: skipped (set INDICIA_PEERS to a Python that has ioc-finder, ttprism and iocsearcher)")
    print("read: " + " ".join(summary))


if __name__ == "__main__":
    main()
