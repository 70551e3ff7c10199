"""`python -m indicia`."""

from indicia.cli.entry import run

run()
