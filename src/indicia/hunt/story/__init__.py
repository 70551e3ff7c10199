"""What the sightings tell: which of them belong together, what happened, and what can be said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf

from msgspec.structs import replace

from indicia.hunt.story.chains import is_context, join, with_context
from indicia.hunt.story.keys import Hosts, traits_of
from indicia.hunt.story.verdict import decide, reach
from indicia.records import Chain, Event, HuntVerdict, LogFile, Record, Sighting

__all__ = ["Story", "reach", "tell"]


class Story(Record, frozen=True, kw_only=True):
    """Sightings in time order, each with the one name of its machine, the chains that they form, the verdict and its reason."""

    sightings: tuple[Sighting, ...]
    chains: tuple[Chain, ...]
    verdict: HuntVerdict
    reason: str


def tell(sightings: Iterable[Sighting], files: Sequence[LogFile], rules: int = 0) -> Story:
    """The story of `sightings` (judged; in any order) in the light of the `files` that were read with so many `rules`.

    Deterministic: the order of the input does not matter. Sightings without a time stand last.
    """
    ordered = sorted(sightings, key=_order)
    context = [each for each in ordered if is_context(each)]
    judged = [each for each in ordered if not is_context(each)] if context else ordered
    traits = traits_of(judged)
    hosts = Hosts(ordered)
    chains = join(judged, traits, hosts)
    verdict, reason = decide(judged, traits, chains, files, rules)
    chains, around = with_context(chains, judged, context, hosts)
    told = sorted((*judged, *around), key=_order) if around else judged
    return Story(sightings=tuple(_named(told, hosts)), chains=chains, verdict=verdict, reason=reason)


def _named(sightings: Iterable[Sighting], hosts: Hosts) -> Iterator[Sighting]:
    """The sightings with the joined name of their machine: one machine is one, whichever of its names a log has.

    Where a log names none there is none: the folder that a log lies in joins its events, but is not what they say.
    """
    renamed: dict[int, Event] = {}  # an event that many rules saw stays one; the sightings hold it, so an id is one event's
    for sighting in sightings:
        event = sighting.event
        name = hosts.of(event) if event.host else ""
        if not name or "?" in name or name == event.host:
            yield sighting
            continue
        if id(event) not in renamed:
            renamed[id(event)] = replace(event, host=name)
        yield replace(sighting, event=renamed[id(event)])


def _order(sighting: Sighting) -> tuple[float, str, int, str]:
    time = sighting.event.time
    place = sighting.event.place
    return time.timestamp() if time else inf, place.file, place.position, sighting.id
