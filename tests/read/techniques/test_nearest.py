from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.knowledge import load
from indicia.read.fronts import document_from_text
from indicia.read.techniques import find_techniques
from indicia.read.techniques.nearest import buckets_of, nearest
from indicia.read.techniques.scorer import scorer

# Techniques that no marked report taught.
SHORT = (
    ("T1218.001", "A help file in compiled HTML (CHM) came by mail. When it was opened, hh.exe ran the script hidden in it."),
    (
        "T1098.002",
        "In Exchange they granted their own account full access to the mailbox with Add-MailboxPermission, and read it.",
    ),
)


def told(text: str) -> dict[str, str]:
    return {m.value: m.span.text for m in find_techniques(document_from_text(text, name="t"), load())}


@pytest.mark.parametrize(("technique", "text"), SHORT)
def test_a_short_text_is_read_as_one_against_the_descriptions(technique: str, text: str) -> None:
    found = told(text)
    assert technique in found and found[technique] in text


def test_what_a_description_tells_weakens_what_the_judge_of_taught_techniques_chose() -> None:
    text = f"{SHORT[0][1]} It then ran a PowerShell script."
    scores = {m.value: m.score for m in find_techniques(document_from_text(text, name="t"), load())}
    assert max(scores, key=scores.__getitem__) == "T1218.001" and len(scores) > 1


def test_advice_is_not_read_against_the_descriptions() -> None:
    text = "We recommend to block hh.exe, so that compiled HTML help files (CHM) with a script in them are not opened."
    assert "T1218.001" not in told(text)


@given(st.lists(st.text(max_size=200), max_size=4))
def test_similarities_stay_within_bounds(texts: list[str]) -> None:
    descriptions, model = nearest(), scorer()
    found = descriptions.similarities(texts)
    assert found.shape == (len(texts), len(model.classes))
    assert np.all(found >= 0) and np.all(found <= 1.01)


def test_a_bag_knows_no_order() -> None:
    assert buckets_of("hh.exe opens the file").tolist() == buckets_of("the file opens hh.exe").tolist()
