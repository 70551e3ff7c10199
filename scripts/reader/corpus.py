"""The documents that the reader is taught: annotated real ones, whose texts are fetched or given, and those of our own."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from evals.annotated import ANNOTATIONS, Annotated, annotated, documents

__all__ = ["FOLDS", "Taught", "fold", "own_documents", "own_passages", "real_documents"]

FACTS_FILE = ANNOTATIONS.with_name("facts.jsonl")
CORPORA = ANNOTATIONS.parent.parent
FOLDS = 5
PASSAGE = 0.5  # how much a short passage of our own counts beside a document


class Taught(NamedTuple):
    """A document with its claims, whose values that are pairs of numbers are places in its text."""

    id: str
    text: str
    claims: list[dict[str, Any]]
    publisher: str = ""
    weight: float = 1.0
    own: bool = False
    facts: list[dict[str, Any]] | None = None  # "what" of network.FACTS and "place"; None where nobody marked them


def real_documents(shared: Path, mirrors: Path | None) -> list[Taught]:
    """The annotated real documents whose texts are there."""
    rows = list(annotated(ANNOTATIONS))
    publishers = _publishers(shared)
    by_id = {row["id"]: row for row in rows}
    found, missing = documents(rows, shared, mirrors)
    print(f"{len(found)} of {len(rows)} annotated documents are there; {dict(missing)}")
    facts = _facts(FACTS_FILE)
    return [
        Taught(
            one.id, one.text, one.claims, publishers(by_id[one.id]), facts=facts.get(one.id) if _unchanged(one, by_id) else None
        )
        for one in found
    ]


def _unchanged(one: Annotated, rows: dict[str, Any]) -> bool:
    """Whether nothing was left out of the text: the places of facts are those of the annotated text."""
    return len(one.text) == rows[one.id]["end"] - rows[one.id]["start"]


def _facts(file: Path) -> dict[str, list[dict[str, Any]]]:
    with file.open(encoding="utf-8") as lines:
        return {row["id"]: row["facts"] for row in map(json.loads, lines)}


def own_documents(folder: Path = CORPORA / "documents") -> list[Taught]:
    """Whole documents of our own."""
    return [Taught(row["id"], row["text"], row["claims"], "", 1.0, True, row.get("facts")) for row in _rows(folder)]


def own_passages(folder: Path = CORPORA / "claims") -> list[Taught]:
    """Short passages of our own, annotated by the first edition of the conventions and brought to the second."""
    return [Taught(row["id"], row["text"], [_second(claim) for claim in row["claims"]], "", PASSAGE) for row in _rows(folder)]


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _second(claim: dict[str, Any]) -> dict[str, Any]:
    spans = claim["spans"]
    kept = ("stance", "source_type", "accused_type", "state", "firmness", "basis", "source_canonical", "accused_canonical")
    out = {key: claim[key] for key in kept if claim.get(key)}
    out |= {key: spans[key] for key in ("source", "accused", "firmness_cue") if spans.get(key)}
    out |= {key: _several(spans[key]) for key in ("via", "victims") if spans.get(key)}
    out["quote"] = [claim["quote_start"], claim["quote_end"]]
    if out["stance"] == "declines" and "accused" in out:  # whom somebody would not name
        out["not_accused"] = out.pop("accused")
    if out["stance"] == "accuses" and out.get("source") and out.get("source") == out.get("accused"):
        out["stance"] = "claims"
    return out


def _several(places: list[Any]) -> list[list[int]]:
    return places if isinstance(places[0], list) else [places]


def fold(document: Taught) -> int:
    """Which of FOLDS a document is in: all of one publisher in the same."""
    return int(hashlib.sha256(f"x7{document.publisher}".encode()).hexdigest(), 16) % FOLDS


def _publishers(shared: Path) -> Any:
    """A function that gives the publisher of a row of the annotations: one spelling for each."""
    known: dict[str, str] = {}
    folder = shared / "claims" / "real"
    for name in ("corpus.jsonl.gz", "pointers.jsonl.gz"):
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                known[row["id"]] = known[row["source"]] = row.get("issuer") or ""

    def publisher(row: dict[str, Any]) -> str:
        said = (row.get("issuer") or known.get(row["id"]) or known.get(row["where"]) or row["where"].split("@")[0]).lower()
        said = re.sub(r"\.(?:com|co|org|net|io)\b.*", "", said)
        return {"the hacker news": "thehackernews"}.get(bare := re.sub(r"[^a-z ]", "", said), bare)

    return publisher
