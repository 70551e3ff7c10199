"""Six kinds of writers on one case, in any order, within one another, some killed in the midst: nothing that was reported as
kept is lost, nothing is there twice, and nothing is remembered as seen that is not there. On SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine

from indicia.case import open_store
from indicia.knowledge import load
from indicia.pipeline import Delta, grown
from indicia.records import Case, Document, Hunt, HuntVerdict, Judgement, LogFile, Seen, stable_id
from tests.postgres import server

NOW = "2026-11-24T12:00:00Z"
KINDS = ("text", "logs", "watch", "judge", "rename", "offer")


class Model:
    """What was reported as kept."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.logs: set[str] = set()
        self.judged: set[str] = set()
        self.seen: set[str] = set()
        self.offered: set[str] = set()
        self.number = 0

    @property
    def is_there(self) -> bool:
        return bool(self.texts or self.logs)


def text_of(name: str, number: int) -> Document:
    text = f"Text {number}."
    return Document(id=stable_id("document", name, text), name=name, text=text, sha256=f"{number:064}")


def do(where: str, kind: str, number: int, within: Callable[[], None]) -> None:
    """One writer's work; `within` is what others do while it reads."""
    name = f"{kind}-{number % 4}"
    with open_store(where) as store:
        if kind in {"text", "watch", "logs"}:
            document = text_of(name, number)
            files = (LogFile(file=f"{number}.log", format="iis", events=1),)
            hunt = Hunt(verdict=HuntVerdict.NOT_SEEN, reason="", files=files)
            delta = Delta(hunt=hunt) if kind == "logs" else Delta(documents=(document,))
            seen = {"feed": Seen(entries={document.id: name})} if kind == "watch" else {}

            def grow(held: Case | None) -> Case:
                within()
                return grown(held, delta, load(), name=held.name if held else "case")

            store.merge(grow, author="a", time=NOW, what=kind, seen=seen)
        elif kind == "judge":
            store.judge(Judgement(id=f"j-{number}", subject="weighing", action="note", author="a", time=NOW, note="x"))
        elif kind == "rename":
            store.rename(f"name {number}", author="a", time=NOW)
        else:
            row = {"digest": str(number), "created": NOW, "modified": NOW, "added": NOW}
            store.offer("reader", lambda held: {f"o-{number}": row})


class Writers(RuleBasedStateMachine):
    where: str = ""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.folder = tempfile.TemporaryDirectory(prefix="indicia-writers-")
        self.at = self.where or str(Path(self.folder.name) / "a.indicia")
        if self.where:
            engine = create_engine(self.where)
            with engine.begin() as connection:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            engine.dispose()

    def teardown(self) -> None:
        self.folder.cleanup()

    def on_step(self, what: str) -> None:
        """What a step was: `alone`, others `within`, or `killed`; for those who count them."""

    def _next(self, kind: str) -> tuple[str, int]:
        self.model.number += 1
        return ("text" if kind == "rename" and not self.model.is_there else kind), self.model.number

    def _kept(self, kind: str, number: int) -> None:
        name, model = f"{kind}-{number % 4}", self.model
        if kind in {"text", "watch"}:
            model.texts[name] = text_of(name, number).id
        if kind == "watch":
            model.seen.add(text_of(name, number).id)
        model.logs |= {f"{number}.log"} if kind == "logs" else set()
        model.judged |= {f"j-{number}"} if kind == "judge" else set()
        model.offered |= {f"o-{number}"} if kind == "offer" else set()

    @rule(kind=st.sampled_from(KINDS), meanwhile=st.lists(st.sampled_from(KINDS), max_size=3))
    def write(self, kind: str, meanwhile: Sequence[str]) -> None:
        """One writer, and others that come and go while it reads: as many as it reads again before it has others wait."""
        kind, number = self._next(kind)
        waiting = iter([self._next(one) for one in meanwhile])

        def within() -> None:
            for other in waiting:
                do(self.at, *other, lambda: None)
                self._kept(*other)
                return

        do(self.at, kind, number, within)
        self._kept(kind, number)
        self.on_step("alone" if len(list(waiting)) == len(meanwhile) else "within")

    @rule(kind=st.sampled_from(KINDS), statement=st.integers(0, 40))
    def kill(self, kind: str, statement: int) -> None:
        """A writer that is killed at one of its statements, if it has so many."""
        kind, number = self._next(kind)
        was_killed = killed_at(statement, partial(do, self.at, kind, number, lambda: None))
        self.on_step("killed" if was_killed else "alone")
        if was_killed:
            with open_store(self.at) as store:
                model, name = self.model, f"{kind}-{number % 4}"
                case = store.load() if store.last_build() else None
                known = {one.id for one in case.documents} if case else set()
                if text_of(name, number).id not in known | set(store.seen("feed").entries):
                    files = {one.file for one in case.hunt.files} if case and case.hunt else set()
                    model.logs |= files & {f"{number}.log"}
                    model.judged |= {one.id for one in store.judgements()} & {f"j-{number}"}
                    model.offered |= set(store.offered("reader")) & {f"o-{number}"}
                    return
        self._kept(kind, number)

    @invariant()
    def nothing_is_lost(self) -> None:
        with open_store(self.at) as store:
            store.check()
            assert {one.id for one in store.judgements()} == self.model.judged
            assert len(store.judgements()) == len(self.model.judged)
            assert store.offered("reader").keys() == self.model.offered
            assert store.seen("feed").entries.keys() == self.model.seen
            if not self.model.is_there:
                return
            case = store.load()
            assert {one.name: one.id for one in case.documents} == self.model.texts
            assert len(case.documents) == len(self.model.texts)
            assert {one.file for one in (case.hunt.files if case.hunt else ())} == self.model.logs
            names = {text for entry, text in store.seen("feed").entries.items() if entry in self.model.seen}
            assert names <= self.model.texts.keys(), "what is remembered as seen is there, or a later reading of it"


def killed_at(statement: int, work: Callable[[], None]) -> bool:
    """Does the work in a process of its own, which ends at that statement as if it were killed; whether it came to that."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    code = 1
    try:
        left = statement

        @event.listens_for(Engine, "before_cursor_execute")
        def stop(*_: Any) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(9)

        work()
        code = 0
    finally:
        os._exit(code)


FEW = settings(max_examples=12, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a process of its own")
def test_writers_on_one_file_lose_nothing() -> None:
    run_state_machine_as_test(Writers, settings=FEW)


@pytest.fixture
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.mark.postgresql
def test_writers_on_one_database_lose_nothing(postgres: str) -> None:
    class There(Writers):
        where = postgres

    run_state_machine_as_test(There, settings=settings(FEW, max_examples=6))
