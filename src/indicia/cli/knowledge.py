"""`indicia knowledge`: what is known before anything is read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table
from typer import Argument, Option

from indicia.cli import exits
from indicia.cli.options import Color, Json, Voice
from indicia.cli.talk import Talk, console_for, plain, write_out
from indicia.errors import UsageError

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
    paths: list[Path] | None = Argument(
        None, help="Newer official files, for example enterprise-attack.json.", show_default=False
    ),
    from_web: bool = Option(False, "--from-web", help="Fetch the newest from their publishers; files given take precedence."),
    publishers: Path | None = Option(None, help="With --from-web: a TOML file of other addresses, such as mirrors."),
    private: bool = Option(False, "--private", help="Those addresses may lead into your own network."),
    color: Color = True,
) -> None:
    """Rebuild the built-in data from newer official files: ATT&CK, MISP's galaxies of actors and software, KEV, mappings.
    Actors, families and spellings are rebuilt, and what changed is listed. What came with the package stays unchanged.
    Nothing is fetched without --from-web, and then only from the publishers (raw.githubusercontent.com, www.cisa.gov).

    [bold]Examples[/]

      indicia knowledge update enterprise-attack.json threat-actor.json known_exploited_vulnerabilities.json

      indicia knowledge update --from-web
    """
    from tempfile import TemporaryDirectory

    from indicia.knowledge import update as rebuild
    from indicia.knowledge.library import PACKAGED, Knowledge, user_folder
    from indicia.knowledge.publishers import PUBLISHERS, addresses, fetched
    from indicia.knowledge.updating import changes, kind_of

    if not from_web and (publishers or private):
        raise UsageError("--publishers and --private go with --from-web")
    before = Knowledge((user_folder(), PACKAGED))
    _ = before.attack, before.actors, before.malware  # read before they are replaced
    given = list(paths or ())
    with TemporaryDirectory() as folder:
        if from_web:
            mine = {kind_of(path) for path in given}
            wanted = {kind: url for kind, url in addresses(publishers or PUBLISHERS).items() if kind not in mine}
            found, failed = fetched(Path(folder), wanted, private=private)
            for error in failed:
                Talk(color=color).say(f"stays as it was: {error}", "yellow")
            if failed and not found and not given:
                raise failed[0]
            given += found
        written = rebuild(given)
    for row in written:
        print(f"{row.file}: {row.source} {row.version}, {row.rows:,} rows")  # noqa: T201
    for line in changes(before, Knowledge((user_folder(), PACKAGED))):
        print(line)  # noqa: T201


# `indicia update-rules`: a newer release of the rules that a hunt is given.


def update_rules(
    newer: Path = Argument(
        ..., help="A file or folder of newer rules, as of an unpacked release of SigmaHQ.", show_default=False
    ),
    folder: Path = Argument(..., help="The folder of rules that hunts are given with --rules.", show_default=False),
    dry_run: bool = Option(False, "--dry-run", help="Only say what would change."),
    *,
    voice: Voice,
) -> int:
    """Bring a folder of Sigma rules up to date from newer ones, and list what changed. A rule stays in its file, new ones are
    added, and what is only in the folder stays.

    [bold]Example[/]

      indicia update-rules newer-rules/ sigma/rules/ --dry-run
    """
    from indicia.hunt.rules.updating import update

    told = update(newer, folder, write=not dry_run)
    for each in told.changes:
        what = f": {each.what}" if each.what else ""
        write_out(plain(f"{each.kind.value:<10}  {each.level:<13}  {each.title}{what}  ({each.file})").encode() + b"\n", None)
    voice.problems(told.problems)
    counts = Counter(each.kind.value for each in told.changes)
    summary = ", ".join((*(f"{count:,} {kind}" for kind, count in counts.items()), f"{told.same:,} as they were"))
    voice.say(f"{summary}{'; nothing was written' if dry_run else ''}", "dim")
    return exits.E_PARTIAL if told.problems else exits.E_OK
