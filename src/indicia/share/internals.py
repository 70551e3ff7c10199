"""What leaves the house: a case without the names of one's own machines, people and log lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, TypeVar

import msgspec

from indicia.records import (
    Advice,
    Case,
    Event,
    Hunt,
    Judgement,
    Place,
    Problem,
    Record,
    Sighting,
    Weighing,
    each_changed,
    file_name,
)

R = TypeVar("R", bound=Record)

WITHHELD = "[withheld]"
LOWERED = "lower marking"  # the action of a judgement whose note is the reason that an export must carry
# Fields of logs that name a person, a mailbox or a machine of the house, in whatever format.
_TELLING = re.compile(
    r"user|account|mailbox|logon|computer|host|server|machine|workstation|smtp|subject$|sid$|owner|^s-ip$|^dev(?:ice)?_?name$",
    re.IGNORECASE,
)
_NOBODY = frozenset({"", "-", "system", "anonymous", "true", "false", "none", "null", "localhost", "127.0.0.1"})
_LONGEST = 200  # characters: beyond, a value is a log line and no name


def internal_words(case: Case) -> tuple[str, ...]:
    """Names of machines, people and log files that the hunt saw, longest first."""
    if case.hunt is None:
        return ()
    found: set[str] = set()
    for sighting in case.hunt.sightings:
        found.add(sighting.event.host)
        short = sighting.event.host.partition(".")[0]  # the name that its log may have had for it
        if len(short) > 2 and not short.isdigit():
            found.add(short)
        found.update(_file_words(sighting.event.place.file))
        for name, value in (*sighting.event.fields.items(), *sighting.matched):
            if value not in found and _is_telling(name) and not value.isdigit():
                found.add(value)
                found.update(part for part in re.split(r"[\\@]", value) if len(part) > 2)
    found.update(chain.host for chain in case.hunt.chains)
    found.update(value for chain in case.hunt.chains for name, value in chain.keys if _TELLING.search(name))
    for file in case.hunt.files:
        found.add(file.host)
        found.update(_file_words(file.file))
    words = {word.strip() for word in found}
    return tuple(sorted((w for w in words if w.lower() not in _NOBODY and len(w) <= _LONGEST), key=lambda w: (-len(w), w)))


@lru_cache(4096)
def _is_telling(field: str) -> bool:
    return bool(_TELLING.search(field)) and "agent" not in field.lower()


def _file_words(file: str) -> Iterator[str]:
    yield file
    yield PurePosixPath(file.replace("\\", "/")).name


def without_internals(case: Case) -> Case:
    """The case with its hunt reduced to what was seen, when, how often and with which outcome.

    Hosts, users, log lines, file names, keys of chains and what people noted are gone, but for why a marking was lowered; where
    a sentence about the hunt, the weighing or a measure names one of them, it says `[withheld]`. Of the files of texts only
    their own names stay, without the folders above. Texts that were read, and quotes from them, stay as they are.
    """
    logs = set(case.hunt.problems) if case.hunt else set()
    problems = tuple(problem for problem in case.problems if problem not in logs)
    case = _without_folders(msgspec.structs.replace(case, problems=problems) if logs else case)
    if case.hunt is None and not case.judgements:
        return case
    hide = _hiding(internal_words(case))
    hunt = _bare(case.hunt, hide) if case.hunt else None
    return msgspec.structs.replace(
        case,
        hunt=hunt,
        weighing=_each_text(case.weighing, Weighing, hide) if case.weighing else None,
        advice=_each_text(case.advice, Advice, hide) if case.advice else None,
        judgements=tuple(
            msgspec.structs.replace(
                _each_text(judgement, Judgement, hide),
                author=WITHHELD,
                note=hide(judgement.note) if judgement.action == LOWERED or not judgement.note else WITHHELD,
            )
            for judgement in case.judgements
        ),
    )


def _without_folders(case: Case) -> Case:
    """A folder can hold the name of a person or of a matter that others have no part in."""
    folders = {document.name: document.file_name for document in case.documents if document.name != document.file_name}
    folders |= {problem.where: short for problem in case.problems if (short := file_name(problem.where)) != problem.where}
    if not folders:
        return case
    pattern = re.compile("|".join(map(re.escape, sorted(folders, key=lambda name: (-len(name), name)))))

    def shorten(text: str) -> str:
        return pattern.sub(lambda match: folders[match.group()], text)

    return msgspec.structs.replace(
        case,
        documents=tuple(msgspec.structs.replace(document, name=document.file_name) for document in case.documents),
        problems=tuple(_each_text(problem, Problem, shorten) for problem in case.problems),
        weighing=_each_text(case.weighing, Weighing, shorten) if case.weighing else None,
        advice=_each_text(case.advice, Advice, shorten) if case.advice else None,
    )


def _hiding(words: tuple[str, ...]) -> Callable[[str], str]:
    if not words:
        return lambda text: text
    pattern = re.compile("|".join(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])" for word in words), re.IGNORECASE)
    # A million sightings have a few hundred titles, and the words to look for may be thousands.
    return lru_cache(65_536)(lambda text: pattern.sub(WITHHELD, text))


def _bare(hunt: Hunt, hide: Callable[[str], str]) -> Hunt:
    return msgspec.structs.replace(
        hunt,
        reason=hide(hunt.reason),
        sightings=each_changed(hunt.sightings, lambda sighting: _bare_sighting(sighting, hide)),
        chains=tuple(msgspec.structs.replace(chain, host="", keys=(), summary=hide(chain.summary)) for chain in hunt.chains),
        files=tuple(msgspec.structs.replace(file, file=f"log {number}", host="") for number, file in enumerate(hunt.files, 1)),
        rules=tuple(msgspec.structs.replace(rule, file="") for rule in hunt.rules),
        problems=(),
    )


def _bare_sighting(sighting: Sighting, hide: Callable[[str], str]) -> Sighting:
    event = Event(
        place=Place(file="", position=0, unit="record"),
        format=sighting.event.format,
        time=sighting.event.time,
        time_text="",
        host="",
        fields={},
    )
    return msgspec.structs.replace(sighting, event=event, matched=(), title=hide(sighting.title), note=hide(sighting.note))


def _each_text(record: R, kind: type[R], change: Callable[[str], str]) -> R:
    """The record with every free text in it changed. Values of closed sets and ids stay, since no word of ours is a name."""

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            return value if key in _KEPT else change(value)
        if isinstance(value, dict):
            return {name: walk(part, name) for name, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [walk(part, key) for part in value]
        return value

    return msgspec.convert(walk(msgspec.to_builtins(record)), type=kind)


_KEPT = frozenset(
    {
        "id", "kind", "stance", "level", "firmness", "likelihood", "confidence", "verdict", "audience", "rank", "traces",
        "reasons", "covers", "evidence", "hypothesis", "decisive", "leaders", "parent", "measure", "reliability", "due", "date",
        "time", "subject", "action", "state", "references", "marking",
    }
)  # fmt: skip
