"""Public reports on ATT&CK's groups that others list, with their dates: what the prior is fitted on beside the stream.

The stream tells which groups MITRE turns to next, and MITRE leaves many active groups alone for years. MISP galaxy and Malpedia
list reports as vendors publish them. Their dates and the groups that their titles name both stand in their addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.weigh_cases import UNFITTED
from indicia.knowledge import Attack, catalogues, galaxy
from indicia.knowledge.families import Titles, address
from indicia.knowledge.tables import Actor
from indicia.weigh.model import Model
from indicia.weigh.profiles import Floats, Relations

__all__ = ["FILES", "Drawn", "Told", "day_of", "drawn", "loss_of", "told_elsewhere"]

FILES = ("threat-actor.json", "malpedia.json")
_DAY = re.compile(r"(?<![0-9])(20[0-2][0-9])(?:[/_.-]?(0[1-9]|1[0-2]))?(?![0-9])")
_ARCHIVE = re.compile(r"^web\.archive\.org/web/\d+(?:/https?:/+)?")


@dataclass(frozen=True)
class Told:
    """A report of `day` (a year, or a month) on `group`."""

    day: str
    group: str


@dataclass(frozen=True)
class Drawn:
    """A report that appeared between `release` and the next one: `activity` [candidate, ACTIVITY] in that release, and which of
    its candidates the report is on."""

    release: str
    activity: Floats
    truth: int


def day_of(url: str) -> str | None:
    """The year or month in an address, where there is just one.

    >>> day_of("https://example.com/2023/04/a-report"), day_of("https://example.com/2023/looking-back-at-2022"), day_of("https://example.com/a")
    ('2023-04', None, None)
    """
    place = _ARCHIVE.sub("", address(url)).partition("/")[2]
    days = {f"{year}-{month}" if month else year for year, month in _DAY.findall(place)}
    return days.pop() if len(days) == 1 else None


def told_elsewhere(actors: Iterable[Actor], folder: Path) -> tuple[Told, ...]:
    """All dated reports in the galaxy's files in `folder` whose title names one of ATT&CK's groups, each once."""
    values = [value for file in FILES for value in catalogues.read_json(folder / file, galaxy.GalaxyFile).values]
    families = catalogues.read_json(folder / "malpedia.json", galaxy.GalaxyFile).values
    titles = Titles(actors, (name for value in families for name in (value.value, *value.words("synonyms"))))
    reports = {address(url): day for value in values for url in value.words("refs") if (day := day_of(url))}
    return tuple(Told(day, group) for place, day in sorted(reports.items()) for group in sorted(titles.named(place)))


def drawn(releases: Mapping[str, Attack], told: Iterable[Told]) -> Iterator[Drawn]:
    """Those that appeared after a release and before the next, on groups that it has. A report of which only the year is known
    counts as of its middle. `releases` are oldest first."""
    ordered = list(releases.values())
    dated = [(one.day if "-" in one.day else f"{one.day}-07", one.group) for one in told]
    for old, new in zip(ordered, ordered[1:], strict=False):
        model = Model.of(Relations(old).profiles(), UNFITTED)
        place = {group: at for at, group in enumerate(model.hypotheses[:-1])}
        for day, group in dated:
            if old.date[:7] < day <= new.date[:7] and group in place:
                yield Drawn(old.version, model.activity, place[group])


def loss_of(cases: Iterable[Drawn], weights: Floats) -> float:
    """The sum of the logs of how improbable each was, `weights` [ACTIVITY]."""
    total = 0.0
    for one in cases:
        scores = one.activity @ weights
        total += float(np.logaddexp.reduce(scores) - scores[one.truth])
    return total
