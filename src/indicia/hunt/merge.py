"""Two hunts on one affair as one: what the later one read again counts anew, everything else stays, and the story is told anew.

Where both hunts are still at hand as parts, `join` says more: only it can see correlations across them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from indicia.hunt.sight.found import MOST, Quota, file_of
from indicia.hunt.sight.sightings import moved
from indicia.hunt.story import tell
from indicia.records import Hunt, LogFile, RuleRun


def merge(before: Hunt, now: Hunt, *, most: int | None = MOST) -> Hunt:
    """The later hunt wins where both read the same file; what it no longer sees there is gone.

    A file of the same name that names another machine is another file: the earlier one is told with its machine in front.
    `most` bounds the sightings kept per rule and per indicator, as in a hunt through all of it.
    """
    before = _apart(before, {file.file: file.host for file in now.files})
    again = {file.file for file in now.files}
    gone = Counter(sighting.rule for sighting in before.sightings if sighting.event.place.file in again)
    kept = [sighting for sighting in before.sightings if sighting.event.place.file not in again]
    files = (*(file for file in before.files if file.file not in again), *now.files)
    story = tell(Quota(most).kept([*kept, *now.sightings]), files, len(now.rules))
    return replace(
        now,
        verdict=story.verdict,
        reason=story.reason,
        sightings=story.sightings,
        chains=story.chains,
        files=tuple(sorted(files, key=lambda file: file.file)),
        rules=tuple(_runs(before, now, gone)),
        problems=(*(problem for problem in before.problems if file_of(problem) not in again), *now.problems),
        indicators_sought=max(before.indicators_sought, now.indicators_sought),
    )


def _apart(before: Hunt, hosts: dict[str, str]) -> Hunt:
    """The earlier hunt with its machine in the names of those files that the later one read on another machine."""
    names = {file.file: f"{file.host}:{file.file}" for file in before.files if _is_of_another(file, hosts)}
    if not names:
        return before
    return replace(
        before,
        sightings=tuple(
            moved(each, names[each.event.place.file]) if each.event.place.file in names else each for each in before.sightings
        ),
        files=tuple(replace(file, file=names.get(file.file, file.file)) for file in before.files),
        problems=tuple(
            replace(problem, where=names[name] + problem.where.removeprefix(name))
            if (name := file_of(problem)) in names
            else problem
            for problem in before.problems
        ),
    )


def _is_of_another(file: LogFile, hosts: dict[str, str]) -> bool:
    host = hosts.get(file.file, "")
    return bool(host) and bool(file.host) and host.lower() != file.host.lower()


def _runs(before: Hunt, now: Hunt, gone: Counter[str]) -> Iterator[RuleRun]:
    """Each rule once, as the later hunt knows it, with the matches of both.

    Of those in files that were read again, only as many can be taken off as were kept as sightings.
    """
    earlier = {run.id: run for run in before.rules}
    left = {run.id: run.matches - gone[run.id] for run in before.rules}
    for run in now.rules:
        known = earlier.get(run.id)
        waits = run.waits if known is None or known.waits else ""
        yield replace(run, matches=run.matches + left.pop(run.id, 0), waits=waits)
    for identity, matches in left.items():
        yield replace(earlier[identity], matches=matches)
