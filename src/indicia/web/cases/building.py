"""Building a case from what was dropped on the page: the pipeline's work, and then the names of files without our folders."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from indicia.errors import InputError, UsageError
from indicia.pipeline import build
from indicia.records import Case, Tlp, from_json, to_json
from indicia.view.wording import many
from indicia.web.cases.jobs import ProgressCall
from indicia.web.cases.shelf import Shelf

__all__ = ["Order", "work_for"]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to build. `inbox` holds the uploads and is emptied afterwards."""

    slug: str
    name: str
    sources: tuple[str, ...]
    logs: tuple[Path, ...]
    inbox: Path
    author: str
    published: str | None = None
    marking: str | None = None


def work_for(order: Order, shelf: Shelf) -> Callable[[ProgressCall], str]:
    """The work of a job; it gives back what to tell the person."""

    def work(progress: ProgressCall) -> str:
        try:
            before = shelf.store(order.slug).load() if shelf.has(order.slug) else None
            try:
                marking = Tlp.read(order.marking) if order.marking else None
            except ValueError as error:
                raise UsageError(str(error)) from None
            case = build(
                order.sources,
                order.logs,
                name=before.name if before else order.name,
                before=_as_uploaded(before, order) if before else None,
                published=order.published,
                marking=marking,
                progress=progress,
            )
            if not case.documents and (case.hunt is None or not any(file.events for file in case.hunt.files)):
                why = "; ".join(f"{Path(one.where).name}: {one.what}" for one in case.problems[:5])
                raise InputError(f"None of it could be used. {why}", hint="texts, HTML, PDF, DOCX and logs are understood")
            progress("saving", 0, None)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            store = shelf.store(order.slug, make=True)
            changes = store.save(_without_folder(case, order.inbox), author=order.author, time=now, what="from the page")
        finally:
            shutil.rmtree(order.inbox, ignore_errors=True)
        words = [
            many(count, kind) for kind, count in sorted(changes.added.items()) if kind in {"document", "claim", "sighting"}
        ]
        lost = sum(one.severity.value != "note" for one in case.problems)
        return (f"New: {', '.join(words)}." if words else "Nothing new.") + (
            f" {many(lost, 'problem')} listed." if lost else ""
        )

    return work


def _prefixes(inbox: Path) -> tuple[str, ...]:
    return (f"{inbox}/texts/", f"{inbox}/logs/")


def _without_folder(case: Case, inbox: Path) -> Case:
    """The case with our inbox taken out of all names: a person knows a file by the name they gave it."""
    if not inbox.exists():
        return case
    data = to_json(case)
    for prefix in _prefixes(inbox):
        data = data.replace(json.dumps(prefix, ensure_ascii=False)[1:-1].encode(), b"")
    return from_json(data, Case)


def _as_uploaded(before: Case, order: Order) -> Case:
    """The earlier case with its documents named as this upload names them, so that a text given again replaces itself."""
    names = {source.removeprefix(prefix): source for prefix in _prefixes(order.inbox)[:1] for source in order.sources}
    return msgspec.structs.replace(
        before,
        documents=tuple(
            msgspec.structs.replace(document, name=names.get(document.name, document.name)) for document in before.documents
        ),
    )
