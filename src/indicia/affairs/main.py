"""Which affair a case is mainly about, and what belongs to it. Decided here once; whoever needs it asks.

By evidence: how many independent voices and texts speak of an affair, where an announcement counts more than a report and a
word in passing next to nothing. A text counts in full for the affair that it is mainly about. What is equal is told apart by
what is said, never by ids or names of files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indicia.affairs.content import Content, content_of
from indicia.affairs.origins import target_of, voice_of
from indicia.records import Affair, Case, Claim, Level, Prominence, Stance, those_counted

__all__ = ["MainAffair", "main_affair", "main_among"]

_WEIGHT = {Prominence.ANNOUNCEMENT: 1.0, Prominence.REPORTED: 0.5, Prominence.BACKGROUND: 0.05}
_PASSED_ON = 0.5  # what a text only passes on of others says less of what it is about than what it says itself
_ASIDE = 0.5  # what a text adds to an affair that is not the one it is mainly about
_ANSWERS = frozenset({Stance.DENIES, Stance.QUESTIONS, Stance.ENDORSES, Stance.DECLINES})


@dataclass(frozen=True, slots=True)
class MainAffair:
    """The affair that a case is mainly about. `id` is that of a known incident, `name` what to call it; both are empty where no
    claim tells what it is about. `on` are the claims on it, `beside` those on something else, in the order given; `affair` the
    row of the case's affairs."""

    id: str | None = None
    name: str = ""
    on: tuple[Claim, ...] = ()
    beside: tuple[Claim, ...] = ()
    affair: Affair | None = None


def main_affair(case: Case) -> MainAffair:
    """The main affair of a case. What people rejected, and what is still to be checked, is neither on it nor beside it."""
    return main_among(those_counted(case.claims, case.judgements), case.affairs)


def main_among(claims: Iterable[Claim], affairs: Iterable[Affair] = ()) -> MainAffair:
    """The main affair of some claims, joined to `affairs`; claims that none of these holds go by the incident they tell."""
    claims = tuple(claims)
    groups = _grouped(claims, tuple(affairs))
    told = [group for group in groups if _is_told(group)]
    if not told:
        return MainAffair(on=claims)
    evidence = _evidence(told, {claim.id: claim for claim in claims})
    at = min(range(len(told)), key=lambda number: (-evidence[number][0], _only_answers(told[number]), evidence[number][1]))
    main = told[at]
    own = {claim.id for claim in main.claims}
    own |= {claim.id for group in groups if group not in told for claim in group.claims if _speaks_to(claim, group, main)}
    return MainAffair(
        id=main.incident,
        name=main.name,
        on=tuple(claim for claim in claims if claim.id in own),
        beside=tuple(claim for claim in claims if claim.id not in own),
        affair=main.affair,
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """Claims on one affair."""

    incident: str | None
    name: str
    claims: tuple[Claim, ...]
    affair: Affair | None = None


def _grouped(claims: Sequence[Claim], affairs: Sequence[Affair]) -> list[_Group]:
    by_id = {claim.id: claim for claim in claims}
    found, held = [], set[str]()
    for affair in affairs:
        mine = tuple(by_id[one] for row in affair.rows for one in row.claims if one in by_id and one not in held)
        held.update(claim.id for claim in mine)
        found.append(_Group(affair.incident_id, affair.name, mine, affair))
    known = {group.incident: number for number, group in enumerate(found) if group.incident}
    rest: dict[tuple[str | None, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.id in held:
            continue
        if claim.incident_id in known:
            group = found[known[claim.incident_id]]
            found[known[claim.incident_id]] = _Group(group.incident, group.name, (*group.claims, claim), group.affair)
        else:
            rest[(claim.incident_id, "" if claim.incident_id else claim.incident or "")].append(claim)
    for (incident, name), mine_too in rest.items():
        found.append(_Group(incident, name or (mine_too[0].incident or incident or ""), tuple(mine_too)))
    return [group for group in found if group.claims]


def _is_told(group: _Group) -> bool:
    """Whether anything says which deed it is: a known incident, somebody who was hit, a name."""
    return group.incident is not None or any(
        claim.victims or any(word[:1].isupper() for word in (claim.incident or "").split()) for claim in group.claims
    )


def _evidence(groups: Sequence[_Group], by_id: Mapping[str, Claim]) -> list[tuple[float, Content]]:
    """For each group how much speaks of it, and what to tell equals apart by."""
    texts: dict[str, list[tuple[float, int, int]]] = defaultdict(list)  # text -> (weight, place of its first claim, group)
    scores, first = [0.0] * len(groups), []
    for number, group in enumerate(groups):
        heard: dict[tuple[str, str], float] = {}
        shown: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for claim in group.claims:
            weight = _WEIGHT[claim.prominence] * (_PASSED_ON if claim.source.via else 1.0)
            text = by_id.get(claim.origin or claim.id, claim).quote.document  # a reprint is the text that it reprints
            shown[text].append((weight, claim.quote.start))
            if claim.source.party is not None:
                voice = voice_of(claim, text)
                heard[voice] = max(heard.get(voice, 0.0), weight)
        scores[number] += sum(sorted(heard.values()))
        for text, mine in shown.items():
            best = max(weight for weight, _ in mine)
            texts[text].append((best, min(start for weight, start in mine if weight == best), number))
        first.append(min(content_of(claim) for claim in group.claims))
    parts: list[list[float]] = [[] for _ in groups]
    for shares in texts.values():
        lead = min(shares, key=lambda one: (-one[0], one[1], first[one[2]]))
        for share in shares:
            parts[share[2]].append(share[0] * (1.0 if share is lead else _ASIDE))
    return [(round(score + sum(sorted(part)), 6), key) for score, part, key in zip(scores, parts, first, strict=True)]


def _only_answers(group: _Group) -> bool:
    """Whether nobody accuses: a denial by itself is no affair where there is one that it may answer."""
    return all(claim.stance in _ANSWERS for claim in group.claims)


def _speaks_to(claim: Claim, group: _Group, main: _Group) -> bool:
    """Whether a claim that tells no deed belongs to the main affair: it is of the same accused (a state or a place, or a group
    by the same name: of another group of that state it is not said), or answers without naming any or for its own side, and
    nobody says that its deed is another."""
    if group.affair is not None and group.affair.is_not:
        return False
    if claim.accused.party is None:
        return claim.stance in _ANSWERS
    named = [one for one in main.claims if one.accused.party is not None]
    own_side = claim.stance in _ANSWERS and claim.source.state is not None and claim.source.state == claim.accused.state
    if claim.accused.level in (Level.STATE, Level.PLACE) or own_side:
        return target_of(claim) in {target_of(one) for one in named}
    own = claim.accused.party.canonical
    return any(one.accused.party is not None and one.accused.party.canonical == own for one in named)
