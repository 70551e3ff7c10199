"""The house: which part may import which. Dependencies run one way, and nobody goes round."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "indicia"
# Lower floors may not know of upper ones; parts on one floor may not know each other.
FLOORS = {
    "errors": 0,
    "writing": 0,
    "records": 1,
    "knowledge": 2,
    "read": 3,
    "hunt": 3,
    "affairs": 4,
    "weigh": 5,
    "advise": 5,
    "share": 5,
    "case": 5,
    "pipeline": 6,
    "web": 7,
    "cli": 8,  # `indicia serve` starts the page
    "__main__": 9,
}
# The stages do not know one another, on whatever floor: the pipeline joins them.
STAGES = {"read", "hunt", "weigh", "advise", "share", "case"}


def part_of(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imports_of(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
            if node.module == "indicia":
                names = [f"indicia.{alias.name}" for alias in node.names]
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: relative import"
        found += [name.split(".")[1] for name in names if name.startswith("indicia.")]
    return found


@pytest.mark.parametrize("path", sorted(SRC.rglob("*.py")), ids=lambda path: str(path.relative_to(SRC)))
def test_imports_run_one_way(path: Path) -> None:
    mine = part_of(path)
    if mine == "__init__":
        return
    for other in imports_of(path):
        if other in {mine, "__version__"}:
            continue
        assert FLOORS[other] < FLOORS[mine], f"{path.relative_to(SRC)} ({mine}) imports {other}"
        assert not {mine, other} <= STAGES, f"{path.relative_to(SRC)} ({mine}) imports {other}, a stage as well"


@pytest.mark.parametrize("path", sorted(SRC.rglob("*.py")), ids=lambda path: str(path.relative_to(SRC)))
def test_no_module_has_two_subjects(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "misc", "manager"}
    lines = path.read_text("utf-8").count("\n")
    assert lines <= 600, f"{path.relative_to(SRC)} has {lines} lines: which of its subjects should leave?"
