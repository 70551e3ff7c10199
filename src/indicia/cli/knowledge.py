"""`indicia knowledge`: what is known before anything is read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from indicia.cli.options import Color, Json
from indicia.cli.talk import Talk, console_for, write_out

app = typer.Typer(
    no_args_is_help=True, help="Versions, sources and licences of the built-in knowledge; rebuild it from newer files."
)


@app.command()
def show(as_json: Json = False, color: Color = True) -> None:
    """The built-in data: where it comes from, its date and its licence.

    [bold]Example[/]

      indicia knowledge show
    """
    from datetime import date

    import msgspec

    from indicia.knowledge import load
    from indicia.knowledge.library import ages, too_old

    rows, today = load().provenance, date.today()
    if as_json:
        write_out(msgspec.json.encode(rows) + b"\n", None)
        return
    days = {(age.source, age.version): f"{age.days:,}" for age in ages(rows, today)}
    by_source: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        age = days.get((row.source, row.version), "")
        files = by_source.setdefault((row.source, row.version, row.date, age, row.licence), [])
        files.append(f"{row.file.removesuffix('.json')} ({row.rows:,})")
    table = Table(expand=True)
    columns = (("Source", 4, 0), ("Version", 0, 10), ("Date", 0, 10), ("Days", 0, 4), ("Licence", 2, 10), ("In (rows)", 4, 17))
    for heading, ratio, least in columns:
        table.add_column(heading, overflow="fold", ratio=ratio or None, min_width=least or None)
    for source, files in sorted(by_source.items()):
        table.add_row(*(escape(cell) for cell in (*source, "\n".join(files))))
    console_for(color).print(table)
    if warning := too_old(rows, today):
        Talk(color=color).say(warning, "yellow")


@app.command()
def update(
    paths: Annotated[
        list[Path], typer.Argument(help="Newer official files, for example enterprise-attack.json.", show_default=False)
    ],
) -> None:
    """Rebuild the built-in data from newer official files: ATT&CK, MISP's galaxies of actors and software, KEV, mappings.
    Actors, families and spellings are rebuilt, and what changed is listed. What came with the package stays unchanged.

    [bold]Example[/]

      indicia knowledge update enterprise-attack.json threat-actor.json known_exploited_vulnerabilities.json
    """
    from indicia.knowledge import update as rebuild
    from indicia.knowledge.library import PACKAGED, Knowledge, user_folder
    from indicia.knowledge.updating import changes

    before = Knowledge((user_folder(), PACKAGED))
    _ = before.attack, before.actors, before.malware  # read before they are replaced
    for row in rebuild(paths):
        print(f"{row.file}: {row.source} {row.version}, {row.rows:,} rows")  # noqa: T201
    for line in changes(before, Knowledge((user_folder(), PACKAGED))):
        print(line)  # noqa: T201
