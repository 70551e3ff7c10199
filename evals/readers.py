"""How well readers read beside ours and together: `python -m evals.readers` prints tables and a summary line.

The answers in `evals/data/readers/answers.jsonl` were written by hand from the shipped prompt, as a model would give them, for
real documents of the shared data and for affairs, without a look at what is annotated; they are kept by document, as places in
the text. They show what the checks, the tables and the joining make of good answers, not how good any model is. A test holds
that they are of the prompt that ships.

Measured on the annotated documents among them: our own reader; the answers as they are, without a check; the answers with the
checks; both readers together; and of those what is sure without anybody's looking.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from evals.claims import Row, Tally, compare, document_of
from indicia import knowledge
from indicia.read.claims import claim_row, read_said, together
from indicia.read.fronts import open_source
from indicia.read.names import find_names
from indicia.read.offered import claims_among
from indicia.read.reading import Answer, heard_of_others
from indicia.records import SURE, Claim, Document, Fallen, ProposedReading

__all__ = ["ANSWERS", "Answered", "recorded", "restored", "results"]

ANSWERS = Path(__file__).parent / "data" / "readers" / "answers.jsonl"
READER = "recorded"
_TEXTS = frozenset(
    "quote source accused firmness_words tie_to tie_words tie_firmness_words not_accused incident basis_words".split()
)


class Answered(NamedTuple):
    """A document with what was answered about it, and what is annotated in it (None: nothing is)."""

    document: Document
    claims: list[dict[str, Any]]
    item: Row | None


def restored(claim: Row, text: str) -> dict[str, Any]:
    """An answer with the words back in the place of where they stand."""
    out: dict[str, Any] = {}
    for name, told in claim.items():
        if name in _TEXTS:
            out[name] = text[slice(*told)]
        elif name in ("via", "victims"):
            out[name] = [text[slice(*place)] for place in told]
        else:
            out[name] = told
    return out


def recorded(shared: Path) -> Iterator[Answered]:
    """The documents that answers are recorded for, as far as they are there with the text that was answered about."""
    with (shared / "claims" / "real" / "dev.jsonl").open(encoding="utf-8") as file:
        items = {item["id"]: item for item in map(json.loads, file)}
    for line in ANSWERS.read_text("utf-8").splitlines():
        row = json.loads(line)
        item = items.get(row["document"])
        if item is not None:
            document = document_of(item)
        else:
            affair, _, name = row["document"].partition("/")
            opened = open_source(shared / "cases" / "affairs" / "dev" / affair / "texts" / name)
            if not opened.documents:
                continue
            document = opened.documents[0]
        if len(document.text) == row["characters"]:
            yield Answered(document, [restored(claim, document.text) for claim in row["claims"]], item)


def as_reader(claims: Sequence[dict[str, Any]]) -> Callable[[Document], Answer]:
    """A reader that gives these answers for whatever document."""

    def read(document: Document, /) -> Answer:
        taken, fallen = claims_among(claims, READER)
        whole = ((0, len(document.text)),)
        return Answer(ProposedReading(reader=READER, document=document.id, claims=taken, read=whole), (), fallen)

    return read


class Read(NamedTuple):
    """What each way of reading gives for one document."""

    own: tuple[Claim, ...]
    checked: tuple[Claim, ...]
    both: tuple[Claim, ...]
    fallen: tuple[Fallen, ...]


def read(answered: Answered, tables: knowledge.Knowledge) -> Read:
    """Our own reader, the answers with the checks, and both together."""
    document = answered.document
    names = find_names(document, tables)
    own = read_said(document, tables, names=names).claims
    others = heard_of_others(document, tables, names, [as_reader(answered.claims)])
    checked = others.claims[READER][0]
    return Read(own, checked, together(own, others.claims), tuple(others.fallen))


def _bare(claim: Row) -> dict[str, Any]:
    """An answer as it is, for scoring. The narrator of a text and its issuer are nobody, as annotated."""
    source = None if claim.get("voice") == "issuer" and "source" not in claim else claim.get("source")
    empty = {"source": None, "accused": None, "firmness": "none", "score": 1.0, "quote_start": 0, "quote_end": 0}
    return {**empty, **{k: v for k, v in claim.items() if k != "quote"}, "source": source}


def results(shared: Path) -> dict[str, Tally]:
    """Way of reading -> how well the annotated documents among those recorded are read that way; what fell is printed."""
    tables = knowledge.load()
    pairs: dict[str, list[tuple[Row, list[Row]]]] = {}
    fell: Counter[str] = Counter()
    offered = 0
    for answered in recorded(shared):
        if answered.item is None:
            continue
        found = read(answered, tables)
        fell.update(one.fault.value for one in found.fallen)
        offered += len(answered.claims)
        ways = {
            "own reader": _rows(found.own, answered.document),
            "answers, no check": [_bare(claim) for claim in answered.claims],
            "answers, checked": _rows(found.checked, answered.document),
            "both": _rows(found.both, answered.document),
            "both, sure": _rows([one for one in found.both if one.score >= SURE], answered.document),
        }
        for way, rows in ways.items():
            pairs.setdefault(way, []).append((answered.item, rows))
    print(f"{offered} claims offered, {fell.total()} not taken:", dict(fell))
    return {way: compare(rows) for way, rows in pairs.items()}


def _rows(claims: Sequence[Claim], document: Document) -> list[Row]:
    return [claim_row(claim, document) for claim in claims]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    given = parser.parse_args()
    summary = []
    for way, tally in results(given.shared).items():
        precision, recall, f1 = tally.figures()
        empty = tally.empty[True], sum(tally.empty.values())
        print(f"{way:18} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  left empty {empty[0]}/{empty[1]}")
        for style, told in sorted(tally.styles.items()):
            print(f"    {style:14}", dict(told))
        summary.append(f"{re.sub(r'[^a-z]+', '_', way)}_f1={f1:.3f}")
    print("SUMMARY", *summary)


if __name__ == "__main__":
    main()
