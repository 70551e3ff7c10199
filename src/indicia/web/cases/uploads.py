"""Where uploads lie until they are read: each job has a folder of its own, and what a killed server left behind is removed."""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from pathlib import Path
from typing import Any

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
