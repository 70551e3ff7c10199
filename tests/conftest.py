"""One profile for all tests with made-up input: the same examples on every run in CI, new ones on each run elsewhere.

Whoever runs the tests may have settings of their own; they are not read."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True, print_blob=True, deadline=None)
settings.register_profile("local", print_blob=True, deadline=None)  # a busy machine is no fault
os.environ["XDG_CONFIG_HOME"] = os.devnull
settings.load_profile("ci" if os.environ.get("CI", "").lower() in {"true", "1", "yes"} else "local")

# What takes longest is begun first, so that no process is left alone with it at the end. A folder is one piece of work: what
# its tests share, as a session of Spark, is made but once.
SLOW = (
    "tests/spark/",
    "tests/web/test_browser.py",
    "tests/read/test_hostile_claims.py",
    "tests/cli/test_examples.py",
    "tests/cli/test_main_job.py",
    "tests/pipeline/test_stream.py",
    "tests/hunt/test_regression.py",
    "tests/hunt/logs/test_passing.py",
)


def slow(nodeid: str) -> str | None:
    """The slow file or folder that a test stands in."""
    return next((each for each in SLOW if nodeid.startswith(each)), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # of several processes; a person wants to see the quick ones first
        rank = {each: number for number, each in enumerate(SLOW)}
        items.sort(key=lambda item: rank.get(slow(item.nodeid) or "", len(SLOW)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return slow(nodeid) or str(super()._split_scope(nodeid))

    return ByFile(config, log)
