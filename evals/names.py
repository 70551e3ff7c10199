"""Accuracy of names, on reports that others marked and on sentences of ours: `python -m evals.names [--quick] [--errors]`.

Data: ../shared/reading/annoctr/ner.dev.json (AnnoCTR, CC BY-SA 4.0, test data only) and, where INDICIA_REPORTS names a folder
of clones, the sets of evals/named.py. GROUP is compared with actors, MALWARE with software of type malware; exact spans, whole
documents. Marked tools are not compared. Some sets also mark names inside the addresses of pictures, which are no mentions to
us: "outside URLs" leaves those out. In "overlap" any common character counts. Of parts called `measured` no error is shown.

Ours: sentences that introduce made-up names, with decoys (evals/introductions.py), and everyday ones that name nobody.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from pathlib import Path

from evals.introductions import ambiguous, halves, said, tally
from evals.named import SOURCES, Report, read_rows, reports_of
from evals.reports import clone_of
from indicia.knowledge import Knowledge, load
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.records import Mention, MentionKind

SHARED = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).parent.parent.parent / "shared")
EVERYDAY = Path(__file__).parent / "data" / "everyday.txt"


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


def sets(folder: Path | None) -> list[tuple[str, str, list[Report]]]:
    """(name, part, reports) of every set whose texts are there."""
    path = SHARED / "reading" / "annoctr" / "ner.dev.json"
    found = [("AnnoCTR, its own dev", "development", read_rows(path.read_text("utf-8")))] if path.exists() else []
    for source in SOURCES if folder is not None else ():
        clone = clone_of(folder, source) if folder is not None else None
        if clone is not None:
            found += [(source.publisher, part, reports_of(source, clone, part)) for part in ("development", "measured")]
    return found


def counted(reports: list[Report], knowledge: Knowledge, wrong: Counter[tuple[str, str, str]]) -> dict[str, Counter[str]]:
    """Counts for each label; what was missed or wrong goes into `wrong`."""
    totals: dict[str, Counter[str]] = {"GROUP": Counter(), "MALWARE": Counter()}
    for report in reports:
        text = report.text
        mentions = find_names(document_from_text(text, name="eval"), knowledge)
        for label, total in totals.items():
            want = report.labels[label]
            got = {(m.span.start, m.span.end) for m in mentions if label_of(m) == label}
            total.update(
                right=len(got & want), got=len(got), want=len(want), in_address=sum(in_address(text, s) for s, _ in want - got)
            )
            total["touch_got"] += sum(1 for s, e in got if any(s < we and ws < e for ws, we in want))
            total["touch_want"] += sum(1 for ws, we in want if any(s < we and ws < e for s, e in got))
            wrong.update((label, "missed", text[s:e]) for s, e in want - got)
            wrong.update((label, "wrong", text[s:e]) for s, e in got - want)
    return totals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="without the clones: it takes seconds")
    parser.add_argument("--errors", action="store_true", help="show what was missed or wrong in development parts")
    options = parser.parse_args()
    knowledge = load()
    summary = ours(knowledge, options.errors)
    folder = os.environ.get("INDICIA_REPORTS")
    found = sets(Path(folder) if folder and not options.quick else None)
    columns = f"{'gold':>6}{'found':>7}{'precision':>11}{'recall':>8}{'F1':>7}{'outside URLs':>14}{'overlap':>9}"
    print(f"{'set':22}{'part':13}{'label':9}{columns}")
    for name, part, reports in found:
        wrong: Counter[tuple[str, str, str]] = Counter()
        for label, total in counted(reports, knowledge, wrong).items():
            if not total["want"]:
                continue
            p, r, f = f1(total["right"], total["got"], total["want"])
            lp, lr = total["touch_got"] / max(1, total["got"]), total["touch_want"] / max(1, total["want"])
            loose = 2 * lp * lr / (lp + lr) if lp + lr else 0.0
            _, _, outside = f1(total["right"], total["got"], total["want"] - total["in_address"])
            print(
                f"{name:22}{part:13}{label:9}{total['want']:>6}{total['got']:>7}{p:>11.3f}{r:>8.3f}{f:>7.3f}"
                f"{outside:>14.3f}{loose:>9.3f}"
            )
            summary.append(f"{name.split(',')[0].lower()}_{part}_{label.lower()}_f1={f:.3f}")
        if options.errors and part == "development":
            for (label, kind, written), count in wrong.most_common():
                print(f"{label:8} {kind:7} {count:3} {written!r}")
    print(f"names: {' '.join(summary)}" + ("" if found else " skipped=1 (needs ner.dev.json in ../shared/reading/annoctr)"))


if __name__ == "__main__":
    main()
