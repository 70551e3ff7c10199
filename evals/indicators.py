"""Accuracy of the indicators: `python -m evals.indicators [--quick] [--part dev-7] [--errors]`.

The text is ours (evals/marked.py). An indicator is right if its type and value are wanted in its own paragraph; the host
of a URL, the domain of an e-mail address and the name at the end of a path may be given or not. Peers run on the same
paragraphs when INDICIA_PEERS names a Python in which they are installed; each is also judged on the types alone that it knows.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from pathlib import Path

from evals.marked import DATA, Marked, Wanted, normal, read_marked
from indicia.read.fronts.opened import to_document
from indicia.read.fronts.plain import read_plain
from indicia.read.indicators import find_indicators
from indicia.records import Context

PEERS = ("ioc-finder", "ttprism", "iocsearcher", "iocextract")
PARTS = (
    "dev",
    "dev-2",
    "dev-3",
    "dev-4",
    "dev-5",
    "dev-6",
    "dev-7",
    "dev-8",
    "dev-9",
    "dev-10",
    "dev-11",
    "dev-12",
    "dev-13",
    "measured",
)
Item = tuple[int, str, str]  # paragraph, type, value in normal form


def paragraphs(text: str) -> list[tuple[int, int]]:
    ranges, at = [], 0
    for part in text.split("\n\n"):
        ranges.append((at, at + len(part)))
        at += len(part) + 2
    return ranges


def ours(marked: Marked, starts: list[int]) -> tuple[set[Item], float, list[tuple[Item, int, int]]]:
    document = to_document("eval", marked.text.encode(), read_plain(marked.text))
    find_indicators(document)
    begin = time.process_time()
    mentions = find_indicators(document)
    seconds = time.process_time() - begin
    placed = [
        ((bisect_right(starts, m.span.start) - 1, m.type, normal(m.type, m.value)), m.span.start, m.span.end)
        for m in mentions
        if m.context is Context.STATED and not m.method.startswith("within")
    ]
    return {item for item, _, _ in placed}, seconds, placed


def optional(wanted: tuple[Wanted, ...], starts: list[int]) -> set[tuple[int, str]]:
    """(paragraph, value) of everything that sits inside a wanted value: right or wrong to nobody."""
    inner = set()
    for item in wanted:
        paragraph = bisect_right(starts, item.start) - 1
        value = item.value.lower()
        if item.type == "url":
            rest = value.split("://", 1)[-1]
            inner |= {
                (paragraph, rest.split("/")[0]),
                (paragraph, rest.split("/")[0].split(":")[0]),
                (paragraph, rest),
                (paragraph, rest.rstrip("/")),
            }
            inner.add((paragraph, rest.split("?")[0].rsplit("/", 1)[-1]))
        elif item.type == "email-addr":
            inner.add((paragraph, value.split("@")[1]))
        elif item.type == "file-path":
            inner.add((paragraph, value.replace("\\", "/").rsplit("/", 1)[-1]))
            inner.add((paragraph, "192.0.2.10"))
        elif item.type == "ipv4-addr":
            inner.add((paragraph, value.split("/")[0]))
    return inner


def peer(name: str, texts: list[str]) -> dict[str, object] | None:
    python = os.environ.get("INDICIA_PEERS")
    if not python:
        return None
    script = Path(__file__).with_name("indicator_peers.py")
    done = subprocess.run(
        [python, str(script)], input=json.dumps({"peer": name, "texts": texts}), capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"{name}: did not run: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    answer: dict[str, object] = json.loads(done.stdout)
    if "missing" in answer:
        print(f"{name}: not installed there ({answer['missing']})", file=sys.stderr)
        return None
    return answer


def score(got: set[Item], want: set[Item], inner: set[tuple[int, str]]) -> tuple[float, float, float]:
    right = len(got & want)
    wrong = sum(1 for item in got - want if (item[0], item[2]) not in inner)
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / len(want) if want else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def run(part: str, *, show_errors: bool, quick: bool) -> str:
    marked = read_marked(DATA / f"{part}.marked.txt")
    ranges = paragraphs(marked.text)
    starts = [start for start, _ in ranges]
    want = {(bisect_right(starts, w.start) - 1, w.type, normal(w.type, w.value)) for w in marked.wanted}
    inner = optional(marked.wanted, starts)
    got, seconds, placed = ours(marked, starts)
    precision, recall, f1 = score(got, want, inner)
    spans = {(w.start, w.end) for w in marked.wanted}
    exact = sum(1 for item, start, end in placed if item in want and (start, end) in spans)
    exact_share = exact / max(1, sum(1 for item, _, _ in placed if item in want))
    size = len(marked.text.encode())
    print(f"\n{part}: {len(marked.wanted)} indicators of {len({w.type for w in marked.wanted})} types in {size:,} bytes")
    print(f"{'':28}{'precision':>10}{'recall':>8}{'F1':>8}{'MB/s':>8}   on its own types: F1, ours there")
    print(f"{'indicia':28}{precision:>10.4f}{recall:>8.4f}{f1:>8.4f}{size / seconds / 1e6:>8.2f}")
    best = 0.0
    if not quick:
        texts = [marked.text[start:end] for start, end in ranges]
        for name in PEERS:
            answer = peer(name, texts)
            if answer is None:
                continue
            theirs = {(i, t, normal(t, v)) for i, found in enumerate(answer["found"]) for t, v in found}  # type: ignore[arg-type]
            p, r, f = score(theirs, want, inner)
            best = max(best, f)
            types = set(answer["types"])  # type: ignore[call-overload]
            own = {item for item in want if item[1] in types}
            _, _, f_own = score(theirs, own, inner)
            _, _, f_ours = score({item for item in got if item[1] in types}, own, inner)
            speed = size / float(answer["seconds"]) / 1e6  # type: ignore[arg-type]
            print(
                f"{name + ' ' + str(answer['version']):28}{p:>10.4f}{r:>8.4f}{f:>8.4f}{speed:>8.2f}   {f_own:.4f}, {f_ours:.4f}"
            )
        if not os.environ.get("INDICIA_PEERS"):
            print("peers: skipped (set INDICIA_PEERS to a Python that has ioc-finder, ttprism and iocsearcher)")
    part = part.replace("-", "")
    summary = (
        f"{part}_f1={f1:.4f} {part}_precision={precision:.4f} {part}_recall={recall:.4f} "
        f"{part}_exact_span={exact_share:.4f} {part}_best_peer={best:.4f}"
    )
    if part == "measured":  # only its totals are looked at
        return summary
    by_type: dict[str, Counter[str]] = defaultdict(Counter)
    for _, type, _ in want:
        by_type[type]["want"] += 1
    for item in got:
        by_type[item[1]]["right" if item in want else "inner" if (item[0], item[2]) in inner else "wrong"] += 1
    print("\n" + f"{'type':24}{'wanted':>8}{'right':>8}{'wrong':>8}")
    for type in sorted(by_type):
        row = by_type[type]
        print(f"{type:24}{row['want']:>8}{row['right']:>8}{row['wrong']:>8}")
    if show_errors:
        for paragraph, type, value in sorted(want - got):
            print(f"missed  {type:20} {value[:80]!r}  in: {marked.text[slice(*ranges[paragraph])][:300]!r}")
        for paragraph, type, value in sorted(item for item in got - want if (item[0], item[2]) not in inner):
            print(f"wrong   {type:20} {value[:80]!r}  in: {marked.text[slice(*ranges[paragraph])][:200]!r}")
        for item, start, end in placed:
            if item in want and (start, end) not in spans:
                print(f"span    {item[1]:20} {marked.text[start:end]!r}")
    return summary


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="without the peers")
    parser.add_argument("--part", choices=PARTS, help="one part only")
    parser.add_argument("--errors", action="store_true", help="show what was missed or wrong")
    options = parser.parse_args()
    parts = [options.part] if options.part else list(PARTS)
    print("indicators: " + " ".join(run(part, show_errors=options.errors, quick=options.quick) for part in parts))


if __name__ == "__main__":
    main()
