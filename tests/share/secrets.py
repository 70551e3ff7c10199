"""Cases with secrets of any shape, as hypothesis makes them: whatever could show through in what is left without them."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from indicia.records import Case, Claim, Document, Judgement, Mention, RuleText, Tlp, stable_id, to_json
from tests.share.strategies import claims, letters, spans, whole_cases

__all__ = ["RULE", "cases_with_secrets"]

RULE = RuleText(
    name="numbat.yml",
    text="""title: Numbat
logsource: {product: windows, category: process_creation}
detection: {selection: {Image: 'x'}, condition: selection}
tags: [attack.t1557.003]
""",
)


@st.composite
def cases_with_secrets(draw: Any) -> Case:
    """A case of any content, its texts up to AMBER, and beside them texts that are RED.

    A secret text may be the first to say what others repeat, hold claims and mentions on the very things that they are about,
    be called as they are, and stand before, between or behind them. What was decided, weighed, advised, hunted and noted rests
    on all of it; a claim may stand in a text that may be seen, and rest on words in one that may not.
    """
    case: Case = draw(whole_cases().filter(lambda case: bool(case.documents)))
    seen = [
        msgspec.structs.replace(one, marking=draw(st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, None])))
        for one in case.documents
    ]
    hidden = [draw(_hidden(seen, number)) for number in range(draw(st.integers(1, 2)))]
    said: list[Claim] = []
    found: list[Mention] = []
    for document in hidden:
        said += [draw(_alike(document, case.claims, number)) for number in range(draw(st.integers(0, 2)))]
        known = draw(st.lists(st.sampled_from(case.mentions), max_size=2)) if case.mentions else []
        technique = [msgspec.structs.replace(one, value="T1557.003", type="attack-pattern") for one in known[:1]]
        found += [
            msgspec.structs.replace(one, id=stable_id("mention", document.id, number), span=draw(spans(document)))
            for number, one in enumerate([*known, *technique])
        ]
    rests = [
        msgspec.structs.replace(one, id=f"rests{one.id}", victims=(draw(spans(hidden[0])),), origin=None)
        for one in case.claims
        if draw(st.booleans())
    ]
    first = st.sampled_from([None, *(one.id for one in (*said, *rests))])
    passed_on = [msgspec.structs.replace(one, origin=draw(first)) for one in case.claims]
    every = [*case.claims, *said, *rests]
    judged = [draw(_judgement(number, every)) for number in range(draw(st.integers(0, 4)))] if every else []
    return msgspec.structs.replace(
        case,
        name="Numbat",
        judgements=(*case.judgements, *judged),
        documents=tuple(draw(_among(seen, hidden))),
        claims=tuple(draw(_among(passed_on, [*said, *rests]))),
        mentions=tuple(draw(_among(list(case.mentions), found))),
        marking=draw(st.sampled_from([None, Tlp.RED])),
        have=draw(st.sampled_from([(), ("mfa",)])),
        rules=(RULE,),
    )


@st.composite
def _judgement(draw: Any, number: int, claims: list[Claim]) -> Judgement:
    """What a person decided about a claim, for whatever audience."""
    action = draw(st.sampled_from(["correct", "reject", "confirm", "note", "add"]))
    subject, value = draw(st.sampled_from(claims)), ""
    if action == "correct":
        value = draw(
            st.sampled_from(['{"accused": "Numbat"}', '{"stance": "denies", "date": "1999-01-01"}', '{"deed": "none"}'])
        )
    if action == "add":
        subject = msgspec.structs.replace(subject, id=f"by-hand{number}", origin=None, date="1999-01-01")
        value = to_json(subject).decode()
    return Judgement(
        id=f"judgement--{number}",
        subject=subject.id,
        action=action,
        author="ann",
        time=f"2026-01-01T00:00:0{number}Z",
        value=value,
        note=draw(st.sampled_from(["", "quagga"])),
        marking=draw(st.sampled_from([*Tlp, None, msgspec.UNSET])),
    )


@st.composite
def _hidden(draw: Any, seen: list[Document], number: int) -> Document:
    like = draw(st.sampled_from(seen))
    free = st.text(letters, min_size=1, max_size=60)
    text = draw(free | st.just(like.text) | free.map(lambda more: f"{like.text} {more}"))
    return Document(
        id=stable_id("document", "hidden", number),
        name=draw(st.sampled_from(["numbat.txt", like.name])),
        text=text,
        sha256=draw(st.sampled_from([like.sha256, "1" * 64])),
        title=draw(st.sampled_from([None, "numbat", like.title])),
        published=draw(st.sampled_from([None, "1999-01-01", "2031-01-01"])),
        publisher=draw(st.sampled_from([None, "Numbat"])),
        language=draw(st.sampled_from(["en", "de"])),
        marking=Tlp.RED,
    )


@st.composite
def _alike(draw: Any, document: Document, others: tuple[Claim, ...], number: int) -> Claim:
    """A claim in the document, most often with the date, stance or incident of another."""
    claim: Claim = draw(claims(document, number))
    if not others:
        return claim
    like = draw(st.sampled_from(others))
    names = [name for name in ("stance", "incidents", "date", "sectors", "victim_countries") if draw(st.booleans())]
    return msgspec.structs.replace(claim, **{name: getattr(like, name) for name in names})


@st.composite
def _among(draw: Any, ones: list[Any], others: list[Any]) -> list[Any]:
    """All of both, the ones in their order."""
    made = list(ones)
    for other in others:
        made.insert(draw(st.integers(0, len(made))), other)
    return made
