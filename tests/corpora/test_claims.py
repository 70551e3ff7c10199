"""The claims corpus keeps to its conventions, and the checker sees where it does not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.script_files import script

check = script("check_corpus")
mark = script("mark_corpus")
ITEMS: list[tuple[str, dict[str, Any]]] = list(check.read(sorted(check.CORPUS.glob("*.jsonl"))))
MARKED = [
    "nes|~mills|2024-05-08|{r The Courier} said {s the agency} {f probably} traced {x the outage at {v a mill}} to {a Turla}.",
    "> A gov ANSSI > gr RU Turla; moderate; b t; vc FR",
    "den|Viasat||{s Moscow} and {s2 Minsk} said they had nothing to do with {x the Viasat hack}.",
    "> D gov RU > s:st RU",
    "> D gov BY > s2:st BY",
    "neg|||Patch on Tuesday.",
]


def test_the_corpus_keeps_its_conventions() -> None:
    assert not list(check.faults(ITEMS))


def test_no_two_passages_are_near_duplicates() -> None:
    assert not list(check.near_duplicates(ITEMS))


def test_a_fifth_of_the_corpus_makes_no_claim() -> None:
    empty = sum(not item["claims"] for _, item in ITEMS)
    assert empty >= len(ITEMS) / 5


def test_marks_become_spans_and_fields() -> None:
    first, second, third = mark.convert(MARKED, 1)
    claim = first["claims"][0]
    assert first["text"].startswith("The Courier said the agency probably traced the outage")
    assert (claim["source"], claim["source_canonical"], claim["via"]) == ("the agency", "ANSSI", ["The Courier"])
    assert (claim["act"], claim["victims"]) == ("the outage at a mill", ["a mill"])
    assert (claim["firmness"], claim["firmness_cue"], claim["incident"]) == ("moderate", "probably", None)
    assert [c["accused"] for c in second["claims"]] == ["Moscow", "Minsk"]
    assert [c["incident"] for c in second["claims"]] == ["Viasat", "Viasat"]
    assert third["claims"] == []
    assert not list(check.faults((item["id"], item) for item in (first, second, third)))


@pytest.mark.parametrize(
    "lines",
    [
        ["gov|||The {s FBI} blamed {a Sandworm."],
        ["gov|||The {s FBI} blamed {a Sandworm} for {x it}.", "> A gov US > gr RU; f"],
        ["gov|||The {s FBI} named {v nobody}."],
        ["gov|||The {s FBI} blamed {a Sandworm}.", "> A gov US > gr ZZ"],
        ["neg|||{s He} did.", "> A per > s:pe -"],
    ],
)
def test_a_faulty_mark_is_refused_with_its_text(lines: list[str]) -> None:
    with pytest.raises(ValueError, match=r"gov|neg"):
        mark.convert(lines, 1)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("stance", "hints", "stance"),
        ("accused", "Sandworm", "accused"),
        ("firmness_cue", None, "firmness"),
        ("date", "May 2024", "date"),
        ("state", "Russia", "country"),
        ("via", ["The Herald"], "via"),
        ("quote_end", 10_000, "quote"),
    ],
)
def test_the_checker_sees(field: str, value: object, said: str) -> None:
    item = copy.deepcopy(mark.convert(MARKED, 1)[0])
    item["claims"][0][field] = value
    assert any(said in fault for fault in check.faults([("here", item)]))


def test_the_checker_sees_copies() -> None:
    text = "The ministry said on Tuesday that the group had broken into the mail server of the port authority."
    items = [
        ("a", {"text": text}),
        ("b", {"text": text + " Nobody was hurt."}),
        ("c", {"text": "Nothing of the kind was said here."}),
    ]
    assert [(a, b) for a, b, _ in check.near_duplicates(items)] == [("a", "b")]


def test_sentences_do_not_end_at_abbreviations() -> None:
    text = 'The U.S. Treasury acted. "We know who did it." Sen. Mark Doe agreed!'
    assert [text[a:b] for a, b in mark.sentences(text)] == [
        "The U.S. Treasury acted.",
        '"We know who did it."',
        "Sen. Mark Doe agreed!",
    ]
