"""The learned scorer: a sentence by itself, and the one before it only through its own reading."""

from __future__ import annotations

import numpy as np
import pytest

from indicia import knowledge
from indicia.read.claims.known.names import names_of
from indicia.read.claims.score.cutting import cut, job_of, leans_back, parse
from indicia.read.claims.score.scorer import Job, Scored, Scorer, Spared, pooling, scorer
from indicia.read.claims.words.sentences import sentences

BERLIN = "Berlin blamed Fancy Bear for the raid on the Bundestag's servers."
TEXT = f"{BERLIN} It has been at it since May, the ministry said. Paris beat Madrid at football."


@pytest.fixture(scope="module")
def model() -> Scorer:
    return scorer()


def jobs(text: str, model: Scorer) -> list[Job]:
    """As reading makes them, without the gate of words."""
    out, previous = [], None
    for number, (start, end) in enumerate(sentences(text)):
        sentence = parse(text, start, end, names_of(knowledge.load()))
        job = job_of(cut(previous if leans_back(sentence) else None, sentence, number), text, model)
        if job is not None:
            out.append(job)
        previous = sentence
    return out


def test_a_sentence_has_the_same_score_whatever_lies_beside_it(model: Scorer) -> None:
    many = jobs(TEXT, model)
    assert [len(job.parts) for job in many] == [1, 2, 1]
    together = model.score(many, spare=-99)
    for job, result in zip(many, together, strict=True):
        alone = model.score([job], spare=-99)[0]
        assert isinstance(result, Scored) and isinstance(alone, Scored)
        assert np.array_equal(result.stance, alone.stance)


def test_a_sentence_is_read_once_also_where_the_next_one_takes_it(model: Scorer) -> None:
    many = jobs(TEXT, model)
    model.half.cache_clear()
    model.score(many)
    assert model.half.cache_info().misses == len({part for job in many for part in job.parts}) == len(many)


def test_probabilities_add_up_to_one(model: Scorer) -> None:
    [result] = model.score(jobs(BERLIN, model), spare=-99)
    assert isinstance(result, Scored)
    for values in result:
        assert np.allclose(values.sum(-1), 1, atol=1e-5)


def test_half_the_encoder_tells_that_idle_sentences_claim_nothing_and_keeps_those_that_claim(model: Scorer) -> None:
    first, *_, last = model.score(jobs(TEXT, model))
    assert isinstance(first, Scored)
    assert isinstance(last, Spared)


def test_a_sentence_that_a_rule_reads_plainly_is_not_spared(model: Scorer) -> None:
    """The gate holds this one for idle, in which the rules see an accusation by name."""
    text = (
        "WASHINGTON - The Justice Department on Monday accused two officers of China's Ministry of State Security of a breach."
    )
    [job] = jobs(text, model)
    assert job.plain
    assert isinstance(model.score([job], spare=99.0)[0], Scored)
    assert isinstance(model.score([job._replace(plain=False)], spare=99.0)[0], Spared)


def test_parties_of_the_sentence_before_are_averaged_over_its_own_tokens() -> None:
    job = Job(
        ((101, 7, 102), (101, 8, 9, 102)), [(1, 2), (4, 6)], np.zeros((2, 1), np.float32), np.zeros((3, 3, 1), np.float32)
    )
    assert pooling(job).tolist() == [
        [0, 1, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0.5, 0.5, 0],
        [0] * 7,
        [0, 0, 0, 0.25, 0.25, 0.25, 0.25],
        [np.float32(1 / 3)] * 3 + [0] * 4,
    ]


def test_a_sentence_too_long_for_the_encoder_is_not_scored(model: Scorer) -> None:
    text = "Berlin blamed Fancy Bear for " + "xqzzy " * 240 + "servers."
    [(start, end)] = list(sentences(text))[:1]
    assert job_of(cut(None, parse(text, start, end, names_of(knowledge.load())), 1), text, model) is None
