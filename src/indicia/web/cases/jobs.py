"""Work in the background: one build at a time in a thread of its own, with progress that pages and event streams read."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from indicia.errors import IndiciaError

__all__ = ["Job", "Jobs", "StoppedError"]

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
