"""What page one says of real affairs: `python -m evals.affairs [--quick] [--set NAME]... [--case NAME]`.

Three sets, each in a row of its own: `shared`, the affairs of the shared data (`cases/affairs`, retold in other sentences;
looked at, nothing was trained on them), and our own of `evals/data/affairs`: `development`, which may be looked at, too, and
`apart`, of which nothing but its row is printed. Each affair is made into a brief, and the scorer, which lies beside the shared
affairs, counts the main facts on page one (weighted), by kind, the falsehoods said without a mark, and the speakers turned
round.
"""

from __future__ import annotations

import argparse
import json
import runpy
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from evals.claims import shared_folder
from indicia import knowledge
from indicia.pipeline import build
from indicia.records import to_json
from indicia.share import render

OURS = Path(__file__).parent / "data" / "affairs"
APART = "apart"  # counted only
SETS = ("shared", "development", APART)
QUICK = 4  # affairs of a set

Score = Callable[[Mapping[str, Any], Path], dict[str, Any]]


def briefed(texts: Path, out: Path) -> None:
    """Brief and case of a folder of texts, where the scorer looks for them."""
    known = knowledge.load()
    case = build([texts], [], knowledge=known)
    folder = out / "brief"
    folder.mkdir(parents=True)
    (folder / "brief.md").write_bytes(render(case, "md", known))
    (folder / "case.json").write_bytes(to_json(case))


def counted(affair: Path, score: Score) -> dict[str, Any]:
    """What the scorer says of one affair, given as its folder."""
    with tempfile.TemporaryDirectory() as place:
        briefed(affair / "texts", Path(place))
        return score(json.loads((affair / "gold.json").read_text("utf-8")), Path(place))


def tell(result: Mapping[str, Any], *, each: bool) -> None:
    """One affair in a line, and with `each` every fact and every falsehood that page one says."""
    said = sum(one["said"] for one in result["false"])
    print(f"{result['case']:20} facts {result['share']:.2f}  falsehoods {said}  {result['shown_title']}")
    for one in result["facts"] if each else ():
        print(f"    {one['score']:.1f} w{one['weight']} [{one['in_case']}] {one['fact'][:90]} <- {one['words'][:120]}")
    for one in result["false"] if each else ():
        if one["said"] or one["hedged"]:
            print(f"    {'SAID' if one['said'] else 'hedged'}: {one['text']} <- {one['words'][:140]}")


def tell_kinds(results: Iterable[Mapping[str, Any]]) -> None:
    kinds: dict[str, list[float]] = defaultdict(list)
    for result in results:
        for one in result["facts"]:
            kinds[one["kind"]].append(one["score"])
    print(
        "by kind: " + ", ".join(f"{kind} {sum(found) / len(found):.2f} ({len(found)})" for kind, found in sorted(kinds.items()))
    )


def row(name: str, results: list[dict[str, Any]], seconds: float) -> str:
    """The figures of a set."""
    facts = sum(result["share"] for result in results) / max(1, len(results))
    false = sum(one["said"] for result in results for one in result["false"])
    turned = sum(one["state"] == "inverted" for result in results for one in result["rows"])
    named = sum(result["title"] for result in results)
    return (
        f"affairs {name}: weighted={facts:.3f} falsehoods={false} inverted={turned} named={named:.1f}/{len(results)} "
        f"seconds={seconds:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK} affairs of each set")
    parser.add_argument("--set", action="append", choices=SETS, dest="sets", help="a set (all, if not given)")
    parser.add_argument("--case", help=f"one affair, with each fact (none of those kept {APART})")
    options = parser.parse_args()
    folder = shared_folder()
    home = folder / "cases" / "affairs" if folder else None
    if home is None or not home.is_dir():
        print("affairs: the shared data is not there (set INDICIA_SHARED), and with it the scorer")
        return
    score = runpy.run_path(str(home / "score_facts.py"))["score_case"]
    rows = []
    for name in options.sets or SETS:
        if options.case and name == APART:
            continue
        affairs = sorted(path.parent for path in (home / "dev" if name == "shared" else OURS / name).glob("*/gold.json"))
        affairs = [affair for affair in affairs if options.case in (None, affair.name)][: QUICK if options.quick else None]
        started = time.perf_counter()
        results = []
        for affair in affairs:
            results.append(counted(affair, score))
            if name != APART:
                tell(results[-1], each=bool(options.case))
        if results and name != APART:
            tell_kinds(results)
        if results:
            rows.append(row(name, results, time.perf_counter() - started))
    print("", *rows, sep="\n")


if __name__ == "__main__":
    main()
