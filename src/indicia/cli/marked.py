"""How what a command prints bears its marking: a first line for people, a first field for machines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from indicia.cli.options import read_marking
from indicia.cli.talk import Talk
from indicia.records import UNMARKED, Case, Record, Tlp, shown_marking, to_json

__all__ = ["counting_as", "marked_json", "strictest_shown", "tell_judgements", "tell_unmarked"]


def marked_json(record: Record, marking: Tlp | None, **more: Any) -> bytes:
    """The record as JSON, with its marking as one more field, the first, and `more` fields after its own.

    >>> from indicia.records import About
    >>> marked_json(About(name="a"), Tlp.RED)[:31]
    b'{"marking":"TLP:RED","name":"a"'
    """
    fields = msgspec.json.encode(msgspec.to_builtins(record) | more) if more else to_json(record)
    return b'{"marking":"%s"%s%s' % (shown_marking(marking).encode(), b"" if fields == b"{}" else b",", fields[1:])


def strictest_shown(markings: Iterable[Tlp | None]) -> Tlp | None:
    """The strictest marking of texts that are no case; None, which is shown as such, where no other is stricter than none."""
    return max(markings, key=lambda one: (one or UNMARKED).rank, default=None)


def counting_as(case: Case, unmarked: str | None) -> Case:
    """The case, in which texts without a marking count as the user says; as before without a word. Raises: UsageError."""
    tlp = read_marking(unmarked)
    return case if tlp is None or tlp is case.unmarked else msgspec.structs.replace(case, unmarked=tlp)


def tell_unmarked(case: Case, voice: Talk) -> None:
    """Says how many texts bear no marking, and as what they count."""
    count = sum(document.marking is None for document in case.documents)
    if count:
        texts = "1 text has no marking and counts" if count == 1 else f"{count:,} texts have no marking and count"
        voice.say(f"{texts} as {case.unmarked.label}; --unmarked changes that", "dim")


def tell_judgements(case: Case, audience: Tlp, voice: Talk) -> None:
    """Says how many judgements the audience does not get, so that what the machine read stands as it was read."""
    from indicia.share.redact import judged_as

    above = sum(judged_as(case, one).rank > audience.rank for one in case.judgements)
    if above:
        told = "1 judgement is" if above == 1 else f"{above:,} judgements are"
        voice.say(f"{told} marked above {audience.label} and not applied; indicia judge --tlp marks one lower", "yellow")
