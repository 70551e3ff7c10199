"""What the forest of candidates is asked, and what it makes of what it is told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indicia import knowledge
from indicia.read.claims.decide.evidence import FEATURES, chances, features_of
from indicia.read.claims.reader import Reading
from indicia.read.claims.refer.resolving import Found, tools_of
from indicia.read.claims.score.scorer import scorer
from indicia.records import Document, stable_id

TEXT = (
    "Microsoft said that APT28 had hacked the parliament. The group stole mail of two ministers. "
    "Last year APT28 also broke into a power plant, according to Dragos."
)


def candidates(text: str) -> list[Found]:
    document = Document(id=stable_id("document", text), name="text", text=text, sha256="")
    reading = Reading(document, tools_of(knowledge.load()), scorer(), 0.4)
    reading.read_all()
    return [one for one in reading.found if one.judged is not None]


def column(rows: Sequence[Sequence[float]], name: str) -> list[float]:
    return [row[FEATURES.index(name)] for row in rows]


def test_a_candidate_is_seen_beside_those_of_other_sentences_alone() -> None:
    found = candidates(TEXT)
    rows = features_of(found).tolist()
    for one, beside in zip(found, column(rows, "same accused, somebody speaks"), strict=True):
        alike = [
            other.judged.claim
            for other in found
            if other.judged is not None
            and other.source_is is not None
            and other.piece.own != one.piece.own
            and other.draft.stance is one.draft.stance
            and (other.accused_is and other.accused_is.same) == (one.accused_is and one.accused_is.same)
        ]
        assert beside == np.float32(max(alike, default=0.0))


@given(order=st.randoms(use_true_random=False))
def test_the_order_of_candidates_changes_no_probability(order: object) -> None:
    found = candidates(TEXT)
    shuffled = list(found)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    first = dict(zip(map(id, found), chances(found), strict=True))
    assert [first[id(one)] for one in shuffled] == chances(shuffled)


def test_nothing_gives_nothing() -> None:
    assert chances([]) == []
