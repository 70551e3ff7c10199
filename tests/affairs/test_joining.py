"""Affairs: positions on one incident, denials and endorsements, changes, and origins counted instead of copies."""

from __future__ import annotations

from indicia import knowledge
from indicia.affairs.joining import join_affairs
from indicia.affairs.origins import led_back
from indicia.read.claims import read_claims
from indicia.records import Affair, Claim, Document, stable_id

MARCH = (
    "Microsoft attributed the Exchange Server attacks to Hafnium with high confidence on 2 March 2021, saying the group "
    "operates from China. The company released patches on the same day for customers who run the software on their own "
    "machines in offices and data centres."
)
JULY = (
    "The United States accused hackers working for China's Ministry of State Security of the Microsoft Exchange hack on "
    "19 July 2021. China denied any role in the Microsoft Exchange hack."
)


def document(name: str, text: str, published: str) -> Document:
    return Document(id=stable_id("document", name, text), name=name, text=text, sha256="", published=published)


def read(*documents: Document) -> list[Claim]:
    known = knowledge.load()
    return list(led_back([claim for doc in documents for claim in read_claims(doc, known)[0]], documents))


def affair_of(*documents: Document) -> Affair:
    affairs = join_affairs(read(*documents), documents, knowledge.load())
    return next(affair for affair in affairs if affair.incident_id == "exchange-2021")


def test_positions_on_one_incident_stand_side_by_side() -> None:
    affair = affair_of(document("march", MARCH, "2021-03-02"), document("july", JULY, "2021-07-19"))
    rows = {row.source: row for row in affair.rows}
    assert {"Microsoft", "United States", "China"} <= set(rows)
    assert rows["United States"].denied_by == ("China",)
    assert rows["Microsoft"].denied_by == ("China",)
    assert (affair.first_private, affair.first_official) == ("2021-03-02", "2021-07-19")
    assert any(shift.kind == "contradict" for shift in affair.shifts)


def test_a_copy_is_no_second_origin() -> None:
    first = document("paper", MARCH, "2021-03-02")
    copy = document("reprint", "REPRINT. " + MARCH, "2021-03-04")
    claims = read(first, copy)
    assert len(claims) >= 2
    assert len({claim.origin or claim.id for claim in claims if claim.stance == "accuses"}) == 1
    assert affair_of(first, copy).origins == 1
    assert affair_of(first, document("july", JULY, "2021-07-19")).origins == 2


def test_a_later_surer_claim_supersedes() -> None:
    early = document("early", "On 1 March 2021 Norway linked the Microsoft Exchange hack to Hafnium.", "2021-03-01")
    late = document(
        "late", "On 5 July 2021 Norway confirmed that Hafnium was behind the Microsoft Exchange hack.", "2021-07-05"
    )
    shifts = affair_of(early, late).shifts
    assert [(shift.kind, shift.note) for shift in shifts if shift.kind == "supersede"] == [
        ("supersede", "hedged, then confirmed")
    ]


def test_a_more_specific_accused_refines() -> None:
    early = document("early", "On 1 March 2021 the United States blamed China for the Microsoft Exchange hack.", "2021-03-01")
    late = document("late", "On 8 July 2025 the United States blamed Hafnium for the Microsoft Exchange hack.", "2025-07-08")
    shifts = affair_of(early, late).shifts
    assert [shift.kind for shift in shifts] == ["refine"]


def test_affairs_do_not_depend_on_the_order_of_documents() -> None:
    one, two = document("march", MARCH, "2021-03-02"), document("july", JULY, "2021-07-19")
    known = knowledge.load()
    claims = read(one, two)
    assert join_affairs(claims, (one, two), known) == join_affairs(claims[::-1], (two, one), known)
