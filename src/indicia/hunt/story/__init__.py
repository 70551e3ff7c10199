"""What the sightings tell: which of them belong together, what happened, and what can be said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

from indicia.hunt.story.chains import join
from indicia.hunt.story.keys import traits_of
from indicia.hunt.story.limits import reach
from indicia.hunt.story.verdict import decide
from indicia.records import Chain, HuntVerdict, LogFile, Record, Sighting

__all__ = ["Story", "reach", "tell"]


class Story(Record, frozen=True, kw_only=True):
    """Sightings in time order, the chains that they form, the verdict and its reason."""

    sightings: tuple[Sighting, ...]
    chains: tuple[Chain, ...]
    verdict: HuntVerdict
    reason: str


def tell(sightings: Iterable[Sighting], files: Sequence[LogFile]) -> Story:
    """The story of `sightings` (judged; in any order) in the light of the `files` that were read.

    Deterministic: the order of the input does not matter. Sightings without a time stand last.
    """
    judged = sorted(sightings, key=_order)
    traits = traits_of(judged)
    chains = join(judged, traits)
    verdict, reason = decide(judged, traits, chains, files)
    return Story(sightings=tuple(judged), chains=chains, verdict=verdict, reason=reason)


def _order(sighting: Sighting) -> tuple[float, str, int, str]:
    time = sighting.event.time
    place = sighting.event.place
    return time.timestamp() if time else inf, place.file, place.position, sighting.id
