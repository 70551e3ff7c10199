"""Logs to switch on, and what to look for in them: ATT&CK 18 detection strategies with their log sources, in our own words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicia.advise import words
from indicia.advise.facts import Facts
from indicia.advise.needs import Need, why
from indicia.advise.words import KindWords, LogWords
from indicia.knowledge.tables import LogSource
from indicia.records import Audience, Measure, MeasureKind, Rank, stable_id

SHOWN = 6  # log sources named on one detection


def log_for(source: LogSource) -> LogWords | None:
    """The entry of our table that tells how to switch this log source on: the first with a fitting event, else the first
    without."""
    name, channel = source.name.casefold(), source.channel.casefold()
    general = None
    for entry in words.logs():
        if entry.words or not any(name.startswith(prefix.casefold()) for prefix in entry.sources):
            continue
        if entry.events and any(event.casefold() in channel for event in entry.events):
            return entry
        if not entry.events and general is None:
            general = entry
    return general


def _sources(technique: str, facts: Facts, platforms: frozenset[str]) -> list[LogSource]:
    found: dict[LogSource, None] = {}
    for detection in facts.detections.get(technique, ()):
        for analytic in detection.analytics:
            if not platforms or not analytic.platforms or platforms.intersection(analytic.platforms):
                found.update(dict.fromkeys(analytic.log_sources))
    return list(found)


def switches(
    needs: Iterable[Need],
    facts: Facts,
    platforms: frozenset[str],
    kinds: Sequence[KindWords] = (),
    whole: tuple[str, ...] = (),
) -> list[Measure]:
    """One measure for each log that lets us see techniques of the case, or its kinds of attack. With `platforms` only logs of
    these are named. `whole` are the reasons of what none of the needs calls for."""
    found: dict[str, tuple[LogWords, dict[str, Need], dict[str, None]]] = {}
    for need in needs:
        if need.is_flaw:
            continue
        for source in _sources(need.id, facts, platforms):
            entry = log_for(source)
            if entry:
                _, covered, named = found.setdefault(entry.id, (entry, {}, {}))
                covered[need.id] = need
                named[f"{source.name} {source.channel}".strip()] = None
    wanted = {key for kind in kinds for key in kind.logs}
    for entry in words.logs():
        if entry.id in wanted:
            found.setdefault(entry.id, (entry, {}, {}))
    written = [row for _, row in sorted(found.items()) if not row[0].platforms or platforms.intersection(row[0].platforms)]
    calls = {row[0].id: [kind for kind in kinds if row[0].id in kind.logs] for row in written}
    return [_switch(*row, calls[row[0].id], whole, facts) for row in written]


def _switch(
    entry: LogWords,
    covered: dict[str, Need],
    named: dict[str, None],
    calls: list[KindWords],
    whole: tuple[str, ...],
    facts: Facts,
) -> Measure:
    needs = sorted(covered.values(), key=lambda need: (-need.weight, need.id))
    reasons = [reason for need in needs[:6] for reason in need.reasons[:2]] or whole
    return Measure(
        id=stable_id("measure", "log", entry.id),
        kind=MeasureKind.LOG,
        title=entry.title,
        instruction=f"{entry.do.strip()} Check: {entry.check}",
        audience=Audience.IT,
        why=why(needs, facts, calls),
        covers=tuple(need.id for need in needs),
        reasons=tuple(dict.fromkeys(reasons)),
        rank=needs[0].rank if needs else Rank.STATED,
        effort=entry.effort,
        source="Indicia",
        references=tuple(list(named)[:SHOWN]),
    )


def detections(
    needs: Iterable[Need], facts: Facts, platforms: frozenset[str], rules: dict[str, tuple[str, ...]]
) -> list[Measure]:
    """One detection for each technique that ATT&CK has a strategy for; `rules` are the ids of rules that cover a technique."""
    result = []
    for need in needs:
        strategies = facts.detections.get(need.id, ())
        if need.is_flaw or not (strategies or need.id in rules):
            continue
        ours = words.techniques().get(need.id)
        sources = _sources(need.id, facts, platforms)
        entries = dict.fromkeys(entry.title for source in sources if (entry := log_for(source)))
        watch = (
            ours.watch if ours else "We have no text for this yet: follow ATT&CK's strategy and use the log sources named here."
        )
        needed = f" Needs: {'; '.join(list(entries)[:4])}." if entries else ""
        result.append(
            Measure(
                id=stable_id("measure", "detect", need.id),
                kind=MeasureKind.DETECT,
                title=f"{need.id} {need.name}",
                instruction=watch + needed,
                audience=Audience.SOC,
                covers=(need.id,),
                reasons=need.reasons[:3],
                rank=need.rank,
                effort=1 if need.id in rules else 2,
                source=", ".join(f"ATT&CK {row.id}" for row in strategies) or "Indicia",
                references=(
                    *(f"rule {rule}" for rule in rules.get(need.id, ())),
                    *(f"{source.name} {source.channel}".strip() for source in sources[:SHOWN]),
                ),
            )
        )
    return result
