"""Which affair a case is mainly about, and what belongs to it. Decided here once; whoever needs it asks.

Of the stories that the texts tell (`affairs.stories`) it is the one that most texts tell, and in it goes by evidence: how many
independent voices and texts speak of an affair, where an announcement counts more than a report and a word in passing next to
nothing. A text counts in full for the affair that it is mainly about. What is equal is told apart by what is said, never by ids
or names of files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from indicia.affairs.content import Content, content_of
from indicia.affairs.origins import target_of, voice_of
from indicia.affairs.stories import HEAD, Story, main_story
from indicia.records import AccusedType, Affair, Case, Claim, Level, Prominence, SourceType, Stance, those_counted, to_check

_WEIGHT = {Prominence.ANNOUNCEMENT: 1.0, Prominence.REPORTED: 0.5, Prominence.BACKGROUND: 0.05}
_PASSED_ON = 0.5  # what a text only passes on of others says less of what it is about than what it says itself
_ASIDE = 0.5  # what a text adds to an affair that is not the one it is mainly about
_FURTHER_DOWN = 0.5  # what stands below the head of its text tells less of what that is about
_TOGETHER = 0.25  # what each further voice adds that says the same in one sentence
_CHARGES = frozenset({Stance.ACCUSES, Stance.ENDORSES, Stance.CLAIMS})
_ANSWERS = frozenset({Stance.DENIES, Stance.QUESTIONS, Stance.ENDORSES, Stance.DECLINES, Stance.WITHDRAWS})


@dataclass(frozen=True, slots=True)
class MainAffair:
    """The affair that a case is mainly about. `id` is that of a known incident, `name` what to call it; both are empty where no
    claim tells what it is about. `on` are the claims on it, `beside` those on something else, in the order given; `affair` the
    row of the case's affairs. `unsure` are claims on it that are still to be checked, `story` the documents that tell it."""

    id: str | None = None
    name: str = ""
    on: tuple[Claim, ...] = ()
    beside: tuple[Claim, ...] = ()
    affair: Affair | None = None
    unsure: tuple[Claim, ...] = ()
    story: Story = Story(frozenset(), ())


def main_affair(case: Case, story: Story | None = None) -> MainAffair:
    """The main affair of a case, or of one story of it. What people rejected is neither on it nor beside it; nor is what is
    said in passing of another deed, or in texts that tell another story."""
    story = story or main_story(case)
    counted = those_counted(case.claims, case.judgements)
    mine = [claim for claim in counted if claim.quote.document in story.documents]
    main = main_among(mine, case.affairs, story.incident)
    id = main.id or story.incident
    if main.id is None and id is not None:
        main = replace(main, id=id, name=next((one.name for one in case.affairs if one.incident_id == id), main.name))
    on_it = {claim.id for claim in main.on}
    on_it |= {claim.id for claim in mine if _tells(claim, story, main.id)}
    charges = (claim for claim in mine if claim.id in on_it and claim.stance in _CHARGES and _may_tell(claim, main.id))
    told = [claim for claim in charges if _is_linked(claim, story, main.id)]
    linked = {whom for claim in told for whom in (target_of(claim), _whom(claim))}
    on_it -= {claim.id for claim in mine if linked and _accuses_another(claim, linked, story, main.id)}
    on_it |= {claim.id for claim in mine if _answers(claim, linked, main.id)}
    on_it -= {claim.id for claim in mine if _denies_another(claim, linked, story, main.id)}
    on_it -= {claim.id for claim in mine if not _may_tell(claim, main.id) or _blames_who_was_hit(claim, mine)}
    unsure = (claim for claim in to_check(case.claims, case.judgements) if claim.quote.document in story.documents)
    return replace(
        main,
        on=tuple(claim for claim in counted if claim.id in on_it),
        beside=tuple(claim for claim in counted if claim.id not in on_it),
        unsure=tuple(
            claim
            for claim in unsure
            if _may_tell(claim, main.id)
            and (_tells(claim, story, main.id) or _answers(claim, linked, main.id))
            and not _denies_another(claim, linked, story, main.id)
        ),
        story=story,
    )


def _may_tell(claim: Claim, incident: str | None) -> bool:
    """Whether a claim may be on the affair: nothing of another known incident, nor what is said in passing of none."""
    if claim.incident_id is not None:
        return claim.incident_id == incident
    return claim.prominence is not Prominence.BACKGROUND


def _blames_who_was_hit(claim: Claim, mine: Iterable[Claim]) -> bool:
    """Whether a claim gives a firm the fault for what was done to it."""
    party = claim.accused.party
    if claim.stance is not Stance.ACCUSES or claim.accused.type is not AccusedType.COMPANY or party is None:
        return False
    return any(party.canonical.lower() in span.text.lower() for one in mine for span in one.victims)


def _tells(claim: Claim, story: Story, incident: str | None) -> bool:
    """Whether a claim of a story's texts is on its deed: it says so, or tells of nobody else who was hit."""
    if claim.incident_id is not None:
        return claim.incident_id == incident
    if claim.prominence is Prominence.ANNOUNCEMENT:  # whom else those hit that it accuses stands beside it
        return True
    return not _tells_another([span.text for span in claim.victims], story)


def _tells_another(named: Iterable[str], story: Story) -> bool:
    """Whether names of a deed or of who was hit have no word in common with those of a story."""
    words = {word.lower() for name in named if name[:1].isupper() for word in name.split() if len(word) > 3}
    return bool(words) and not any(word in name for word in words for name in story.names)


def _is_linked(claim: Claim, story: Story, incident: str | None) -> bool:
    """Whether a claim says itself that it is on a story's deed: by a known incident, or a name that the story's texts share."""
    if incident is not None and claim.incident_id == incident:
        return True
    words = " ".join((claim.incident or "", *(span.text for span in claim.victims))).lower()
    return any(name in words for name in story.names)


def _accuses_another(claim: Claim, linked: set[str], story: Story, incident: str | None) -> bool:
    """Whether a claim accuses somebody whom no claim on the deed accuses, of another one: it says so, or it is the answer in
    kind of a state that is accused itself."""
    if claim.stance is not Stance.ACCUSES or claim.accused.party is None:
        return False
    if _whom(claim) in linked or _is_linked(claim, story, incident):
        return False
    hit = [one.text.capitalize() for one in claim.victims]  # whoever they are, as long as the texts share no word for them
    deed = claim.incident or ""  # what stands before the sentence tells less of it than its own words
    return claim.source.state in linked or _tells_another([deed if deed in claim.quote.text else "", *hit], story)


def _answers(claim: Claim, linked: set[str], incident: str | None) -> bool:
    """Whether a claim answers a charge that is made on the deed: whatever it calls the deed, it is of the same accused, or of
    their own side."""
    if claim.stance not in _ANSWERS or claim.incident_id not in (None, incident) or claim.prominence is Prominence.BACKGROUND:
        return False
    return target_of(claim) in linked or (claim.stance is Stance.DENIES and claim.source.state in linked)


def _denies_another(claim: Claim, linked: set[str], story: Story, incident: str | None) -> bool:
    """Whether a government denies what nobody accuses it of here: a charge of another time."""
    if claim.stance is not Stance.DENIES or claim.source.type is not SourceType.GOVERNMENT or claim.source.state is None:
        return False
    if not linked:
        return claim.quote.start >= HEAD and not _is_linked(claim, story, incident)
    return not _answers(claim, linked, incident)


def _whom(claim: Claim) -> str:
    """Whom a claim accuses: a state, or a group by its own name: of another group of that state nothing is said."""
    party = claim.accused.party
    by_name = claim.accused.level is Level.GROUP and party is not None and not party.canonical.endswith("-linked hackers")
    return party.canonical.lower() if by_name and party is not None else target_of(claim)


def main_among(claims: Iterable[Claim], affairs: Iterable[Affair] = (), told_by: str | None = None) -> MainAffair:
    """The main affair of some claims, joined to `affairs`; claims that none of these holds go by the incident they tell. A
    known incident that the texts themselves are about (`told_by`) leads, as long as a claim is on it."""
    claims = tuple(claims)
    groups = _grouped(claims, tuple(affairs))
    told = [group for group in groups if _is_told(group)]
    if not told:
        return MainAffair(on=claims)
    evidence = _evidence(told, {claim.id: claim for claim in claims})
    lead = [number for number, group in enumerate(told) if told_by is not None and group.incident == told_by]
    at = min(
        lead or range(len(told)),
        key=lambda number: (-evidence[number][0], _only_answers(told[number]), evidence[number][1]),
    )
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
        heard: dict[tuple[str, str], tuple[float, str, int]] = {}
        shown: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for claim in group.claims:
            weight = _WEIGHT[claim.prominence] * (_PASSED_ON if claim.source.via else 1.0)
            weight *= 1.0 if claim.quote.start < HEAD else _FURTHER_DOWN
            text = by_id.get(claim.origin or claim.id, claim).quote.document  # a reprint is the text that it reprints
            shown[text].append((weight, claim.quote.start))
            if claim.source.party is not None:
                voice = voice_of(claim, text)
                heard[voice] = max(heard.get(voice, (0.0, "", 0)), (weight, text, claim.quote.start))
        scores[number] += _of_sentences(heard.values())
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


def _of_sentences(heard: Iterable[tuple[float, str, int]]) -> float:
    """How much voices say, each by its weight, text and place: of those that one sentence holds the weightiest in full."""
    sentences: dict[tuple[str, int], list[float]] = defaultdict(list)
    for weight, text, start in heard:
        sentences[text, start].append(weight)
    return sum(sorted(max(mine) + _TOGETHER * (sum(sorted(mine)) - max(mine)) for mine in sentences.values()))


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
