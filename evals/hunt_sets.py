"""Is the verdict sober? `INDICIA_SETS=folder python -m evals.hunt_sets [--use measured] [--show]`

Sets of logs with a known answer, by pointer (`evals/data/hunt_sets.yml`): checkouts of public repositories below the folder
that INDICIA_SETS names, each as `owner+name`. One hunt goes through all of them with SigmaHQ's rules; the story is then told
for each set by itself. Prints a table of verdicts by answer and kind, and of the formats that were recognised, and checks that

- every verdict agrees with its list: "not seen" only where nothing of a high level, and nothing of ours at medium or above, was
  found;
- its first sentence names the worst trace;
- in logs of lines and JSON Lines no record is lost: as many events as lines that are not empty, or told.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from evals.hunt import RULES
from indicia.hunt.run import hunt
from indicia.hunt.sight.notes import note_of
from indicia.hunt.story import tell
from indicia.records import HuntVerdict, LogFile, RuleLevel, Sighting

POINTERS = Path(__file__).parent / "data" / "hunt_sets.yml"
QUIET = {RuleLevel.INFORMATIONAL, RuleLevel.LOW}
HIGH = {RuleLevel.HIGH, RuleLevel.CRITICAL}


class LogSet(NamedTuple):
    """One set: what it is called, where it lies, whether it shows an attack, what kind of log it is."""

    name: str
    path: Path
    answer: str
    kind: str
    use: str


def sets(folder: Path, use: str) -> Iterator[LogSet]:
    """The sets that are there, in the order of the pointers."""
    for pointer in yaml.safe_load(POINTERS.read_text("utf-8")):
        root = folder / pointer["repository"].replace("/", "+")
        if use and pointer["use"] != use:
            continue
        found = [
            path
            for path in sorted(root.glob(pointer["each"]))
            if path.is_dir() or 0 < path.stat().st_size <= pointer.get("most", 1 << 30)
        ]
        for path in found[pointer.get("from", 0) :: pointer.get("step", 1)]:
            name = f"{pointer['repository']}/{path.relative_to(root)}"
            yield LogSet(name, path, pointer["answer"], pointer["kind"], pointer["use"])


def contradictions(verdict: HuntVerdict, reason: str, sightings: tuple[Sighting, ...]) -> Iterator[str]:
    """What in a verdict does not agree with what was seen."""
    loud = [s for s in sightings if s.level in HIGH or (s.level not in QUIET and note_of(s.rule) is not None)]
    if verdict is HuntVerdict.NOT_SEEN and loud:
        yield f"not seen, though {loud[0].title} ({loud[0].level.value})"
    if sightings and verdict not in (HuntVerdict.NO_LOGS, HuntVerdict.NOT_SEEN):
        first = reason.partition(". ")[0]
        worst = max((s for s in sightings if s.level not in QUIET), key=lambda s: tuple(RuleLevel).index(s.level))
        if "the worst trace is" not in first and "worst trace" not in reason:
            yield f"no worst trace is named; {worst.title} ({worst.level.value})"


def lost(file: LogFile) -> int:
    """How many lines of a log of lines are neither events nor told; 0 for other logs."""
    path = Path(file.file)
    if not path.is_file() or path.suffix not in (".log", ".jsonl") or not file.format or "evtx" in file.format:
        return 0
    lines = [line for line in path.read_bytes().split(b"\n") if line.strip(b"\r\0")]
    if not all(line.lstrip(b"\xef\xbb\xbf").startswith(b"{") for line in lines) and lines[0].lstrip()[:1] in b"{[<#":
        return 0  # one document, XML, or lines of a header
    return max(0, len(lines) - file.events - file.skipped)


def main() -> None:
    """Prints the tables and the summary line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--use", default="", choices=["", "development", "measured"])
    parser.add_argument("--show", action="store_true", help="a line for each set")
    given = parser.parse_args()
    folder = Path(os.environ.get("INDICIA_SETS", "sets"))
    chosen = list(sets(folder, given.use))
    if not chosen:
        raise SystemExit(f"no set is below {folder}; INDICIA_SETS names the folder of the checkouts")
    result = hunt([each.path for each in chosen], rules=RULES, most=None)
    table: dict[tuple[str, str, str], Counter[HuntVerdict]] = defaultdict(Counter)
    formats: Counter[str] = Counter()
    faults = missing = 0
    for each in chosen:
        inside = (str(each.path), f"{each.path}/", f"{each.path}!")
        files = [file for file in result.files if file.file == inside[0] or file.file.startswith(inside[1:])]
        seen = [s for s in result.sightings if s.event.place.file == inside[0] or s.event.place.file.startswith(inside[1:])]
        story = tell(seen, files, len(result.rules))
        table[each.answer, each.use, each.kind][story.verdict] += 1
        for file in files:
            formats[file.format or "unknown"] += file.events
            missing += lost(file)
            if given.show and lost(file):
                print(f"  LOST {lost(file)} of {file.file}")
        for what in contradictions(story.verdict, story.reason, story.sightings):
            faults += 1
            print(f"  CONTRADICTION {each.name}: {what}")
        if given.show:
            print(f"  {each.answer:7} {story.verdict.value:21} {each.kind:12} {each.name}")
    order = list(HuntVerdict)
    print(f"{'answer':8} {'use':12} {'kind':27}" + "  ".join(f"{verdict.value:>19}" for verdict in order))
    for (answer, use, kind), counts in sorted(table.items()):
        print(f"{answer:8} {use:12} {kind:27}" + "  ".join(f"{counts[verdict]:>19}" for verdict in order))
    print("events by format: " + ", ".join(f"{name} {count:,}" for name, count in formats.most_common()))
    alarms = {HuntVerdict.SIGNS, HuntVerdict.LIKELY, HuntVerdict.COMPROMISE}
    false = sum(counts[v] for (answer, *_), counts in table.items() if answer == "benign" for v in alarms)
    benign = sum(sum(counts.values()) for (answer, *_), counts in table.items() if answer == "benign")
    missed = sum(counts[HuntVerdict.NOT_SEEN] for (answer, *_), counts in table.items() if answer == "attack")
    attacks = sum(sum(counts.values()) for (answer, *_), counts in table.items() if answer == "attack")
    events = sum(file.events for file in result.files)
    print(
        f"hunt_sets: sets={len(chosen)} events={events} lost={missing} false_alarms={false}/{benign} "
        f"not_seen={missed}/{attacks} contradictions={faults}"
    )


if __name__ == "__main__":
    main()
