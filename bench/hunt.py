"""How fast is the hunt? `python -m bench.hunt [--quick]`

Everything is timed as a process of its own, start and all, with rules that were compiled before. Beside Zircolite in the same
run where INDICIA_ZIRCOLITE names a checkout (and INDICIA_ZIRCOLITE_PYTHON a Python with what it needs): same events, same
rules, its rules converted before as well. Its match stage is its processor time less that with a single rule; the ratios by
processor time (CPU) are those that a busy machine does not bend.

events    Windows events of the attack samples as JSON Lines, once and many times over with changed values
diverse   the same with new values in every event, which nothing that is remembered helps with
evtx      the samples' chunks in one file
text      an Exchange server's logs of the scenario generator, all web rules, 10,000 indicators
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from examples.scenarios import write_scenario
from indicia.hunt.logs.formats.evtx_chunks import CHUNK, FILE_HEADER
from indicia.hunt.processes import without_pandas
from indicia.hunt.run import hunt
from indicia.hunt.sight.indicators import IndicatorSought

SHARED = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).parent.parent.parent / "shared")
RULES = [SHARED / "sigma" / name for name in ("rules", "rules-emerging-threats", "rules-threat-hunting")]
SAMPLES = SHARED / "logs" / "evtx-attack-samples"
CHANGED = ("CommandLine", "ParentCommandLine", "Image", "ScriptBlockText", "TargetFilename", "TargetObject", "Details", "User")


def one(paths: list[str], indicators: int, jobs: int | None) -> None:
    """One hunt, in this process; prints what it took as JSON."""
    began = time.perf_counter()
    numbers = random.Random(1)
    sought = [
        IndicatorSought(type="ipv4-addr", value=".".join(str(numbers.randrange(1, 255)) for _ in range(4)))
        if index % 2
        else IndicatorSought(type="domain-name", value=f"{numbers.randbytes(5).hex()}.{numbers.choice(('com', 'net', 'org'))}")
        for index in range(indicators)
    ]
    without_pandas()
    result = hunt([Path(path) for path in paths], rules=RULES, builtin=bool(indicators), indicators=sought, jobs=jobs)
    usage = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        json.dumps(
            {
                "events": sum(file.events for file in result.files),
                "bytes": sum(file.bytes for file in result.files),
                "matches": sum(rule.matches for rule in result.rules),
                "inside": time.perf_counter() - began,
                "cpu": sum(each.ru_utime + each.ru_stime for each in usage),
                # The peak of this process, and for each of the others that of the largest: what all took at once, or less.
                "memory": (usage[0].ru_maxrss + ((os.cpu_count() or 1) - 1) * usage[1].ru_maxrss) / 1024,
                "stats": dict(result.stats),
            }
        )
    )


def ours(paths: list[Path], indicators: int = 0, jobs: int | None = None) -> dict[str, float]:
    """One hunt as a process: its figures, with the seconds from start to end."""
    command = [sys.executable, "-m", "bench.hunt", "--one", *map(str, paths), "--indicators", str(indicators)]
    if jobs:
        command += ["--jobs", str(jobs)]
    began = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    figures["seconds"] = time.perf_counter() - began
    stages = "  ".join(f"{label} {seconds:.2f}" for label, seconds in figures["stats"].items())
    print(
        f"  ours{f' ({jobs} process)' if jobs else ''}: {figures['seconds']:.2f} s,"
        f" {figures['events'] / figures['seconds']:,.0f} events/s,"
        f" {figures['bytes'] / figures['seconds'] / 1e6:.0f} MB/s, {figures['matches']} matches, {figures['cpu']:.1f} CPU-s,"
        f" {figures['memory']:.0f} MB\n    {stages}"
    )
    return dict(figures)


class Zircolite:
    """The peer, with its rules converted once."""

    def __init__(self, folder: Path) -> None:
        self._checkout = Path(os.environ["INDICIA_ZIRCOLITE"])
        self._python = os.environ.get("INDICIA_ZIRCOLITE_PYTHON", sys.executable)
        self._folder = folder
        self.rules = folder / "zircolite-rules.json"
        self.single = folder / "zircolite-single.json"

    def prepare(self, events: Path) -> None:
        """Converts the rules."""
        before = set(self._checkout.glob("*.json"))
        self._run(events, RULES, ["-p", "sysmon", "windows-logsources", "-sr"])
        made = max(set(self._checkout.glob("*.json")) - before, key=lambda path: path.stat().st_size)
        rules = json.loads(made.read_text("utf-8"))
        made.unlink()
        self.rules.write_text(json.dumps(rules), "utf-8")
        self.single.write_text(json.dumps(rules[:1]), "utf-8")

    def _run(self, events: Path, rules: list[Path], more: list[str]) -> tuple[float, float]:
        command = [self._python, "zircolite.py", "-e", str(events), "--jsonl", "-r", *map(str, rules), *more]
        command += ["-o", str(self._folder / "found.json"), "-l", str(self._folder / "log"), "--unified-db", "-q"]
        began, before = time.perf_counter(), _processor()
        subprocess.run(command, cwd=self._checkout, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - began, _processor() - before

    def time(self, events: Path) -> tuple[float, float, float]:
        """(seconds end to end, processor seconds, processor seconds of the match stage)."""
        seconds, whole = self._run(events, [self.rules], [])
        _, single = self._run(events, [self.single], [])
        return seconds, whole, max(whole - single, 0.001)


def _processor() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def write_events(path: Path, count: int, changed: float = 0.1) -> None:
    """`count` events as JSON Lines: the samples once as they are, and then with values changed in one event of ten, or so many.

    Where all are changed, those that come first are, too.
    """
    from evtx import PyEvtxParser

    texts = [
        record["data"]
        for file in sorted(SAMPLES.rglob("*.evtx"))
        for record in PyEvtxParser(str(file), number_of_threads=1).records_json()
    ]
    numbers = random.Random(1)
    with path.open("w", encoding="utf-8") as out:
        for index in range(count):
            text = texts[index % len(texts)]
            if (index >= len(texts) or changed >= 1) and numbers.random() < changed:
                event = json.loads(text)
                data = event["Event"].get("EventData")
                if isinstance(data, dict):
                    for name in CHANGED:
                        if isinstance(data.get(name), str):
                            data[name] = f"{data[name]} {index}"
                text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
            out.write(text.replace("\n", " ") + "\n")


def write_evtx(path: Path, count: int) -> None:
    """A file of at least `count` records, made of the samples' chunks."""
    chunks = []
    for file in sorted(SAMPLES.rglob("*.evtx")):
        data = file.read_bytes()
        header = data[:FILE_HEADER]
        chunks += [data[at : at + CHUNK] for at in range(FILE_HEADER, len(data) - CHUNK + 1, CHUNK)]
    chunks = [chunk for chunk in chunks if chunk.startswith(b"ElfChnk\0")]
    with path.open("wb") as out:
        out.write(header)
        written = 0
        while written < count:
            for chunk in chunks:
                out.write(chunk)
            written += 8_000


def main() -> None:
    """Prints the tables and the summary line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="thousands of events instead of a million")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--indicators", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--jobs", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.indicators, options.jobs)
        return
    if not RULES[0].is_dir():
        print(f"hunt: skipped=no-{SHARED.name}")
        return
    summary = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peer = Zircolite(folder) if os.environ.get("INDICIA_ZIRCOLITE") else None
        work = [("", count) for count in ((8_000, 20_000) if options.quick else (40_000, 1_000_000))]
        work.append(("diverse_", 8_000 if options.quick else 50_000))
        for number, (kind, count) in enumerate(work):
            label = f"{kind}{count // 1_000}k" if count < 1_000_000 else f"{count // 1_000_000}M"
            events = folder / "events.jsonl"
            write_events(events, count, 1 if kind else 0.1)
            told = ", new values in each" if kind else ""
            print(f"{count:,} Windows events as JSON Lines{told}, {events.stat().st_size / 1e6:.0f} MB")
            if number == 0:
                ours([events])  # warms the cache of rules and patterns
                if peer:
                    peer.prepare(events)
            mine = ours([events])
            single = ours([events], jobs=1)
            match = single["stats"]["match"]  # type: ignore[index]
            summary += [f"events_{label}={mine['events'] / mine['seconds']:.0f}/s", f"memory_{label}={mine['memory']:.0f}MB"]
            if peer:
                seconds, cpu, stage = peer.time(events)
                print(
                    f"  Zircolite: {seconds:.2f} s, {count / seconds:,.0f} events/s, {cpu:.1f} CPU-s,"
                    f" of which the match stage {stage:.2f}"
                )
                whole, alone = seconds / mine["seconds"], cpu / single["cpu"]
                print(f"  ratio: end to end {whole:.1f}, one process by CPU {alone:.1f}, match by CPU {stage / match:.1f}")
                summary += [f"ratio_{label}={whole:.1f}", f"cpu_ratio_{label}={alone:.1f}"]
                summary.append(f"match_ratio_{label}={stage / match:.1f}")
            events.unlink()
        evtx = folder / "big.evtx"
        write_evtx(evtx, 8_000 if options.quick else 400_000)
        print(f"EVTX, {evtx.stat().st_size / 1e6:.0f} MB")
        figures = ours([evtx])
        summary.append(f"evtx={figures['events'] / figures['seconds']:.0f}/s")
        evtx.unlink()
        write_scenario("A", folder / "text", ordinary_lines=20_000 if options.quick else 1_500_000)
        print("Exchange's text logs, 10,000 indicators")
        ours([folder / "text"], indicators=10_000)  # warms the cache: these are other rules
        figures = ours([folder / "text"], indicators=10_000)
        summary.append(f"text={figures['bytes'] / figures['seconds'] / 1e6:.0f}MB/s")
    print(f"hunt: {' '.join(summary)}")


if __name__ == "__main__":
    main()
