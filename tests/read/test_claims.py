"""Properties of the claims reader that hold for any text: exact spans, steady results, other languages said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia import knowledge
from indicia.read.claims import THRESHOLD, claim_row, read_claims
from indicia.read.text.sentences import LONGEST, sentences
from indicia.records import Document, Severity, from_json, stable_id, to_json
from indicia.records.claims import Claim

TEXT = (
    "The United Kingdom said on Monday that it was almost certain that Russia's GRU attacked the grain exporter. "
    "Moscow denied any role. “We have no evidence against China,” a Finnish official said. Mandiant tied the malware to APT41 "
    "with moderate confidence. The hospital’s systems are back. Norway and Sweden backed the British finding that the GRU "
    "attacked the exporter."
)


def document(text: str, published: str | None = None) -> Document:
    return Document(id=stable_id("document", text), name="test", text=text, sha256="", published=published)


def test_every_span_is_the_text_at_its_offsets() -> None:
    doc = document(TEXT, "2024-05-15")
    claims, _ = read_claims(doc, knowledge.load(), threshold=0.1)
    assert len(claims) >= 5
    for claim in claims:
        for span in claim.spans():
            assert doc.text[span.start : span.end] == span.text
        assert claim.quote.start <= min(span.start for span in claim.spans() if span != claim.date_text)


def test_the_same_text_gives_the_same_bytes() -> None:
    doc = document(TEXT, "2024-05-15")
    first, _ = read_claims(doc, knowledge.load())
    again, _ = read_claims(doc, knowledge.load())
    assert to_json(first) == to_json(again)
    assert [from_json(to_json(claim), Claim) for claim in first] == list(first)


def test_a_higher_threshold_only_leaves_claims_out() -> None:
    doc = document(TEXT)
    few = {claim.id for claim in read_claims(doc, knowledge.load(), threshold=0.9)[0]}
    many = {claim.id for claim in read_claims(doc, knowledge.load(), threshold=0.3)[0]}
    assert few <= many
    assert all(claim.score >= THRESHOLD for claim in read_claims(doc, knowledge.load())[0])


def test_likelihood_and_confidence_are_kept_apart() -> None:
    doc = document(
        "Mandiant said with moderate confidence that APT41 hacked the bank. "
        "The UK assessed it highly likely that APT28 hacked the port."
    )
    rows = {row["accused"]: row for row in (claim_row(claim, doc) for claim in read_claims(doc, knowledge.load())[0])}
    assert (rows["APT41"]["confidence"], rows["APT41"]["likelihood"]) == ("moderate", None)
    assert (rows["APT28"]["confidence"], rows["APT28"]["likelihood"]) == (None, "very likely")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "German",
            "Die Bundesregierung hat am Montag erklärt, dass der Angriff auf die Partei von einer Einheit des GRU ausging.",
        ),
        (
            "French",
            "Le gouvernement a déclaré que les attaques contre les ministères ont été menées par des pirates du GRU.",
        ),
        ("Russian", "Правительство заявило, что атака на министерство была проведена хакерами из другой страны."),
        ("Chinese", "外交部发言人表示，中国坚决反对任何形式的网络攻击，并要求提供证据。"),
    ],
)
def test_another_language_is_said_and_not_guessed_at(language: str, text: str) -> None:
    claims, problems = read_claims(document(text), knowledge.load())
    assert claims == ()
    assert len(problems) == 1
    assert problems[0].severity is Severity.SKIPPED
    assert language in problems[0].what


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "." * 5000,
        "“" * 3000,
        "Russia " * 2000,
        "APT28, " * 1500,
        "China's " * 800 + "ministry denied it.",
        "\u202eRussia\u202c hacked the bank, Norway said.",
        "Rus\u00adsia hack\u00aded the bank, Norway said.",
        "\ud83d\ude00 Norway said Russia hacked the bank \ud83d\ude00.".encode("utf-16", "surrogatepass").decode("utf-16"),
        "İİİ Norway said Russia hacked the bank. ßßß",
        "<script>alert('Russia hacked')</script> Norway said Russia hacked the bank.",
        "a" * 20000,
        "said that " * 2000,
        "\n\n\n".join(["Russia"] * 500),
    ],
)
def test_hostile_text_neither_fails_nor_loses_offsets(text: str) -> None:
    doc = document(text)
    for claim in read_claims(doc, knowledge.load(), threshold=0.05)[0]:
        for span in claim.spans():
            assert doc.text[span.start : span.end] == span.text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_sentences_are_in_order_bounded_and_lose_only_white_space(text: str) -> None:
    ranges = list(sentences(text))
    at = 0
    for start, end in ranges:
        assert at <= start < end <= at + LONGEST * 2 + len(text)
        assert text[at:start].strip() == ""
        assert not text[start].isspace()
        at = end
    assert text[at:].strip() == ""


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Russia",
                "said",
                "that",
                "APT28",
                "hacked",
                "the bank",
                ",",
                ".",
                "“",
                "”",
                "denied",
                "no",
                "and",
                "by",
                "Norway",
                "'s",
                "attack",
                "on",
            ]
        ),
        max_size=60,
    )
)
def test_any_row_of_words_can_be_read(words: list[str]) -> None:
    doc = document(" ".join(words))
    for claim in read_claims(doc, knowledge.load(), model=False)[0]:
        for span in claim.spans():
            assert doc.text[span.start : span.end] == span.text


def test_a_sentence_that_ends_right_after_its_participle_is_read() -> None:
    text = "The 3rd script will look against some of the known URLs associated with this campaign."
    assert read_claims(document(text), knowledge.load()) == ((), ())
