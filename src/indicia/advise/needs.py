"""What a case calls for: its techniques and flaws, each with how sure it is, why, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicia.advise.facts import Facts
from indicia.advise.words import KindWords, OrganisationWords, listed
from indicia.affairs.main import MainAffair, main_affair
from indicia.records import Case, Context, MentionKind, Outcome, Rank, Record, Stance

ACCUSING = frozenset({Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS})
# Evidence first: what our own logs show counts in full, an attempt a little less; what a text states counts more than what the
# accused are known to do elsewhere. The order matters, the figures are rough; docs/advice.md says so.
WEIGHTS = {Rank.SEEN: 1.0, Rank.STATED: 0.6, Rank.KNOWN: 0.3, Rank.TYPICAL: 0.15}
ATTEMPT = 0.8
# Stopping the first step saves the rest: a technique at the end of the chain counts six tenths of one at its start. What
# happens before the intrusion, outside of our walls, counts least.
LAST, OUTSIDE = 0.6, 0.4
STEPS = 11


class Need(Record, frozen=True, kw_only=True):
    """One technique or flaw that the case calls us to act on. `reasons` are ids of sightings, mentions or claims."""

    id: str
    name: str
    rank: Rank
    reasons: tuple[str, ...]
    weight: float
    position: int = 0  # 0 initial access ... 11 impact, 12 before the intrusion; 0 for flaws
    attempt: bool = False  # seen, and only as an attempt

    @property
    def is_flaw(self) -> bool:
        return not self.id.startswith("T")


class _Gatherer:
    def __init__(self) -> None:
        self.found: dict[str, tuple[Rank, list[str], bool]] = {}

    def add(self, key: str, rank: Rank, reason: str, attempt: bool = False) -> None:
        old = self.found.get(key)
        if old is None or list(Rank).index(rank) < list(Rank).index(old[0]):
            self.found[key] = (rank, [reason], attempt)
        elif old[0] is rank:
            if reason not in old[1] and len(old[1]) < 20:  # the first twenty reasons are enough for any reader
                old[1].append(reason)
            self.found[key] = (rank, old[1], old[2] and attempt)


def needs_of(case: Case, facts: Facts) -> tuple[tuple[Need, ...], tuple[str, ...]]:
    """The needs of a case, the heaviest first, and the technique ids in it that ATT&CK does not know.

    Seen: techniques and flaws of sightings. Stated: mentions whose context is `stated`. Known: the flaws of the main affair as
    our table has them, where no text tells them. Typical: what ATT&CK says of the groups that are accused of the main affair
    and of its campaigns. Denied accusations do not count.
    """
    main = main_affair(case)
    flaws, techniques, unknown = _Gatherer(), _Gatherer(), dict[str, None]()

    def technique(value: str, rank: Rank, reason: str, attempt: bool = False) -> None:
        row = facts.technique(value)
        if row is None:
            unknown[value] = None
        else:
            techniques.add(row.id, rank, reason, attempt)

    for sighting in case.hunt.sightings if case.hunt else ():
        attempt = sighting.outcome is Outcome.ATTEMPT
        for value in sighting.techniques:
            technique(value, Rank.SEEN, sighting.id, attempt)
        for value in sighting.vulnerabilities:
            flaws.add(value.upper(), Rank.SEEN, sighting.id, attempt)
    for mention in case.mentions:
        if mention.context is not Context.STATED:
            continue
        if mention.kind is MentionKind.TECHNIQUE:
            technique(mention.target or mention.value, Rank.STATED, mention.id)
        elif mention.kind is MentionKind.VULNERABILITY:
            flaws.add((mention.target or mention.value).upper(), Rank.STATED, mention.id)
    for group, reason in _accused(main, facts):
        for value in facts.uses.get(group, ()):
            technique(value, Rank.TYPICAL, reason)
    for incident_id, reason in incidents_of(case, main):
        incident = facts.incidents.get(incident_id)
        if incident is None:
            continue
        for value in incident.cves:
            flaws.add(value, Rank.KNOWN, reason)
        for value in (*incident.techniques, *(used for one in incident.campaigns for used in facts.uses.get(one, ()))):
            technique(value, Rank.TYPICAL, reason)
    needs = [_flaw(key, *found) for key, found in flaws.found.items()]
    needs += [_technique(facts, key, *found) for key, found in techniques.found.items()]
    return tuple(sorted(needs, key=lambda need: (-need.weight, need.position, need.id))), tuple(unknown)


def _flaw(key: str, rank: Rank, reasons: list[str], attempt: bool) -> Need:
    weight = WEIGHTS[rank] * (ATTEMPT if attempt else 1.0)
    return Need(id=key, name=key, rank=rank, reasons=tuple(reasons), weight=weight, attempt=attempt)


def _technique(facts: Facts, key: str, rank: Rank, reasons: list[str], attempt: bool) -> Need:
    row = facts.techniques[key]
    position = facts.position(row)
    place = OUTSIDE if position > STEPS else 1 - (1 - LAST) * position / STEPS
    weight = WEIGHTS[rank] * (ATTEMPT if attempt else 1.0) * place
    return Need(
        id=key, name=row.name, rank=rank, reasons=tuple(reasons), weight=round(weight, 6), position=position, attempt=attempt
    )


def _accused(main: MainAffair, facts: Facts) -> Iterable[tuple[str, str]]:
    """(group id, claim id) for each accusation on the main affair that names a group that ATT&CK knows."""
    for claim in main.on:
        if claim.stance in ACCUSING and claim.accused.party:
            group = facts.group(claim.accused.party.canonical)
            if group:
                yield group, claim.id


def incidents_of(case: Case, main: MainAffair) -> Iterable[tuple[str, str]]:
    """(id of a known incident, id of the claim or mention that names it): the main affair. Where no claim tells what it is
    about, those that the texts state by name; an affair that is named beside it calls for nothing."""
    if main.id is not None:
        told = [claim for claim in (*main.on, *main.unsure) if claim.incident_id == main.id] or list(main.on)
        named = (one.id for one in case.mentions if one.target == main.id)
        reason = told[0].id if told else next(named, None)
        if reason is not None:
            yield main.id, reason
    elif not main.name:
        seen = set()
        for mention in case.mentions:
            stated = mention.context is Context.STATED and mention.kind is MentionKind.INCIDENT
            if stated and mention.target and mention.target not in seen:
                seen.add(mention.target)
                yield mention.target, mention.id


# Why a measure is told here: the steps of the chain that it breaks, and what calls for it.
Calls = KindWords | OrganisationWords

SHOWN = 2  # needs that are told by name


def why(needs: Sequence[Need], facts: Facts, calls: Sequence[Calls] = (), otherwise: str = "") -> str:
    """`needs` that it acts on, the heaviest first, each with its place in the chain; `calls` are the kinds of attack, and of
    organisations, that call for it. `otherwise` is said where neither does."""
    named = [_step(need, facts) for need in needs[:SHOWN]]
    if len(needs) > SHOWN:
        named.append(f"{len(needs) - SHOWN} more")
    kinds, places = ([one.name for one in calls if isinstance(one, of)] for of in (KindWords, OrganisationWords))
    typical = bool(needs) and all(need.rank is Rank.TYPICAL for need in needs)
    against = ("Against", named, ", typical of the accused" if typical else "")
    called = (("Needed against", kinds, ""), ("Needed in", places, ""))
    parts = (*called, against) if typical else (against, *called)  # what is told here first, then what others are known for
    return " ".join(f"{word} {listed(told)}{of}." for word, told, of in parts if told) or otherwise


def _step(need: Need, facts: Facts) -> str:
    if need.is_flaw:
        return need.id
    place = next((row.name for row in facts.tactics if facts.order[row.shortname] - 2 == need.position), "")
    return f"{need.id} {need.name} ({place.lower() if need.position <= STEPS and place else 'before the intrusion'})"
