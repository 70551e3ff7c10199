"""Scenarios of a sceptic, through the command line: `python -m evals.weigh_scenarios [--measured] [--show] [--only WORDS]`.

Each is written down with what a careful analyst expects said and not said (`evals/data/weigh/scenarios.yml`); those of
`scenarios-measured.yml` were kept apart while the program was mended. Texts go through `brief` into a case, what people enter
through `evidence add`; then `weigh` prints and gives JSON. Listed is what an analyst would not sign; --show prints all of it.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import yaml

from indicia.cli.main import run

__all__ = ["faults", "given", "scenarios"]

FOLDER = Path(__file__).parent / "data" / "weigh"
INSUFFICIENT, CONFLICT = "insufficient grounds", "cannot be told apart"
ON_GROUNDS = ("## Who says what", "## Do the grounds hold?", "## What is not known", "## Annex: The grounds, item by item")


def scenarios(name: str = "scenarios") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))
    return found


def indicia(*arguments: str) -> str:
    """What a command prints, on one line. Raises: RuntimeError where it fails."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    os.environ["COLUMNS"] = "300"
    try:
        with redirect_stdout(out), redirect_stderr(err):
            run([*arguments])
    except SystemExit as stop:
        if stop.code:
            raise RuntimeError(err.getvalue()) from stop
    out.seek(0)
    return out.read()


def given(scenario: dict[str, Any], folder: Path) -> tuple[str, dict[str, Any], str]:
    """What `weigh` prints on it, its JSON, and what the brief says on the grounds ("" where there were no texts)."""
    if "texts" not in scenario:
        typed = [
            (f"--{name}", *(str(one) for one in scenario[name]))
            for name in ("software", "techniques", "victims", "sectors")
            if name in scenario
        ]
        what = [one for option in typed for value in option[1:] for one in (option[0], value)]
        return indicia("weigh", *what), json.loads(indicia("weigh", *what, "--json")), ""
    for name, text in scenario["texts"].items():
        (folder / name).write_text(text, "utf-8")
    case, brief = str(folder / "affair.indicia"), folder / "brief"
    texts = [str(folder / name) for name in scenario["texts"]]
    indicia("brief", *texts, "--case", case, "-o", str(brief), "--unmarked", "clear")
    for entered in scenario.get("entered", ()):
        options = [f"--{name}={entered[name]}" for name in ("kind", "strength", "grade", "note")]
        against = ["--against"] if entered.get("against") else []
        indicia("evidence", "add", case, *options, *(f"--fits={one}" for one in entered["fits"]), *against, "--author=analyst")
    if "entered" in scenario:
        indicia("brief", *texts, "--case", case, "-o", str(brief), "--unmarked", "clear")
    page = _on_grounds((brief / "brief.md").read_text("utf-8"))
    return indicia("weigh", case), json.loads(indicia("weigh", case, "--json")), page


def _on_grounds(brief: str) -> str:
    parts = brief.split("\n## ")
    return "\n".join(part for part in (f"## {part}" for part in parts) if part.startswith(ON_GROUNDS))


def faults(scenario: dict[str, Any], printed: str, found: dict[str, Any], page: str) -> list[str]:
    """What is expected and missing, or said and wrong."""
    observed, said = found["observed"], found["said"]
    every = " ".join(f"{printed} {page}".split()).casefold().replace("\\", "")
    first = " ".join(found["agreement"].split()).casefold()
    wrong = []
    if observed["verdict"] not in scenario.get("verdict", [observed["verdict"]]):
        wrong.append(f"verdict {observed['verdict']!r}")
    if strangers := set(observed.get("leaders", ())) - set(scenario.get("names", ())):
        wrong.append(f"names {', '.join(sorted(strangers))}")
    leans = () if said["verdict"] == CONFLICT else said.get("leaders", ())
    if set(leans) != set(scenario.get("leans", leans)):
        wrong.append(f"what was said leans to {', '.join(leans) or 'nobody'}")
    rows = found.get("compared", ())
    contradicted = any(row.get("standing") == "contradict" or row.get("split") for row in rows)
    if contradicted != scenario.get("contradicted", contradicted):
        wrong.append("is" + ("" if contradicted else " not") + " told as contradicted")
    wrong += [f"{word!r} is not in the first sentence" for word in scenario.get("first", ()) if word.casefold() not in first]
    wrong += [f"{word!r} is said nowhere" for word in scenario.get("says", ()) if word.casefold() not in every]
    wrong += [f"{word!r} is said" for word in scenario.get("never", ()) if word.casefold() in every]
    if observed["verdict"] == said["verdict"] == INSUFFICIENT and "%" in every:
        wrong.append("a probability stands where the grounds are insufficient")
    for assessment in (observed, said):
        if assessment["verdict"] == INSUFFICIENT and any(assessment.get(key) for key in ("posteriors", "levels", "likelihood")):
            wrong.append(f"JSON holds a probability of what was {assessment['kind']}")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measured", action="store_true", help="those that were kept apart, too")
    parser.add_argument("--show", action="store_true", help="print everything as well")
    parser.add_argument("--only", default="", help="those whose name holds these words")
    options = parser.parse_args()
    started, signed, count = time.perf_counter(), {"": 0, "measured": 0}, {"": 0, "measured": 0}
    for part, name in (("", "scenarios"), ("measured", "scenarios-measured"))[: 2 if options.measured else 1]:
        for scenario in scenarios(name):
            if options.only not in scenario["name"]:
                continue
            with tempfile.TemporaryDirectory() as folder:
                printed, found, page = given(scenario, Path(folder))
            wrong = faults(scenario, printed, found, page)
            count[part] += 1
            signed[part] += not wrong
            print(f"{'signed' if not wrong else 'not signed':<12}{scenario['name']}" + "".join(f"\n    {one}" for one in wrong))
            if options.show:
                print(f"{printed}\n{page}\n{'=' * 100}", flush=True)
    parts = " ".join(f"{part or 'development'}={signed[part]}/{count[part]}" for part in count if count[part])
    print(f"\nweigh_scenarios: {parts} seconds={time.perf_counter() - started:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
