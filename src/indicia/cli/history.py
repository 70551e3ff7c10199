"""`indicia history`: what was believed when, and who changed it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from typer import Argument, Option

from indicia.account import account
from indicia.cli import exits
from indicia.cli.options import Json, Voice, markings, meant, read_marking
from indicia.cli.talk import plain, write_out
from indicia.errors import UsageError
from indicia.records import Case, Judgement, stable_id, to_json

if TYPE_CHECKING:
    from indicia.case import Changes, Store

# Kinds of which a case has one: said without a number, and its name and marking not at all.
_ONE = {"hunt": "the hunt", "weighing": "the weighing", "advice": "the advice", "head": ""}
_LONGEST = 200  # characters of a value that are shown


def history(
    case: str = Argument(..., help="A case file (from brief --case) or a database URL.", show_default=False),
    record: str | None = Argument(
        None, help="The id of a claim or another record, to show every version of it.", show_default=False
    ),
    at: int | None = Option(None, help="Show what was believed after the change with this number."),
    as_json: Json = False,
    *,
    voice: Voice,
) -> int:
    """What was believed when: every change to a case with author and time, every version of a record, or the case as it was.

    [bold]Examples[/]

      indicia history affair.indicia

      indicia history affair.indicia claim--0123456789abcdef   [dim]what this claim said before[/]

      indicia history affair.indicia --at 1                    [dim]the key judgements of that day[/]
    """
    from indicia.case import open_store
    from indicia.pipeline import is_store
    from indicia.share.redact import marking_of

    if not is_store(case):
        raise UsageError(f"{case} is not a case file", hint="keep one with: indicia brief SOURCE... --case FILE")
    if record is not None and at is not None:
        raise UsageError("--at shows the whole case", hint="leave the id out, or --at")
    with open_store(case) as store:
        if at is not None:
            _as_it_stood(store, at, as_json)
            return exits.E_OK
        marking = marking_of(store.load()).label
        if not as_json:
            _print(marking)
        if record is not None:
            _versions(store, record, marking, as_json)
        else:
            _runs(store, marking, as_json)
    return exits.E_OK


def counted(changes: Changes) -> list[tuple[str, str]]:
    """`new`, `changed` and `withdrawn`, each with what it was: `7 claims, 2 documents, the weighing`."""
    found = []
    for word, counts in (("new", changes.added), ("changed", changes.superseded), ("withdrawn", changes.withdrawn)):
        many = [kind for kind in sorted(counts) if kind not in _ONE]
        shown = [f"{counts[kind]:,} {kind}{'s' if counts[kind] > 1 else ''}" for kind in many]
        shown += [name for kind, name in _ONE.items() if name and kind in counts]
        if shown:
            found.append((word, ", ".join(shown)))
    return found


def _print(text: str) -> None:
    print(plain(text))  # noqa: T201 - this is the data that was asked for


def _print_json(value: Any) -> None:
    write_out(msgspec.json.encode(value) + b"\n", None)


def _runs(store: Store, marking: str, as_json: bool) -> None:
    rows = list(zip(store.runs(), store.changes(), strict=True))
    if as_json:
        _print_json([{"marking": marking, "run": one, "changes": changes} for one, changes in rows])
        return
    for one, changes in rows:
        _print(f"{one.id}  {one.time}  {one.author}: {one.what}")
        for word, what in counted(changes) or [("", "nothing changed")]:
            _print(f"     {word}{': ' if word else ''}{what}")


def _versions(store: Store, id: str, marking: str, as_json: bool) -> None:
    versions = store.versions(id)
    if not versions:
        raise UsageError(f"nothing in this case ever had the id {id!r}", hint="--json of brief, read or weigh shows the ids")
    if as_json:
        ends = [{"kind": one.kind, "since": one.since, "until": one.until} for one in versions]
        rows = [{"marking": marking, **end, "record": msgspec.Raw(one.body)} for end, one in zip(ends, versions, strict=True)]
        _print_json(rows)
        return
    before: dict[str, Any] = {}
    for number, one in enumerate(versions):
        fields = msgspec.json.decode(one.body)
        ended = f", until change {one.until.id}" if one.until else ", and holds"
        _print(f"{one.kind} of change {one.since.id}, {one.since.time}, {one.since.author}: {one.since.what}{ended}")
        for name, value in fields.items():
            if not number or before.get(name) != value:
                _print(f"     {name}: {_short(value)}")
        for name in before.keys() - fields.keys():
            _print(f"     {name}: no longer said")
        before = fields


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _as_it_stood(store: Store, at: int, as_json: bool) -> None:
    from indicia.knowledge import load
    from indicia.pipeline import as_left
    from indicia.share.redact import marking_of
    from indicia.view.judgements import key_judgements

    runs = {one.id: one for one in store.runs()}
    if at not in runs:
        raise UsageError(f"there is no change {at}", hint="indicia history CASE numbers them")
    case = as_left(store.load(at=at), load())
    if as_json:
        write_out(to_json(case) + b"\n", None)
        return
    _print(marking_of(case).label)
    _print(f"After change {at}, {runs[at].time}, {runs[at].author}: {runs[at].what}")
    for sentence in key_judgements(case):
        _print(f"- {sentence.text}")


# `indicia judge`: what a person decided about a record, kept beside the machine's own.
ACTIONS = ("reject", "confirm", "correct", "regrade", "note", "star", "done")


def judge(
    case: str = Argument(..., help="A case file (from brief --case).", show_default=False),
    subject: str = Argument(
        ..., help="The id of a claim, mention, sighting, evidence or measure, or its beginning.", show_default=False
    ),
    action: str = Option(..., help="One of: " + ", ".join(ACTIONS), autocompletion=lambda: list(ACTIONS)),
    grade: str | None = Option(None, help="For regrade: reliability and credibility, such as B2."),
    change: list[str] | None = Option(
        None, "--set", help="For correct: FIELD=VALUE of a claim, such as level=group. May be repeated."
    ),
    note: str = Option("", help="Why."),
    tlp: str | None = Option(
        None, help="What it is marked: clear, green ...; by default as the case is.", autocompletion=markings
    ),
    author: str | None = Option(None, help="Your name; by default the account's."),
    *,
    voice: Voice,
) -> int:
    """Reject, confirm, correct, re-grade or annotate something in a case, under your name. The next weighing uses it.

    [bold]Examples[/]

      indicia judge affair.indicia 0123abcd --action reject --note "the paper misquotes"

      indicia judge affair.indicia 0123abcd --action correct --set accused=APT31 --set level=group

      indicia judge affair.indicia evidence--0123456789abcdef --action regrade --grade B2
    """
    from indicia.case import open_store
    from indicia.share.redact import judging_in

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
