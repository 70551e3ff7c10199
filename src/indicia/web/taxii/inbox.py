"""What readers post: one STIX bundle on disk for each request, so that `indicia brief INBOX/` reads them too.

Two readers may post different objects under one id and version, one of them above what the other may see. Each is then there
for those who may see it, and nobody's answer depends on what is hidden from them.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from indicia.errors import InputError, LimitError, StoreError
from indicia.share.stix.versions import later
from indicia.web.taxii.collections import Entry, fault_of, is_stamp, moment, version_of
from indicia.writing import write_atomically

MOST = 50_000_000  # bytes that one reader may have in it
_LEAST = 1_000  # bytes that a request counts for
_Key = tuple[str, datetime]


class Inbox:
    """The objects posted, oldest first. Safe to use from several threads."""

    def __init__(self, folder: Path, *, most: int = MOST) -> None:
        """Raises: InputError when the folder cannot be made or read."""
        self.folder, self.most = folder, most
        self._lock = threading.Lock()
        self.entries: list[Entry] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path in self._files():
                items = _objects(path)
                self.entries += [Entry(added=_added(path), item=item) for item in items or () if fault_of(item) is None]
        except OSError as error:
            raise InputError(f"cannot be the inbox: {error.strerror or error}", where=str(folder)) from error

    def _files(self, by: str | None = None) -> list[Path]:
        found = sorted(self.folder.glob(f"*--{_mark(by)}.json" if by is not None else "*--*.json"))
        return [path for path in found if is_stamp(_added(path))]  # others are not ours

    def seen(self, may_see: Callable[[Entry], bool]) -> list[Entry]:
        """What a reader sees: of several objects under one id and version that which came first."""
        found: dict[_Key, Entry] = {}
        for entry in self.entries:
            if may_see(entry):
                found.setdefault(_key(entry), entry)
        return list(found.values())

    def add(
        self,
        items: Iterable[dict[str, Any]],
        status: str,
        added: str,
        *,
        by: str = "",
        may_see: Callable[[Entry], bool] = lambda _: True,
    ) -> list[str | None]:
        """For each object why it was not kept, None if it is there; on disk before it returns.

        `by` is who posts, and `may_see` what they see. Raises: LimitError when their part is full, StoreError.
        """
        faults: list[str | None] = []
        new: list[Entry] = []
        with self._lock:
            added = max([added, *(later(added, entry.added) for entry in self.entries[-1:])])
            held: dict[_Key, list[Entry]] = {}
            for entry in self.entries:
                held.setdefault(_key(entry), []).append(entry)
            for item in items:
                entry = Entry(added=added, item=item)
                others = held.setdefault(_key(entry), [])
                if any(other.item == item for other in others):
                    faults.append(None)  # there already
                elif any(may_see(other) or other in new for other in others):
                    faults.append("another object has this id and version")
                else:
                    faults.append(None)
                    new.append(entry)
                    others.append(entry)
            if new:
                bundle = {"type": "bundle", "id": f"bundle--{status}", "objects": [entry.item for entry in new]}
                path = self.folder / f"{added.replace(':', '_')}--{status}--{_mark(by)}.json"
                self._check_room(by, len(orjson.dumps(bundle)))
                self._write(path, bundle)
                self.entries += new
        return faults

    def _check_room(self, by: str, more: int) -> None:
        used = sum(max(_LEAST, path.stat().st_size) for path in self._files(by))
        if used + more > self.most:
            raise LimitError(f"your part of the inbox is full ({self.most // 1_000_000} MB): nothing of this was kept")

    def remove(self, entries: Iterable[Entry]) -> None:
        """Takes these objects out of the files and of what is offered. Raises: StoreError."""
        gone: dict[_Key, list[dict[str, Any]]] = {}
        for entry in entries:
            gone.setdefault(_key(entry), []).append(entry.item)

        def stays(entry: Entry) -> bool:
            return entry.item not in gone.get(_key(entry), ())

        with self._lock:
            for path in self._files():
                items = _objects(path)
                if items is None:
                    continue
                left = [item for item in items if fault_of(item) or stays(Entry(added=_added(path), item=item))]
                if not left:
                    path.unlink()
                elif len(left) < len(items):
                    self._write(path, {"type": "bundle", "id": f"bundle--{path.stem.split('--')[1]}", "objects": left})
            self.entries = [entry for entry in self.entries if stays(entry)]

    def _write(self, path: Path, bundle: dict[str, Any]) -> None:
        """Whole or not at all, on disk before it returns, and for nobody else: what was posted may be under any marking."""
        try:
            write_atomically(path, orjson.dumps(bundle), private=True)
        except OSError as error:
            raise StoreError(f"cannot be written: {error.strerror or error}", where=str(path)) from error


def _key(entry: Entry) -> _Key:
    return str(entry.item["id"]), moment(version_of(entry))


def _objects(path: Path) -> list[Any] | None:
    """The objects of a file of the inbox, None for one that is not ours."""
    try:
        items = orjson.loads(path.read_bytes())["objects"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return items if isinstance(items, list) else None


def _mark(by: str) -> str:
    """A reader in the name of a file."""
    return hashlib.sha256(by.encode()).hexdigest()[:12]


def _added(path: Path) -> str:
    """When the objects of a file of the inbox were added, as its name says."""
    return path.name.split("--")[0].replace("_", ":")
