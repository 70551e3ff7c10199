"""Options that several commands share, so that they are called the same everywhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from indicia.cli.talk import Talk
from indicia.errors import UsageError
from indicia.records import Case, Tlp


def markings() -> list[str]:
    """What a shell may complete a marking to."""
    return [one.value for one in Tlp]


Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")]
Verbose = Annotated[
    int, typer.Option("--verbose", "-v", count=True, help="Show every note and problem; -vv shows tracebacks of bugs.")
]


def _wanted(color: bool) -> bool:
    """Whether colours may be used: neither refused here nor by the user's environment (no-color.org)."""
    return color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


Color = Annotated[
    bool, typer.Option("--color/--no-color", callback=_wanted, help="Colours on a terminal (NO_COLOR is honoured too).")
]

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
JsonLines = Annotated[bool, typer.Option("--jsonl", help="JSON Lines on stdout, one object per line.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write here instead of stdout (- is stdout).")]
Rules = Annotated[
    list[Path] | None,
    typer.Option("--rules", help="Sigma rules, a file or a folder, in addition to our own pack. May be repeated."),
]
Date = Annotated[str | None, typer.Option("--date", help="Date of texts that do not give their own, such as 2021-07-19.")]


class Engines(StrEnum):
    """What does the work."""

    LOCAL = "local"
    SPARK = "spark"


Engine = Annotated[
    Engines, typer.Option("--engine", help="What does the work: this machine (local) or Apache Spark (docs/scale.md).")
]
Master = Annotated[
    str | None,
    typer.Option(
        "--master",
        help="With --engine spark: the cluster, such as spark://host:7077 or local[4]; by default all cores of this machine.",
    ),
]
FailOnHit = Annotated[bool, typer.Option("--fail-on-hit", help="Exit 12 when the logs show signs of compromise.")]
Unmarked = Annotated[
    str | None,
    typer.Option(
        "--unmarked",
        help="How to treat texts without a marking: clear, green, amber ...; amber by default.",
        show_default=False,
    ),
]
Language = Annotated[
    str, typer.Option("--lang", help="The language of page one and the headings: en, de or fr.", show_default=True)
]
Told = Annotated[bool, typer.Option("--told/--untold", help="Say in the output that --for or --public left something out.")]
Marking = Annotated[
    str | None,
    typer.Option("--tlp", help="At least this marking: clear, green, amber, amber+strict, red.", autocompletion=markings),
]


class MadeOf(NamedTuple):
    """Marks a parameter of a command that several options make together: those that `maker` takes."""

    maker: Callable[..., Any]


def talk(quiet: Quiet = False, verbose: Verbose = 0, color: Color = True) -> Talk:
    """The voice of a command."""
    return Talk(quiet=quiet, verbose=verbose, color=color)


Voice = Annotated[Talk, MadeOf(talk)]


def read_date(text: str | None) -> str | None:
    """`text` if it is an ISO date. Raises: UsageError."""
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"--date {text!r} is not a date", hint="write it as 2021-07-19") from None


def read_language(code: str) -> str:
    """The code of a language that there is a catalogue of. Raises: UsageError."""
    from indicia.view.language import LANGUAGES

    if code not in LANGUAGES:
        raise UsageError(f"no language {code!r}", hint="one of: " + ", ".join(LANGUAGES))
    return code


def read_marking(text: str | None) -> Tlp | None:
    """The marking, if one was given. Raises: UsageError."""
    try:
        return None if text is None else Tlp.read(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


# Options that take several words, as people write them: `--techniques T1190 T1505.003` and `--techniques T1190,T1505.003`.
LISTS = frozenset({"--techniques", "--software", "--victims", "--sectors", "--have", "--without"})


def spread(arguments: Sequence[str]) -> list[str]:
    """`--techniques A B` becomes `--techniques A --techniques B`: each word up to the next option belongs to the list, but
    for a file, a folder or a database that is named after the first: `--have mfa CASE` asks about the case.

    >>> spread(["weigh", "--techniques", "T1190", "T1505.003", "--json"])
    ['weigh', '--techniques', 'T1190', '--techniques', 'T1505.003', '--json']
    """
    out: list[str] = []
    option: str | None = None
    given = False  # whether the list has a word already
    for word in arguments:
        if word in LISTS:
            option, given = word, False
        elif word.startswith("-"):
            option = None
            out.append(word)
        elif option is not None and not (given and _is_place(word)):
            out += [option, word]
            given = True
        else:
            option = None
            out.append(word)
    return out


def _is_place(word: str) -> bool:
    return "://" in word or Path(word).exists()


def words(given: Sequence[str] | None) -> tuple[str, ...]:
    """The single words of a list option, commas split, in order, each once.

    >>> words(["T1190,T1505.003", "T1190"])
    ('T1190', 'T1505.003')
    """
    parts = (part.strip() for text in given or () for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


# Ids of records as people see and type them: the first characters, as long as they name one record.
SHOWN = 8  # characters of an id in text for people
LEAST = 4  # characters that somebody has to give


def short_id(id: str) -> str:
    """What is shown of an id.

    >>> short_id("claim--0123456789abcdef")
    '01234567'
    """
    return id.rpartition("--")[2][:SHOWN]


def meant(case: Case, given: str) -> str:
    """The id in the case that `given` is, or begins. Raises: UsageError where it names none, or more than one."""
    known = set(_ids(case))
    if given in known:
        return given
    found = sorted(
        id for id in known if len(given) >= LEAST and (id.startswith(given) or id.rpartition("--")[2].startswith(given))
    )
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{given!r} names {len(found)} records", hint="give more of it: " + ", ".join(found[:5]))
    raise UsageError(
        f"nothing in this case has the id {given!r}", hint="read, weigh and advise show the ids, and --json shows them whole"
    )


def _ids(case: Case) -> Iterator[str]:
    yield from (record.id for records in (case.claims, case.mentions) for record in records)
    yield from (sighting.id for sighting in case.hunt.sightings) if case.hunt else ()
    yield from (item.id for item in case.weighing.evidence) if case.weighing else ()
    yield from (one.subject for one in case.judgements if one.action == "add")
    yield from (measure.id for measure in case.advice.measures) if case.advice else ()
