"""`indicia judge`: what a person decided about a record, kept beside the machine's own."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Color, Quiet, Verbose, talk
from indicia.errors import UsageError
from indicia.records import Judgement, stable_id

__all__ = ["judge"]

ACTIONS = ("reject", "confirm", "regrade", "note", "star", "done")


def judge(
    case: Annotated[str, typer.Argument(help="A case file (from brief --case).", show_default=False)],
    subject: Annotated[
        str, typer.Argument(help="The id of a claim, mention, sighting, evidence or measure.", show_default=False)
    ],
    action: Annotated[str, typer.Option("--action", help="One of: " + ", ".join(ACTIONS))],
    grade: Annotated[str | None, typer.Option("--grade", help="For regrade: reliability and credibility, as B2.")] = None,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    author: Annotated[str | None, typer.Option("--author", help="Your name; the account's if not given.")] = None,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """Reject, confirm, re-grade or note something in a case, under your name; the next weighing heeds it.

    [bold]Examples[/]

      indicia judge affair.indicia claim--0123456789abcdef --action reject --note "the paper misquotes"

      indicia judge affair.indicia evidence--0123456789abcdef --action regrade --grade B2
    """
    from indicia.case import open_store

    voice = talk(quiet, verbose, color)
    if action not in ACTIONS:
        raise UsageError(f"no action {action!r}", hint="one of: " + ", ".join(ACTIONS))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    who = author or getpass.getuser()
    judgement = Judgement(
        id=stable_id("judgement", subject, action, who, now),
        subject=subject,
        action=action,
        author=who,
        time=now,
        value=_grade(grade) if action == "regrade" else "",
        note=note,
    )
    with open_store(case) as store:
        held = store.load()
        known = {record.id for records in (held.claims, held.mentions) for record in records}
        known |= {sighting.id for sighting in held.hunt.sightings} if held.hunt else set()
        known |= {item.id for item in held.weighing.evidence} if held.weighing else set()
        known |= {measure.id for measure in held.advice.measures} if held.advice else set()
        if subject not in known:
            raise UsageError(
                f"nothing in this case has the id {subject!r}", hint="--json of brief, read or weigh shows the ids"
            )
        store.judge(judgement)
    voice.say(f"kept: {who} {action} {subject}; `indicia weigh {case}` heeds it")
    return exits.E_OK


def _grade(text: str | None) -> str:
    if text is None or len(text) != 2 or text[0].upper() not in "ABCDEF" or text[1] not in "123456":
        raise UsageError("regrade needs --grade", hint="reliability A to F and credibility 1 to 6, as B2")
    return f'{{"reliability": "{text[0].upper()}", "credibility": {text[1]}}}'
