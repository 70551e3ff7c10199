"""Looks for phrases that people stumble over: `python scripts/prose.py`, part of `make check`.

The phrases are in `prose.toml`: those for all that people read, and those for prose alone, since code has words of its own.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Found", "found", "phrases", "read"]

ROOT = Path(__file__).parents[1]
PROSE = ("*.md", "docs/*.md", "docs/indicia.1", "integrations/**/*.md", "examples/**/README.md")
ELSEWHERE = ("src/indicia/**/*.py", "src/indicia/**/*.j2", "src/indicia/advise/data/*.yml")


class Found(NamedTuple):
    """A phrase in a file, and what to say instead."""

    file: str
    line: int
    words: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: “{self.words}”: {self.instead}"


def phrases() -> dict[str, dict[str, str]]:
    """The expressions of each section with what to say instead."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def read() -> Iterator[tuple[Path, bool]]:
    """The files that people read, and whether each is prose."""
    for prose, patterns in ((True, PROSE), (False, ELSEWHERE)):
        for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
            yield path, prose


def found() -> list[Found]:
    """Every such phrase, in the order of the files. A phrase may go over the end of a line."""
    table = phrases()
    out = []
    for path, prose in read():
        text = path.read_text("utf-8")
        flat = text.replace("\n", " ") if prose else text
        for section in ("everywhere", "docs") if prose else ("everywhere",):
            for pattern, instead in table[section].items():
                for match in re.finditer(pattern, flat):
                    line = text.count("\n", 0, match.start()) + 1
                    out.append(Found(path.relative_to(ROOT).as_posix(), line, match.group(), instead))
    return sorted(out)


def main() -> int:
    every = found()
    for one in every:
        print(one)
    return 1 if every else 0


if __name__ == "__main__":
    sys.exit(main())
