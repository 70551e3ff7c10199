"""What ships: int8 weights over hashed features, the judges, and the settings."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from scripts.techniques.data import Texts
from scripts.techniques.figures import SHARE, best_threshold
from scripts.techniques.judges import (
    ASK,
    ASK_ALONE,
    OFFSET_ALONE,
    Shares,
    cross_fitted,
    cross_fitted_reread,
    fit_judge,
    fit_rest,
    pairs_alone,
    pairs_of_reports,
    place_of,
    reread,
    shares_alone,
    texts_alone,
)
from scripts.techniques.machines import SHARE_OF_SPANS, Margins, Whole

THRESHOLD_ALONE = 0.3  # answers 97 in 100 texts that show something, and one in four that show nothing
THRESHOLD_REST = 0.65  # where only ATT&CK's own examples taught, and no marked report shows what is wrong
THRESHOLD_BROAD = 0.85  # the same for a parent of sub-techniques, which says least and fits much


def quantised(weights: np.ndarray, idf: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """IDF folded in and rounded to int8 [buckets, classes], with the scale of each class."""
    full = weights * idf[:, None]
    scale = np.abs(full).max(axis=0) / 127
    scale[scale == 0] = 1
    return np.rint(full / scale).astype(np.int8), scale.astype(np.float32)


def export(
    folder: Path, data: Texts, machines: Whole, margins: Margins, alone: np.ndarray, shares: Shares | None
) -> dict[str, Any]:
    """Fits the judges on held-out margins and shares and writes `weights.npz` and `settings.json`. Gives the settings."""
    classes = sorted([*data.marked, *data.rest])
    column = {c: k for k, c in enumerate(classes)}
    labels_alone = machines.alone.classes
    cells = []
    size = len(classes) + len(labels_alone)  # the columns of the texts that stand alone come last
    scale, bias = np.zeros(size, np.float32), np.zeros(size, np.float32)
    for machine in machines:
        q, own = quantised(machine.weights, machine.idf)
        first = len(classes) if machine is machines.alone else 0
        columns = first + np.arange(len(labels_alone)) if first else np.array([column[c] for c in machine.classes])
        scale[columns], bias[columns] = own, machine.bias
        bucket, k = np.nonzero(q)
        cells.append((bucket, columns[k], q[bucket, k]))
    bucket, which, value = (np.concatenate(part) for part in zip(*cells, strict=True))
    order = np.lexsort((which, bucket))
    bucket, which, value = bucket[order], which[order], value[order]
    used, counts = np.unique(bucket, return_counts=True)
    features_only = np.flatnonzero(machines.marked.idf)
    used_all = np.union1d(used, features_only)  # a feature without weights still counts in the length of a sentence
    all_counts = np.zeros(len(used_all), np.int64)
    all_counts[np.searchsorted(used_all, used)] = counts

    judged = pairs_of_reports(data.reports, margins.reports, data.marked)
    one, fold_one = texts_alone(data, margins)
    fold = np.array([data.folds[data.reports[n].title] for n in judged.report])
    p = cross_fitted(judged, fold, len(data.marked), judged.report)
    fr = data.fold_of_passages
    simulated = np.full((len(fr), len(data.marked)), np.nan, np.float32)
    simulated[fr == 0] = alone
    passages = [t for r in data.reports for t in r.texts]
    labels = [t for r in data.reports for t in r.labels]
    far = pairs_of_reports(data.reports, simulated, data.marked)
    far_one = pairs_alone(passages, labels, simulated, data.marked)
    number = Counter(t for e in data.attack.examples if e.kind == "procedure" for t in e.labels)
    few, many = (np.array([number[c] for c in cs], float) for cs in (data.rest, data.marked))
    judges = {
        "marked": fit_judge(judged, len(data.marked)),
        "marked_alone": fit_judge(one, len(data.marked), free=OFFSET_ALONE),
        "rest": fit_rest(far, many, few),
        "rest_alone": fit_rest(far_one, many, few),
    }
    if shares is not None:
        place, size_all = place_of(data, judged), len(data.marked)
        judges["marked_read"] = fit_judge(reread(judged, p, shares.reports, place, data.marked, ASK)[0], size_all)
        q = cross_fitted(one, fold_one, size_all, one.report, OFFSET_ALONE)
        own = reread(one, q, shares_alone(data, margins, shares), one.report, data.marked, ASK_ALONE)[0]
        judges["marked_alone_read"] = fit_judge(own, size_all, free=OFFSET_ALONE)
        p = cross_fitted_reread(judged, p, shares.reports, place, fold, data.marked)
    arrays: dict[str, np.ndarray] = {
        "gaps": np.diff(used_all, prepend=0).astype(np.uint16 if np.diff(used_all, prepend=0).max() < 65536 else np.uint32),
        "idf": machines.marked.idf[used_all].astype(np.float16),
        "counts": all_counts.astype(np.uint16),
        "columns": which.astype(np.uint16),
        "values": value,
        "scale": scale,
        "bias": bias,
        "marked": np.isin(classes, data.marked),
    }
    for name, (weights, offset) in judges.items():
        arrays[f"{name}_weights"], arrays[f"{name}_offset"] = weights, offset
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "weights.npz", **arrays)  # type: ignore[arg-type]
    settings = {
        "attack": "18.1",
        "classes": classes,
        "alone": labels_alone,
        "share_of_spans": SHARE_OF_SPANS,
        "thresholds": [round(best_threshold(data, judged, p), 3), THRESHOLD_REST, THRESHOLD_BROAD],
        "thresholds_alone": [THRESHOLD_ALONE, THRESHOLD_REST, THRESHOLD_BROAD],
        "share": SHARE,
        "ask": ASK,
        "ask_alone": ASK_ALONE,
    }
    (folder / "settings.json").write_text(json.dumps(settings, indent=1) + "\n", "utf-8")
    print(f"{len(value):,} weights of {len(used_all):,} features, {(folder / 'weights.npz').stat().st_size / 1e6:.1f} MB")
    return settings
