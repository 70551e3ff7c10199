"""The cases of a folder, each held in memory until it changes."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import defaultdict
from pathlib import Path

from indicia.case import Store, open_store
from indicia.errors import InputError, StoreError
from indicia.knowledge import load
from indicia.pipeline import is_store, load_case
from indicia.records import Case, Judgement, Sighting
from indicia.share.brief.inert import visible
from indicia.share.brief.notes import Index
from indicia.web.standing import Standing, as_left

__all__ = ["Held", "Shelf", "slug_of"]

SUFFIX = ".indicia"


def slug_of(name: str) -> str:
    """A name as it stands in an address.

    >>> slug_of("Exchange 2021: Été/x"), slug_of("???")
    ('exchange-2021-ete-x', 'case')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-") or "case"


class Held:
    """One case in memory as it stood after its run `run`: as the machine left it, as people left it, and its indexes."""

    def __init__(self, slug: str, case: Case, run: int) -> None:
        self.slug = slug
        self.machine = case
        self.run = run
        self.standing = Standing(case)
        self.case = as_left(case, self.standing, load())
        self.index = Index(case)
        self.show = self.index.show
        self.claims = {claim.id: claim for claim in (*case.claims, *self.standing.added.values())}
        self.sightings_by: dict[str, dict[str, list[Sighting]]] = {
            name: defaultdict(list) for name in ("host", "rule", "technique", "stage")
        }
        for one in case.hunt.sightings if case.hunt else ():
            self.sightings_by["host"][visible(one.event.host)].append(one)
            self.sightings_by["rule"][visible(one.title)].append(one)
            self.sightings_by["stage"][one.stage.value].append(one)
            for technique in one.techniques:
                self.sightings_by["technique"][visible(technique)].append(one)


class Shelf:
    """Cases by the name in their address. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._stores: dict[str, Store] = {}
        self._addresses: dict[str, str] = {}
        self._held: dict[str, Held] = {}

    def add(self, where: str) -> str:
        """Puts a case file, a database URL or the folder of a brief on the shelf and gives its slug. Raises: IndiciaError."""
        if "://" in where or is_store(where):
            slug = slug_of("case" if "://" in where else Path(where).stem)
            self._addresses[slug] = where
            self._store(slug)
            return slug
        path = Path(where)
        if path.suffix == SUFFIX and not path.exists():
            raise InputError("there is no such case", where=where, hint="make one with: indicia brief SOURCE... --case FILE")
        case = load_case(path)
        slug = slug_of(case.name)
        with self._lock:
            store = self.store(slug, make=True)
            store.save(case, author="indicia", time="1970-01-01T00:00:00+00:00", what=f"taken over from {path.name}")
        return slug

    def slugs(self) -> list[str]:
        """All cases, by name."""
        files = {path.stem for path in self.folder.glob(f"*{SUFFIX}")} if self.folder.is_dir() else set()
        return sorted({name for name in files if name == slug_of(name)} | set(self._addresses))

    def free(self, name: str) -> str:
        """A slug for a new case of this name that no other has."""
        slug, number = slug_of(name), 1
        while slug in self.slugs():
            number += 1
            slug = f"{slug_of(name)}-{number}"
        return slug

    def store(self, slug: str, *, make: bool = False) -> Store:
        """The store of a case. Raises: KeyError when there is none."""
        if slug not in self.slugs():
            if not make:
                raise KeyError(slug)
            self.folder.mkdir(parents=True, exist_ok=True)
        return self._store(slug)

    def _store(self, slug: str) -> Store:
        with self._lock:
            if slug not in self._stores:
                self._stores[slug] = open_store(self._addresses.get(slug, self.folder / f"{slug}{SUFFIX}"))
            return self._stores[slug]

    def get(self, slug: str) -> Held:
        """The case as it stands now. Raises: KeyError when there is none, StoreError when it cannot be read."""
        store = self.store(slug)
        with self._lock:
            runs = store.runs()
            if not runs:
                raise StoreError("no case was saved here yet", where=slug)
            held = self._held.get(slug)
            if held is None or held.run != runs[-1].id:
                held = self._held[slug] = Held(slug, store.load(), runs[-1].id)
            return held

    def has(self, slug: str) -> bool:
        """Whether there is a case with something in it."""
        try:
            return bool(self.store(slug).runs())
        except (KeyError, StoreError):
            return False

    def judge(self, slug: str, judgement: Judgement) -> None:
        """Keeps a judgement. Raises: KeyError, StoreError."""
        self.store(slug).judge(judgement)

    def close(self) -> None:
        with self._lock:
            for store in self._stores.values():
                store.close()
            self._stores.clear()
