"""Trains the reader of techniques: linear models over hashed features, one for each technique of ATT&CK, and their calibration.

    python -m scripts.train_techniques --held held           five folds by report, prints the figures
    python -m scripts.train_techniques --held held -o src/indicia/read/techniques/model   the same, then trains on all, writes the weights

`--held` is what the folds' encoders say (scripts/train_techniques_encoder.py); without it the linear machines read alone.
Of the folds those are used whose encoder is there.

Needs scikit-learn and SciPy beside the project's own dependencies; neither is needed at run time. The texts (ATT&CK's
procedure examples and descriptions, TRAM's marked reports, titles of Sigma's rules) are read from ../shared or INDICIA_SHARED
and stay there: only weights over hashed features ship.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from scripts.techniques.data import FOLDS, gather
from scripts.techniques.figures import baseline, outcome
from scripts.techniques.held import folds_in, read_held
from scripts.techniques.machines import Margins, featurise, from_examples_alone, held_out, whole
from scripts.techniques.weights import export

SHARED = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).resolve().parent.parent.parent / "shared")


def joined(parts: Iterable[Margins]) -> Margins:
    """The held-out margins of all folds."""
    first, *others = parts
    for part in others:
        for mine, theirs in zip(first, part, strict=True):
            np.copyto(mine, theirs, where=~np.isnan(theirs))
    return first


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--without-cited", action="store_true", help="leave out the procedure examples that cite a marked report"
    )
    parser.add_argument("--processes", type=int, default=1, help="trainings at a time")
    parser.add_argument("--held", type=Path, help="the folder of what the folds' encoders say")
    parser.add_argument("-o", "--output", type=Path, help="the folder for the weights")
    options = parser.parse_args()
    data = featurise(gather(SHARED, without_cited=options.without_cited))
    use = folds_in(options.held) if options.held else range(FOLDS)
    with ProcessPoolExecutor(options.processes) as pool:
        folds = [pool.submit(held_out, data, [fold]) for fold in use]
        shipping = pool.submit(whole, data) if options.output else None
        rehearsal = pool.submit(from_examples_alone, data) if options.output else None
        margins = joined(fold.result() for fold in folds)
        shares = read_held(options.held, data.texts, use) if options.held else None
        print(outcome(data.texts, margins, baseline(data.texts, use), shares), flush=True)
        if shipping is not None and rehearsal is not None:
            export(options.output, data.texts, shipping.result(), margins, rehearsal.result(), shares)


if __name__ == "__main__":
    main()
