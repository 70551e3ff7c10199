"""Evidence that a person enters on the page of the weighing: what analysts attribute by and no text or log tells."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indicia.errors import UsageError
from indicia.knowledge import Knowledge, load
from indicia.records import Entered, EnteredKind, Evidence, Strength, to_json
from indicia.view.inert import visible
from indicia.web.actions.forms import again, closing, field, form_of, held_of
from indicia.web.actions.forms import now as this_moment
from indicia.web.actions.judging import judgement_of
from indicia.web.guard.entrance import author_of
from indicia.web.pages.weigh import weigh_page
from indicia.web.shown.render import case_address
from indicia.weigh.entered import entered_evidence, hypothesis_named


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
