"""The hunt on Spark and on one machine give the same bytes, also when a worker is killed in the midst of it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from indicia.cli.hunt import hunt as hunt_command
from indicia.cli.options import Engines
from indicia.cli.talk import Talk
from indicia.errors import UsageError
from indicia.hunt.run import hunt
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.records import Hunt, to_json
from tests.commands import called
from tests.spark.conftest import SOUGHT, TUNING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def plain(found: Hunt) -> bytes:
    return to_json(replace(found, stats=()))


def on_spark(session: SparkSession, logs: Path, partitions: int | None, **options: Any) -> Hunt:
    from indicia.spark.hunting import hunt as hunt_on_spark

    given = {"rules": [logs / "rules.yml"], "indicators": SOUGHT, "raw": True, **options}
    return hunt_on_spark([logs], session=session, partitions=partitions, **given)


@pytest.mark.parametrize(("most", "partitions", "tuning"), [(1_000, None, NO_TUNING), (3, 11, TUNING)])
def test_the_same_bytes(session: SparkSession, logs: Path, most: int, partitions: int | None, tuning: Tuning) -> None:
    whole = hunt([logs], rules=[logs / "rules.yml"], indicators=SOUGHT, raw=True, most=most, jobs=1, tuning=tuning)
    fire = {"burst", "bursts", "ordered", "pages"} | ({"many"} if tuning is NO_TUNING else set())  # many are our own scanner's
    assert fire <= {each.title for each in whole.rules if each.matches}
    assert plain(on_spark(session, logs, partitions, most=most, tuning=tuning)) == plain(whole)


def test_a_worker_that_is_killed_takes_nothing_with_it(session: SparkSession, logs: Path) -> None:
    whole = hunt([logs], rules=[logs / "rules.yml"], indicators=SOUGHT, raw=True, jobs=1)
    killed: list[int] = []
    begun = threading.Event()

    def kill() -> None:
        begun.wait()
        while not killed:
            for worker in workers_of(os.getpid()):
                os.kill(worker, signal.SIGKILL)
                killed.append(worker)
                break
            time.sleep(0.01)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    begun.set()
    assert plain(on_spark(session, logs, 4)) == plain(whole)
    killer.join(1)
    assert killed


def workers_of(process: int) -> Iterator[int]:
    """The Python workers that this process's Java has begun: children of a daemon of Spark, which is a child of Java."""
    for java in children_of(process):
        for daemon in children_of(java):
            if b"pyspark.daemon" in Path(f"/proc/{daemon}/cmdline").read_bytes():
                yield from children_of(daemon)


def children_of(process: int) -> list[int]:
    try:
        return [
            int(child)
            for thread in Path(f"/proc/{process}/task").iterdir()
            for child in (thread / "children").read_text("utf-8").split()
        ]
    except OSError:
        return []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"master": "local[2]"}, "--master is for --engine spark"),
        ({"engine": Engines.SPARK, "keep": Path("kept")}, "--keep is for --engine local"),
        ({"engine": Engines.SPARK, "jobs": 2}, "--jobs is for --engine local"),
    ],
)
def test_what_does_not_go_together_is_said(options: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said):
        called(hunt_command, [tmp_path], voice=Talk(quiet=True), **options)
