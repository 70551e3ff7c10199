"""What page one says of real affairs: `python -m evals.affairs [--quick] [--case NAME]`.

The affairs of the shared data (`cases/affairs`, retold in other sentences; development: looked at, nothing was trained on them)
are made into briefs, and the scorer that lies beside them counts the main facts on page one (weighted), by kind, the falsehoods
said without a mark, and the speakers turned round.
"""

from __future__ import annotations

import argparse
import json
import runpy
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from evals.claims import shared_folder
from indicia import knowledge
from indicia.pipeline import build
from indicia.records import to_json
from indicia.share import render

QUICK = 4  # affairs


def briefed(texts: Path, out: Path) -> None:
    """Brief and case of a folder of texts, where the scorer looks for them."""
    known = knowledge.load()
    case = build([texts], [], knowledge=known)
    folder = out / "brief"
    folder.mkdir(parents=True)
    (folder / "brief.md").write_bytes(render(case, "md", known))
    (folder / "case.json").write_bytes(to_json(case))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK} affairs")
    parser.add_argument("--case", help="one affair, with each fact")
    options = parser.parse_args()
    folder = shared_folder()
    home = folder / "cases" / "affairs" if folder else None
    if home is None or not home.is_dir():
        print("affairs: the shared data is not there (set INDICIA_SHARED)")
        return
    scorer = runpy.run_path(str(home / "score_facts.py"))
    started = time.perf_counter()
    results: list[dict[str, Any]] = []
    golds = [json.loads(file.read_text("utf-8")) for file in sorted((home / "dev").glob("*/gold.json"))]
    golds = [gold for gold in golds if options.case in (None, gold["case"])][: QUICK if options.quick else None]
    with tempfile.TemporaryDirectory() as place:
        for gold in golds:
            out = Path(place) / gold["case"]
            briefed(home / "dev" / gold["case"] / "texts", out)
            results.append(scorer["score_case"](gold, out))
            shown = results[-1]
            said = sum(one["said"] for one in shown["false"])
            print(f"{gold['case']:20} facts {shown['share']:.2f}  falsehoods {said}  {shown['shown_title']}")
            for one in shown["facts"] if options.case else ():
                print(f"    {one['score']:.1f} w{one['weight']} [{one['in_case']}] {one['fact'][:90]} <- {one['words'][:120]}")
            for one in (*shown["false"],) if options.case else ():
                if one["said"] or one["hedged"]:
                    print(f"    {'SAID' if one['said'] else 'hedged'}: {one['text']} <- {one['words'][:140]}")
    kinds: dict[str, list[float]] = defaultdict(list)
    for result in results:
        for one in result["facts"]:
            kinds[one["kind"]].append(one["score"])
    print(
        "by kind: " + ", ".join(f"{kind} {sum(found) / len(found):.2f} ({len(found)})" for kind, found in sorted(kinds.items()))
    )
    facts = sum(result["share"] for result in results) / max(1, len(results))
    false = sum(one["said"] for result in results for one in result["false"])
    turned = sum(row["state"] == "inverted" for result in results for row in result["rows"])
    named = sum(result["title"] for result in results)
    print(
        f"\naffairs: weighted={facts:.3f} falsehoods={false} inverted={turned} named={named:.1f}/{len(results)} "
        f"seconds={time.perf_counter() - started:.1f}"
    )


if __name__ == "__main__":
    main()
