"""Work in the background: one build at a time in a thread of its own, with progress that pages and event streams read."""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from indicia.errors import IndiciaError, InputError, UsageError
from indicia.knowledge import load
from indicia.pipeline import Delta, grown, read_new
from indicia.records import Case, Tlp, from_json, to_json
from indicia.view.wording import many
from indicia.web.cases.shelf import Shelf

fcntl: Any
try:
    import fcntl
except ImportError:  # where files are locked otherwise, nothing is swept
    fcntl = None


class Uploads:
    """The uploads of one server, under a name of which it holds the lock as long as it runs: the system takes that from it even
    if it is killed. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / ".inbox"
        self._name = secrets.token_hex(8)
        self._held: int | None = None
        self._turn = threading.Lock()
        self.sweep()

    def new(self, slug: str) -> Path:
        """The folder of a job, which is made by whoever puts something into it."""
        with self._turn:
            if self._held is None:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._held = _locked(self._lock_of(self._name))  # before there is a folder that another could sweep away
        return self._folder / self._name / f"{slug}-{secrets.token_hex(8)}"

    def sweep(self) -> None:
        """Removes what servers left that no longer run."""
        if fcntl is None or not self._folder.is_dir():
            return
        names = {path.name.removesuffix(".lock") for path in self._folder.iterdir()} - {self._name}
        for name in sorted(names):
            lock = self._lock_of(name)
            handle = _locked(lock)
            if handle is None:
                continue
            shutil.rmtree(self._folder / name, ignore_errors=True)
            lock.unlink(missing_ok=True)
            os.close(handle)

    def close(self) -> None:
        with self._turn:
            if self._held is not None:
                shutil.rmtree(self._folder / self._name, ignore_errors=True)
                self._lock_of(self._name).unlink(missing_ok=True)
                os.close(self._held)
                self._held = None

    def _lock_of(self, name: str) -> Path:
        return self._folder / f"{name}.lock"


def _locked(path: Path) -> int | None:
    """The open file with its lock, None where somebody else holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


_log = logging.getLogger(__name__)
KEPT = 50  # finished jobs that stay readable
ProgressCall = Callable[[str, float, float | None], None]


class StoppedError(Exception):
    """The person asked to stop; raised inside of the work at its next sign of progress."""


@dataclass
class Job:
    """One piece of work. `state` is waiting, running, done, failed or stopped."""

    id: str
    title: str
    slug: str
    state: str = "waiting"
    step: str = ""
    share: float | None = None  # of the step, in [0, 1]
    message: str = ""
    stop: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def is_over(self) -> bool:
        return self.state in {"done", "failed", "stopped"}

    def progress(self, label: str, done: float, total: float | None) -> None:
        """What the work calls. Raises: StoppedError."""
        if self.stop.is_set():
            raise StoppedError
        self.step = label
        self.share = min(1.0, done / total) if total else None

    def as_data(self) -> dict[str, object]:
        return {
            "id": self.id,
            "title": self.title,
            "case": self.slug,
            "state": self.state,
            "step": self.step,
            "share": self.share,
            "message": self.message,
        }


class Jobs:
    """All jobs of this process, newest first."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._turn = threading.Lock()

    def get(self, id: str) -> Job | None:
        return self._jobs.get(id)

    def all(self) -> list[Job]:
        return list(reversed(self._jobs.values()))

    def start(self, title: str, slug: str, work: Callable[[ProgressCall], str]) -> Job:
        """Runs `work(progress)` when its turn comes; what it gives back is the job's last message."""
        job = Job(id=secrets.token_hex(8), title=title, slug=slug)
        for old in [one.id for one in self._jobs.values() if one.is_over][: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[old]
        self._jobs[job.id] = job
        threading.Thread(target=self._run, args=(job, work), name=f"job-{job.id}", daemon=True).start()
        return job

    def _run(self, job: Job, work: Callable[[ProgressCall], str]) -> None:
        with self._turn:
            job.state = "running"
            try:
                job.progress("starting", 0, None)
                job.message = work(job.progress)
                job.state = "done"
            except StoppedError:
                job.message, job.state = "Stopped. Nothing was changed.", "stopped"
            except IndiciaError as error:
                job.message, job.state = str(error), "failed"
            except Exception as error:  # a fault of ours must end the job with a word, not hang the page
                _log.exception("job %s", job.id)
                job.message, job.state = f"A fault in Indicia, not in your input: {type(error).__name__}: {error}", "failed"


# Building a case from what was dropped on the page: the pipeline's work, and then the names of files without our folders.
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
