from __future__ import annotations

import numpy as np

from indicia.read.techniques.scorer import scorer
from indicia.read.techniques.whole import SIGNS, PassageEvidence, WholeJudge, signs_of, whole_judge


def evidence(
    rows: list[tuple[int, int, float, float]], named: set[int] = frozenset(), terms: dict[int, tuple[float, int]] | None = None
) -> PassageEvidence:  # type: ignore[assignment]
    passage, technique, probability, margin = zip(*rows, strict=True) if rows else ((), (), (), ())
    return PassageEvidence(
        np.array(passage, np.int64),
        np.array(technique, np.int64),
        np.array(probability, np.float32),
        np.array(margin, np.float32),
        frozenset(named),
        40,
        terms or {},
    )


def test_no_evidence_gives_no_signs() -> None:
    techniques, signs = signs_of(evidence([]), np.array([-1, -1, 0]), np.array([True, False, True]))
    assert len(techniques) == 0
    assert signs.shape == (0, len(SIGNS))


def test_signs_hold_the_best_passages_and_the_lead() -> None:
    rows = [(0, 1, 0.5, 0.4), (0, 2, 0.1, -0.8), (3, 1, 0.2, -0.1)]
    techniques, signs = signs_of(evidence(rows, {0}), np.array([-1, -1, 0]), np.array([True, False, True]))
    named = dict(zip(SIGNS, signs.T, strict=True))
    assert techniques.tolist() == [0, 1, 2]
    assert np.allclose(named["log-odds of the best passage"][1], 0.0)
    assert np.allclose(named["lead over other techniques in the best passage"][1:], [1.2, -1.2])
    assert named["the text names it"].tolist() == [1, 0, 0]
    assert np.allclose(named["passages that say it"][1], np.log1p(2))


def test_more_evidence_is_never_less_probable() -> None:
    model, judge = scorer(), whole_judge()
    k = model.classes.index("T1486")
    weak = signs_of(evidence([(0, k, 0.1, -0.6)]), model.parents, model.taught)
    strong = signs_of(evidence([(0, k, 0.6, 0.3), (5, k, 0.5, 0.2)]), model.parents, model.taught)
    assert judge.probabilities(*weak)[0] < judge.probabilities(*strong)[0]


def test_a_parent_is_told_where_the_text_leaves_open_which_sub_technique_it_is() -> None:
    nothing = np.zeros(0, np.float32)
    judge = WholeJudge(nothing, nothing, nothing, nothing, bias=0.0, threshold=0.25)
    techniques, parents = np.array([0, 1, 2, 3]), np.array([-1, 0, 0, -1])

    def told(*probabilities: float) -> set[int]:
        return set(judge.told(techniques, np.array(probabilities, np.float32), parents))

    assert told(0.9, 0.4, 0.3, 0.1) == {0}
    assert told(0.9, 0.8, 0.3, 0.1) == {1}
    assert told(0.6, 0.4, 0.4, 0.3) == {1, 2, 3}
    assert told(0.1, 0.3, 0.1, 0.1) == {1}
