"""Two hunts on one affair as one: all sightings, all files, and the story told anew."""

from __future__ import annotations

import msgspec

from indicia.hunt.story import tell
from indicia.records import Hunt, RuleRun

__all__ = ["merge"]


def merge(before: Hunt, now: Hunt) -> Hunt:
    """The later hunt wins where both read the same file; what it no longer sees there is gone."""
    again = {file.file for file in now.files}
    kept = [sighting for sighting in before.sightings if sighting.event.place.file not in again]
    files = (*(file for file in before.files if file.file not in again), *now.files)
    sightings = {sighting.id: sighting for sighting in (*kept, *now.sightings)}
    story = tell(sightings.values(), files)
    matches: dict[str, int] = {}
    for sighting in story.sightings:
        matches[sighting.rule] = matches.get(sighting.rule, 0) + 1
    rules: dict[str, RuleRun] = {rule.id: rule for rule in (*before.rules, *now.rules)}
    return msgspec.structs.replace(
        now,
        verdict=story.verdict,
        reason=story.reason,
        sightings=story.sightings,
        chains=story.chains,
        files=files,
        rules=tuple(msgspec.structs.replace(rule, matches=matches.get(rule.id, 0)) for rule in rules.values()),
        problems=(*(p for p in before.problems if p.where.partition(":")[0] not in again), *now.problems),
        indicators_sought=max(before.indicators_sought, now.indicators_sought),
    )
