"""Are the times of logs right? `INDICIA_FORMATS=folder python -m evals.hunt_formats [--show]`

Samples of log formats with known times: files `NAME-expected.json` below the folder that INDICIA_FORMATS names, as the tests of
Elastic's integrations have them (`{"expected": [{"@timestamp": ...}]}`), each beside its sample NAME. Nothing of them is kept
here. Prints a table by kind of sample (its two folders above `_dev`): right, off by whole or half hours (a zone was lost), off
otherwise, without a time, not read. A sample that is read into another number of records than are expected is left out.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from indicia.hunt.events import EventBatch, datetime_of
from indicia.hunt.logs.formats.base import Wanted
from indicia.hunt.logs.inputs import FileAt, logs_in
from indicia.records import Problem

KINDS = ("right", "hours off", "off", "no time", "not read")
HALF_HOUR = 1_800


def times_in(path: Path) -> list[datetime | None] | None:
    """The times of the records of a file, in their order; None where no format fits."""
    found: list[tuple[int, datetime | None]] = []
    for item in logs_in(FileAt(path, str(path))):
        if isinstance(item, Problem) or item[1] is None:
            return None
        for batch in item[1].read([item[0]], Wanted()):
            if isinstance(batch, EventBatch):
                found += zip(batch.positions.tolist(), map(datetime_of, batch.times.tolist()), strict=True)
    return [time for _, time in sorted(found, key=lambda each: each[0])]


def judged(told: datetime | None, known: datetime) -> str:
    """How far a time is from the known one."""
    if told is None:
        return "no time"
    apart = abs((told - known).total_seconds())
    if apart < 1:
        return "right"
    return "hours off" if apart < 15 * 3_600 and apart % HALF_HOUR in (0.0, HALF_HOUR) else "off"


def samples(folder: Path) -> Iterator[tuple[str, Path, list[datetime]]]:
    """The kind of each sample, its file, and the known times of its records."""
    for answers in sorted(folder.rglob("*-expected.json")):
        sample = answers.with_name(answers.name.removesuffix("-expected.json"))
        known = [each.get("@timestamp") for each in json.loads(answers.read_text("utf-8")).get("expected") or () if each]
        if sample.is_file() and known and all(isinstance(each, str) for each in known):
            parts = sample.relative_to(folder).parts
            kind = "/".join(parts[: parts.index("_dev")]) if "_dev" in parts else sample.stem
            yield kind, sample, [datetime.fromisoformat(each).astimezone(UTC) for each in known]


def main() -> None:
    """Prints the table and the summary line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="a line for each sample that is not right")
    show = parser.parse_args().show
    table: dict[str, Counter[str]] = {}
    apart = 0
    for kind, sample, known in samples(Path(os.environ.get("INDICIA_FORMATS", "formats"))):
        counts = table.setdefault(kind, Counter())
        told = times_in(sample)
        if told is None:
            counts["not read"] += len(known)
        elif len(told) != len(known):
            apart += 1
        else:
            verdicts = [judged(one, other) for one, other in zip(told, known, strict=True)]
            counts.update(verdicts)
            if show and set(verdicts) != {"right"}:
                print(f"  {sample}: {dict(Counter(verdicts))}, {told[0]} for {known[0]}")
    whole: Counter[str] = Counter()
    for kind, counts in sorted(table.items()):
        whole.update(counts)
        print(f"{kind:60}" + "  ".join(f"{name} {counts[name]:>4}" for name in KINDS))
    timed = sum(whole.values()) or 1
    summary = " ".join(f"{name.replace(' ', '_')}={whole[name]}" for name in KINDS)
    print(f"hunt_formats: kinds={len(table)} {summary} share={whole['right'] / timed:.3f} left_out={apart}")


if __name__ == "__main__":
    main()
