"""Expressions that are made to run for ever, each on the texts that hurt it most: `python -m bench.expressions`, with `--rules
FOLDER` those of Sigma rules; last line `bench.expressions: key=value ...`.

The families are those that writings on ReDoS tell apart (a repeat within a repeat, alternatives that overlap, neighbours that
overlap, counted repeats, looks ahead and references back), over every kind of character, with what may stand before and behind;
or, with `--rules`, the expressions of Sigma rules. `tests.attacks` makes the texts out of each expression. Times are of the
processor for one value, of this process and of the one apart together.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from indicia.errors import RuleError
from indicia.hunt.match.regexes import Expression
from indicia.hunt.rules.ir import How, Test
from indicia.hunt.rules.regex import check_regex
from tests.attacks import attacks

MOST = 2.0  # seconds of the processor
SIZES = (60, 8_000, 32_000)  # characters: for exponential, cubic and quadratic work
TEXTS = 6  # of each size
ATOMS = ("a", r"\w", "[a-z0-9]", ".", r"\s", r"\d", "é", "(?:ab)", "[^x]")
FAMILIES = (
    "({0}+)+", "({0}*)*", "({0}+)*", "({0}|{0})*", "({0}|{0}{0})+", "({0}?){{40}}{0}{{40}}", "{0}*{0}*{0}*{0}*{0}*{0}*",
    "({0}{{0,60}}{0}|b){{1,9}}", "(?:.*{0}){{12}}", "(?:{0}{{0,400}}b){{9}}", "(?:(?:{0}?){{30}}){{30}}",
    "(.*)({0}+)(.*)({0}+)(.*)", "(?=.*{0})(.*{0}){{7}}", r"({0}*)({0}*)({0}*)\1", "(?:(?!z){0}+)+{0}",
)  # fmt: skip
AROUND = (("", "$"), ("^", "Z"), ("(?i)x?", r"\x01\x02"), ("", ""))


def made() -> Iterator[str]:
    """The expressions of all families."""
    for family, atom, (before, behind) in product(FAMILIES, ATOMS, AROUND):
        yield before + family.format(atom) + behind


def of_rules(folder: Path) -> Iterator[str]:
    """The expressions of all Sigma rules in a folder."""
    for file in sorted(folder.rglob("*.yml")):
        text = file.read_text("utf-8", "replace")
        if "|re" in text:
            for rule in yaml.safe_load_all(text):
                yield from _within(rule, "")


def _within(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _within(one, str(name))
    elif isinstance(value, list):
        for one in value:
            yield from _within(one, key)
    elif re.search(r"\|re\b", key):
        yield str(value)


def children() -> float:
    """Processor time of the processes that this one started and that live."""
    ticks = 0
    for pid in Path("/proc/self/task").glob("*/children"):
        for child in pid.read_text().split():
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / 100


def worst(pattern: str) -> tuple[float, int]:
    """The longest time for one value, and how many values took too long to be answered. Raises: RuleError."""
    check_regex(pattern, "")
    expression = Expression(Test("f", How.REGEX, pattern))
    longest = 0.0
    for size in SIZES:
        for text in islice(attacks(pattern, 0, size), TEXTS):
            for value in (text, text + " é"):
                expression._strikes = 0  # as if it were the first
                begun = time.process_time() + children()
                expression.over(pa.array([value], pa.string()))
                longest = max(longest, time.process_time() + children() - begun)
    return longest, expression.late


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=Path, help="a folder of Sigma rules")
    parser.add_argument("--every", type=int, default=1, help="only every so many of them")
    options = parser.parse_args()
    patterns = list(dict.fromkeys(of_rules(options.rules) if options.rules else made()))[:: options.every]
    refused = late = over = 0
    slowest = 0.0
    for pattern in patterns:
        try:
            seconds, gone = worst(pattern)
        except RuleError:
            refused += 1
            continue
        slowest, late, over = max(slowest, seconds), late + (gone > 0), over + (seconds > MOST)
        if seconds > MOST:
            print(f"{seconds:.1f} s: {pattern}", flush=True)
    print(
        f"bench.expressions: expressions={len(patterns)} refused={refused} given_up={late} over={over} "
        f"slowest={slowest:.2f}s of {MOST} s"
    )
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
