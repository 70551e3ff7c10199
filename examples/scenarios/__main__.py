"""`python -m examples.scenarios A D -o DIR [--seed N] [--lines N | --days N] [--start DATE]`."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from examples.scenarios import START, TITLES, write_scenario
from examples.scenarios.ordinary import LINES_PER_DAY


def main(arguments: list[str] | None = None) -> int:
    """Write the scenarios named; one folder each when there are several. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.scenarios",
        description="Makes the logs of an Exchange server in which it is known what happened.",
        epilog="\n".join(f"{name}  {title}" for name, title in TITLES.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="+", choices=[*TITLES], metavar="A..J")
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--lines", type=int, help="lines of ordinary traffic (default: 5000, or a server's usual number with --days)"
    )
    parser.add_argument("--days", type=float, help="days of ordinary traffic (default: 1; 6 for scenario I)")
    parser.add_argument("--start", type=date.fromisoformat, default=START, help=f"first day, YYYY-MM-DD (default: {START})")
    parser.add_argument("--gzip-over", type=int, metavar="BYTES", help="compress files larger than this")
    options = parser.parse_args(arguments)
    lines = options.lines if options.lines is not None else round((options.days or 0) * LINES_PER_DAY) or 5_000
    for name in options.names:
        out = options.out / name if len(options.names) > 1 else options.out
        written = write_scenario(
            name,
            out,
            seed=options.seed,
            ordinary_lines=lines,
            days=options.days,
            start=options.start,
            gzip_over=options.gzip_over,
        )
        size = sum(path.stat().st_size for path in written)
        sys.stderr.write(f"{name}: {TITLES[name]}: {len(written)} files, {size / 1e6:.1f} MB in {out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
