"""Which texts tell one deed, which deed a case is about, and what it is called."""

from __future__ import annotations

import msgspec

from indicia.affairs.naming import heading_of, time_of, victim_of
from indicia.affairs.stories import main_story, stories
from indicia.affairs.telling import told_of
from indicia.records import Case, Claim, Context, Document, Mention, MentionKind, Span, stable_id
from tests.sample_case import about, empty_case
from tests.share.brief.cases import named

PORT = (
    "Kestrel Ports offline after attack\n\nThe attack on Kestrel Ports on 3 March 2021 encrypted its booking servers.",
    "Kestrel Ports: what is known\n\nKestrel Ports says that ships wait. Hackers came in through a stolen password.",
    "Norway names Russia for Kestrel Ports\n\nThe minister said that the attack on Kestrel Ports came from abroad.",
)
BANK = (
    "Larkspur Bank confirms leak\n\nCustomers of Larkspur Bank had their letters published.",
    "Letters of Larkspur Bank online\n\nLarkspur Bank wrote to its customers yesterday.",
)
ANSWER = "The embassy calls it groundless\n\nThe embassy rejects the charge."


def case_of(*texts: str, facts: tuple[tuple[str, str, float], ...] = ()) -> Case:
    documents = tuple(
        Document(id=stable_id("document", text), name=f"{number}.txt", text=text, sha256="", published=f"2021-03-0{number + 4}")
        for number, text in enumerate(texts)
    )
    return msgspec.structs.replace(empty_case(), documents=documents, mentions=tuple(_fact(documents, *one) for one in facts))


def _fact(documents: tuple[Document, ...], kind: str, words: str, score: float) -> Mention:
    document = next(one for one in documents if words in one.text)
    start = document.text.index(words)
    return Mention(
        id=stable_id("mention", kind, words),
        kind=MentionKind.FACT,
        type=kind,
        value=kind,
        span=Span(document=document.id, start=start, end=start + len(words), text=words),
        context=Context.STATED,
        method="network",
        score=score,
    )


def test_texts_that_name_the_same_victim_are_one_story_and_the_larger_leads() -> None:
    case = case_of(*BANK, *PORT)
    first, second = stories(case)
    assert len(first.documents) == 3 and len(second.documents) == 2
    assert "kestrel ports" in first.names and main_story(case) == first


def test_an_answer_that_names_no_deed_belongs_to_the_largest_story() -> None:
    first, second = stories(case_of(*BANK, *PORT, ANSWER))
    assert len(first.documents) == 4 and len(second.documents) == 2


def test_stories_do_not_go_by_the_order_of_the_texts() -> None:
    assert {one.names for one in stories(case_of(*PORT, *BANK))} == {one.names for one in stories(case_of(*BANK, *PORT[::-1]))}


def test_a_deed_is_called_by_its_month_and_its_most_central_heading() -> None:
    when = "The attack on Kestrel Ports on 3 March 2021 encrypted its booking servers."
    case = case_of(*PORT, *BANK, facts=(("when", when, 0.9),))
    story = main_story(case)
    assert time_of(case, story) == "2021-03"
    assert "Kestrel Ports" in heading_of(case, story)
    assert victim_of(case, story, ()) == ""


def test_page_one_tells_each_sentence_once_and_nothing_of_another_story() -> None:
    deed = "The attack on Kestrel Ports on 3 March 2021 encrypted its booking servers."
    how = "Hackers came in through a stolen password."
    other = "Customers of Larkspur Bank had their letters published."
    case = case_of(*PORT, *BANK, facts=(("deed", deed, 0.9), ("when", deed, 0.8), ("how", how, 0.7), ("deed", other, 0.99)))
    told = told_of(case, main_story(case), None)
    assert [(one.asked, one.mention.span.text) for one in told] == [("deed", deed), ("how", how)]
    assert told[0].also == ("when",)


def test_one_text_alone_makes_no_second_story() -> None:
    alone = "Harbour strike ends\n\nDockers of Fjordbank Terminal are back at work."
    (story,) = stories(case_of(*PORT, alone))
    assert len(story.documents) == 4


def test_a_text_is_about_what_most_of_its_sentences_tell_and_not_about_one_that_its_head_mentions() -> None:
    case = case_of(PORT[0] + " Ships wait." * 60)
    (document,) = case.documents
    made = named("exchange").claims[0]

    def told(start: int, incident: str) -> Claim:
        quote = msgspec.structs.replace(made.quote, document=document.id, start=start, end=start + 9)
        return about(msgspec.structs.replace(made, id=f"claim--{start}", quote=quote), incident, incident)

    later = tuple(told(start, "exchange-2021") for start in (600, 620, 640))
    for claims, known in (
        ((told(80, "solarwinds-2020"), *later), "exchange-2021"),
        ((told(80, "solarwinds-2020"),), "solarwinds-2020"),
    ):
        (story,) = stories(msgspec.structs.replace(case, claims=claims))
        assert story.incident == known


def test_a_known_incident_leads_where_the_texts_call_it_by_who_was_hit() -> None:
    heads = ("Money back from Coincheck", "What Coincheck lost", "Who robbed Coincheck?", "Markets calm", "Rain in Oslo")
    case = case_of(*(f"{head}\n\nThe exchange said so on Sunday." for head in heads))
    made = named("exchange").claims[0]
    quote = msgspec.structs.replace(made.quote, document=case.documents[0].id, start=20, end=29)
    told = about(msgspec.structs.replace(made, quote=quote), "coincheck-2018", "Coincheck 2018")
    assert main_story(msgspec.structs.replace(case, claims=(told,))).incident == "coincheck-2018"
    elsewhere = about(msgspec.structs.replace(made, quote=quote), "bangladesh-bank-2016", "Bangladesh Bank")
    assert main_story(msgspec.structs.replace(case, claims=(elsewhere,))).incident is None


def test_texts_on_the_same_firm_within_a_month_go_on_with_a_story() -> None:
    later = ("Officials say it aloud\n\nWindwright was robbed.", "Asked again\n\nOfficials spoke of Windwright.")
    case = case_of(*(text.replace("Kestrel Ports", "Kestrel Ports, Windwright,") for text in PORT), *later)
    firm = tuple(
        msgspec.structs.replace(_fact((one,), "", "Windwright", 1.0), kind=MentionKind.VENDOR, id=one.id)
        for one in case.documents
    )
    case = msgspec.structs.replace(case, mentions=firm)
    (story,) = stories(case)
    assert len(story.documents) == 5
    after = tuple(msgspec.structs.replace(one, published="2021-09-01") for one in case.documents[3:])
    long_after = msgspec.structs.replace(case, documents=(*case.documents[:3], *after))
    assert all("kestrel ports" in one.names for one in stories(long_after)[:1])
