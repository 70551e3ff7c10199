"""Accuracy of names, on AnnoCTR's development part and on sentences of ours: `python -m evals.names [--quick] [--errors]`.

Data: ../shared/reading/annoctr/ner.dev.json (AnnoCTR, CC BY-SA 4.0, test data only). GROUP is compared with actors,
MALWARE with software of type malware; exact spans, whole documents. The data's TOOL is not compared. The data also marks
names inside the addresses of pictures, which are no mentions to us: the second figure leaves those out. In the last one
any overlap counts.

Ours: sentences that introduce made-up names, with decoys (evals/introductions.py), and everyday ones that name nobody.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from pathlib import Path

from evals.introductions import ambiguous, halves, said, tally
from indicia.knowledge import Knowledge, load
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.records import Mention, MentionKind

SHARED = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).parent.parent.parent / "shared")
EVERYDAY = Path(__file__).parent / "data" / "everyday.txt"
Spans = set[tuple[int, int]]


def documents(path: Path) -> dict[str, tuple[str, dict[str, Spans]]]:
    """Document id -> its text, its sentences one a line, and the spans of each label."""
    found: dict[str, tuple[str, dict[str, Spans]]] = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        name = row["id"].rsplit("__s", 1)[0]
        text, labels = found.get(name, ("", {"GROUP": set(), "MALWARE": set(), "TOOL": set()}))
        offset = len(text)
        at, open_label, start, end = 0, "", 0, 0
        for token, tag in [*zip(row["tokens"], row["ce_tags"], strict=True), ("", "O")]:
            position = row["text"].find(token, at) if token else at
            if not tag.startswith("I-") and open_label:
                if open_label in labels:
                    labels[open_label].add((offset + start, offset + end))
                open_label = ""
            if tag.startswith("B-"):
                open_label, start = tag[2:], position
            at = end = position + len(token)
        found[name] = (text + row["text"] + "\n", labels)
    return found


def label_of(mention: Mention) -> str:
    if mention.kind is MentionKind.ACTOR:
        return "GROUP"
    if mention.kind is MentionKind.SOFTWARE:
        return "MALWARE" if mention.type == "malware" else "TOOL"
    return ""


def in_address(text: str, at: int) -> bool:
    """Whether the word at `at` is part of a URL or a path."""
    low = max(text.rfind(" ", 0, at), text.rfind("\n", 0, at)) + 1
    return text[low:at].count("/") >= 2


def f1(right: int, got: int, want: int) -> tuple[float, float, float]:
    precision, recall = right / got if got else 0.0, right / want if want else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def ours(knowledge: Knowledge, errors: bool) -> list[str]:
    """Prints what the sentences of ours show; the summary."""
    summary = []
    parts = zip(("development", "measured", "ambiguous"), (*halves(), ambiguous()), strict=True)
    for half, texts in parts:
        total, wrong = tally(texts, knowledge)
        p, r, f = f1(total["right"], total["got"], total["want"])
        print(
            f"names in sentences, {half}: {total['want']} names in {len(texts)} sentences: precision {p:.3f},"
            f" recall {r:.3f}, F1 {f:.3f}; {total['fooled']} of {total['decoys']} decoys answered"
        )
        if errors and half != "measured":
            print(*(f"  {line}" for line in wrong), sep="\n")
        summary.append(f"introduced_{half}_f1={f:.3f}")
    everyday = [line for line in EVERYDAY.read_text("utf-8").splitlines() if not line.startswith("#")]
    named = sum(any(said(m) for m in find_names(document_from_text(line, name="eval"), knowledge)) for line in everyday)
    print(f"everyday sentences: {named} of {len(everyday)} name somebody")
    return [*summary, f"everyday_named={named}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the same: it takes seconds")
    parser.add_argument("--errors", action="store_true", help="show what was missed or wrong")
    options = parser.parse_args()
    knowledge = load()
    summary = ours(knowledge, options.errors)
    path = SHARED / "reading" / "annoctr" / "ner.dev.json"
    if not path.exists():
        print(f"names: {' '.join(summary)} skipped=1 (needs {path.name} of AnnoCTR in ../shared/reading/annoctr)")
        return
    totals: dict[str, Counter[str]] = {"GROUP": Counter(), "MALWARE": Counter()}
    wrong: Counter[tuple[str, str, str]] = Counter()
    seconds = characters = 0.0
    for text, labels in documents(path).values():
        document = document_from_text(text, name="eval")
        find_names(document, knowledge) if not characters else None  # the tables are loaded once
        begin = time.process_time()
        mentions = find_names(document, knowledge)
        seconds += time.process_time() - begin
        characters += len(text)
        for label, total in totals.items():
            want = labels[label]
            got = {(m.span.start, m.span.end) for m in mentions if label_of(m) == label}
            total.update(
                right=len(got & want), got=len(got), want=len(want), in_address=sum(in_address(text, s) for s, _ in want - got)
            )
            total["touch_got"] += sum(1 for s, e in got if any(s < we and ws < e for ws, we in want))
            total["touch_want"] += sum(1 for ws, we in want if any(s < we and ws < e for s, e in got))
            wrong.update((label, "missed", text[s:e]) for s, e in want - got)
            wrong.update((label, "wrong", text[s:e]) for s, e in got - want)
    print(f"{'label':10}{'gold':>6}{'found':>7}{'precision':>11}{'recall':>8}{'F1':>8}{'outside URLs':>14}{'any overlap':>13}")
    for label, total in totals.items():
        p, r, f = f1(total["right"], total["got"], total["want"])
        lp, lr = total["touch_got"] / max(1, total["got"]), total["touch_want"] / max(1, total["want"])
        loose = 2 * lp * lr / (lp + lr) if lp + lr else 0.0
        _, _, outside = f1(total["right"], total["got"], total["want"] - total["in_address"])
        print(f"{label:10}{total['want']:>6}{total['got']:>7}{p:>11.3f}{r:>8.3f}{f:>8.3f}{outside:>14.3f}{loose:>13.3f}")
        summary.append(
            f"{label.lower()}_f1={f:.3f} {label.lower()}_f1_outside_urls={outside:.3f} "
            f"{label.lower()}_precision={p:.3f} {label.lower()}_recall={r:.3f}"
        )
    if options.errors:
        for (label, kind, name), count in wrong.most_common():
            print(f"{label:8} {kind:7} {count:3} {name!r}")
    print(f"names: {' '.join(summary)} mb_per_s={characters / seconds / 1e6:.2f}")


if __name__ == "__main__":
    main()
