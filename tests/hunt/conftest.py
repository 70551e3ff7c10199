"""Compiled rules of the tests are kept apart from the user's, and what one test learns of a log's dates from the next."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from indicia.hunt.logs.formats.times import CLOCK


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("INDICIA_CACHE")
    os.environ["INDICIA_CACHE"] = str(before or Path(tmp_path_factory.getbasetemp()) / "cache")
    yield
    if before is None:
        del os.environ["INDICIA_CACHE"]


@pytest.fixture(autouse=True)
def _another_log() -> None:
    """Tests that read a format by itself begin no log, and leave behind what they learnt of its dates."""
    CLOCK.begin()
