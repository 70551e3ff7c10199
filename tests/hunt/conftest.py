"""Compiled rules of the tests are kept apart from the user's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("INDICIA_CACHE")
    os.environ["INDICIA_CACHE"] = str(before or Path(tmp_path_factory.getbasetemp()) / "cache")
    yield
    if before is None:
        del os.environ["INDICIA_CACHE"]
