"""Whether a claim is read alike wherever it stands and whomever it names: `python -m evals.invariance [--quick]`.

*Roles*: eight sentences of our own, each with eight pairs of states, once as people are used to hear it and once with the two
exchanged: the accuser must be read as source and the accused as accused, and the victim never be accused. *Dilution*: the
claims of our own short passages (`evals/data/claims/longer.jsonl`), read alone and between neutral paragraphs: how many stay.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from evals.claims import closeness
from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.records import Document, stable_id

# {a} accuses {b}; {adj_b}, {cap_a} ... are forms of them.
TEMPLATES = (
    "{a} said on Monday that {b} was behind the cyberattack on its parliament.",
    "The foreign ministry of {a} has attributed the intrusion into its ministries' mail servers to {adj_b} military hackers.",
    "The Foreign Ministry spokesman said {b} has conducted large-scale cyberattacks on {a} for years.",
    "{cap_a} accused {cap_b} of breaking into the computers of three power companies in {a}.",
    "A minister in {cap_a} told reporters that hackers working for {b} had stolen the files of {adj_a} diplomats.",
    "The attack that wiped the servers of the {adj_a} railway was the work of {b}, the government of {a} said.",
    "{a} condemns {b}'s malicious cyber operation against its hospitals in the strongest terms.",
    "Prosecutors in {cap_a} charged two officers of {b}'s intelligence service with hacking a {adj_a} shipyard.",
)
PAIRS = (
    ("US", "RU"), ("GB", "CN"), ("DE", "RU"), ("KR", "KP"), ("IL", "IR"), ("UA", "RU"), ("IN", "PK"), ("TW", "CN"),
)  # fmt: skip
NEUTRAL = (
    "The conference on harbour logistics opened on Tuesday with a speech on cranes. Delegates from eleven ports exchanged "
    "figures on turnaround times, and a working group on pilotage will report in autumn.",
    "Visitors to the spring flower show will find a new entrance this year. The organisers have planted some nine thousand "
    "tulips, and the café in the orangery stays open until six.",
)
LONGER = Path(__file__).parent / "data" / "claims" / "longer.jsonl"


def rows_of(text: str) -> list[dict[str, Any]]:
    document = Document(id=stable_id("document", text), name="text", text=text, sha256="")
    return [claim_row(claim, document) for claim in read_claims(document, knowledge.load())[0]]


def roles(*, swapped: bool) -> tuple[int, int, int]:
    """(right, victims accused, sentences)."""
    states = {state.code: state for state in knowledge.load().states}
    right = turned = total = 0
    for template in TEMPLATES:
        for one, other in PAIRS:
            a, b = (states[code] for code in ((other, one) if swapped else (one, other)))
            forms = {"a": a.name, "b": b.name, "cap_a": a.capital, "cap_b": b.capital}
            text = template.format(**forms, adj_a=a.demonyms[0], adj_b=b.demonyms[0])
            rows = [row for row in rows_of(text) if row["stance"] == "accuses"]
            right += any(row["state"] == b.code and row["source_state"] != b.code for row in rows)
            turned += any(row["state"] == a.code for row in rows)
            total += 1
    return right, turned, total


def dilution(items: list[dict[str, Any]]) -> tuple[int, int]:
    """(claims read alone that are read between neutral paragraphs too, claims read alone)."""
    kept = alone = 0
    for item in items:
        found = rows_of(item["text"])
        around = rows_of(f"{NEUTRAL[0]}\n\n{item['text']}\n\n{NEUTRAL[1]}")
        alone += len(found)
        kept += sum(any(closeness(other, row) > 0 for other in around) for row in found)
    return kept, alone


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every third passage")
    options = parser.parse_args()
    started = time.perf_counter()
    out = {}
    for name, swapped in (("usual", False), ("swapped", True)):
        right, turned, total = roles(swapped=swapped)
        print(f"roles, {name}: {right} of {total} right, the victim accused in {turned}")
        out |= {f"roles_{name}": f"{right}/{total}", f"victims_accused_{name}": str(turned)}
    items = [json.loads(line) for line in LONGER.read_text("utf-8").splitlines()]
    kept, alone = dilution(items[:: 3 if options.quick else 1])
    print(f"dilution: {kept} of {alone} claims stay between two neutral paragraphs")
    out |= {"dilution": f"{kept}/{alone}", "seconds": f"{time.perf_counter() - started:.1f}"}
    print("\ninvariance: " + " ".join(f"{key}={value}" for key, value in out.items()))


if __name__ == "__main__":
    main()
