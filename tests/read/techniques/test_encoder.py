"""The encoder is asked where its answer can matter, and only there; what it says of a text depends on nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from indicia.knowledge import load
from indicia.read.fronts import document_from_text
from indicia.read.techniques import find, find_techniques
from indicia.read.techniques.encoder import encoder
from indicia.read.techniques.pairs import Pairs, asked, best_other, with_encoder
from indicia.read.techniques.scorer import scorer

TOLD = "The loader injects its payload into svchost.exe and deletes itself afterwards."
QUIET = "The choir meets on the second floor of the town hall every Thursday."


def shares(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    return encoder().shares(texts)


def test_shares_are_probabilities() -> None:
    model = scorer()
    own = shares([TOLD, QUIET])
    assert own.shape == (2, len(model.marked) + 1)
    assert np.allclose(np.exp(own).sum(axis=1), 1, atol=1e-4)
    assert own[1, -1] > np.log(0.5) > own[0, -1]


def test_a_text_has_the_same_shares_whatever_lies_beside_it() -> None:
    texts = [TOLD, QUIET, TOLD.replace("loader", "driver"), "word " * 500, "."]
    together = shares(texts)
    for k, text in enumerate(texts):
        assert np.allclose(together[k], shares([text])[0], atol=1e-4)


def test_nothing_likely_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("the encoder was loaded")

    monkeypatch.setattr(find, "encoder", refuse)
    find_techniques(document_from_text(f"{QUIET} Tea is served. Guests are welcome.", name="x"), load())


def test_a_long_document_asks_about_so_many_sentences() -> None:
    model = scorer()
    texts = [TOLD.replace("loader", f"loader{k}") for k in range(30)]
    rows: list[int] = []

    def read(some: Sequence[int]) -> npt.NDArray[np.float32]:
        rows.extend(some)
        return shares([texts[k] for k in some])

    model.judge(model.margins(texts), [12] * 30, read=read, most=7)
    assert len(rows) == 7
    assert rows == sorted(rows)


def pairs(*cells: tuple[int, int]) -> Pairs:
    where, which = np.array(cells, dtype=np.int64).T
    return Pairs(where, which, np.zeros((len(cells), 2), np.float32))


def test_the_best_other_is_no_kin() -> None:
    parents = np.array([-1, 0, -1])  # 1 is a sub-technique of 0
    values = np.array([[3.0, 2.0, 1.0], [-9.0, -9.0, -9.0]], np.float32)
    where, which = np.array([0, 0, 0, 1]), np.array([0, 1, 2, 0])
    assert best_other(values, where, which, parents, -5.0).tolist() == [1.0, 1.0, 3.0, -5.0]


def test_a_parent_has_the_share_of_its_sub_techniques() -> None:
    parents = np.array([-1, 0, -1])
    shares = np.log(np.array([[0.2, 0.3, 0.1, 0.4]], np.float32))
    signs = with_encoder(pairs((0, 0), (0, 1), (0, 2)), shares, np.zeros(3, np.int64), parents).signs
    assert signs.shape == (3, 2 + 4)
    assert signs[:, 2] == pytest.approx([np.log(0.5 / 0.5), np.log(0.3 / 0.7), np.log(0.1 / 0.9)], abs=1e-4)
    assert signs[:, 5] == pytest.approx([np.log(0.4)] * 3, abs=1e-4)


def test_asked_are_sentences_with_something_likely() -> None:
    some = pairs((0, 0), (0, 1), (3, 1), (5, 2))
    assert asked(some, np.array([0.05, 0.2, 0.09, 0.5], np.float32), 0.1).tolist() == [0, 5]
