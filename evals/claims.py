"""How well claims are read: `python -m evals.claims [--quick]` prints tables and ends with one summary line.

Measures, real documents first: `real`, the annotated documents of the shared data (second edition; looked at, not trained on),
by kind of document; `news`, three hundred texts of news, and `fresh`, 210 of news and vendors, annotated to be counted only and
not looked into (`corpora/real/measured.jsonl` and `measured-2.jsonl`; their texts are fetched, and INDICIA_MIRRORS names the
folder; count them once for a release, and choose nothing by them). Then, beside them, what is our own prose and so no result:
the development set and the seed text of the shared data (where they are there), and sets of passages written apart from the
reader and its corpus (`evals/data/claims`: errors on `development`, `development-2` and `longer` were looked at).

A predicted claim is right when its stance equals that of a gold claim and source and accused each share at least half of the
words of the shorter one, by surface or by canonical name; one to one, as many required gold claims as can be, then as many of
those marked `optional`, which count neither way. `--all-scores` shows what would be given at other scores, and the average
precision, which no threshold decides.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from evals.annotated import FRESH, MEASURED, annotated, documents, worded
from indicia import knowledge
from indicia.read.claims import THRESHOLD, claim_row, read_claims
from indicia.records import Document, stable_id

APART = Path(__file__).parent / "data" / "claims"  # sets that nothing is trained on
LOWEST = 0.06
FIELDS = (
    "state",
    "accused_type",
    "source_type",
    "firmness",
    "basis",
    "incident",
    "date",
    "deed",
    "tie",
    "tie_firmness",
    "prominence",
)
_LITTLE = frozenset({"the", "a", "an", "of", "s", "and", "to", "in", "by", "its"})
_VAGUE = _LITTLE | {
    "attack", "attacks", "hack", "breach", "intrusion", "incident", "campaign", "operation", "government", "ministry",
    "cyber", "on", "against",
}  # fmt: skip

Row = Mapping[str, Any]


class Tally(NamedTuple):
    """What came out of one set: hits, invented and missed by style and stance, fields right or wrong, and scored claims for
    calibration."""

    styles: dict[str, Counter[str]]
    stances: dict[str, Counter[str]]
    fields: dict[str, Counter[bool]]
    scored: list[tuple[float, bool]]
    empty: Counter[bool]

    def total(self, what: str) -> int:
        return sum(counter[what] for counter in self.styles.values())

    def figures(self) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        hit, invented, missed = self.total("hit"), self.total("invented"), self.total("missed")
        precision, recall = hit / max(1, hit + invented), hit / max(1, hit + missed)
        return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)

    def share(self, field: str) -> float:
        counter = self.fields[field]
        return counter[True] / max(1, counter[True] + counter[False])


def _words(text: str | None, dull: frozenset[str]) -> set[str]:
    return set(re.findall(r"\w+", (text or "").lower())) - dull


def _alike(one: str | None, other: str | None) -> float:
    if not one and not other:
        return 1.0
    a, b = _words(one, _LITTLE), _words(other, _LITTLE)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _stance(claim: Row) -> str:
    """Whoever accuses himself takes credit."""
    stance: str = claim["stance"]
    himself = claim.get("source") and _alike(claim["source"], claim.get("accused")) >= 0.5
    return "claims" if stance == "accuses" and himself else stance


def closeness(predicted: Row, gold: Row) -> float:
    """0 where the claims differ, else how alike their parties are (1 to 2)."""
    if _stance(predicted) != _stance(gold):
        return 0.0
    parts = []
    for role in ("accused", "source"):
        by_name = _alike(predicted.get(f"{role}_canonical"), gold.get(f"{role}_canonical")) if gold[role] else 0.0
        parts.append(max(_alike(predicted.get(role), gold[role]), by_name))
    return sum(parts) if min(parts) >= 0.5 else 0.0


def matched(predicted: Sequence[Row], gold: Sequence[Row]) -> dict[int, int]:
    """Predicted claim -> gold claim: the most required gold claims that can be matched at once, then the most optional ones.

    Each gold claim takes the closest prediction that is free or whose gold claim can take another.
    """
    near = [sorted((-closeness(p, g), i) for i, p in enumerate(predicted) if closeness(p, g) > 0) for g in gold]
    mine: dict[int, int] = {}

    def place(j: int, tried: set[int]) -> bool:
        for _, i in near[j]:
            if i not in tried:
                tried.add(i)
                if i not in mine or place(mine[i], tried):
                    mine[i] = j
                    return True
        return False

    for j in sorted(range(len(gold)), key=lambda j: bool(gold[j].get("optional"))):
        place(j, set())
    return mine


def _field_right(field: str, predicted: Row, gold: Row) -> bool | None:
    if field == "incident":
        names = gold.get("incident_names") or ([gold["incident"]] if gold.get("incident") else [])
        mine = {w for w in _words(predicted.get("incident"), _VAGUE) if not w.isdigit()}
        return bool(mine & {w for name in names for w in _words(name, _VAGUE) if not w.isdigit()}) if names else None
    if field not in gold:
        return None
    return predicted.get(field) == gold.get(field) or predicted.get(field) in gold.get(f"{field}_also", ())


def compare(pairs: Iterable[tuple[Row, list[Row]]]) -> Tally:
    """Tally of (gold item, predicted claims)."""
    tally = Tally(defaultdict(Counter), defaultdict(Counter), defaultdict(Counter), [], Counter())
    for item, predicted in pairs:
        gold = item["claims"]
        if not gold:
            tally.empty[not predicted] += 1
        mine = matched(predicted, gold)
        theirs = set(mine.values())
        for i, claim in enumerate(predicted):
            match = gold[mine[i]] if i in mine else None
            if match is not None and match.get("optional"):
                continue
            what = "hit" if match is not None else "invented"
            tally.styles[item["style"]][what] += 1
            tally.stances[claim["stance"]][what] += 1
            tally.scored.append((claim.get("score", 1.0), match is not None))
            if match is not None:
                for field in FIELDS:
                    right = _field_right(field, claim, match)
                    if right is not None:
                        tally.fields[field][right] += 1
                if "quote_start" in match:
                    tally.fields["quote"][
                        claim["quote_start"] < match["quote_end"] and claim["quote_end"] > match["quote_start"]
                    ] += 1
                if "quote" in claim:
                    exact = all(
                        item["text"][slice(*span)] == claim[name]
                        for name, span in claim.get("spans", {}).items()
                        if isinstance(claim.get(name), str) and name not in ("date", "tie")  # what those say is not their words
                    )
                    tally.fields["exact"][
                        exact and item["text"][claim["quote_start"] : claim["quote_end"]] == claim["quote"]
                    ] += 1
        for j, claim in enumerate(gold):
            if j not in theirs and not claim.get("optional"):
                tally.styles[item["style"]]["missed"] += 1
                tally.stances[claim["stance"]]["missed"] += 1
    return tally


def _summary(name: str, tally: Tally) -> dict[str, str]:
    """The figures of one set for the closing line."""
    out = {f"{name}_{key}": f"{value:.3f}" for key, value in zip(("precision", "recall", "f1"), tally.figures(), strict=True)}
    out[f"{name}_empty"] = f"{tally.empty[True]}/{sum(tally.empty.values())}"
    out |= {f"{name}_{field}": f"{tally.share(field):.3f}" for field in FIELDS}
    out[f"{name}_ece"] = f"{calibration(tally.scored)[0]:.3f}"
    return out


def show(name: str, tally: Tally) -> None:
    """Prints the tables of one set."""
    precision, recall, f1 = tally.figures()
    empty = tally.empty[True] + tally.empty[False]
    print(f"\n{name}: precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  left empty {tally.empty[True]}/{empty}")
    print(
        "  fields of matched claims:",
        "  ".join(f"{f} {tally.share(f):.3f}" for f in (*FIELDS, "quote", "exact") if tally.fields[f]),
    )
    for title, table in (("style", tally.styles), ("stance", tally.stances)):
        print(f"  {title:<14}{'hit':>5}{'inv.':>6}{'miss.':>6}{'P':>7}{'R':>7}{'F1':>7}")
        for key, counter in sorted(table.items()):
            hit, invented, missed = counter["hit"], counter["invented"], counter["missed"]
            p, r = hit / max(1, hit + invented), hit / max(1, hit + missed)
            print(f"  {key:<14}{hit:>5}{invented:>6}{missed:>6}{p:>7.2f}{r:>7.2f}{2 * p * r / max(1e-9, p + r):>7.2f}")
    error, rows = calibration(tally.scored)
    print(f"  calibration: expected error {error:.3f};  " + "  ".join(f"{s:.2f}->{r:.2f} ({n})" for s, r, n in rows))


def calibration(scored: list[tuple[float, bool]]) -> tuple[float, list[tuple[float, float, int]]]:
    """Expected calibration error over ten bins, and (mean score, share right, count) of each bin."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for score, right in scored:
        bins[min(9, int(score * 10))].append((score, right))
    rows = [(sum(s for s, _ in b) / len(b), sum(r for _, r in b) / len(b), len(b)) for _, b in sorted(bins.items())]
    return sum(abs(s - r) * n for s, r, n in rows) / max(1, len(scored)), rows


def document_of(item: Row) -> Document:
    """The document of an annotated item."""
    text = item["text"]
    return Document(
        id=stable_id("document", item["id"], text), name=item["id"], text=text, sha256="", published=item.get("date")
    )


def read_all(items: list[dict[str, Any]], *, threshold: float = THRESHOLD) -> list[tuple[Row, list[Row]]]:
    """The items with the claims that the reader finds in them, from a score on."""
    known = knowledge.load()
    out: list[tuple[Row, list[Row]]] = []
    for item in items:
        document = document_of(item)
        out.append((item, [claim_row(claim, document) for claim in read_claims(document, known, threshold=threshold)[0]]))
    return out


def shared_folder() -> Path | None:
    """The folder with others' data: the one that INDICIA_SHARED names, else ../shared beside the repository."""
    folder = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).parent.parent.parent / "shared")
    return folder if folder.is_dir() else None


def load(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def measured_news(file: Path, shared: Path | None) -> list[dict[str, Any]]:
    """The measured documents of a file whose texts are there."""
    mirrors = os.environ.get("INDICIA_MIRRORS")
    if shared is None or mirrors is None:
        return []
    found, _ = documents(list(annotated(file)), shared, Path(mirrors))
    return [
        {"id": id, "style": "news", "text": text, "claims": [worded(claim, text) for claim in claims]}
        for id, text, claims in found
    ]


_WHERE = {
    "real": ("INDICIA_SHARED",),
    "news": ("INDICIA_SHARED", "INDICIA_MIRRORS"),
    "fresh": ("INDICIA_SHARED", "INDICIA_MIRRORS"),
    "dev": ("INDICIA_SHARED",),
    "seed": ("INDICIA_SHARED",),
}


def _items(path: Path | None, shared: Path | None) -> list[dict[str, Any]]:
    if path is None or not path.exists():
        return []
    return measured_news(path, shared) if path in (MEASURED, FRESH) else load(path)


def average_precision(pairs: Sequence[tuple[Row, list[Row]]]) -> float:
    """The mean precision at the scores at which the recall of required claims grows."""
    scores = sorted({claim["score"] for _, found in pairs for claim in found}, reverse=True)
    total = last = 0.0
    for score in scores[:: max(1, len(scores) // 60)]:
        precision, recall, _ = compare(
            (item, [one for one in found if one["score"] >= score]) for item, found in pairs
        ).figures()
        total += precision * max(0.0, recall - last)
        last = max(last, recall)
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the real documents and the seed text only")
    parser.add_argument("--measured", action="store_true", help="count the measured sets too: for a release only")
    parser.add_argument("--all-scores", action="store_true", help="the average precision, and figures at other scores")
    options = parser.parse_args()
    summary: dict[str, str] = {}
    folder = shared_folder()
    started = time.perf_counter()
    sets: dict[str, Path | None] = {
        "real": folder / "claims" / "real" / "dev.jsonl" if folder else None,
        "seed": folder / "claims" / "seed.jsonl" if folder else None,
    }
    if options.measured:
        sets |= {"news": MEASURED, "fresh": FRESH}
    if not options.quick:
        sets |= {"dev": folder / "claims" / "dev.jsonl" if folder else None}
        sets |= {name: APART / f"{name}.jsonl" for name in ("development", "development-2", "longer")}
    for name, path in sets.items():
        items = _items(path, folder)
        if not items:
            print(f"{name}: not there", *(f"(set {variable})" for variable in _WHERE.get(name, ())))
            continue
        pairs = read_all(items, threshold=LOWEST if options.all_scores else THRESHOLD)
        given = [(item, [one for one in found if one["score"] >= THRESHOLD]) for item, found in pairs]
        tally = compare(given)
        show(f"{name} ({len(items)} items)", tally)
        summary |= _summary(name, tally)
        if options.all_scores:
            summary[f"{name}_ap"] = f"{average_precision(pairs):.3f}"
            for score in (0.2, 0.3, 0.4, 0.5, 0.6, 0.75):
                figures = compare((item, [one for one in found if one["score"] >= score]) for item, found in pairs).figures()
                print("  from {:.2f}: precision {:.3f}  recall {:.3f}  F1 {:.3f}".format(score, *figures))
    summary["seconds"] = f"{time.perf_counter() - started:.1f}"
    print("\nclaims: " + " ".join(f"{key}={value}" for key, value in summary.items()))


if __name__ == "__main__":
    main()
