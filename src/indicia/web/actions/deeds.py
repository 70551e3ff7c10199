"""What a person does: make a case, add to it, stop work, and judge records. All of it by POST, with a token."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlencode

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indicia.errors import UsageError
from indicia.knowledge import Knowledge, load
from indicia.pipeline import Correction
from indicia.pipeline.corrections import correction_of, incident_of
from indicia.pipeline.example import example_folder
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
    stable_id,
    to_json,
)
from indicia.web.cases.building import Order, work_for
from indicia.web.cases.shelf import Held, Shelf
from indicia.web.guard.entrance import check_form
from indicia.web.guard.folders import Folders
from indicia.web.shown.render import case_address

__all__ = ["add_claim", "delete", "judge", "new", "restore", "stop"]

EXAMPLE = "Microsoft Exchange 2021 (example)"
MOST_FILES = 500
MOST_SUBJECTS = 300  # records judged by one press of a button
MOST_TEXT = 5_000_000  # bytes of one pasted text
ACTIONS = frozenset({"reject", "confirm", "regrade", "correct", "star", "note", "done"})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


Action = Callable[[Request], Awaitable[Response]]


def _closing(deed: Action) -> Action:
    """The deed, after which the temporary files of its form are closed."""

    @functools.wraps(deed)
    async def call(request: Request) -> Response:
        try:
            return await deed(request)
        finally:
            await request.close()

    return call


async def _form(request: Request) -> FormData:
    """The form of a page that we gave to this browser. Raises: HTTPException."""
    form = await request.form(max_files=MOST_FILES, max_fields=1000, max_part_size=MOST_TEXT)
    token = form.get("token")
    check_form(request, token if isinstance(token, str) else "", request.app.state.hosts)
    for name, value in form.multi_items():
        if isinstance(value, str) and "\0" in value:
            raise HTTPException(400, f"The field {name[:50]!r} holds a NUL character. Give such a text as a file.")
    return form


def _text(form: FormData, name: str, most: int = 2000) -> str:
    value = form.get(name)
    return value[:most].strip() if isinstance(value, str) else ""


def _held(request: Request) -> Held:
    try:
        held: Held = request.app.state.shelf.get(request.path_params["slug"])
    except KeyError:
        raise HTTPException(404, "There is no case of this name.") from None
    return held


def _back(form: FormData, fallback: str) -> Response:
    """To the page that the form was on; only a path of ours."""
    back = _text(form, "back")
    ours = back.startswith("/") and not back.startswith("//") and "\\" not in back and back.isprintable()
    return RedirectResponse(back if ours else fallback, 303)


@_closing
async def new(request: Request) -> Response:
    """Makes a case, or adds to one, from files, a pasted text and folders on this machine."""
    form = await _form(request)
    shelf: Shelf = request.app.state.shelf
    into = _text(form, "into")
    if into and into not in shelf.slugs():
        raise HTTPException(404, "There is no case of this name.")
    name = _text(form, "name", 200)
    texts = [one for one in form.getlist("texts") if isinstance(one, UploadFile) and one.filename]
    logs = [one for one in form.getlist("logs") if isinstance(one, UploadFile) and one.filename]
    pasted, folder = _text(form, "pasted", MOST_TEXT), _text(form, "folder")
    paths = _text(form, "paths")
    example = example_folder() if _text(form, "example", 1) else None
    if example is None and not (texts or logs or pasted or folder or paths):
        raise HTTPException(400, "Give a text, a file or a folder of logs.")
    named: Folders = request.app.state.folders
    own_texts, own_logs = (named.inside(one) if one and example is None else None for one in (paths, folder))
    if example is not None:  # it is ours, so no folder has to be opened for it
        name, own_texts, own_logs = EXAMPLE, example / "texts", example / "logs"
    slug = into or shelf.free(name or _guess(pasted, texts, folder))
    inbox = shelf.folder / ".inbox" / slug
    await run_in_threadpool(shutil.rmtree, inbox, ignore_errors=True)
    sources = [await _keep(one, inbox / "texts") for one in texts]
    if pasted:
        sources.append(await run_in_threadpool(_write, inbox / "texts" / f"pasted-{stable_id('t', pasted)[-8:]}.txt", pasted))
    if own_texts:
        sources.append(str(own_texts))
    log_paths = [Path(await _keep(one, inbox / "logs")) for one in logs]
    if log_paths:
        log_paths = [inbox / "logs"]
    if own_logs:
        log_paths.append(own_logs)
    order = Order(
        slug=slug,
        name=name or slug,
        sources=tuple(sources),
        logs=tuple(log_paths),
        inbox=inbox,
        published=_date(form, "published"),
        marking=_text(form, "tlp", 20) or None,
        author=_text(form, "author", 100) or request.app.state.author,
    )
    job = request.app.state.jobs.start(f"Building {order.name}", slug, work_for(order, shelf))
    return RedirectResponse(f"/jobs/{job.id}", 303)


def _date(form: FormData, name: str) -> str | None:
    text = _text(form, name, 50)
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        raise HTTPException(400, f"{text!r} is no date. Write it as 2021-07-19.") from None


def _guess(pasted: str, texts: list[UploadFile], folder: str) -> str:
    if pasted:
        return " ".join(pasted.split()[:6])
    return PurePosixPath(texts[0].filename or "").stem if texts else Path(folder).name


def _write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(text, "utf-8", "surrogatepass")
    return str(path)


async def _keep(upload: UploadFile, folder: Path) -> str:
    """Puts an upload into `folder` under the last part of its name, made harmless."""
    name = PurePosixPath((upload.filename or "").replace("\\", "/")).name
    name = "".join(char for char in name if char.isprintable() and char not in '/\\:*?"<>|').strip(". ")[:150] or "file"
    path = folder / name
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{number}-{name}"

    def copy() -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # logs hold names of people and machines
        with path.open("wb") as file:
            shutil.copyfileobj(upload.file, file)

    await run_in_threadpool(copy)
    return str(path)


@_closing
async def stop(request: Request) -> Response:
    """Asks a job to stop."""
    await _form(request)
    job = request.app.state.jobs.get(request.path_params["job"])
    if job is None:
        raise HTTPException(404, "There is no such job any more.")
    job.stop.set()
    return RedirectResponse(f"/jobs/{job.id}", 303)


@_closing
async def delete(request: Request) -> Response:
    """Puts a case aside; the first page offers to take it back."""
    await _form(request)
    slug = request.path_params["slug"]
    if not await run_in_threadpool(request.app.state.shelf.delete, slug):
        raise HTTPException(404, "There is no such case in this folder; one that lies elsewhere is not deleted from here.")
    return RedirectResponse(f"/?{urlencode({'deleted': slug})}", 303)


@_closing
async def restore(request: Request) -> Response:
    """Takes a case back that was put aside."""
    await _form(request)
    slug = await run_in_threadpool(request.app.state.shelf.restore, request.path_params["slug"])
    if slug is None:
        raise HTTPException(404, "There is no such case to take back.")
    return RedirectResponse(case_address(slug), 303)


@_closing
async def judge(request: Request) -> Response:
    """Keeps what a person decided about a record, or about all places of one value."""
    form = await _form(request)
    held = await run_in_threadpool(_held, request)
    action = _text(form, "action", 20)
    subjects = [one for one in form.getlist("subject") if isinstance(one, str) and one][:MOST_SUBJECTS]
    if action not in ACTIONS or not subjects:
        raise HTTPException(400, "A judgement needs a record and one of: " + ", ".join(sorted(ACTIONS)) + ".")
    if not await run_in_threadpool(lambda: all(held.knows(subject) for subject in subjects)):
        raise HTTPException(404, "There is no such record in this case.")
    value = ""
    if action in {"correct", "regrade"}:
        value = _grades(form) if subjects[0] in held.index.evidence else _correction(form, held.case, load())
    if action == "note" and subjects == ["weighing"]:
        value = _text(form, "value", 4000)
    note = _text(form, "note", 2000)
    if action == "note" and not note:
        raise HTTPException(400, "The note is empty.")
    for subject in subjects:
        await run_in_threadpool(_save, request, _judgement(request, form, subject, action, value, note))
    return _back(form, case_address(held.slug))


def _judgement(request: Request, form: FormData, subject: str, action: str, value: str, note: str) -> Judgement:
    author = _text(form, "author", 100) or request.app.state.author
    time = datetime.now(UTC).isoformat()
    return Judgement(
        id=stable_id("judgement", subject, action, author, time, value, note),
        subject=subject,
        action=action,
        author=author,
        time=time[:19] + "+00:00",
        value=value,
        note=note,
    )


def _save(request: Request, judgement: Judgement) -> None:
    request.app.state.shelf.judge(request.path_params["slug"], judgement)


def _grades(form: FormData) -> str:
    reliability, credibility, weight = _text(form, "reliability"), _text(form, "credibility"), _text(form, "weight")
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
    given = {name: text for name in Correction.__struct_fields__ if (text := _text(form, name, 300))}
    try:
        return correction_of(given, case, knowledge)
    except UsageError as error:
        raise HTTPException(400, f"{str(error).partition(' (')[0].capitalize()}.") from None


@_closing
async def add_claim(request: Request) -> Response:
    """Adds a claim by hand: its sentence must stand in the document, word by word."""
    form = await _form(request)
    held = await run_in_threadpool(_held, request)
    document = held.index.documents.get(request.path_params["id"])
    if document is None:
        raise HTTPException(404, "There is no such document in this case.")
    made = _claim(form, document, held.case, load())
    judgement = _judgement(request, form, made.id, "add", to_json(made).decode(), _text(form, "note", 2000))
    await run_in_threadpool(_save, request, judgement)
    return RedirectResponse(case_address(held.slug, "documents", document.id) + f"#r-{made.id}", 303)


def _said(form: FormData, knowledge: Knowledge) -> tuple[Deed | None, Tie | None]:
    """The deed and the tie of a form; that somebody did it, where the form says neither. Raises: ValueError."""
    kind, tie_kind, to = _text(form, "deed") or "did", _text(form, "tie") or "none", _text(form, "tied_to", 300)
    state = knowledge.state(to) if to else None
    return (
        None if kind == "none" else Deed(kind=DeedKind(kind), firmness=Firmness(_text(form, "firmness") or "none")),
        None
        if tie_kind == "none"
        else Tie(
            kind=TieKind(tie_kind),
            to=to,
            state=state.code if state else None,
            firmness=Firmness(_text(form, "tie_firmness") or "none"),
        ),
    )


def _claim(form: FormData, document: Document, case: Case, knowledge: Knowledge) -> Claim:
    quote = _text(form, "quote", 5000).replace("\r\n", "\n")
    source, accused = _text(form, "source", 300), _text(form, "accused", 300)
    start = document.text.find(quote) if quote else -1
    if start < 0:
        raise HTTPException(400, "The sentence does not stand in the text. Copy it from there, word by word.")
    span = document.span(start, start + len(quote))

    def party(name: str) -> Party | None:
        if not name:
            return None
        at = document.text.find(name, span.start, span.end)
        # A name that the sentence does not hold ("it", "the group") rests on the sentence as a whole.
        return Party(span=document.span(at, at + len(name)) if at >= 0 else span, canonical=name)

    try:
        deed, tie = _said(form, knowledge)
        basis, incident = Basis(_text(form, "basis") or "none stated"), _text(form, "incident", 300)
        return Claim(
            id=stable_id("claim", document.id, span.start, source, form.get("stance"), accused, "by hand"),
            quote=span,
            source=Source(type=SourceType(_text(form, "source_type") or "government"), party=party(source)),
            stance=Stance(_text(form, "stance")),
            accused=Accused(
                type=AccusedType(_text(form, "accused_type") or "unknown"),
                level=Level(_text(form, "level")) if _text(form, "level") else None,
                party=party(accused),
            ),
            deed=deed,
            tie=tie,
            incidents=(About(name=incident, id=incident_of(incident, case, knowledge)),) if incident else (),
            grounds=(Ground(basis=basis),) if basis is not Basis.NONE_STATED else (),
            channel=Channel(_text(form, "channel") or "unknown"),
            date=_text(form, "date", 10) or None,
            cues=("by hand",),
        )
    except ValueError as error:
        raise HTTPException(400, f"That claim cannot be used: {error}") from None
