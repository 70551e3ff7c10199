"""Sightings into chains: what one intruder did on one host, found by the keys that lines share and by time."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from indicia.hunt.sight.notes import note_of
from indicia.hunt.sources.deeds import deed_of
from indicia.hunt.story.keys import Hosts, Traits, is_back_end
from indicia.hunt.story.sentence import QUIET, RANK, printable, summary
from indicia.records import Chain, Outcome, RuleLevel, Sighting, Stage, stable_id

# The two sites of one server log one request within a second; a little more for clocks that are read at begin and at end.
ONE_REQUEST = timedelta(seconds=1.5)
# A cmdlet, a written file and the request that asked for them.
ONE_STEP = timedelta(seconds=5)
# An order given through a web shell and the process that carries it out.
ONE_ORDER = timedelta(seconds=60)
# What has no key at all is taken to the nearest success on its host within this time. Longer would claim too much: an
# administrator at work on the same day would become the intruder.
ONE_VISIT = timedelta(minutes=30)
LONE = timedelta(hours=1)
MOST_SCANNERS = 12  # chains of attempts only, per host; more are told as one
_STAGE_ORDER = {stage: place for place, stage in enumerate(Stage)}


class _Groups:
    """Disjoint sets of positions."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, item: int) -> int:
        parent = self._parent
        while (above := parent[item]) != item:
            parent[item] = item = parent[above]
        return item

    def union(self, one: int, other: int) -> None:
        first, second = self.find(one), self.find(other)
        if first < second:
            self._parent[second] = first
        else:
            self._parent[first] = second

    def sets(self, items: Iterable[int]) -> list[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for item in items:
            found[self.find(item)].append(item)
        return list(found.values())


def join(sightings: Sequence[Sighting], traits: Sequence[Traits], hosts: Hosts) -> tuple[Chain, ...]:
    """The chains in `sightings` (judged, in time order, with traits and machines): the worst first, then by time.

    Never joins two hosts, nor two client addresses unless a session or a web shell that answered ties them. What shares
    no key with anything goes by time to the nearest chain of its host that succeeded, or stands by itself; quiet rules
    alone make none.
    """
    by_host: dict[str, list[int]] = defaultdict(list)
    at = {each.event.place: hosts.actor(each.event) for each in sightings if each.event.format != "correlation"}
    for index, sighting in enumerate(sightings):  # a count is of whoever completed it
        event = sighting.event
        by_host[(at.get(event.place) if event.format == "correlation" else None) or hosts.actor(event)].append(index)
    chains: list[Chain] = []
    groups = _Groups(len(sightings))
    for host, members in by_host.items():
        _by_keys(traits, members, groups)
        _by_request(sightings, traits, members, groups)
        _by_step(sightings, traits, members, groups)
        _by_nearness(sightings, traits, members, groups)
        sets = [group for group in groups.sets(members) if any(_loud(sightings[index]) for index in group)]
        chains += [_chain(host, group, sightings, traits) for group in _fold_scanners(sightings, sets)]
    levels = {each.id: _weight(each) for each in sightings}
    return tuple(sorted(chains, key=lambda chain: _by_weight(chain, levels)))


def _weight(sighting: Sighting) -> int:
    """How grave a sighting is that was not turned away; 0 of what was, and of an address or a name that somebody listed."""
    note = note_of(sighting.rule)
    if _idle(sighting) or sighting.indicator is not None:
        return 0
    return 10 if note is not None and note.proof and sighting.outcome is Outcome.SUCCESS else 1 + RANK[sighting.level]


def _loud(sighting: Sighting) -> bool:
    return sighting.level not in QUIET


def _by_keys(traits: Sequence[Traits], members: list[int], groups: _Groups) -> None:
    first: dict[tuple[str, str], int] = {}
    for index in members:
        for key in traits[index].keys:
            if (before := first.setdefault(key, index)) != index:
                groups.union(before, index)


class _Nearby:
    """Positions by time, to find the nearest."""

    def __init__(self, sightings: Sequence[Sighting], members: Iterable[int]) -> None:
        timed = [(time, index) for index in members if (time := sightings[index].event.time) is not None]
        timed.sort()
        self._times = [time for time, _ in timed]
        self._members = [index for _, index in timed]

    def nearest(self, time: datetime, within: timedelta, *, before: bool = False) -> int | None:
        """The position nearest to `time`, at most `within` away; with `before`, one that is not later than a second after."""
        at = bisect_left(self._times, time)
        best: tuple[timedelta, int] | None = None
        for place in (at - 1, at):
            if 0 <= place < len(self._times):
                apart = abs(self._times[place] - time)
                late = before and self._times[place] > time + timedelta(seconds=1)
                if apart <= within and not late and (best is None or apart < best[0]):
                    best = (apart, self._members[place])
        return best[1] if best else None


def _by_request(sightings: Sequence[Sighting], traits: Sequence[Traits], members: list[int], groups: _Groups) -> None:
    """Lines of the back end to those of the front end that they were made for: within a second, same user agent."""
    front: dict[str, list[int]] = defaultdict(list)
    back: list[int] = []
    for index in members:
        event = sightings[index].event
        if is_back_end(event):
            back.append(index)
        elif traits[index].client and traits[index].agent:
            front[traits[index].agent].append(index)
    near = {agent: _Nearby(sightings, indices) for agent, indices in front.items()}
    for index in back:
        time, agent = sightings[index].event.time, traits[index].agent
        if time is not None and agent in near:
            match = near[agent].nearest(time, ONE_REQUEST)
            if match is not None:
                groups.union(match, index)


def _by_step(sightings: Sequence[Sighting], traits: Sequence[Traits], members: list[int], groups: _Groups) -> None:
    """What Windows and the control panel log to the request that caused it; processes to the visit that ordered them."""
    requests = [index for index in members if traits[index].client and sightings[index].outcome is not Outcome.ATTEMPT]
    telling = [index for index in requests if sightings[index].stage in {Stage.EXPLOIT, Stage.WEB_SHELL}]
    if not telling:
        return
    exploits = _Nearby(sightings, telling)
    visits = _Nearby(sightings, (index for index in telling if sightings[index].stage is Stage.WEB_SHELL))
    owned = {groups.find(index) for index in members if traits[index].client}
    for index in members:
        sighting = sightings[index]
        time = sighting.event.time
        if time is None or groups.find(index) in owned:
            continue  # a key or the request itself says more than nearness
        match: int | None = None
        if sighting.stage in {Stage.EXPLOIT, Stage.WEB_SHELL, Stage.EVASION, Stage.PERSISTENCE}:
            match = exploits.nearest(time, ONE_STEP)
        if match is None and sighting.stage is Stage.EXECUTION:
            match = visits.nearest(time, ONE_ORDER, before=True)
        if match is not None:
            groups.union(match, index)


def _by_nearness(sightings: Sequence[Sighting], traits: Sequence[Traits], members: list[int], groups: _Groups) -> None:
    """Loud sightings without any client: to the nearest chain that succeeded, else to one another within an hour.

    Those that no log gives a time stay together: what cannot be put in order is told once.
    """
    sets = groups.sets(members)
    has_client = [any(traits[index].client for index in group) for group in sets]
    succeeded = [
        index
        for group, known in zip(sets, has_client, strict=True)
        if known and any(sightings[index].outcome is Outcome.SUCCESS for index in group)
        for index in group
        if sightings[index].outcome is Outcome.SUCCESS
    ]
    anchors = _Nearby(sightings, succeeded)
    alone: list[tuple[datetime, int]] = []
    timeless: int | None = None
    for group, known in zip(sets, has_client, strict=True):
        times = [time for index in group if (time := sightings[index].event.time) is not None]
        if known or not any(_loud(sightings[index]) for index in group):
            continue
        if not times:
            timeless = group[0] if timeless is None else timeless
            groups.union(timeless, group[0])
            continue
        match = anchors.nearest(min(times), ONE_VISIT)
        if match is not None:
            groups.union(match, group[0])
        else:
            alone += [(time, group[0]) for time in times]
    alone.sort()
    for (earlier, one), (later, other) in zip(alone, alone[1:], strict=False):
        if later - earlier <= LONE:
            groups.union(one, other)


def _fold_scanners(sightings: Sequence[Sighting], sets: list[list[int]]) -> list[list[int]]:
    """Many chains of nothing but attempts and listed addresses become one: a thousand scanners hide the one that matters."""
    attempts = [group for group in sets if all(_idle(sightings[index]) for index in group)]
    if len(attempts) <= MOST_SCANNERS:
        return sets
    folded = sorted(index for group in attempts for index in group)
    kept = [group for group in sets if not all(_idle(sightings[index]) for index in group)]
    return [*kept, folded]


def _idle(sighting: Sighting) -> bool:
    if sighting.indicator is not None:
        return not sighting.rule.startswith("indicator:file-")
    return sighting.outcome is Outcome.ATTEMPT


def _chain(host: str, group: Sequence[int], sightings: Sequence[Sighting], traits: Sequence[Traits]) -> Chain:
    members = [sightings[index] for index in group]
    times = [member.event.time for member in members if member.event.time is not None]
    # An indicator says who or what was there, not what came of it.
    ruled = [member for member in members if member.indicator is None] or members
    outcomes = {member.outcome for member in ruled}
    outcome = next((each for each in (Outcome.SUCCESS, Outcome.UNKNOWN, Outcome.ATTEMPT) if each in outcomes), Outcome.UNKNOWN)
    keys = sorted({key for index in group for key in traits[index].keys if key[0] in {"client", "canary", "page"}})
    done = [member for member in ruled if member.outcome is not Outcome.ATTEMPT] or ruled
    stages = sorted({member.stage for member in done}, key=_STAGE_ORDER.__getitem__)
    return Chain(
        id=stable_id("chain", host, *(member.id for member in members)),
        host=host,
        start=min(times, default=None),
        end=max(times, default=None),
        stages=tuple(stages),
        sightings=tuple(member.id for member in members),
        keys=tuple(keys),
        outcome=outcome,
        summary=summary(host, members, [value for kind, value in keys if kind == "client"]),
    )


def _by_weight(chain: Chain, levels: Mapping[str, int]) -> tuple[int, int, int, float, str]:
    """The worst that was not turned away first, then what succeeded, what has more stages, what came earlier."""
    order = (Outcome.SUCCESS, Outcome.UNKNOWN, Outcome.ATTEMPT).index(chain.outcome)
    worst = max((levels[each] for each in chain.sightings), default=0)
    return -worst, order, -len(chain.stages), chain.start.timestamp() if chain.start else 0.0, chain.id


# What else happened around something grave: on the same machine or by the same principal, within an hour, the rarest first.
#
# A service that was installed, a session that went on to another machine or a key that was made is nothing by itself; beside a
# break-in it is its next step. Most of what happens within an hour is what happens in every hour, so what is seldom in these
# logs counts.
NEAR = timedelta(hours=1)
MOST = 10  # for each chain
MOST_TOLD, LONGEST = 6, 60  # things and characters in its sentence
SELDOM = 3  # as often as that a thing may be in all logs
_GRAVE = (RuleLevel.HIGH, RuleLevel.CRITICAL)


def is_context(sighting: Sighting) -> bool:
    """Whether a sighting is told only around something graver."""
    note = note_of(sighting.rule)
    return note is not None and note.around


def with_context(
    chains: Sequence[Chain], sightings: Sequence[Sighting], context: Sequence[Sighting], hosts: Hosts
) -> tuple[tuple[Chain, ...], list[Sighting]]:
    """The chains with what happened around what is grave in them, and the sightings of `context` that are told so."""
    by_id = {each.id: each for each in sightings}
    chained = {identity for chain in chains for identity in chain.sightings}
    quiet = [each for each in sightings if each.level in QUIET and each.id not in chained and each.indicator is None]
    of_actor: defaultdict[str, list[Sighting]] = defaultdict(list)
    for each in (*context, *quiet):
        if each.event.time is not None:
            of_actor[hosts.actor(each.event)].append(each)
    often = Counter(map(_thing, (*context, *quiet)))
    told: dict[str, Sighting] = {}
    found = []
    for chain in chains:
        moments = sorted(_moments(by_id[identity] for identity in chain.sightings))
        near = [each for each in of_actor.get(chain.host, ()) if each.id not in told and _is_near(each, moments)]
        chosen = _rarest(near, often)
        told.update((each.id, each) for each in chosen)
        found.append(_joined(chain, chosen, by_id))
    return tuple(found), [each for each in context if each.id in told]


def _moments(members: Iterable[Sighting]) -> list[datetime]:
    return [
        each.event.time
        for each in members
        if each.event.time is not None and each.level in _GRAVE and each.outcome is not Outcome.ATTEMPT
    ]


def _is_near(sighting: Sighting, moments: Sequence[datetime]) -> bool:
    time = sighting.event.time
    return time is not None and any(abs(time - each) <= NEAR for each in moments)


def _thing(sighting: Sighting) -> tuple[str, str]:
    return sighting.rule, deed_of(sighting.event).what


def _rarest(some: Iterable[Sighting], often: Mapping[tuple[str, str], int]) -> list[Sighting]:
    """One of each thing, those that are seldom in all logs, the rarest first and of as rare ones the earliest."""
    first: dict[tuple[str, str], Sighting] = {}
    for each in some:
        if often[_thing(each)] <= SELDOM:
            first.setdefault(_thing(each), each)
    return [first[thing] for thing in sorted(first, key=lambda thing: often[thing])][:MOST]


def _short(what: str) -> str:
    """What was done in a few words, without what a terminal would obey."""
    return printable(what if len(what) <= LONGEST else f"{what[: LONGEST - 1]}…")


def _joined(chain: Chain, more: Sequence[Sighting], by_id: Mapping[str, Sighting]) -> Chain:
    if not more:
        return chain
    members = [*(by_id[identity] for identity in chain.sightings), *more]
    ordered = sorted(members, key=lambda each: (each.event.time is None, each.event.time or datetime.max, each.id))
    steps = [f"{each.title} ({what})" if (what := _short(deed_of(each.event).what)) else each.title for each in more]
    said = f"{chain.summary} Around it: {'; '.join(steps[:MOST_TOLD])}{' and more' if len(steps) > MOST_TOLD else ''}."
    added = {each.id for each in more}
    ids = tuple(each.id for each in ordered)
    return replace(chain, sightings=ids, around=tuple(each for each in ids if each in added), summary=said)
