"""`python -m indicia`."""

from indicia.cli.main import run

run()
