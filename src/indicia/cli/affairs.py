"""`indicia affairs`: one ledger over the texts that were read on Spark."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Master
from indicia.extras import need

__all__ = ["affairs"]


def affairs(
    folder: Annotated[Path, typer.Argument(help="What `indicia read --engine spark` wrote.", show_default=False)],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The folder of Parquet to write (docs/scale.md).", show_default=False)
    ],
    master: Master = None,
) -> int:
    """Which claims in many texts are about the same deed, who repeats whom, and how many voices there are, with Apache Spark.

    [bold]Examples[/]

      indicia read --engine spark --table parquet:archive/ -o read/

      indicia affairs read/ -o ledger/
    """
    need("spark")
    from indicia.spark.ledger import join_ledger
    from indicia.spark.session import begin

    with begin(master) as session:
        join_ledger(session, str(folder.absolute()), str(output.absolute()))
    return exits.E_OK
