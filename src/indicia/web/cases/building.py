"""Building a case from what was dropped on the page: the pipeline's work, and then the names of files without our folders."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from indicia.errors import InputError, UsageError
from indicia.knowledge import load
from indicia.pipeline import Delta, grown, read_new
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
            knowledge = load()
            try:
                marking = Tlp.read(order.marking) if order.marking else None
            except ValueError as error:
                raise UsageError(str(error)) from None
            delta = read_new(
                order.sources,
                order.logs,
                knowledge=knowledge,
                before=before,
                published=order.published,
                marking=marking,
                progress=progress,
            )
            if delta.is_empty and (before is None or not before.documents):
                why = "; ".join(f"{Path(one.where).name}: {one.what}" for one in delta.all_problems[:5])
                raise InputError(f"None of it could be used. {why}", hint="texts, HTML, PDF, DOCX and logs are understood")
            progress("saving", 0, None)
            delta = _without_folder(delta, order.inbox)

            def grow(held: Case | None) -> Case:
                return grown(held, delta, knowledge, name=held.name if held else order.name)

            now = datetime.now(UTC).isoformat(timespec="seconds")
            store = shelf.store(order.slug, make=True)
            changes = store.merge(grow, author=order.author, time=now, what="from the page").changes
        finally:
            shutil.rmtree(order.inbox, ignore_errors=True)
        words = [
            many(count, kind) for kind, count in sorted(changes.added.items()) if kind in {"document", "claim", "sighting"}
        ]
        lost = sum(one.severity.value != "note" for one in delta.all_problems)
        return (f"New: {', '.join(words)}." if words else "Nothing new.") + (
            f" {many(lost, 'problem')} listed." if lost else ""
        )

    return work


def _without_folder(delta: Delta, inbox: Path) -> Delta:
    """What was read with our inbox taken out of all names: a person knows a file by the name they gave it."""
    if not inbox.exists():
        return delta
    data = to_json(delta)
    for prefix in (f"{inbox}/texts/", f"{inbox}/logs/"):
        data = data.replace(json.dumps(prefix, ensure_ascii=False)[1:-1].encode(), b"")
    return from_json(data, Delta)
