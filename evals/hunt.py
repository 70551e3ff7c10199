"""Is the hunt exact? `python -m evals.hunt [--quick]`

1. SigmaHQ's regression data: the matches of every rule in the events recorded for it.
2. Attack samples with all rules: every record read or named, every rule compiled or refused with a reason; each pair of rule
   and event beside the slow evaluator's; and beside Zircolite's, where INDICIA_ZIRCOLITE names a checkout of it (and
   INDICIA_ZIRCOLITE_PYTHON a Python with what it needs). Every difference is put under a reason.
3. The scenarios of an Exchange server: the right verdict for each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import yaml

from examples.scenarios import write_scenario
from indicia.hunt.logs.formats import FORMATS
from indicia.hunt.logs.inputs import find_logs
from indicia.hunt.match.book import conditions_for, load_rules
from indicia.hunt.match.reference import matches
from indicia.hunt.names import field_key
from indicia.hunt.rules.ir import How, tests_of
from indicia.hunt.run import hunt
from indicia.records import Hunt, HuntVerdict, Problem, Severity

SHARED = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).parent.parent.parent / "shared")
RULES = [SHARED / "sigma" / name for name in ("rules", "rules-emerging-threats", "rules-threat-hunting")]
SAMPLES = SHARED / "logs" / "evtx-attack-samples"
EXPECTED = {
    "A": HuntVerdict.COMPROMISE,
    "B": HuntVerdict.ATTEMPT,
    "C": HuntVerdict.SIGNS,  # the page answers, but the break-in is before the oldest line
    "D": HuntVerdict.NOT_SEEN,
    "E": HuntVerdict.ATTEMPT,
    "F": HuntVerdict.COMPROMISE,
    "G": HuntVerdict.COMPROMISE,
    "H": HuntVerdict.COMPROMISE,
    "I": HuntVerdict.COMPROMISE,
    "J": HuntVerdict.COMPROMISE,
}
Pair = tuple[str, str, str, str]  # rule, file name, record id, time


def regression() -> tuple[int, int, int]:
    """(tests, right, tests whose file holds more than info.yml counts: at least as many were found)."""
    result = hunt([SHARED / "sigma" / "regression_data"], rules=RULES, builtin=False, most=None)
    found = Counter((sighting.rule, sighting.event.place.file) for sighting in result.sightings)
    tests = right = more = 0
    for info in sorted((SHARED / "sigma" / "regression_data").rglob("info.yml")):
        content = yaml.safe_load(info.read_text("utf-8"))
        for test in content.get("regression_tests_info") or ():
            for rule in content["rule_metadata"]:
                if test["type"] != "evtx":
                    continue
                got = found[rule["id"], str(SHARED / "sigma" / test["path"])]
                count = test.get("match_count")
                tests += 1
                if got == count or (count is None and got):
                    right += 1
                elif got > (count or 0):
                    more += 1
                    print(f"  more than counted: {rule['title']}: {got}, info.yml says {count}")
                else:
                    print(f"  WRONG: {rule['title']}: {got}, info.yml says {count}")
    return tests, right, more


def pairs_of(result: Hunt) -> Counter[Pair]:
    """Every match as (rule, file name, record id, time)."""
    return Counter(
        (s.rule, Path(s.event.place.file).name, s.event.fields.get("EventRecordID", ""), s.event.fields.get("SystemTime", ""))
        for s in result.sightings
    )


def slow_pairs(limit: int) -> tuple[Counter[Pair], Counter[Pair], int]:
    """The pairs of the slow evaluator and of the fast one for the first `limit` events, and how many those were."""
    book, _ = load_rules(RULES, builtin=False)
    conditions = [(book.rules[number].id, node) for number, node in conditions_for(book.compiled(), "windows")]
    logs = [item[0] for item in find_logs([SAMPLES]) if not isinstance(item, Problem) and item[1] and item[1].name == "evtx"]
    chosen: list[Path] = []
    slow: Counter[Pair] = Counter()
    events = 0
    for log in logs:
        if events >= limit:
            break
        chosen.append(Path(log.name))
        for batch in next(form for form in FORMATS if form.name == "evtx").read([log], frozenset()):
            if isinstance(batch, Problem):
                continue
            for row in range(batch.size):
                fields = batch.event(row).fields
                events += 1
                for rule, node in conditions:
                    if matches(node, fields):
                        slow[rule, Path(log.name).name, fields.get("EventRecordID", ""), fields.get("SystemTime", "")] += 1
    return slow, pairs_of(hunt(chosen, rules=RULES, builtin=False, most=None)), events


def zircolite_pairs(folder: Path) -> Counter[Pair] | None:
    """What Zircolite finds in the samples with the same rules; None where there is none."""
    checkout = os.environ.get("INDICIA_ZIRCOLITE")
    if not checkout:
        return None
    out = folder / "zircolite.json"
    command = [os.environ.get("INDICIA_ZIRCOLITE_PYTHON", sys.executable), "zircolite.py", "-e", str(SAMPLES)]
    command += ["-r", *map(str, RULES), "-p", "sysmon", "windows-logsources", "--unified-db", "--no-event-filter", "-q"]
    command += ["-o", str(out), "-l", str(folder / "zircolite.log")]
    subprocess.run(command, cwd=checkout, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found: Counter[Pair] = Counter()
    for rule in json.loads(out.read_text("utf-8")):
        for match in rule["matches"] if isinstance(rule["matches"], list) else [rule["matches"]]:
            found[rule["id"], match["OriginalLogfile"], str(match["EventRecordID"]), match["SystemTime"]] += 1
    return found


def explain(theirs: Counter[Pair], ours: Counter[Pair], result: Hunt) -> tuple[Counter[str], Counter[str]]:
    """Reasons for the pairs that only one of the two has; "unexplained" where there is none."""
    sources = {}
    for path in [path for folder in RULES for path in folder.rglob("*.yml")]:
        head = yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        sources[str(head["id"])] = (head.get("logsource") or {}, json.dumps(head.get("detection"), default=str))
    book, _ = load_rules(RULES, builtin=False)
    leaves = {rule.id: list(tests_of(rule.condition)) for rule in book.compiled().rules}
    only_theirs: Counter[str] = Counter()
    for pair, count in (theirs - ours).items():
        product = sources[pair[0]][0].get("product")
        only_theirs[
            f"a rule for {product}, run over Windows events" if product not in (None, "windows") else "unexplained"
        ] += count
    events = {key: sighting.event for key, sighting in zip(_keys(result), result.sightings, strict=True)}
    only_ours: Counter[str] = Counter()
    for pair, count in (ours - theirs).items():
        logsource, detection = sources[pair[0]]
        fields = events[pair].fields
        if logsource.get("category") == "process_creation" and fields.get("EventID") == "4688":
            reason = "process creation as the Security log tells it (4688)"
        elif logsource.get("category") == "antivirus":
            reason = "antivirus rules read Defender's events"
        elif "|cidr" in detection or "fieldref" in detection or "|re" in detection:
            reason = "networks, expressions or two fields, which its SQL does not compare"
        elif any(not leaf.field for leaf in leaves[pair[0]]):
            reason = "keywords, which its SQL does not seek"
        elif "not " in detection and {field_key(leaf.field) for leaf in leaves[pair[0]]} - {field_key(name) for name in fields}:
            reason = "a filter on a field that the event does not have: NULL in its SQL, false here"
        elif any(field_key(leaf.field) == "initiated" for leaf in leaves[pair[0]]):
            reason = "a truth value, which it stores as a number and compares with a text"
        elif any(leaf.how is How.NULL for leaf in leaves[pair[0]]):
            reason = "an empty value, which is NULL in its SQL"
        elif any(field_key(leaf.field) == "data" for leaf in leaves[pair[0]]):
            reason = "a list of Data, of which any item may match"
        else:
            reason = "unexplained"
        only_ours[reason] += count
    return only_theirs, only_ours


def _keys(result: Hunt) -> list[Pair]:
    return [
        (s.rule, Path(s.event.place.file).name, s.event.fields.get("EventRecordID", ""), s.event.fields.get("SystemTime", ""))
        for s in result.sightings
    ]


def scenarios(folder: Path, lines: int) -> tuple[int, int]:
    """(scenarios, right verdicts)."""
    right = 0
    for name, expected in EXPECTED.items():
        write_scenario(name, folder / name, ordinary_lines=lines)
        result = hunt([folder / name])
        loud = sum(rule.matches for rule in result.rules if rule.level.value in ("high", "critical")) if name == "D" else 0
        fits = result.verdict is expected and not loud
        right += fits
        print(f"  {name}: {result.verdict.value:22} expected {expected.value:22} {'ok' if fits else 'WRONG'}")
    return len(EXPECTED), right


def main() -> None:
    """Prints the tables and the summary line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller scenarios, fewer events for the slow evaluator")
    quick = parser.parse_args().quick
    began = time.perf_counter()
    summary = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if RULES[0].is_dir():
            print("regression data")
            tests, right, more = regression()
            print(f"  {right} of {tests} as info.yml says, {more} more than it says")
            result = hunt([SAMPLES], rules=RULES, builtin=False, most=None)
            ours = pairs_of(result)
            read = sum(file.events for file in result.files)
            lost = sum(problem.count for problem in result.problems if problem.severity is not Severity.NOTE)
            refused = [rule for rule in result.rules if rule.skipped]
            print(f"attack samples: {read} events, {lost} named as lost, {sum(ours.values())} pairs")
            for rule in refused:
                print(f"  refused: {rule.title}: {rule.skipped}")
            slow, fast, events = slow_pairs(60 if quick else 10**9)
            there, here = sum((slow - fast).values()), sum((fast - slow).values())
            print(f"slow evaluator over {events} events: {there} only there, {here} only here")

            summary += [
                f"regression={right + more}/{tests}",
                f"events={read}",
                f"lost={lost}",
                f"rules={len(result.rules) - len(refused)}/{len(result.rules)}",
                f"pairs={sum(ours.values())}",
                f"slow_events={events}",
                f"slow_differences={sum((slow - fast).values()) + sum((fast - slow).values())}",
            ]
            theirs = zircolite_pairs(folder)
            if theirs is None:
                print("no Zircolite: INDICIA_ZIRCOLITE names no checkout")
            else:
                only_theirs, only_ours = explain(theirs, ours, result)
                both = sum((theirs & ours).values())
                print(f"Zircolite: {sum(theirs.values())} pairs, {both} of them here")
                for label, reasons in (("only there", only_theirs), ("only here", only_ours)):
                    for reason, count in reasons.most_common():
                        print(f"  {label}: {count} {reason}")
                unexplained = only_theirs["unexplained"] + only_ours["unexplained"]
                summary += [f"zircolite={sum(theirs.values())}", f"both={both}", f"unexplained={unexplained}"]
        else:
            print(f"no {SHARED.name}: only the scenarios")
        print("scenarios")
        count, right = scenarios(folder, 600 if quick else 20_000)
        summary += [f"scenarios={right}/{count}", f"seconds={time.perf_counter() - began:.0f}"]
    print(f"hunt: {' '.join(summary)}")


if __name__ == "__main__":
    main()
