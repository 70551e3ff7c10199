"""Public reports whose actor is known, weighed from their text: `python -m evals.weigh_texts --texts FOLDER [--quick]`.

Two sets of fifty from which the actor's name was taken out: CTIBench's (whole reports, to 2024) and AthenaBench's (digests,
2024 and 2025). FOLDER holds clones of their repositories (`OWNER+NAME`, or `repo` within; also INDICIA_ADVISORIES). Halves by
the CRC-32 of the address: even ones were looked at, odd ones are measured. ATT&CK may cite a report itself; ties of families
are made anew without its address (from ../shared/knowledge/misp-galaxy, or INDICIA_SHARED). Answers are the benchmarks' own,
some of them doubtful; kin are actors that may be the same by our tables, or of one state. --quick takes every tenth.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import msgspec

from indicia.knowledge import Knowledge, catalogues, galaxy, load
from indicia.knowledge.families import Titles, address, clean
from indicia.knowledge.index import fold
from indicia.knowledge.tables import Actor, Agency, Incident, Malware, State
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.read.techniques import find_techniques
from indicia.records import Context, MentionKind
from indicia.weigh.assess import weigh
from indicia.weigh.gather import gather
from indicia.weigh.kin import kin_of

SHARED = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).parent.parent.parent / "shared")
KEYS = ("n", "known", "top1", "top3", "named", "right", "kin", "wrong")
SETS = {"CTIBench": "xashru/cti-bench", "AthenaBench": "Athena-Software-Group/athenabench"}


@dataclass(frozen=True)
class Report:
    set: str
    address: str
    actor: str
    text: str

    @property
    def measured(self) -> bool:
        return bool(crc32(self.address.encode()) & 1)


class Without:
    """Our knowledge with other families."""

    def __init__(self, knowledge: Knowledge, malware: tuple[Malware, ...]) -> None:
        self.attack, self.malware = knowledge.attack, malware
        self.actors: tuple[Actor, ...] = tuple(knowledge.actors)
        self.states: tuple[State, ...] = tuple(knowledge.states)
        self.agencies: tuple[Agency, ...] = tuple(knowledge.agencies)
        self.incidents: tuple[Incident, ...] = tuple(knowledge.incidents)


def shown(folder: Path, repository: str, path: str) -> str | None:
    clone = folder / repository.replace("/", "+")
    clone = clone / "repo" if (clone / "repo").is_dir() else clone
    if not clone.is_dir():
        return None
    found = subprocess.run(["git", "-C", str(clone), "show", f"HEAD:{path}"], capture_output=True, check=False)
    return found.stdout.decode("utf-8") if found.returncode == 0 else None


def reports(folder: Path) -> Iterator[Report]:
    """All that are here, in the order of their files."""
    csv.field_size_limit(10**8)
    texts = shown(folder, SETS["CTIBench"], "data/cti-taa.tsv")
    answers = shown(folder, SETS["CTIBench"], "evaluation/responses/cti-taa-responses.tsv")
    if texts and answers:
        actors = [line.split("\t")[0].strip() for line in answers.splitlines()[1:]]
        for row, actor in zip(csv.DictReader(io.StringIO(texts), delimiter="\t"), actors, strict=True):
            yield Report("CTIBench", row["URL"], actor, row["Text"])
    for line in (shown(folder, SETS["AthenaBench"], "benchmark-mini/athena-cti-taa.jsonl") or "").splitlines():
        row = msgspec.json.decode(line)
        yield Report("AthenaBench", row["url"], row["answer"], row["description"])


def actor_of(name: str, knowledge: Knowledge) -> str | None:
    document = document_from_text(f"The {name} group hacked the ministry.", name="actor")
    found = [one.target for one in find_names(document, knowledge) if one.kind is MentionKind.ACTOR]
    return found[0] if found else None


class Ties:
    """The families as they are tied to groups without one report."""

    def __init__(self, knowledge: Knowledge, malpedia: Path) -> None:
        self._knowledge = knowledge
        values = catalogues.read_json(malpedia, galaxy.GalaxyFile).values
        self._titles = Titles(knowledge.actors, (name for value in values for name in (value.value, *value.words("synonyms"))))
        by_name = {fold(row.name): row for row in knowledge.malware}
        self._references: dict[str, list[str]] = defaultdict(list)
        for value in values:
            cleaned = (clean(name) for name in (value.value, *value.words("synonyms")))
            if row := next((by_name[fold(name)] for name in cleaned if name and fold(name) in by_name), None):
                self._references[row.id] += value.words("refs")
        self._all = Without(knowledge, tuple(row for row in knowledge.malware if row.groups))
        self.none = Without(knowledge, ())

    def without(self, report: str, seen: set[str]) -> Without:
        rows = {row.id: row for row in self._all.malware if row.id in seen}
        ties = {id: self._titles.groups(self._references[id], without={address(report)}) for id in rows}
        if all(ties[id] == row.groups for id, row in rows.items()):
            return self._all
        changed = (msgspec.structs.replace(row, groups=ties.get(row.id, row.groups)) for row in self._all.malware)
        return Without(self._knowledge, tuple(row for row in changed if row.groups))


def likeness(leaders: tuple[str, ...], truth: str | None, knowledge: Knowledge) -> str:
    """How those named stand to the benchmark's answer."""
    if truth in leaders:
        return "right"
    kin = kin_of(knowledge)
    states = {actor.id: actor.state for actor in knowledge.actors}
    near = {one.id for id in leaders for one in kin.get(id, ())}
    return "kin" if truth in near or (truth and states.get(truth) in {states.get(id) for id in leaders} - {None}) else "wrong"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, default=os.environ.get("INDICIA_ADVISORIES"), help="folder of clones")
    parser.add_argument("--quick", action="store_true", help="every tenth")
    options = parser.parse_args()
    started = time.perf_counter()
    malpedia = SHARED / "knowledge" / "misp-galaxy" / "malpedia.json"
    here = list(reports(Path(options.texts)))[:: 10 if options.quick else 1] if options.texts else []
    if not here or not malpedia.is_file():
        print(f"nothing to weigh: clones of {', '.join(SETS.values())} (--texts) and {malpedia} are needed", file=sys.stderr)
        print("weigh_texts: n=0")
        return 0
    knowledge = load()
    ties = Ties(knowledge, malpedia)
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for report in here:
        document = document_from_text(report.text, name=report.address)
        mentions = (*find_techniques(document, knowledge), *find_names(document, knowledge))
        seen = {
            one.target for one in mentions if one.kind is MentionKind.SOFTWARE and one.context is Context.STATED and one.target
        }
        truth = actor_of(report.actor, knowledge)
        for name, known in (("ATT&CK alone", ties.none), ("with families", ties.without(report.address, seen))):
            found = weigh(gather((), mentions, None, (document,), known), known).observed
            groups = [one.hypothesis.id for one in found.posteriors if one.hypothesis.id != "unknown"]
            count = counts[report.set, "measured" if report.measured else "development", name]
            count["n"] += 1
            count["known"] += truth in groups
            count["top1"] += truth in groups[:1]
            count["top3"] += truth in groups[:3]
            if found.leaders:
                count["named"] += 1
                count[likeness(found.leaders, truth, knowledge)] += 1
    for (of_set, part, name), count in sorted(counts.items()):
        print(f"{of_set:<12} {part:<12} {name:<14} " + "  ".join(f"{key} {count[key]}" for key in KEYS))
    total = sum((count for key, count in counts.items() if key[2] == "with families"), Counter[str]())
    line = " ".join(f"{key}={total[key]}" for key in KEYS)
    print(f"\nweigh_texts: {line} seconds={time.perf_counter() - started:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
