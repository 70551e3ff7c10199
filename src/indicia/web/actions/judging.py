"""What a person decides about records: confirm, reject, correct, re-grade, add, star, note, done."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indicia.errors import UsageError
from indicia.knowledge import Knowledge, load
from indicia.pipeline import Correction
from indicia.pipeline.corrections import correction_of, incident_of
from indicia.records import (
    About,
    Accused,
    AccusedType,
    Basis,
    Case,
    Channel,
    Claim,
    Deed,
    DeedKind,
    Document,
    Firmness,
    Ground,
    Judgement,
    Level,
    Party,
    Source,
    SourceType,
    Stance,
    Tie,
    TieKind,
    Tlp,
    stable_id,
    to_json,
)
from indicia.share.redact import judging_in
from indicia.web.actions.forms import again, back, closing, field, form_of, held_of
from indicia.web.cases.shelf import Held
from indicia.web.guard.entrance import author_of
from indicia.web.pages.claim import check, claim
from indicia.web.pages.documents import document as document_page
from indicia.web.shown.render import case_address

MOST_SUBJECTS = 300  # records judged by one press of a button
ACTIONS = frozenset({"reject", "confirm", "regrade", "correct", "star", "note", "done"})


@closing
async def judge(request: Request) -> Response:
    """Keeps what a person decided about a record, or about all places of one value."""
    form = await form_of(request)
    held = await held_of(request)
    action = field(form, "action", 20)
    subjects = [one for one in form.getlist("subject") if isinstance(one, str) and one][:MOST_SUBJECTS]
    if action not in ACTIONS or not subjects:
        raise HTTPException(400, "A judgement needs a record and one of: " + ", ".join(sorted(ACTIONS)) + ".")
    if not await run_in_threadpool(lambda: all(held.knows(subject) for subject in subjects)):
        raise HTTPException(404, "There is no such record in this case.")
    value = ""
    if action in {"correct", "regrade"} and subjects[0] in held.index.evidence:
        value = _grades(form)
    elif action in {"correct", "regrade"}:
        try:
            value = _correction(form, held.case, load())
        except HTTPException as error:
            if subjects[0] not in held.claims:
                raise
            queue = case_address(held.slug, "check")
            page, path = (check, queue) if field(form, "back").startswith(queue) else (claim, _claim_address(held, subjects[0]))
            return await again(page, request, form, error, held=held, path=path, id=subjects[0])
    if action == "note" and subjects == ["weighing"]:
        value = field(form, "value", 4000)
    note = field(form, "note", 2000)
    if action == "note" and not note:
        raise HTTPException(400, "The note is empty.")
    for subject in subjects:
        await run_in_threadpool(_save, request, judgement_of(request, form, held, subject, action, value, note))
    return back(form, case_address(held.slug))


def _claim_address(held: Held, id: str) -> str:
    return case_address(held.slug, "claims", id)


def judgement_of(request: Request, form: FormData, held: Held, subject: str, action: str, value: str, note: str) -> Judgement:
    """What the person who sent a form decides now, marked as the form says, else as the case is. Raises: HTTPException 400."""
    try:
        marking = Tlp.read(typed) if (typed := field(form, "marking", 20)) else judging_in(held.machine)
    except ValueError as error:
        raise HTTPException(400, f"{error}.") from None
    author = author_of(request, field(form, "author", 100))
    time = datetime.now(UTC).isoformat()
    return Judgement(
        id=stable_id("judgement", subject, action, author, time, value, note),
        subject=subject,
        action=action,
        author=author,
        time=time[:19] + "+00:00",
        value=value,
        note=note,
        marking=marking,
    )


def _save(request: Request, judgement: Judgement) -> None:
    request.app.state.shelf.judge(request.path_params["slug"], judgement)


def _grades(form: FormData) -> str:
    reliability, credibility, weight = field(form, "reliability"), field(form, "credibility"), field(form, "weight")
    if (reliability and reliability not in "ABCDEF") or (credibility and credibility not in set("123456")):
        raise HTTPException(400, "Grades are A to F and 1 to 6.")
    given: dict[str, object] = {}
    if reliability:
        given["reliability"] = reliability
    if credibility:
        given["credibility"] = int(credibility)
    if weight in {"0", "1"}:
        given["weight"] = float(weight)
    if not given:
        raise HTTPException(400, "Give a grade.")
    return msgspec.json.encode(given).decode()


def _correction(form: FormData, case: Case, knowledge: Knowledge) -> str:
    """What differs from `was.NAME`, with which the form was handed out; of a form without those, all that it says."""
    given = {
        name: text
        for name in Correction.__struct_fields__
        if (text := field(form, name, 300)) and text != field(form, f"was.{name}", 300)
    }
    try:
        return correction_of(given, case, knowledge)
    except UsageError as error:
        raise HTTPException(400, f"{str(error).partition(' (')[0].capitalize()}.") from None


@closing
async def add_claim(request: Request) -> Response:
    """Adds a claim by hand: its sentence must stand in the document, word by word."""
    form = await form_of(request)
    held = await held_of(request)
    document = held.index.documents.get(request.path_params["id"])
    if document is None:
        raise HTTPException(404, "There is no such document in this case.")
    try:
        made = _claim(form, document, held.case, load())
    except HTTPException as error:
        path = case_address(held.slug, "documents", document.id)
        return await again(document_page, request, form, error, held=held, path=path, id=document.id)
    judgement = judgement_of(request, form, held, made.id, "add", to_json(made).decode(), field(form, "note", 2000))
    await run_in_threadpool(_save, request, judgement)
    return RedirectResponse(case_address(held.slug, "documents", document.id) + f"#r-{made.id}", 303)


def _said(form: FormData, knowledge: Knowledge) -> tuple[Deed | None, Tie | None]:
    """The deed and the tie of a form; that somebody did it, where the form says neither. Raises: ValueError."""
    kind, tie_kind, to = field(form, "deed") or "did", field(form, "tie") or "none", field(form, "tied_to", 300)
    state = knowledge.state(to) if to else None
    return (
        None if kind == "none" else Deed(kind=DeedKind(kind), firmness=Firmness(field(form, "firmness") or "none")),
        None
        if tie_kind == "none"
        else Tie(
            kind=TieKind(tie_kind),
            to=to,
            state=state.code if state else None,
            firmness=Firmness(field(form, "tie_firmness") or "none"),
        ),
    )


def _claim(form: FormData, document: Document, case: Case, knowledge: Knowledge) -> Claim:
    quote = field(form, "quote", 5000).replace("\r\n", "\n")
    source, accused = field(form, "source", 300), field(form, "accused", 300)
    start = document.text.find(quote) if quote else -1
    if start < 0:
        raise HTTPException(400, "That sentence is not in the text. Copy it from there exactly.")
    span = document.span(start, start + len(quote))

    def party(name: str) -> Party | None:
        if not name:
            return None
        at = document.text.find(name, span.start, span.end)
        # A name that the sentence does not hold ("it", "the group") rests on the sentence as a whole.
        return Party(span=document.span(at, at + len(name)) if at >= 0 else span, canonical=name)

    try:
        deed, tie = _said(form, knowledge)
        basis, incident = Basis(field(form, "basis") or "none stated"), field(form, "incident", 300)
        return Claim(
            id=stable_id("claim", document.id, span.start, source, form.get("stance"), accused, "by hand"),
            quote=span,
            source=Source(type=SourceType(field(form, "source_type") or "government"), party=party(source)),
            stance=Stance(field(form, "stance")),
            accused=Accused(
                type=AccusedType(field(form, "accused_type") or "unknown"),
                level=Level(field(form, "level")) if field(form, "level") else None,
                party=party(accused),
            ),
            deed=deed,
            tie=tie,
            incidents=(About(name=incident, id=incident_of(incident, case, knowledge)),) if incident else (),
            grounds=(Ground(basis=basis),) if basis is not Basis.NONE_STATED else (),
            channel=Channel(field(form, "channel") or "unknown"),
            date=field(form, "date", 10) or None,
            cues=("by hand",),
        )
    except ValueError as error:
        raise HTTPException(400, f"That claim cannot be used: {error}") from None
