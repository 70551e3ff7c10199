"""What happened in the order of time, for tools that show that: JSON Lines and CSV that Timesketch imports, log2timeline's CSV.

Both of Timesketch's have `message`, `datetime`, `timestamp_desc` and our own fields; the third has plaso's columns (`l2tcsv`).
"""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import chain, islice
from typing import Any

import orjson

from indicia.knowledge import Knowledge
from indicia.records import Case, Claim, Event, Hunt, RuleLevel, Sighting, shown_marking
from indicia.share.redact import marking_of
from indicia.view.inert import inert_table
from indicia.view.words import propositions

Deeds = Callable[[Event], tuple[str, str, str]]  # what was done, by whom and from where, as far as an event says it

_SORTED = 100_000  # lines that are sorted in memory; more go through files
_COLUMNS = (
    *("message", "datetime", "timestamp_desc", "host", "user", "origin", "stage", "level"),
    *("rule", "chain", "place", "matched", "tag", "tlp"),
)
_L2TCSV = (
    *("date", "time", "timezone", "MACB", "source", "sourcetype", "type", "user", "host"),
    *("short", "desc", "version", "filename", "inode", "notes", "format", "extra"),
)


def render(case: Case, knowledge: Knowledge) -> Iterator[bytes]:
    """One object for each sighting that has a time, and one for each dated claim, by time. Times are UTC."""
    tlp = {"tlp": marking_of(case).label}
    claims = (_line(claim.date, _of_claim(claim) | tlp) for claim in case.claims if claim.date and len(claim.date) == 10)
    # Each line begins with its time, so that the lines sort by it.
    return _in_order(chain(claims, _of_hunt(case.hunt, tlp) if case.hunt else ()))


def of_hunt(found: Hunt, form: str, levels: Iterable[RuleLevel], deeds: Deeds) -> Iterable[bytes]:
    """The sightings of some levels, and what stands around them, as one of FORMS: the same bytes for the same sightings.

    What has no time is not there.
    """
    return FORMS[form](_in_order(_of_hunt(found, {"tlp": shown_marking(found.marking)}, frozenset(levels), deeds)))


def _as_csv(lines: Iterable[bytes]) -> Iterator[bytes]:
    yield inert_table(_COLUMNS, (map(_cell, map(orjson.loads(line).get, _COLUMNS)) for line in lines))


def _cell(value: Any) -> str:
    """A field as text: a list as Timesketch takes it apart again, names with their values one after another."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {each}" for name, each in value.items())
    return ",".join(value) if isinstance(value, list) else value or ""


def _as_l2tcsv(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Many tools that read this form take a line apart at every comma, so there is none in a cell."""
    rows = (_l2t_row(orjson.loads(line)) for line in lines)
    yield inert_table(_L2TCSV, ((" ".join(cell.replace(",", " ").split()) for cell in row) for row in rows))


def _l2t_row(fields: dict[str, Any]) -> Iterator[str]:
    time = datetime.fromisoformat(fields["datetime"])
    text = {name: _cell(value) for name, value in fields.items()}
    yield from (f"{time:%m/%d/%Y}", f"{time:%H:%M:%S}", "UTC", "....", "INDICIA", f"Indicia {text['level']}")
    yield from (text["timestamp_desc"], text.get("user", ""), text.get("host", ""), text["message"], text["message"], "2")
    yield from (text.get("place", ""), "", text["tag"], "indicia")
    yield "; ".join(f"{name}: {text[name]}" for name in ("stage", "rule", "chain", "origin", "matched", "tlp") if name in text)


FORMS: dict[str, Callable[[Iterable[bytes]], Iterable[bytes]]] = {".jsonl": iter, ".l2t.csv": _as_l2tcsv, ".csv": _as_csv}


def _in_order(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines sorted. What is too much for memory waits in files that nobody else can open."""
    lines = iter(lines)
    some = sorted(islice(lines, _SORTED))
    with ExitStack() as files:
        runs: list[Iterable[bytes]] = []
        while len(some) == _SORTED:
            file = files.enter_context(tempfile.TemporaryFile())
            file.writelines(some)
            file.seek(0)
            runs.append(file)
            some = sorted(islice(lines, _SORTED))
        yield from heapq.merge(*runs, some)


def _line(time: str, fields: dict[str, object]) -> bytes:
    time = f"{time}T00:00:00+00:00" if len(time) == 10 else time
    # Added up into new bytes: those that orjson gives keep the room they were written in, four kilobytes each.
    return orjson.dumps({"datetime": time, **fields}) + b"\n"


def _of_claim(claim: Claim) -> dict[str, object]:
    source = claim.source.party.canonical if claim.source.party else "not named"
    return {
        "message": f"{source} {'; '.join(words for words, _ in propositions(claim))}: {claim.quote.text}",
        "timestamp_desc": "Attribution claim (date only)",
        "claim": claim.id,
    }


def _of_hunt(
    found: Hunt, tlp: dict[str, str], levels: frozenset[RuleLevel] = frozenset(RuleLevel), deeds: Deeds | None = None
) -> Iterator[bytes]:
    chain_of = {identity: chain.id for chain in found.chains for identity in chain.sightings}
    around = {identity for chain in found.chains for identity in chain.around}
    for each in found.sightings:
        if each.event.time is not None and (each.level in levels or each.id in around):
            more = _done(each, deeds(each.event)) if deeds is not None else {}
            kind = "Around it" if each.id in around else "Sighting"
            yield _line(each.event.time.isoformat(), _of_sighting(each, kind, chain_of.get(each.id, "")) | more | tlp)


def _done(sighting: Sighting, deed: tuple[str, str, str]) -> dict[str, str]:
    """What a message tells beyond a title, and who it was from where in fields of their own."""
    told, who, origin = deed
    return {"message": f"{sighting.title}: {told}" if told else sighting.title} | {
        name: value for name, value in (("user", who), ("origin", origin)) if value
    }


def _of_sighting(sighting: Sighting, kind: str, chain: str) -> dict[str, object]:
    event = sighting.event
    fields: dict[str, object] = {
        "message": sighting.title,
        "timestamp_desc": f"{kind} ({sighting.outcome.value})",
        "host": event.host,
        "stage": sighting.stage.value,
        "level": sighting.level.value,
        "rule": sighting.rule,
        "chain": chain,
        "place": str(event.place) if event.place.file else "",
        "matched": dict(sighting.matched),
        "tag": list(sighting.techniques),
    }
    return {name: value for name, value in fields.items() if value or name == "tag"}  # what was withheld is not there
