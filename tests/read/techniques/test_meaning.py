from __future__ import annotations

import numpy as np
import pytest

from indicia.models import model_folder
from indicia.read.techniques.meaning import checksum, meaning
from indicia.read.techniques.scorer import scorer

# In words that neither the name nor the description of the technique has.
PARAPHRASED = (
    ("T1486", "All documents were scrambled, and a payment is asked for the key that brings them back."),
    ("T1110", "For two nights they tried one login after the other until somebody's secret word fitted."),
    ("T1113", "Every minute it takes a picture of what the user sees."),
)


def test_the_discriminant_was_made_with_the_layers_that_are_there() -> None:
    with np.load(model_folder("techniques") / "meaning.npz") as stored:
        assert int(stored["layers"]) == checksum(model_folder("claims")), "run scripts/train_techniques_nearest.py"
        assert len(stored["weights"]) == len(scorer().classes)


@pytest.mark.parametrize(("technique", "text"), PARAPHRASED)
def test_a_paraphrase_is_near(technique: str, text: str) -> None:
    classes = scorer().classes
    near = [classes[k].split(".")[0] for k in np.argsort(-meaning().nearness(text))[:10]]
    assert technique in near


def test_a_text_of_any_length_has_a_finite_nearness() -> None:
    assert all(np.isfinite(meaning().nearness(text)).all() for text in ("", "x", "word " * 5_000))
