"""What a person adds to the weighing: evidence that no text or log tells, own hypotheses, and how evidence fits them."""

from __future__ import annotations

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indicia.errors import UsageError
from indicia.knowledge import Knowledge, load
from indicia.records import Entered, EnteredKind, Evidence, Judgement, Strength, stable_id, to_json
from indicia.view.inert import visible
from indicia.web.actions.forms import again, closing, field, form_of, held_of
from indicia.web.actions.forms import now as this_moment
from indicia.web.actions.judging import judgement_of
from indicia.web.cases.shelf import Held
from indicia.web.guard.entrance import author_of
from indicia.web.pages.weigh import ACTION, FITS, MOST_OWN, Own, own_hypotheses, weigh_page
from indicia.web.shown.render import case_address
from indicia.weigh.entered import entered_evidence, hypothesis_named

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
        await run_in_threadpool(request.app.state.shelf.judge, held.slug, one)
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
    await run_in_threadpool(request.app.state.shelf.judge, held.slug, said)
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
