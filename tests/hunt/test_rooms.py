"""The rooms of the hunt: which may import which. Imports run one way."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from indicia.hunt import run

HUNT = Path(run.__file__).parent
# Whoever is further right may import from whoever is further left.
ROOMS = "names sources rules events match logs tuning sight story parts total merge processes run __init__".split()


def room_of(path: Path) -> str:
    return path.relative_to(HUNT).parts[0].removesuffix(".py")


def rooms_asked(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("indicia.hunt"):
            parts = node.module.split(".")
            found |= {parts[2]} if len(parts) > 2 else {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("path", sorted(HUNT.rglob("*.py")), ids=lambda path: str(path.relative_to(HUNT)))
def test_imports_run_one_way(path: Path) -> None:
    mine = ROOMS.index(room_of(path))
    for other in rooms_asked(path) - {room_of(path)}:
        assert ROOMS.index(other) < mine, f"{path.relative_to(HUNT)} imports {other}"


def test_there_is_no_other_room() -> None:
    assert {room_of(path) for path in HUNT.rglob("*.py")} == set(ROOMS)
