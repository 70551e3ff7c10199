"""One profile for all tests with made-up input: the same examples on every run in CI, new ones on each run elsewhere.

Whoever runs the tests may have settings of their own; they are not read."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True, print_blob=True, deadline=None)
settings.register_profile("local", print_blob=True, deadline=None)  # a busy machine is no fault
os.environ["XDG_CONFIG_HOME"] = os.devnull
settings.load_profile("ci" if os.environ.get("CI", "").lower() in {"true", "1", "yes"} else "local")

# No test asks anybody but this machine. What native parts do is seen by strace (tests/cli/test_no_network.py).
NOBODY = (".example", ".invalid", ".test")  # names that nobody has
CALLED: list[str] = []


def stay_here(event: str, given: tuple[Any, ...]) -> None:
    """Stops whatever asks for a name of somebody or calls another machine."""
    if event == "socket.getaddrinfo":
        host = given[0].decode() if isinstance(given[0], bytes) else str(given[0] or "localhost")
    elif event in {"socket.connect", "socket.sendto"} and isinstance(given[1], tuple):
        host = str(given[1][0])
    else:
        return
    if host == "localhost" or host.endswith(NOBODY):
        return
    try:
        is_here = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        is_here = host.isdigit() or host.replace(".", "").isdigit()  # 127.1 and the like
    if not is_here:
        CALLED.append(host)
        raise AssertionError(f"a test calls {host}")


sys.addaudithook(stay_here)


@pytest.fixture(autouse=True)
def nobody_is_called() -> Iterator[None]:
    """Also where what was stopped was caught."""
    yield
    called = [CALLED.pop() for _ in CALLED[:]]
    assert not called, f"a test calls {called}"


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
