"""Stated, known, concluded: nothing that a table knows is told as if a text said it."""

from __future__ import annotations

import json

import msgspec

from indicia.knowledge import load
from indicia.records import Advice, Audience, Case, Measure, MeasureKind, Rank, Told
from indicia.share import render
from indicia.view.judgements import key_judgements
from indicia.view.words import MEANINGS, measure_told, typical
from tests.sample_case import exchange_case
from tests.share.test_stix_claims import HAFNIUM, case_of


def measure(rank: Rank, *covers: str) -> Measure:
    return Measure(
        id="measure--1",
        kind=MeasureKind.PATCH,
        title="Patch",
        instruction="Patch it.",
        audience=Audience.IT,
        covers=covers,
        rank=rank,
    )


def advised(case: Case, *measures: Measure) -> Case:
    return msgspec.structs.replace(case, advice=Advice(measures=measures, summary="made"))


def test_a_flaw_that_no_text_names_is_known_of_the_affair() -> None:
    silent = case_of({**HAFNIUM, "deed": "did"})
    patch = measure(Rank.STATED, "CVE-2021-26855")
    assert measure_told(patch, silent) == "known"
    assert measure_told(patch, exchange_case()) == "stated"
    assert measure_told(measure(Rank.SEEN, "CVE-2021-26855"), silent) == "seen in our logs"
    assert measure_told(measure(Rank.TYPICAL, "T1190"), exchange_case()) == "known"


def test_what_the_accused_are_known_for_is_not_among_the_techniques_of_the_case() -> None:
    case = advised(case_of({**HAFNIUM, "deed": "did"}), measure(Rank.TYPICAL, "T1003.001"))
    assert typical(case) == ("T1003.001",)
    objects = json.loads(render(case, "stix", load()))["objects"]
    (report,) = [item for item in objects if item["type"] == "report"]
    assert not [ref for ref in report["object_refs"] if ref.startswith("attack-pattern--")]
    assert b"T1003.001" not in render(case, "navigator", load())
    assert b"T1003.001" not in render(case, "misp", load())
    brief = render(case, "md", load()).decode()
    assert "Left out: 1 more technique that the accused are known for." in brief and "T1003.001" not in brief
    full = render(case, "md", load(), full=True).decode()
    assert "1 more technique that the accused are known for, neither stated nor seen here" in full and "T1003.001" in full


def test_each_judgement_says_whose_word_it_is_and_the_brief_what_that_means() -> None:
    case = exchange_case()
    told = {one.topic: one.told for one in key_judgements(case)}
    assert (told["said"], told["denied"], told["grounds"]) == (Told.STATED, Told.STATED, Told.CONCLUDED)
    assert told["ours"] is None
    brief = render(case, "md", load()).decode()
    assert all(f"({word.value}) {meaning}" in brief for word, meaning in MEANINGS.items())
