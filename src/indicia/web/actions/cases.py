"""What a person does with cases: make one, add to it, stop the work, rename, put aside and take back."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indicia.pipeline.example import example_folder
from indicia.records import stable_id
from indicia.view.inert import visible
from indicia.web.cases.jobs import Order, work_for
from indicia.web.cases.shelf import Held, Shelf, slug_of
from indicia.web.guard.entrance import Folders, author_of, check_form, check_named
from indicia.web.pages.start import start
from indicia.web.shown.render import Ask, Page, answer, case_address

# What all forms have in common: how they are read, where one goes from them, and the page of a form that must be mended.
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


DEEPEST = 8  # folders within a folder that is uploaded
EXAMPLE = "Microsoft Exchange 2021 (example)"


@closing
async def new(request: Request) -> Response:
    """Makes a case, or adds to one, from files, a pasted text and folders on this machine."""
    form = await form_of(request)
    shelf: Shelf = request.app.state.shelf
    into = field(form, "into")
    if into and into not in shelf.slugs():
        raise HTTPException(404, "There is no case of this name.")
    example = example_folder() if field(form, "example", 1) else None
    if example is not None and (slug := slug_of(EXAMPLE)) in shelf.slugs():
        return RedirectResponse(case_address(slug), 303)
    try:
        order = await _order(request, form, into, example)
    except HTTPException as error:
        if error.status_code not in {400, 403}:
            raise
        return await again(start, request, form, error, path="/")
    job = request.app.state.jobs.start(f"Building {order.name}", order.slug, work_for(order, shelf))
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def _order(request: Request, form: FormData, into: str, example: Path | None) -> Order:
    """What the form asks for, its uploads put away. Raises: HTTPException."""
    shelf: Shelf = request.app.state.shelf
    named: Folders = request.app.state.folders
    name, published = field(form, "name", 200), _date(form, "published")
    texts, logs = (
        [one for one in form.getlist(kind) if isinstance(one, UploadFile) and one.filename] for kind in ("texts", "logs")
    )
    pasted, folder, paths = field(form, "pasted", MOST_TEXT), field(form, "folder"), field(form, "paths")
    if example is None and not (texts or logs or pasted or folder or paths):
        raise HTTPException(400, "Give a text, a file or a folder of logs.")
    own_texts, own_logs = (named.inside(one) if one and example is None else None for one in (paths, folder))
    if example is not None:  # it is ours, so no folder has to be opened for it
        name, own_texts, own_logs = EXAMPLE, example / "texts", example / "logs"
    slug = into or shelf.free(name or _guess(pasted, texts, folder or paths))
    inbox = await run_in_threadpool(request.app.state.uploads.new, slug)
    sources = [await _keep(one, inbox / "texts") for one in texts]
    if pasted:
        sources.append(await run_in_threadpool(_write, inbox / "texts" / f"pasted-{stable_id('t', pasted)[-8:]}.txt", pasted))
    if own_texts:
        sources.append(str(own_texts))
    for one in logs:
        await _keep(one, inbox / "logs", nested=True)
    return Order(
        slug=slug,
        name=name or slug,
        sources=tuple(sources),
        logs=(*((inbox / "logs",) if logs else ()), *((own_logs,) if own_logs else ())),
        inbox=inbox,
        published=published,
        marking=field(form, "tlp", 20) or None,
        author=author_of(request, field(form, "author", 100)),
    )


def _date(form: FormData, name: str) -> str | None:
    text = field(form, name, 50)
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        raise HTTPException(400, f"{text!r} is not a date. Write it like 2021-07-19.") from None


def _guess(pasted: str, texts: list[UploadFile], folder: str) -> str:
    if pasted:
        return " ".join(pasted.split()[:6])
    return PurePosixPath(texts[0].filename or "").stem if texts else Path(folder).name


def _write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(text, "utf-8", "surrogatepass")
    return str(path)


def _harmless(name: str) -> str:
    return "".join(char for char in name if char.isprintable() and char not in '/\\:*?"<>|').strip(". ")[:150]


def _place(upload: str) -> PurePosixPath:
    """Where an upload is put: its name, made harmless, and of a folder that was given the folders in it.

    >>> [str(_place(one)) for one in ("logs/IIS/u_ex.log", "../../x/../evil.txt", "C:/tmp/a:b.txt", " ")]
    ['logs/IIS/u_ex.log', 'x/evil.txt', 'C/tmp/ab.txt', 'file']
    """
    parts = [part for one in upload.replace("\\", "/").split("/") if (part := _harmless(one))]
    return PurePosixPath(*parts[-DEEPEST:]) if parts else PurePosixPath("file")


async def _keep(upload: UploadFile, folder: Path, *, nested: bool = False) -> str:
    """Puts an upload into `folder`, under another name where its own is taken; `nested` with the folders that it came in."""
    place = _place(upload.filename or "")
    place = place if nested else PurePosixPath(place.name)
    path = folder / place
    number = 1
    while path.exists():
        number += 1
        path = folder / place.with_name(f"{number}-{place.name}")

    def copy() -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # logs hold names of people and machines
        with path.open("wb") as file:
            shutil.copyfileobj(upload.file, file)

    await run_in_threadpool(copy)
    return str(path)


@closing
async def stop(request: Request) -> Response:
    """Asks a job to stop."""
    await form_of(request)
    job = request.app.state.jobs.get(request.path_params["job"])
    if job is None:
        raise HTTPException(404, "That job no longer exists.")
    job.stop.set()
    return RedirectResponse(f"/jobs/{job.id}", 303)


@closing
async def delete(request: Request) -> Response:
    """Puts a case aside; the first page offers to take it back."""
    await form_of(request)
    slug = request.path_params["slug"]
    if not await run_in_threadpool(request.app.state.shelf.delete, slug):
        raise HTTPException(404, "There is no such case in this folder; one that lies elsewhere is not deleted from here.")
    return RedirectResponse(f"/?{urlencode({'deleted': slug})}", 303)


@closing
async def rename(request: Request) -> Response:
    """Calls a case by another name; its address stays, so that no link to it breaks."""
    form = await form_of(request)
    slug, name = request.path_params["slug"], " ".join(visible(field(form, "name", 200)).split())
    if slug not in request.app.state.shelf.slugs():
        raise HTTPException(404, "There is no case of this name.")
    if not name:
        raise HTTPException(400, "A case needs a name.")
    author = author_of(request, field(form, "author", 100))
    store = await run_in_threadpool(request.app.state.shelf.store, slug)
    await run_in_threadpool(store.rename, name, author=author, time=now())
    return RedirectResponse("/#cases", 303)


@closing
async def restore(request: Request) -> Response:
    """Takes a case back that was put aside."""
    await form_of(request)
    slug = await run_in_threadpool(request.app.state.shelf.restore, request.path_params["slug"])
    if slug is None:
        raise HTTPException(404, "There is no such case to take back.")
    return RedirectResponse(case_address(slug), 303)
