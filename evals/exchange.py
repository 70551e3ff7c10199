"""How much of each claim others keep: source, accused, stance, firmness and quote, counted in their own code.

    python -m evals.exchange [--quick] [--peer PYTHON]...

Peers are measured where they are installed: here, and in each interpreter named by --peer (two versions of pycti need two).
The cases are the bundled example and real documents of the shared data, read as anybody would read them.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.claims import shared_folder
from indicia.affairs.joining import join_affairs
from indicia.knowledge import load
from indicia.pipeline import build
from indicia.read.fronts import document_from_text
from indicia.read.reading import read_document
from indicia.records import Case, Claim, Versions
from indicia.share import render
from indicia.view.words import source_words

__all__ = ["FIELDS", "fields_kept", "fields_of", "peers"]

ROOT = Path(__file__).parent.parent
FIELDS = ("source", "accused", "stance", "firmness", "quote")
_QUICK, _ALL = 15, 98


def fields_of(claim: Claim) -> tuple[str, ...]:
    """The five fields as they are written out."""
    said = [one for one in (claim.deed, claim.tie) if one is not None]
    return (
        source_words(claim) if claim.source.party else "not named",
        claim.accused.party.canonical if claim.accused.party else "nobody by name",
        claim.stance.value,
        " ".join(one.firmness.value for one in said),
        claim.quote.text,
    )


def _read(text: str) -> tuple[str, ...]:
    """The five fields of a note as a person, or a program that knows nothing of us, reads them."""
    lines = dict(line.partition(": ")[::2] for line in text.split("\n") if ": " in line)
    quote = re.search(r"\n“(.*)”\n\nSource: ", text, re.DOTALL)
    accused = re.sub(r" \((?:place|operator|group|agency|state)\)\Z", "", lines.get("Accused", ""))
    firm = [found[1] for name in ("Deed", "Tie") if (found := re.search(r"firmness (\w+)", lines.get(name, "")))]
    return lines.get("Source", ""), accused, lines.get("Stance", ""), " ".join(firm), quote[1] if quote else ""


def fields_kept(claims: Iterable[Claim], kept: Iterable[str]) -> Counter[str]:
    """For each field in how many claims it is kept. A record serves one claim; the one that says most of it is taken."""
    records = [_read(text) for text in kept]
    found: Counter[str] = Counter()
    for wanted in map(fields_of, claims):
        best = max(records, key=lambda one: sum(map(str.__eq__, one, wanted)), default=None)
        if best is not None and best[-1] == wanted[-1]:
            records.remove(best)
            found.update(name for name, mine, theirs in zip(FIELDS, wanted, best, strict=True) if mine == theirs)
    return found


def peers(case: Case, interpreters: Sequence[str]) -> list[dict[str, Any]]:
    """What the peers in these environments keep of a case."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "bundle.stix.json").write_bytes(render(case, "stix", load()))
        Path(folder, "event.misp.json").write_bytes(render(case, "misp", load()))
        script = str(Path(__file__).with_name("exchange_peers.py"))
        for python in interpreters:
            ran = subprocess.run([python, script, folder], capture_output=True, text=True, check=True)
            found += [json.loads(line) for line in ran.stdout.splitlines()]
    return list({(one["peer"], one["way"]): one for one in found}.values())


def _real(folder: Path | None, most: int) -> Case | None:
    """Real documents that make claims, as one case."""
    file = folder / "claims" / "real" / "dev.jsonl" if folder else None
    if file is None or not file.exists():
        return None
    rows = [row for row in map(json.loads, file.read_text("utf-8").splitlines()) if row["claims"] and len(row["text"]) < 4000]
    documents = [document_from_text(row["text"], name=row["id"], published=row["date"]) for row in rows[:most]]
    readings = [read_document(document, load()) for document in documents]
    claims = tuple(claim for reading in readings for claim in reading.claims)
    return Case(
        name="Real documents",
        versions=Versions(indicia="0"),
        documents=tuple(documents),
        claims=claims,
        mentions=tuple(mention for reading in readings for mention in reading.mentions),
        affairs=join_affairs(claims, documents, load()),
    )


def _counted(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in counts.items() if value not in (0, {}))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true")
    asked.add_argument("--peer", action="append", default=[], help="an interpreter in whose environment peers are installed")
    options = asked.parse_args()
    example = build([str(ROOT / "examples/exchange-2021/texts")], name="exchange-2021")
    real = _real(shared_folder(), _QUICK if options.quick else _ALL)
    least = 1.0
    for name, case in (("example", example), ("real", real)):
        if case is None:
            print(f"{name}: not there (set INDICIA_SHARED)")
            continue
        print(f"\n{name}: {len(case.documents)} documents, {len(case.claims)} claims")
        for one in peers(case, [sys.executable, *options.peer]):
            kept = fields_kept(case.claims, one["kept"])
            shares = {field: kept[field] / len(case.claims) for field in FIELDS}
            least = min(least, *shares.values())
            told = "  ".join(f"{field} {share:.0%}" for field, share in shares.items())
            print(f"  {one['peer']:<20} {one['way']:<22} {told}\n      {_counted(one['counts'])}")
    print(f"exchange: least={least:.3f}")


if __name__ == "__main__":
    main()
