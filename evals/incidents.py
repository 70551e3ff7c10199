"""Accused states and attributors in incident databases: `python -m evals.incidents [--quick]`.

EuRepoC's descriptions (CSV files of version 1.1 or later in the folder that INDICIA_EUREPOC names) and the Council on Foreign
Relations' tracker (the CSV file that INDICIA_CFR names), as coded by their editors. Measured: nothing here was trained on or
looked at while rules were written. A state counts as found where a claim accuses it or somebody tied to it.
"""

from __future__ import annotations

import argparse
import ast
import csv
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from indicia import knowledge
from indicia.knowledge import Knowledge
from indicia.read.claims import read_claims
from indicia.records import Claim, Document, Stance, stable_id

csv.field_size_limit(10**7)
_NONE = frozenset({"", "not available", "unknown", "none", "not attributed"})
_YEARS = ("2022", "2023")


class Item(NamedTuple):
    """A description with the ISO codes of the states that its editors hold responsible, and who attributed it."""

    text: str
    states: frozenset[str]
    attributors: frozenset[str]  # words


class Count(NamedTuple):
    hit: int
    invented: int
    missed: int

    def __str__(self) -> str:
        recall, precision = self.hit / max(1, self.hit + self.missed), self.hit / max(1, self.hit + self.invented)
        return f"recall {recall:.3f}  precision {precision:.3f}  ({self.hit} found, {self.invented} others, {self.missed} not)"


def _listed(value: str) -> list[str]:
    """What a cell holds: `['Russia', 'China']`, or names with semicolons."""
    if value.startswith("["):
        try:
            return [str(one).strip() for one in ast.literal_eval(value)]
        except (ValueError, SyntaxError):
            return []
    return [part.strip() for part in re.split(r"[;,]", value)]


def codes(names: Iterable[str], known: Knowledge) -> frozenset[str]:
    """ISO codes of states by their names, short or long ("Iran, Islamic Republic of")."""
    table = {name.lower(): state.code for state in known.states for name in (state.name, *state.names)}
    found = set()
    for name in names:
        low = name.lower()
        for said in (low, low.partition(",")[0], low.partition("(")[0].strip()):
            if said in table:
                found.add(table[said])
                break
    return frozenset(found)


def eurepoc(folder: Path, known: Knowledge) -> Iterator[Item]:
    file = next(iter(sorted(folder.rglob("*Global_Database*.csv"))), None)
    if file is None:
        raise SystemExit(f"{folder} holds no file *Global_Database*.csv of EuRepoC")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            states = codes([n for n in _listed(row["initiator_country"]) if n.lower() not in _NONE], known)
            if row["start_date"][:4] in _YEARS and states and len(row["description"]) > 60:
                said = [*_listed(row["attributing_actor"] or ""), *_listed(row["attributing_country"] or "")]
                yield Item(row["description"], states, frozenset(n for n in said if n.lower() not in _NONE))


def cfr(file: Path, known: Knowledge) -> Iterator[Item]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            states = codes(_listed(row["Sponsor"]), known)
            if states and len(row["Description"]) > 60:
                yield Item(row["Description"].replace("??", ""), states, frozenset())


def read(item: Item, known: Knowledge) -> tuple[Claim, ...]:
    document = Document(id=stable_id("document", item.text), name="incident", text=item.text, sha256="")
    return read_claims(document, known)[0]


def count(items: Iterable[Item], known: Knowledge) -> tuple[int, Count, Count]:
    """Descriptions; accused states; attributors (those found of those coded, where any is coded)."""
    hit = invented = missed = named = unnamed = total = 0
    for item in items:
        total += 1
        claims = [claim for claim in read(item, known) if claim.stance is Stance.ACCUSES]
        found = {claim.accused.state for claim in claims if claim.accused.state}
        hit += len(found & item.states)
        invented += len(found - item.states)
        missed += len(item.states - found)
        if item.attributors:
            who = " ".join(
                f"{claim.source.party.canonical} {claim.source.body or ''}" for claim in claims if claim.source.party
            ).lower()
            states = {claim.source.state for claim in claims}
            told = any(words.lower() in who for words in item.attributors) or bool(codes(item.attributors, known) & states)
            named, unnamed = named + told, unnamed + (not told)
    return total, Count(hit, invented, missed), Count(named, 0, unnamed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every eighth description only")
    step = 8 if parser.parse_args().quick else 1
    known = knowledge.load()
    summary = []
    for name, variable, load in (("eurepoc", "INDICIA_EUREPOC", eurepoc), ("cfr", "INDICIA_CFR", cfr)):
        where = os.environ.get(variable)
        if not where:
            print(f"{name}: not there (set {variable})")
            continue
        total, states, sources = count(list(load(Path(where), known))[::step], known)
        print(f"{name}: {total} descriptions\n  accused states: {states}")
        summary.append(f"{name}_recall={states.hit / max(1, states.hit + states.missed):.3f}")
        summary.append(f"{name}_precision={states.hit / max(1, states.hit + states.invented):.3f}")
        if sources.hit + sources.missed:
            print(f"  attributor found: {sources.hit} of {sources.hit + sources.missed}")
            summary.append(f"{name}_attributor={sources.hit / (sources.hit + sources.missed):.3f}")
    print("\nincidents: " + " ".join(summary))


if __name__ == "__main__":
    main()
