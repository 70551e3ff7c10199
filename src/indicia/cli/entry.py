"""Where the `indicia` command begins: little is loaded yet, so that Ctrl-C is understood from the first moment."""

from __future__ import annotations

import sys


def run() -> None:
    """Loads the command line and runs it."""
    try:
        from indicia.cli.main import run as run_command

        run_command()
    except KeyboardInterrupt:
        sys.stderr.write("error: stopped; nothing half-written is left\n")
        sys.exit(130)
