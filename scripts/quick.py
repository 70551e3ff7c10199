"""The tests of what changed, the nearest first: `python scripts/quick.py [--base REV] [--seconds N] [--list]`.

What changed is all that differs from the point where this branch left REV, and what is not committed. A test file is the nearer
the fewer imports lie between it and a changed module. Stops after N seconds and says how many tests were left: `make test` has all.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALWAYS = ("tests/test_house.py", "tests/test_style.py")
FILES = 12  # that are collected at once: collecting takes time as well


def changed(base: str) -> set[Path]:
    """The files that differ from `base`, those that are gone among them."""
    point = _git("merge-base", base, "HEAD").strip()
    told = _git("diff", "--name-only", point) + _git("ls-files", "--others", "--exclude-standard")
    return {ROOT / line for line in told.splitlines()}


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def module_of(path: Path) -> str:
    """`indicia.weigh.said` of its file."""
    inside = path.relative_to(ROOT / "src" if path.is_relative_to(ROOT / "src") else ROOT)
    return ".".join(inside.with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> set[str]:
    """The names that a file imports anywhere in it, modules and what is in them alike."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def nearest(files: Iterable[Path]) -> list[list[Path]]:
    """The test files that reach one of `files` by imports, or by its name if it holds no code: by how many imports lie between."""
    files = set(files)
    code = [path for folder in ("src", "tests", "scripts", "evals", "bench") for path in (ROOT / folder).rglob("*.py")]
    imported = {path: imports_of(path) for path in code}
    near = {path for path in files if path.suffix == ".py"}
    for data in files - near:  # read by the modules beside it, and by the tests that name it
        near |= {path for path in data.parent.glob("*.py") if data.is_relative_to(ROOT / "src")}
        near |= {path for path in code if path.name.startswith("test_") and _names(path, data)}
    names = {module_of(path) for path in near}
    ranks: list[list[Path]] = []
    found: set[Path] = set()
    while near:
        tests = {path for path in near if path.name.startswith("test_") and path.exists()}
        ranks.append(sorted(tests - found))
        found |= tests
        near = {path for path, wanted in imported.items() if wanted & names and module_of(path) not in names}
        names |= {module_of(path) for path in near}
    return ranks


def _names(test: Path, data: Path) -> bool:
    text = test.read_text("utf-8")
    return f'"{data.name}"' in text or f'"{data.parent.name}"' in text


class Clock:
    """Ends the run when the time is over."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds
        self.run = 0

    def is_over(self) -> bool:
        return time.monotonic() > self.end

    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        self.run += 1
        if self.is_over():
            item.session.shouldstop = "the time is over"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="main", help="the branch to which the work goes")
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--list", action="store_true", help="only name the test files")
    options = parser.parse_args()
    ranks = [[ROOT / name for name in ALWAYS], *nearest(changed(options.base))]
    if options.list:
        print(*(path.relative_to(ROOT) for rank in ranks for path in rank), sep="\n")
        return 0
    clock = Clock(options.seconds)
    for number, rank in enumerate(ranks):
        for at in range(0, len(rank), FILES):
            code = pytest.main(["-x", "--rootdir", str(ROOT), *map(str, rank[at : at + FILES])], plugins=[clock])
            if clock.is_over() and code in {pytest.ExitCode.OK, pytest.ExitCode.INTERRUPTED}:
                left = sum(map(len, ranks[number:])) - at
                print(f"{clock.run} tests passed; up to {left} files that are further away were left: make test has all")
                return 0
            if code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
                return int(code)
    print(f"{clock.run} tests passed: all that what changed leads to")
    return 0


if __name__ == "__main__":
    sys.exit(main())
