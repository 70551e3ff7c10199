"""The joined timeline as JSON Lines that Timesketch imports: `message`, `datetime`, `timestamp_desc` and our own fields."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, islice

import orjson

from indicia.knowledge import Knowledge
from indicia.records import Case, Claim, Sighting
from indicia.share.redact import marking_of
from indicia.view.words import propositions

_SORTED = 100_000  # lines that are sorted in memory; more go through files


def render(case: Case, knowledge: Knowledge) -> Iterator[bytes]:
    """One object for each sighting that has a time, and one for each dated claim, by time. Times are UTC."""
    tlp = {"tlp": marking_of(case).label}
    claims = (_line(claim.date, _of_claim(claim) | tlp) for claim in case.claims if claim.date and len(claim.date) == 10)
    sightings = (
        _line(sighting.event.time.isoformat(), _of_sighting(sighting) | tlp)
        for sighting in (case.hunt.sightings if case.hunt else ())
        if sighting.event.time is not None
    )
    # Each line begins with its time, so that the lines sort by it.
    return _in_order(chain(claims, sightings))


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


def _of_sighting(sighting: Sighting) -> dict[str, object]:
    event = sighting.event
    fields: dict[str, object] = {
        "message": sighting.title,
        "timestamp_desc": f"Sighting ({sighting.outcome.value})",
        "host": event.host,
        "stage": sighting.stage.value,
        "level": sighting.level.value,
        "rule": sighting.rule,
        "place": str(event.place) if event.place.file else "",
        "matched": dict(sighting.matched),
        "tag": list(sighting.techniques),
    }
    return {name: value for name, value in fields.items() if value or name == "tag"}  # what was withheld is not there
