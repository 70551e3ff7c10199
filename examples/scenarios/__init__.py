"""Makes the logs of an Exchange server in which it is known what happened: ten scenarios, at any size.

Everything is invented: documentation addresses (RFC 5737), `.example` names, and comments where a web shell's code would be.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from examples.scenarios import files
from examples.scenarios.damage import damage
from examples.scenarios.ordinary import LINES_PER_DAY
from examples.scenarios.recipes import TITLES, Plan, lines_of
from indicia.errors import UsageError

__all__ = ["START", "TITLES", "write_scenario"]

START = date(2021, 3, 3)


def write_scenario(
    name: str,
    out: Path,
    *,
    seed: int = 0,
    ordinary_lines: int = 5_000,
    days: float | None = None,
    start: date = START,
    gzip_over: int | None = None,
) -> list[Path]:
    """Write the logs of scenario `name` (A to J) below `out` and return the files.

    `ordinary_lines` is how many lines of ordinary traffic surround it, over `days` (one, for scenario I six); a real
    server writes about 940,000 a day. The same arguments give the same bytes. Files larger than `gzip_over` bytes are
    compressed. Nothing but the line at hand is held in memory.

    Raises: UsageError for a name that is none of the letters.
    """
    if name not in TITLES:
        raise UsageError(f"no scenario {name!r}", hint=f"one of {', '.join(TITLES)}")
    span = days if days is not None else (6.0 if name == "I" else 1.0)
    midnight = datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp()
    plan = Plan(start=midnight, seed=seed, days=span, lines=ordinary_lines)
    hourly = ordinary_lines / span >= LINES_PER_DAY / 10
    written = files.write_lines(lines_of(name, plan), out, hourly=hourly)
    if name == "G":
        written += [path for path, _ in damage(written) if path not in written]
    return files.compress(written, gzip_over) if gzip_over is not None else written
