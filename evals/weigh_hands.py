"""Whether two reports are on one group, without naming it: `python -m evals.weigh_hands`.

Pairs of reports of the oldest release of ATT&CK give the bars; pairs of reports that it does not cite measure them, under the
rarities of the newest. Each report is paired with all on its group and with up to four times as many of other groups.
"""

from __future__ import annotations

import sys
from collections.abc import Collection

import numpy as np

from evals.weigh import SHARED, releases
from indicia.weigh.hands import BAR, BAR_WITH_SOFTWARE, likeness, telling_software
from indicia.weigh.profiles import Relations

TECHNIQUES = 5
OTHERS = 10  # reports of other groups to each


def pairs(relations: Relations, without: Collection[str] = ()) -> list[tuple[float, bool, bool]]:
    """(likeness, whether both show telling software, whether both are on one group)."""
    profiles, rng = relations.profiles(), np.random.default_rng(0)
    reports = [row for row in relations.reports(TECHNIQUES) if relations.citations[row[1]] not in without]
    found = []
    for at, (group, citation, columns) in enumerate(reports):
        same = [row for row in reports[at + 1 :] if row[0] == group and row[1] != citation]
        drawn = [reports[one] for one in rng.choice(len(reports), min(len(reports), 4 * OTHERS), replace=False)]
        others = [row for row in drawn if row[0] != group and row[1] != citation][:OTHERS]
        for row in (*same, *others):
            both = sorted(set(columns.tolist()) & set(row[2].tolist()))
            near = likeness(profiles, columns.tolist(), row[2].tolist())
            found.append((near, bool(telling_software(profiles, both)), row[0] == group))
    return found


def main() -> int:
    if not (SHARED / "attack").is_dir():
        print(f"nothing to measure: no {SHARED / 'attack'} (INDICIA_SHARED)", file=sys.stderr)
        return 0
    every = list(releases(SHARED / "attack").values())
    oldest, newest = Relations(every[0]), Relations(every[-1])
    figures = {}
    for name, found in (("oldest", pairs(oldest)), ("later", pairs(newest, set(oldest.citations)))):
        likely = [same for near, software, same in found if near >= (BAR_WITH_SOFTWARE if software else BAR)]
        one_hand = sum(same for _, _, same in found)
        figures[name] = {"pairs": len(found), "one_hand": one_hand, "said": len(likely), "right": sum(likely)}
        print(f"{name}: {len(found)} pairs, {one_hand} on one group; said of {len(likely)}, right {sum(likely)}")
    print("\nweigh_hands: " + " ".join(f"{name}_{key}={value}" for name, row in figures.items() for key, value in row.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
