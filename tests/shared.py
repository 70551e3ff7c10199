"""Data of others, which is not in this repository: found beside it or where INDICIA_SHARED says, else the test skips."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

__all__ = ["shared"]

ROOT = Path(os.environ.get("INDICIA_SHARED") or Path(__file__).parent.parent.parent / "shared")


def shared(*parts: str) -> Path:
    """The file or folder ROOT/parts. Skips the test that asks where it is absent."""
    path = ROOT.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs {'/'.join(('../shared', *parts))}, which is not part of the repository")
    return path
