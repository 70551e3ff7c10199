"""Checks the claims corpus and prints what is in it: `python scripts/check_corpus.py [FILE...]`
(default: corpora/claims/*.jsonl).

Ends with 1 where a line breaks the conventions of corpora/claims/README.md. Near-duplicates are passages that share more than
70 % of the shorter one's runs of five words.
"""

from __future__ import annotations

import collections
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["CORPUS", "faults", "near_duplicates", "read", "table"]

CORPUS = Path(__file__).parent.parent / "corpora" / "claims"
VALUES = {
    "source_type": "government|international organisation|company|media|person|group|court|anonymous official",
    "stance": "accuses|endorses|denies|declines|questions",
    "accused_type": "state|agency|group|person|criminal|unknown",
    "firmness": "confirmed|high|moderate|low|hedged|none",
    "basis": "technical|intelligence|legal|political|none stated",
}
STYLES = "government|legal|sanctions|vendor|denial|news|nested|refusal|endorsement|questions|headline"
STYLES += "|adversarial|passive|passage|negative"
MOTIVES = {"espionage", "ip theft", "financial", "disruption", "influence"}
REQUIRED = {
    "source",
    "source_canonical",
    "accused",
    "accused_canonical",
    "state",
    "incident",
    "firmness_cue",
    "date",
    "via",
    "spans",
}
OPTIONAL = {"act", "victims", "victim_countries", "sectors", "motive", "quote_start", "quote_end"}
RUN = 5


def read(paths: Iterable[Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    """`file:line` and the passage, in order."""
    for path in paths:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"{path.name}:{number}", json.loads(line)


def _claim_faults(claim: dict[str, Any], text: str) -> Iterator[str]:
    for key, values in VALUES.items():
        if claim.get(key) not in values.split("|"):
            yield f"{key} = {claim.get(key)!r}"
    if missing := REQUIRED - set(claim):
        yield f"lacks {sorted(missing)}"
        return
    if unknown := set(claim) - REQUIRED - OPTIONAL - set(VALUES):
        yield f"unknown fields {sorted(unknown)}"
    for key in ("source", "accused", "act", "firmness_cue"):
        words, span = claim.get(key), claim["spans"].get(key)
        if (words is None) != (span is None) or (words is not None and text[slice(*span)] != words):
            yield f"{key} {words!r} is not at {span}"
    for key in ("victims", "via"):
        if [text[slice(*span)] for span in claim["spans"].get(key, [])] != claim.get(key, []):
            yield f"{key} {claim.get(key)} are not at {claim['spans'].get(key)}"
    if not 0 <= claim["quote_start"] < claim["quote_end"] <= len(text):
        yield "quote outside the text"
    if claim["accused"] is None and claim["stance"] != "declines":
        yield f"{claim['stance']} nobody"
    if claim["source"] is None and claim["source_type"] != "media":
        yield "source null, but not media"
    if (claim["firmness"] == "none") != (claim["firmness_cue"] is None):
        yield f"firmness {claim['firmness']} with cue {claim['firmness_cue']!r}"
    for code in [claim["state"], *claim.get("victim_countries", [])]:
        if code is not None and not re.fullmatch("[A-Z]{2}", code):
            yield f"country {code!r}"
    if claim["date"] and not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", claim["date"]):
        yield f"date {claim['date']!r}"
    if extra := set(claim.get("motive", [])) - MOTIVES:
        yield f"motive {extra}"


def faults(items: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """One line for everything that breaks a convention."""
    ids: dict[str, str] = {}
    for where, item in items:
        if item["id"] in ids:
            yield f"{where}: id {item['id']} is also that of {ids[item['id']]}"
        ids[item["id"]] = where
        if item["style"] not in STYLES.split("|"):
            yield f"{where}: style {item['style']!r}"
        if item["text"] != item["text"].strip() or "  " in item["text"]:
            yield f"{where}: stray blanks"
        seen = set()
        for claim in item["claims"]:
            for fault in _claim_faults(claim, item["text"]):
                yield f"{where}: {fault}"
            key = (claim["source_canonical"], claim["stance"], claim["accused_canonical"], claim["incident"], claim.get("act"))
            if key in seen:
                yield f"{where}: the same claim twice: {key}"
            seen.add(key)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + RUN]) for i in range(max(1, len(words) - RUN + 1))}


def near_duplicates(items: Iterable[tuple[str, dict[str, Any]]], limit: float = 0.7) -> Iterator[tuple[str, str, float]]:
    """Pairs of places whose texts share more than `limit` of the shorter one's five-word runs."""
    holders: dict[tuple[str, ...], list[int]] = collections.defaultdict(list)
    places: list[str] = []
    sizes: list[int] = []
    for number, (where, item) in enumerate(items):
        runs = _runs(item["text"])
        shared = collections.Counter(other for run in runs for other in holders[run])
        for other, count in shared.items():
            if (share := count / min(len(runs), sizes[other])) > limit:
                yield places[other], where, share
        for run in runs:
            holders[run].append(number)
        places.append(where)
        sizes.append(len(runs))


def table(items: list[dict[str, Any]]) -> str:
    """What is in the corpus, as lines of text."""
    claims = [claim for item in items for claim in item["claims"]]
    empty = sum(not item["claims"] for item in items)
    groups = {item["incident"] for item in items if item["incident"]}
    lines = [f"passages {len(items)}, claims {len(claims)}, without a claim {empty} ({empty / max(1, len(items)):.0%})"]
    lines.append(f"incident groups {len(groups)}, words {sum(len(item['text'].split()) for item in items)}")
    counts = {"style": collections.Counter(item["style"] for item in items)}
    for key in (*VALUES, "state"):
        counts[key] = collections.Counter(str(claim[key]) for claim in claims)
    for key in ("act", "incident", "date", "via", "victims"):
        counts["has"] = counts.get("has", collections.Counter()) + collections.Counter(
            [key] * sum(bool(c.get(key)) for c in claims)
        )
    for key in ("source_canonical", "accused_canonical", "firmness_cue"):
        counts["distinct"] = counts.get("distinct", collections.Counter()) + collections.Counter(
            {key: len({c[key] for c in claims})}
        )
    for key, counter in counts.items():
        lines.append(f"{key}: " + ", ".join(f"{name} {count}" for name, count in counter.most_common()))
    return "\n".join(lines)


def main(names: list[str]) -> int:
    paths = [Path(name) for name in names] or sorted(CORPUS.glob("*.jsonl"))
    items = list(read(paths))
    found = list(faults(items)) + [f"{a} and {b}: {share:.0%} alike" for a, b, share in near_duplicates(items)]
    for fault in found:
        print(fault)
    print(table([item for _, item in items]))
    print(f"faults {len(found)}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
