"""`indicia evidence`: what analysts attribute by and no text or log tells, entered under their name and weighed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.markup import escape
from rich.table import Table
from typer import Option

from indicia.account import account
from indicia.cli.options import Color, Json, Quiet, Verbose, talk
from indicia.cli.talk import console_for, plain, write_out
from indicia.errors import UsageError
from indicia.records import Entered, EnteredKind, Judgement, Strength, stable_id
from indicia.walking import open_named

app = typer.Typer(
    no_args_is_help=True, help="Evidence that people enter: add it to a case, list it, see which kinds there are."
)

CaseFile = Annotated[str, typer.Argument(help="A case file (from brief --case).", show_default=False)]


@app.command()
def add(
    case: CaseFile,
    kind: str = Option(..., help="What it is: " + ", ".join(one.value for one in EnteredKind)),
    fits: list[str] = Option(..., help="Whom it fits: a group, agency or state, type:criminal, unknown."),
    strength: str = Option(..., help="weak (x2), substantial (x5.6), strong (x18) or very strong (x56) in likelihood."),
    grade: str = Option(..., help="Admiralty code: reliability A to F of the source, credibility 1 to 6."),
    note: str = Option(..., help="What it is, in your words."),
    against: bool = Option(False, "--against", help="It speaks against them instead."),
    file: Path | None = Option(None, help="What it rests on: its name and SHA-256 are kept."),
    author: str | None = Option(None, help="Your name; by default the account's."),
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> None:
    """Add an item of evidence under your name. The next weighing counts it; `indicia judge` rejects or re-grades it.

    [bold]Example[/]

      indicia evidence add affair.indicia --kind "working hours" --fits "Lazarus Group" --strength weak --grade C3 --note UTC+9
    """
    from indicia.case import open_store
    from indicia.knowledge import load
    from indicia.records import to_json
    from indicia.weigh.entered import entered_evidence, hypothesis_named

    knowledge, who = load(), author or account()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    entered = Entered(
        kind=_one_of(EnteredKind, kind),
        fits=tuple(dict.fromkeys(hypothesis_named(one, knowledge) for one in fits)),
        strength=_one_of(Strength, strength),
        against=against,
        author=who,
        time=now,
        file=file.name if file else "",
        sha256=_digest(file) if file else "",
    )
    item = entered_evidence(entered, grade, note, knowledge)
    with open_store(case) as store:
        store.judge(
            Judgement(
                id=stable_id("judgement", item.id, "add", who, now),
                subject=item.id,
                action="add",
                author=who,
                time=now,
                value=to_json(item).decode(),
                note=note,
            )
        )
    talk(quiet, verbose, color).say(f"kept: {item.label}, {grade.upper()}, as {item.id}; `indicia weigh {case}` counts it")


@app.command("list")
def listing(case: CaseFile, as_json: Json = False, quiet: Quiet = False, color: Color = True) -> None:
    """The evidence that people entered into a case, with what became of it.

    [bold]Example[/]

      indicia evidence list affair.indicia
    """
    import msgspec

    from indicia.knowledge import load
    from indicia.pipeline import as_left, load_case
    from indicia.share.redact import marking_of

    left = as_left(load_case(case), load())
    marking = marking_of(left)
    items = [one for one in left.weighing.evidence if one.entered] if left.weighing else []
    if as_json:
        write_out(msgspec.json.encode({"marking": marking.label, "evidence": items}) + b"\n", None)
        return
    console = console_for(color)
    console.print(marking.label, style="bold")
    table = Table()
    for column in ("Id", "Evidence", "Grade", "Who, when", "Note"):
        table.add_column(column, overflow="fold")
    for one in items:
        entered = one.entered
        assert entered is not None
        grade = f"{one.reliability}{one.credibility}" + ("" if one.weight else ", off")
        cells = (one.id, one.label, grade, f"{entered.author}, {entered.time}", one.note)
        table.add_row(*(escape(plain(cell)) for cell in cells))
    console.print(table if items else "no evidence was entered into this case")


@app.command()
def kinds(color: Color = True) -> None:
    """The kinds of evidence, what to ask, and which published practice has each.

    [bold]Example[/]

      indicia evidence kinds
    """
    from indicia.weigh.entered import PRACTICE

    table = Table()
    for column in ("Kind", "Asks", "From"):
        table.add_column(column, overflow="fold")
    for kind, (asks, source) in PRACTICE.items():
        table.add_row(kind.value, asks, source)
    console_for(color).print(table)


K = TypeVar("K", EnteredKind, Strength)


def _one_of(kinds: type[K], text: str) -> K:
    wanted = text.strip().casefold().replace("-", " ").replace("_", " ")
    for one in kinds:
        if one.value == wanted:
            return one
    raise UsageError(f"no such word: {text!r}", hint="one of: " + ", ".join(one.value for one in kinds))


def _digest(path: Path) -> str:
    try:
        with open_named(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
