"""What the folds' encoders say of the reports that they did not see, in a folder outside the repository: one file a fold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from scripts.techniques.data import FOLDS, Texts
from scripts.techniques.judges import Shares

__all__ = ["folds_in", "read_held", "texts_of", "write_held"]


def folds_in(folder: Path) -> list[int]:
    """The folds whose encoder has spoken."""
    return [fold for fold in range(FOLDS) if (folder / f"fold{fold}.npz").exists()]


def texts_of(texts: Texts, fold: int) -> tuple[list[str], list[str]]:
    """The sentences and the passages of a fold's reports."""
    passages = [text for report in texts.reports for text in report.texts]
    return (
        [s.text for s, of in zip(texts.sentences, texts.fold_of_sentences, strict=True) if of == fold],
        [text for text, of in zip(passages, texts.fold_of_passages, strict=True) if of == fold],
    )


def _digest(texts: Texts, fold: int) -> str:
    return hashlib.sha256("\0".join([*texts.marked, *(t for part in texts_of(texts, fold) for t in part)]).encode()).hexdigest()


def write_held(folder: Path, texts: Texts, fold: int, sentences: np.ndarray, passages: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        folder / f"fold{fold}.npz", sentences=sentences, passages=passages, digest=np.array(_digest(texts, fold))
    )


def read_held(folder: Path, texts: Texts, folds: Iterable[int]) -> Shares:
    """Raises SystemExit if a file is of other texts than these."""
    fs, fp = texts.fold_of_sentences, texts.fold_of_passages
    shares = Shares(*(np.full((len(of), len(texts.marked) + 1), np.nan, np.float32) for of in (fs, fp)))
    for fold in folds:
        with np.load(folder / f"fold{fold}.npz") as stored:
            if str(stored["digest"]) != _digest(texts, fold):
                raise SystemExit(f"{folder}/fold{fold}.npz was made from other texts")
            shares.sentences[fs == fold], shares.reports[fp == fold] = stored["sentences"], stored["passages"]
    return shares
