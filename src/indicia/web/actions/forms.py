"""What all forms have in common: how they are read, where one goes from them, and the page of a form that must be mended."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indicia.web.cases.shelf import Held
from indicia.web.guard.entrance import check_form, check_named
from indicia.web.shown.render import Ask, Page, answer

MOST_FILES = 500
MOST_FIELDS = 1000
MOST_TEXT = 5_000_000  # bytes of one pasted text
Action = Callable[[Request], Awaitable[Response]]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def closing(deed: Action) -> Action:
    """The deed, after which the temporary files of its form are closed."""

    @functools.wraps(deed)
    async def call(request: Request) -> Response:
        try:
            return await deed(request)
        finally:
            await request.close()

    return call


async def form_of(request: Request) -> FormData:
    """The form of a page that we gave to this browser. Raises: HTTPException."""
    check_named(request)
    form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_TEXT)
    token = form.get("token")
    check_form(request, token if isinstance(token, str) else "", request.app.state.hosts)
    for name, value in form.multi_items():
        if isinstance(value, str) and "\0" in value:
            raise HTTPException(400, f"The field {name[:50]!r} holds a NUL character. Give such a text as a file.")
    return form


def field(form: FormData, name: str, most: int = 2000) -> str:
    value = form.get(name)
    return value[:most].strip() if isinstance(value, str) else ""


async def held_of(request: Request) -> Held:
    """The case that an address names. Raises: HTTPException 404."""
    try:
        held: Held = await run_in_threadpool(request.app.state.shelf.get, request.path_params["slug"])
    except KeyError:
        raise HTTPException(404, "There is no case of this name.") from None
    return held


def back(form: FormData, fallback: str) -> Response:
    """To the page that the form was on; only a path of ours."""
    path = field(form, "back")
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return RedirectResponse(path if ours else fallback, 303)


async def again(
    page: Callable[[Ask], Page | Response],
    request: Request,
    form: FormData,
    error: HTTPException,
    *,
    held: Held | None = None,
    path: str,
    id: str = "",
) -> Response:
    """The page that the form was on, with what was typed still in it, and what is wrong with it. Files cannot be kept."""
    typed = {name: value for name, value in form.multi_items() if isinstance(value, str) and name != "token"}

    def made() -> Response:
        ask = Ask(request, held, path=path, id=id, typed=typed, trouble=error.detail)
        shown = page(ask)
        assert isinstance(shown, Page)  # none of these pages leads elsewhere
        return answer(ask, shown._replace(status=error.status_code), as_json=False)

    return await run_in_threadpool(made)
