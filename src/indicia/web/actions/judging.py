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
    Entered,
    EnteredKind,
    Evidence,
    Firmness,
    Ground,
    Judgement,
    Level,
    Party,
    Source,
    SourceType,
    Stance,
    Strength,
    Tie,
    TieKind,
    Tlp,
    stable_id,
    to_json,
)
from indicia.share.redact import judging_in
from indicia.view.inert import visible
from indicia.web.actions.cases import again, back, closing, field, form_of, held_of
from indicia.web.actions.cases import now as this_moment
from indicia.web.cases.shelf import Held
from indicia.web.guard.entrance import author_of
from indicia.web.pages.claim import check, claim
from indicia.web.pages.documents import document as document_page
from indicia.web.pages.weigh import ACTION, FITS, MOST_OWN, Own, own_hypotheses, weigh_page
from indicia.web.shown.render import case_address
from indicia.weigh.entered import entered_evidence, hypothesis_named

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
        await run_in_threadpool(held.store.judge, judgement_of(request, form, held, subject, action, value, note))
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
    await run_in_threadpool(held.store.judge, judgement)
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


# What a person adds to the weighing: evidence that no text or log tells, own hypotheses, and how evidence fits them.
NEW = "new"


@closing
async def keep_hypotheses(request: Request) -> Response:
    """Keeps what the table says anew, and the new column where it has a name; `drop` puts one away."""
    form = await form_of(request)
    held = await held_of(request)
    own = own_hypotheses(held.machine.judgements)
    page = case_address(held.slug, "weigh")
    drop = field(form, "drop", 100)
    try:
        if drop:
            if drop not in {one.id for one in own}:
                raise HTTPException(404, "There is no such hypothesis in this case.")
            said = [judgement_of(request, form, held, drop, "reject", "", "")]
        else:
            said = [*_changed(request, form, held, own), *_new(request, form, held, own)]
    except HTTPException as error:
        if error.status_code != 400:
            raise
        return await again(weigh_page, request, form, error, held=held, path=page)
    for one in said:
        await run_in_threadpool(held.store.judge, one)
    return RedirectResponse(f"{page}#own", 303)


def _changed(request: Request, form: FormData, held: Held, own: list[Own]) -> list[Judgement]:
    found = []
    for one in own:
        # What the table did not show stays as it is.
        fits = {id: fit for id, fit in {**one.fits, **_fits(form, held, one.id)}.items() if fit}
        if fits != {id: fit for id, fit in one.fits.items() if fit}:
            found.append(judgement_of(request, form, held, one.id, ACTION, _value(one.name, fits), ""))
    return found


def _new(request: Request, form: FormData, held: Held, own: list[Own]) -> list[Judgement]:
    name = " ".join(visible(field(form, "name", 120)).split())
    fits = {id: fit for id, fit in _fits(form, held, NEW).items() if fit}
    if not name:
        if fits:
            raise HTTPException(400, "A hypothesis needs a name.")
        return []
    if name.casefold() in {one.name.casefold() for one in own}:
        raise HTTPException(400, f"There is a hypothesis {name!r} already.")
    if len(own) >= MOST_OWN:
        raise HTTPException(400, f"There are {MOST_OWN} of them: remove one first.")
    made = judgement_of(request, form, held, "", ACTION, _value(name, fits), field(form, "note"))
    return [msgspec.structs.replace(made, subject=stable_id("hypothesis", name, made.id))]


def _value(name: str, fits: dict[str, int]) -> str:
    return msgspec.json.encode({"name": name, "fits": dict(sorted(fits.items()))}).decode()


def _fits(form: FormData, held: Held, hypothesis: str) -> dict[str, int]:
    """What the form says of the items under one hypothesis. Raises: HTTPException 400."""
    start, found = f"fit:{hypothesis}:", {}
    for name, text in form.multi_items():
        if name.startswith(start) and isinstance(text, str) and name[len(start) :] in held.index.evidence:
            if text not in {str(fit) for fit in FITS}:
                raise HTTPException(400, "An item fits from -2 to 2.")
            found[name[len(start) :]] = int(text)
    return found


@closing
async def add_evidence(request: Request) -> Response:
    """Keeps one item under the name of who entered it; the case is weighed with it from then on."""
    form = await form_of(request)
    held = await held_of(request)
    page = case_address(held.slug, "weigh")
    fields = {name: visible(field(form, name)) for name in ("kind", "fits", "strength", "grade", "against", "note")}
    try:
        item = await run_in_threadpool(_item, fields, author_of(request, field(form, "author", 120)), load())
        said = judgement_of(request, form, held, item.id, "add", to_json(item).decode(), fields["note"])
    except (HTTPException, UsageError) as error:
        if isinstance(error, HTTPException) and error.status_code != 400:
            raise
        trouble = error if isinstance(error, HTTPException) else HTTPException(400, str(error))
        return await again(weigh_page, request, form, trouble, held=held, path=page)
    await run_in_threadpool(held.store.judge, said)
    return RedirectResponse(f"{page}#enter", 303)


def _item(fields: dict[str, str], author: str, knowledge: Knowledge) -> Evidence:
    """Raises: UsageError."""
    try:
        kind, strength = EnteredKind(fields["kind"]), Strength(fields["strength"])
    except ValueError as error:
        raise UsageError(f"the form says what it cannot: {error}") from error
    if not fields["note"]:
        raise UsageError("say in a few words what the evidence is")
    whom = tuple(dict.fromkeys(hypothesis_named(one, knowledge) for one in fields["fits"].split(",") if one.strip()))
    entered = Entered(
        kind=kind, fits=whom, strength=strength, against=fields["against"] == "1", author=author, time=this_moment()
    )
    return entered_evidence(entered, fields["grade"], fields["note"], knowledge)
