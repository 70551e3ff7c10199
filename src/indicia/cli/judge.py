"""`indicia judge`: what a person decided about a record, kept beside the machine's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from indicia.account import account
from indicia.cli import exits
from indicia.cli.ids import meant
from indicia.cli.options import Color, Quiet, Verbose, read_marking, talk
from indicia.errors import UsageError
from indicia.records import Case, Judgement, stable_id

__all__ = ["judge"]

ACTIONS = ("reject", "confirm", "correct", "regrade", "note", "star", "done")


def judge(
    case: Annotated[str, typer.Argument(help="A case file (from brief --case).", show_default=False)],
    subject: Annotated[
        str,
        typer.Argument(help="The id of a claim, mention, sighting, evidence or measure, or its beginning.", show_default=False),
    ],
    action: Annotated[str, typer.Option("--action", help="One of: " + ", ".join(ACTIONS))],
    grade: Annotated[str | None, typer.Option("--grade", help="For regrade: reliability and credibility, such as B2.")] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="For correct: FIELD=VALUE of a claim, such as level=group. May be repeated."),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    tlp: Annotated[
        str | None, typer.Option("--tlp", help="What it is marked: clear, green ...; by default as the case is.")
    ] = None,
    author: Annotated[str | None, typer.Option("--author", help="Your name; by default the account's.")] = None,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """Reject, confirm, correct, re-grade or annotate something in a case, under your name. The next weighing uses it.

    [bold]Examples[/]

      indicia judge affair.indicia 0123abcd --action reject --note "the paper misquotes"

      indicia judge affair.indicia 0123abcd --action correct --set accused=APT31 --set level=group

      indicia judge affair.indicia evidence--0123456789abcdef --action regrade --grade B2
    """
    from indicia.case import open_store
    from indicia.share.redact import judging_in

    voice = talk(quiet, verbose, color)
    if action not in ACTIONS:
        raise UsageError(f"no action {action!r}", hint="one of: " + ", ".join(ACTIONS))
    now = datetime.now(UTC)
    who = author or account()
    with open_store(case) as store:
        held = store.load()
        id = meant(held, subject)
        value = _grade(grade) if action == "regrade" else _correction(change, held) if action == "correct" else ""
        store.judge(
            Judgement(
                id=stable_id("judgement", id, action, who, now.isoformat(), value, note),
                subject=id,
                action=action,
                author=who,
                time=now.isoformat(timespec="seconds"),
                value=value,
                note=note,
                marking=read_marking(tlp) or judging_in(held),
            )
        )
    voice.say(f"kept: {who} {action} {id}; `indicia weigh {case}` uses it")
    return exits.E_OK


def _correction(change: list[str] | None, case: Case) -> str:
    from indicia.knowledge import load
    from indicia.pipeline.corrections import correction_of

    pairs = [one.partition("=") for one in change or ()]
    if not pairs or not all(equals for _, equals, _ in pairs):
        raise UsageError("--action correct needs --set FIELD=VALUE", hint="for example --set accused=APT31 --set level=group")
    return correction_of({name.strip(): value.strip() for name, _, value in pairs}, case, load())


def _grade(text: str | None) -> str:
    if text is None or len(text) != 2 or text[0].upper() not in "ABCDEF" or text[1] not in "123456":
        raise UsageError("regrade needs --grade", hint="reliability A to F and credibility 1 to 6, such as B2")
    return f'{{"reliability": "{text[0].upper()}", "credibility": {text[1]}}}'
