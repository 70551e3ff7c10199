"""`indicia update-rules`: a newer release of the rules that a hunt is given."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Voice
from indicia.cli.talk import plain, write_out

Newer = Annotated[
    Path, typer.Argument(help="A file or folder of newer rules, as of an unpacked release of SigmaHQ.", show_default=False)
]
Folder = Annotated[Path, typer.Argument(help="The folder of rules that hunts are given with --rules.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]


def update_rules(newer: Newer, folder: Folder, dry_run: DryRun = False, *, voice: Voice) -> int:
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
