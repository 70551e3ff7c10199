"""Techniques of reports beside their own table: `INDICIA_REPORTS=FOLDER python -m evals.own_tables [--errors]`.

FOLDER holds clones of the repositories that evals/reports.py names. Wanted are the techniques that a report names by id, at
least five. Before it is read, rows of tables and short lines with an id or an address of ATT&CK are taken out, and ids and
addresses are taken out of its sentences. A report of which too little prose is left is not counted. Techniques are compared
exactly, and then without their sub-techniques. An author's table also lists what the prose does not tell, and the other way
round. Also: in how many of the FBI's advisories whose names say ransomware T1486 is found, read as written.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evals.indicators_real import opened_as
from evals.reports import SOURCES, Source, clone_of, clones_for, part_of
from indicia.knowledge import Knowledge, load
from indicia.read.techniques import find_techniques
from indicia.records import Context, Document

_ID = re.compile(r"(?<![\w.])T1\d{3}(?:[./]\d{3})?(?!\w)")
_TOLD = re.compile(rf"{_ID.pattern}|attack\.mitre\.org", re.IGNORECASE)
_CUT = re.compile(rf"\[?{_ID.pattern}\]?|\(?<?https?://attack\.mitre\.org[^\s)>]*>?\)?", re.IGNORECASE)
_ROW = re.compile(r"\||<t[dr]")
# Publishers that are asked about their tables alone. Some of The DFIR Report's texts are among those that TRAM marked.
TABLES = (
    *SOURCES,
    Source(
        "The DFIR Report",
        "bertmad3400/articleMD",
        "94d264b07d8be5160c637d6b1d8d46d28bfcd6be",
        ("dfirreport/*.md",),
        "development",
    ),
    Source(
        "Dennis Kim",
        "gameworkerkim/CYBER-THREAT-INTELLIGENCE-REPORT",
        "f6a2458626c5db80144e1e1a7f74e9f69d7b3941",
        ("*_EN.md",),
        "measured",
    ),
)
FEWEST = 5
SHORT = 80  # characters of a line that is no sentence
LEAST = 3_000  # characters of sentences
ENCRYPTED = "T1486"


class Tabled(NamedTuple):
    publisher: str
    part: str
    path: str
    prose: Document
    wanted: frozenset[str]


def tabled(folder: Path, knowledge: Knowledge) -> Iterator[Tabled]:
    """Reports with a table of their own, without it."""
    for source in TABLES:
        clone = clone_of(folder, source)
        for path in clone.paths(*source.paths) if clone is not None else ():
            raw = (clone.read(path) if clone is not None else None) or b""
            text = raw.decode("utf-8", "replace")
            ids = {knowledge.attack.current(id.replace("/", ".")) for id in _ID.findall(text)}
            wanted = frozenset(id for id in ids if knowledge.attack.technique(id) is not None)
            prose = prose_of(text)
            enough = len(wanted) >= FEWEST and sum(len(line) for line in prose.splitlines() if is_sentence(line)) >= LEAST
            opened = opened_as(path, prose.encode()) if enough else None
            if opened is not None:
                yield Tabled(source.publisher, part_of(source, path), path, opened, wanted)


def is_sentence(line: str) -> bool:
    return len(line) > SHORT and not _ROW.search(line)


def prose_of(text: str) -> str:
    """The text without what it says outright of techniques."""
    lines = (line for line in text.splitlines(keepends=True) if is_sentence(line) or not _TOLD.search(line))
    return "".join(_CUT.sub(" ", line) for line in lines)


def used(document: Document, knowledge: Knowledge) -> dict[str, float]:
    """Techniques that the document says were used, and how surely at best."""
    best: dict[str, float] = defaultdict(float)
    for one in find_techniques(document, knowledge):
        if one.context is Context.STATED:
            id = one.target or one.value
            best[id] = max(best[id], one.score)
    return dict(best)


def figures(rows: list[tuple[frozenset[str], frozenset[str]]]) -> str:
    right = sum(len(said & wanted) for said, wanted in rows)
    said, wanted = sum(len(one) for one, _ in rows), sum(len(one) for _, one in rows)
    return f"F1 {2 * right / max(1, said + wanted):.3f} (P {right / max(1, said):.3f}, R {right / max(1, wanted):.3f})"


def broad(ids: frozenset[str]) -> frozenset[str]:
    return frozenset(id.split(".")[0] for id in ids)


def ransomware(folder: Path, knowledge: Knowledge) -> tuple[int, int]:
    """In how many of the FBI's advisories on ransomware T1486 is found, and how many there are."""
    clone = clone_of(folder, SOURCES[0])
    found = [
        ENCRYPTED in used(document, knowledge)
        for path in (clone.paths("docs/fbi/[!.]*ransom*.md") if clone is not None else ())
        if clone is not None and (document := opened_as(path, clone.read(path) or b"")) is not None
    ]
    return sum(found), len(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="show what was missed or wrong in reports that are developed on")
    options = parser.parse_args()
    folder = clones_for("own_tables")
    if folder is None:
        return
    knowledge = load()
    rows: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = defaultdict(list)
    for report in tabled(folder, knowledge):
        said = used(report.prose, knowledge)
        for name in ("all", f"{report.publisher}, {report.part}"):
            rows[name].append((frozenset(said), report.wanted))
        if options.errors and report.part == "development":
            print(report.path, len(report.prose.text))
            print("  wrong", *(f"{id}:{said[id]:.2f}" for id in sorted(said.keys() - report.wanted)))
            print("  missed", *sorted(report.wanted - said.keys()))
    for name, pairs in rows.items():
        kin = [(broad(said), broad(wanted)) for said, wanted in pairs]
        print(f"{name:34}{len(pairs):4} reports  {figures(pairs)}; without sub-techniques {figures(kin)}")
    found, of = ransomware(folder, knowledge)
    print(f"{ENCRYPTED} in {found} of {of} of the FBI's advisories on ransomware")
    print(f"own_tables: reports={len(rows['all'])} {ENCRYPTED.lower()}={found}/{of}")


if __name__ == "__main__":
    main()
