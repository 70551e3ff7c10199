"""What a sceptic would try, whole: `python -m evals.weigh_sceptic [--quick]`.

Every single piece of software and every single technique of ATT&CK, every pair of public tools, and every public tool with
each of the techniques that fewest groups use; how many of them name a group, two, or a state. None should. --quick tries every
tenth pair.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from itertools import combinations, product

import numpy as np

from indicia.knowledge import load
from indicia.records import Verdict
from indicia.weigh.inputs import ItemLayout
from indicia.weigh.known import Tree, tree_of
from indicia.weigh.model import Grounds, grounds_of
from indicia.weigh.verdict import decide

RARE = 100  # techniques that fewest groups use, of those that any uses


def namings(sets: Iterable[tuple[int, ...]], grounds: Grounds, tree: Tree) -> tuple[int, int]:
    """How many sets of features there are, and on how many of them the verdict is not "insufficient grounds"."""
    count = named = 0
    model = grounds.model
    for columns in sets:
        layout = ItemLayout.of(grounds.profiles, np.array(sorted(columns), dtype=np.int64))
        factors = np.ones(len(columns))
        after = model.posterior(model.scores(layout, factors[None, :])[0], model.prior)
        named += decide(model, layout, factors, after, model.prior, tree).verdict is not Verdict.INSUFFICIENT
        count += 1
    return count, named


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every tenth pair")
    every = 10 if parser.parse_args().quick else 1
    started = time.perf_counter()
    knowledge = load()
    grounds, tree = grounds_of(knowledge), tree_of(knowledge)
    relations, users = grounds.profiles.relations, grounds.profiles.users
    first, last = len(relations.techniques), len(relations.features)
    tools = [int(at) for at in np.flatnonzero(relations.is_tool)]
    used = [int(at) for at in np.argsort(users[:first], kind="stable") if users[at] > 0][:RARE]
    tries: dict[str, list[tuple[int, ...]]] = {
        "techniques": [(at,) for at in range(first)],
        "software": [(at,) for at in range(first, last)],
        "pairs_of_tools": list(combinations(tools, 2))[::every],
        "tool_and_technique": list(product(tools, used))[::every],
    }
    figures = {}
    for name, sets in tries.items():
        count, named = namings(sets, grounds, tree)
        print(f"{name.replace('_', ' '):<24} {count:>6} tried, {named} name somebody", flush=True)
        figures |= {f"{name}_n": count, f"{name}_named": named}
    seconds = time.perf_counter() - started
    print("\nweigh_sceptic: " + " ".join(f"{name}={value}" for name, value in figures.items()) + f" seconds={seconds:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
