"""The cases of a folder, each held in memory until it changes, but for sightings beyond number."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import msgspec

from indicia.advise.advice import advise
from indicia.case import Columns, Store, open_store
from indicia.errors import InputError, StoreError
from indicia.knowledge import load
from indicia.pipeline import Delta, Standing, as_left, grown, is_store, load_case
from indicia.records import Advice, Case, Claim, Document, Evidence, Mention, to_check
from indicia.view.affair import subject, titled
from indicia.view.moments import Moment
from indicia.view.notes import Index
from indicia.web.cases.exploring import Tables
from indicia.web.cases.sightings import MatrixColumn, Sightings, matrix_of, moments_of

SUFFIX = ".indicia"
ASIDE = ".deleted"  # the folder of cases that can be taken back


def slug_of(name: str) -> str:
    """A name as it stands in an address.

    >>> slug_of("Exchange 2021: Été/x"), slug_of("???")
    ('exchange-2021-ete-x', 'case')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-") or "case"


T = TypeVar("T")


def grouped(records: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    """The records by what `key` gives of each, in their order."""
    found: dict[str, list[T]] = defaultdict(list)
    for one in records:
        found[key(one)].append(one)
    return found


ADVICES = 8  # kept, under different measures in place
WHOLE = 5_000  # sightings up to which a case is held with all of them


class Held:
    """One case in memory as it stood after its run `run`: as the machine left it, as people left it, and its indexes.

    Of many sightings only one of each kind is held with the case, which is all that weighing and advice ask for; pages count on
    their columns and read from the store. `build` is the last run that was more than a judgement.
    """

    def __init__(self, slug: str, store: Store, machine: Case, sightings: Sightings, *, run: int, build: int) -> None:
        self.slug = slug
        self.store = store
        self.machine = machine
        self.sightings = sightings
        self.run = run
        self.build = build
        self.standing = Standing(machine)
        self.case = as_left(machine, load(), self.standing)
        self.index = Index(self.case)
        # What a person rejected as an indicator is still not to be clicked by accident.
        self.show = self.index.show if self.case is machine else Index(machine).show
        self.claims = {claim.id: claim for claim in (*machine.claims, *self.standing.added.values())}
        self.explored: Tables | None = None  # as tables for SQL, from the first question on
        self._advices: dict[tuple[str, ...], Advice] = {}
        self.mentions = {mention.id: mention for mention in machine.mentions}

    @classmethod
    def open(cls, slug: str, store: Store) -> Held:
        """Raises: StoreError."""
        run, build, columns = store.last_run(), store.last_build(), store.columns()
        if len(columns) <= WHOLE:
            machine = store.load()
        else:
            machine = store.load(sightings=False)
            machine = _with_one_of_each(machine, store, columns)
        return cls(slug, store, machine, Sightings(store, columns), run=run, build=build)

    def judged(self, run: int) -> Held:
        """The same case after more judgements."""
        machine = msgspec.structs.replace(self.machine, judgements=self.store.judgements())
        if len(self.sightings) > WHOLE:
            machine = _with_one_of_each(machine, self.store, self.sightings.columns)
        return Held(self.slug, self.store, machine, self.sightings, run=run, build=self.build)

    def whole(self) -> Case:
        """The case with every sighting, as it is kept: what people decided stands beside the machine's records."""
        return self.machine if len(self.sightings) <= WHOLE else self.store.load()

    def knows(self, subject: str) -> bool:
        """Whether there is such a record."""
        index = self.index
        return (
            subject == "weighing"
            or any(
                subject in records
                for records in (self.claims, self.mentions, index.documents, index.evidence, index.measures, index.sightings)
            )
            or bool(self.store.places_of([subject]))
        )

    @cached_property
    def affair(self) -> str:
        """What the case is mainly about, as our tables or the texts call it; empty where it has no name."""
        return subject(self.case).name

    @cached_property
    def title(self) -> str:
        """What to call the case: the name that a person gave it, else as page one of its brief does."""
        name = self.case.name
        given = " " in name or name != name.lower()
        return name if given else titled(self.case) or self.slug

    @cached_property
    def counts(self) -> dict[str, int]:
        """How much there is behind each tab."""
        return {
            "documents": len(self.case.documents),
            "claims": len(self.claims),
            "hunt": len(self.sightings),
            "advise": len(self.case.advice.measures) if self.case.advice else 0,
        }

    @cached_property
    def corrected(self) -> list[Claim]:
        """All claims, those that were rejected too, with their corrections."""
        return [self.standing.corrected(one) for one in self.claims.values()]

    @cached_property
    def doubtful(self) -> list[Claim]:
        """The claims of which the reader was not sure, whether or not a person has seen them: the main affair's first, in the
        order of the texts."""
        about = subject(msgspec.structs.replace(self.machine, judgements=()))  # an order that judging does not change
        rows = to_check(self.claims.values(), ())
        return sorted(rows, key=lambda one: one.id not in about.on_it)

    @cached_property
    def waiting(self) -> tuple[Claim, ...]:
        """Those of them that no person has seen yet."""
        return to_check(self.doubtful, self.machine.judgements)

    @cached_property
    def claims_in(self) -> dict[str, list[Claim]]:
        """Claims by the document that they stand in."""
        return grouped(self.claims.values(), lambda one: one.quote.document)

    @cached_property
    def mentions_in(self) -> dict[str, list[Mention]]:
        """Mentions by the document that they stand in."""
        return grouped(self.machine.mentions, lambda one: one.span.document)

    def advice(self, have: tuple[str, ...] = ()) -> Advice:
        """The advice of the case, made anew and kept when something is in place already."""
        if not have and self.case.advice is not None:
            return self.case.advice
        if have not in self._advices:
            if len(self._advices) >= ADVICES:
                self._advices.pop(next(iter(self._advices)))
            self._advices[have] = advise(self.case, load(), have=have)
        return self._advices[have]

    @cached_property
    def matrix(self) -> list[MatrixColumn]:
        """The techniques of the case by tactic."""
        return matrix_of(self.case, load(), self.sightings)

    @cached_property
    def moments(self) -> list[Moment]:
        """Everything with a date, in its order."""
        return moments_of(self.case, self.index, self.sightings)

    def evidence_of(self, trace: str) -> list[Evidence]:
        """What rests on a record and weighs. Looked for when asked: an index of a million traces would take longer."""
        return [item for item in self.index.evidence.values() if trace in item.traces]

    @cached_property
    def folded(self) -> list[tuple[Document, str]]:
        """The texts with their small letters, to search in. One that has another length then stays as it is: places must
        hold."""
        rows = ((one, one.text.lower()) for one in self.case.documents)
        return [(one, low if len(low) == len(one.text) else one.text) for one, low in rows]

    @cached_property
    def copies(self) -> dict[str, list[str]]:
        """For each claim that others repeat, those."""
        repeated = grouped((one for one in self.claims.values() if one.origin), lambda one: one.origin or "")
        return {origin: [one.id for one in some] for origin, some in repeated.items()}


def _with_one_of_each(case: Case, store: Store, columns: Columns) -> Case:
    """The case with one sighting of each kind that nobody rejected, and with those that somebody did."""
    if case.hunt is None:
        return case
    standing = Standing(case)
    rejected = [subject for subject in standing.by_subject if standing.is_rejected(subject)]
    out = set(store.places_of(rejected).values()) if rejected else set()
    places = sorted(out | set(columns.alike(out)))
    hunt = msgspec.structs.replace(case.hunt, sightings=store.sightings_at(places))
    return msgspec.structs.replace(case, hunt=hunt)


def _is_within(case: Case, held: Case) -> bool:
    """Whether a case holds all that was read for another, and all that people said of it."""
    files, judged = (held.hunt.files if held.hunt else ()), {one.id for one in held.judgements}
    return (
        {one.id for one in case.documents} <= {one.id for one in held.documents}
        and (case.hunt is None or set(case.hunt.files) <= set(files))
        and {one.id for one in case.judgements} <= judged
    )


def _joined(held: Case | None, case: Case) -> Case:
    """A case, in which what was added to it where it is kept stays."""
    if held is None:
        return case
    delta = Delta(
        documents=case.documents,
        claims=case.claims,
        mentions=case.mentions,
        problems=case.problems,
        hunt=case.hunt,
        judgements=case.judgements,
        have=case.have,
    )
    return msgspec.structs.replace(grown(held, delta, load(), name=held.name), rules=case.rules or held.rules)


class Shelf:
    """Cases by the name in their address. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._stores: dict[str, Store] = {}
        self._addresses: dict[str, str] = {}
        self._held: dict[str, Held] = {}
        self._opening: dict[str, threading.Lock] = {}

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
            store, what = self.store(slug, make=True), f"taken over from {path.name}"
            if not (store.last_run() and _is_within(case, store.load())):
                store.merge(lambda held: _joined(held, case), author="indicia", time="1970-01-01T00:00:00+00:00", what=what)
        return slug

    def slugs(self) -> list[str]:
        """All cases, by name."""
        files = {path.stem for path in self.folder.glob(f"*{SUFFIX}")} if self.folder.is_dir() else set()
        return sorted({name for name in files if name == slug_of(name)} | set(self._addresses))

    def size(self, slug: str) -> int:
        """Bytes of a case file; 0 of what is in a database."""
        path = self.folder / f"{slug}{SUFFIX}"
        return path.stat().st_size if slug not in self._addresses and path.exists() else 0

    def delete(self, slug: str) -> bool:
        """Puts a case file of this folder aside, from where `restore` takes it back. False for what lies elsewhere."""
        path = self.folder / f"{slug}{SUFFIX}"
        if slug in self._addresses or slug not in self.slugs() or not path.exists():
            return False
        with self._lock:
            store = self._stores.pop(slug, None)
            if store is not None:
                store.close()
            self._held.pop(slug, None)
            aside = self.folder / ASIDE
            aside.mkdir(exist_ok=True, mode=0o700)
            for part in ("", "-wal", "-shm"):  # what a later case of this name leaves would not fit the older file
                (aside / f"{path.name}{part}").unlink(missing_ok=True)
                if (file := path.with_name(f"{path.name}{part}")).exists():
                    file.replace(aside / file.name)
        return True

    def deleted(self) -> list[str]:
        """The cases that were put aside, by name."""
        return sorted(path.stem for path in (self.folder / ASIDE).glob(f"*{SUFFIX}"))

    def restore(self, slug: str) -> str | None:
        """Takes a case back, under another name where its own is taken by now. None where none was put aside."""
        if slug not in self.deleted():
            return None
        with self._lock:
            free = self.free(slug)
            for part in ("", "-wal", "-shm"):
                if (file := self.folder / ASIDE / f"{slug}{SUFFIX}{part}").exists():
                    file.replace(self.folder / f"{free}{SUFFIX}{part}")
        return free

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
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"cannot hold cases: {error.strerror or error}", where=str(self.folder)) from error
        return self._store(slug)

    def _store(self, slug: str) -> Store:
        with self._lock:
            if slug not in self._stores:
                self._stores[slug] = open_store(self._addresses.get(slug, self.folder / f"{slug}{SUFFIX}"))
            return self._stores[slug]

    def get(self, slug: str) -> Held:
        """The case as it stands now. Raises: KeyError when there is none, StoreError when it cannot be read."""
        store = self.store(slug)
        run = store.last_run()
        if not run:
            raise StoreError("no case has been saved here yet", where=slug)
        held = self._held.get(slug)
        if held is not None and held.run == run:
            return held
        with self._lock:
            opening = self._opening.setdefault(slug, threading.Lock())
        with opening:  # a large case takes a while, and the others go on being read
            run = store.last_run()
            held = self._held.get(slug)
            if held is None or held.build != store.last_build():
                held = self._held[slug] = Held.open(slug, store)
            elif held.run != run:
                held = self._held[slug] = held.judged(run)
            return held

    def has(self, slug: str) -> bool:
        """Whether there is a case with something in it."""
        try:
            return bool(self.store(slug).last_run())
        except (KeyError, StoreError):
            return False

    def close(self) -> None:
        with self._lock:
            for store in self._stores.values():
                store.close()
            self._stores.clear()
