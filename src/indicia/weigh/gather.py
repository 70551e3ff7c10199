"""What weighs: evidence from claims, mentions and sightings, or named by hand. Observed and said stay apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicia.affairs.main import main_among
from indicia.affairs.origins import voice_of
from indicia.errors import UsageError
from indicia.knowledge.articles import the
from indicia.knowledge.index import kept_by_tables
from indicia.knowledge.resolve import Spellings
from indicia.records import (
    Affair,
    Claim,
    Context,
    Document,
    Evidence,
    EvidenceKind,
    Hunt,
    Level,
    Mention,
    MentionKind,
    Outcome,
    Saying,
    Sighting,
    Stance,
    Tied,
    stable_id,
)
from indicia.weigh.features import families, is_technique, is_victim
from indicia.weigh.grades import credibility_of, reliability_of
from indicia.weigh.known import Known
from indicia.weigh.victims import targeted

__all__ = ["from_ids", "gather"]

_OBSERVABLE = {MentionKind.TECHNIQUE, MentionKind.SOFTWARE}
_SAYS_WHO = {Stance.ACCUSES, Stance.CLAIMS, Stance.ENDORSES, Stance.DENIES, Stance.QUESTIONS, Stance.WITHDRAWS}


def gather(
    claims: Iterable[Claim],
    mentions: Iterable[Mention],
    hunt: Hunt | None,
    documents: Iterable[Document],
    knowledge: Known,
    affairs: Iterable[Affair] = (),
) -> tuple[Evidence, ...]:
    """All evidence, in the order observed (techniques, software, victims), then said (claims as given).

    Observed: mentions whose context is *stated*, sightings that were not mere attempts, and the victims that claims name or
    that a text says were targeted.
    A feature seen in several places is one item with all its traces, graded by the best of them. Said: one item per claim that
    takes a side; items with the same `origin` are copies and count once. Those about another affair than the main one of these
    claims (joined to `affairs`) are marked so.
    """
    claims, mentions, documents = tuple(claims), tuple(mentions), tuple(documents)
    main = main_among(claims, affairs)
    beside = {claim.id for claim in main.beside}
    text_of = {claim.id: claim.quote.document for claim in claims}
    names = _Names(knowledge)
    publishers = {document.id: document.publisher or document.name for document in documents}
    found = _Items()
    for mention in mentions:
        if mention.kind in _OBSERVABLE and mention.context is Context.STATED and (feature := names.live(mention.target)):
            found[feature].add(mention.id, publishers.get(mention.span.document, mention.span.document), "C", 3)
    for feature, mention in targeted(mentions, documents):
        found[feature].add(mention.id, publishers.get(mention.span.document, mention.span.document), "C", 3)
    for sighting in hunt.sightings if hunt else ():
        if sighting.outcome is not Outcome.ATTEMPT:
            for target in (*sighting.techniques, *sighting.software):
                if feature := names.live(target):
                    found[feature].add(sighting.id, "own logs", "A", _credibility(sighting))
    for claim in claims:
        for country in claim.victim_countries:
            found[f"victim-country:{country}"].add(claim.id, claim.quote.document, "C", 3)
        for sector in claim.sectors:
            found[f"victim-sector:{sector}"].add(claim.id, claim.quote.document, "C", 3)
    return (
        *found.in_order(names),
        *(
            _said(
                claim,
                voice_of(claim, text_of.get(claim.origin or claim.id, claim.quote.document)),
                (main.id or main.name) if claim.id not in beside else None,
            )
            for claim in claims
            if claim.stance in _SAYS_WHO and claim.accused.party is not None
        ),
    )


def from_ids(
    techniques: Sequence[str] = (),
    software: Sequence[str] = (),
    victims: Sequence[str] = (),
    sectors: Sequence[str] = (),
    *,
    knowledge: Known,
    reliability: str = "B",
    credibility: int = 2,
    author: str = "by hand",
) -> tuple[Evidence, ...]:
    """Observed evidence named by hand: ATT&CK's ids (revoked ones lead to their successors) or names in any spelling, ISO
    country codes, sectors.

    Raises: UsageError on an id or name that is not known, or that several go by.
    """
    names = _Names(knowledge)
    found = _Items()
    for given in (*techniques, *software):
        found[names.meant(given)].add("", author, reliability, credibility)
    for country in victims:
        found[f"victim-country:{country.strip().upper()}"].add("", author, reliability, credibility)
    for sector in sectors:
        found[f"victim-sector:{sector.strip().lower()}"].add("", author, reliability, credibility)
    return tuple(found.in_order(names))


_UNTIED = 2  # the last of what is looked up: families that no group is tied to


@kept_by_tables
def _spelled(known: Known) -> tuple[Spellings, ...]:
    """What a name may mean, ATT&CK's own first, then families that weigh, then those that do not."""
    return (
        Spellings((*known.attack.techniques, *known.attack.software)),
        Spellings(families(known)),
        Spellings(known.malware),
    )


class _Names:
    """Which ids are live, and what they are called."""

    def __init__(self, known: Known) -> None:
        self._families = {family.id: family.name for family in families(known)}
        self._names = {technique.id: technique.name for technique in known.attack.techniques}
        self._names |= {software.id: software.name for software in known.attack.software}
        self._revoked = {**known.attack.later, **known.attack.revoked}
        self._version = known.attack.version
        self._known = known

    def meant(self, given: str) -> str:
        """The id that somebody means by an id or a name: ATT&CK's own first. Raises: UsageError."""
        text = given.strip()
        if feature := self.live(text) or self.live(text.upper()):
            return feature
        for number, spelled in enumerate(_spelled(self._known)):
            ids = spelled.ids(text)
            if len(ids) > 1:
                several = ", ".join(f"{self._names.get(one, one)} ({one})" for one in ids)
                raise UsageError(f"{given!r} is the name of several: {several}", hint="give the id of the one that you mean")
            if ids and number == _UNTIED:
                raise UsageError(f"{given!r} is known ({ids[0]}), but no group is tied to it, so that it cannot weigh")
            if ids:
                return ids[0]
        raise UsageError(
            f"ATT&CK {self._version} has no technique or software {given!r}",
            hint="give ids or names like T1505.003, S0020 or Mimikatz",
        )

    def live(self, feature: str | None) -> str | None:
        if feature is None:
            return None
        feature = self._revoked.get(feature, feature)
        return feature if feature in self._names or feature in self._families else None

    def label(self, feature: str) -> str:
        if feature in self._families:
            return self._families[feature]
        if feature in self._names:
            return f"{self._names[feature]} ({feature})"
        kind, _, value = feature.partition(":")
        return f"victim in {value}" if kind == "victim-country" else f"victim: {value}"


def _kind_order(feature: str) -> int:
    return 0 if is_technique(feature) else 2 if is_victim(feature) else 1


def _credibility(sighting: Sighting) -> int:
    return 1 if sighting.outcome is Outcome.SUCCESS else 2


class _Item:
    """One observed feature on its way to evidence: its traces, each once, and the best grade of them."""

    def __init__(self, feature: str) -> None:
        self.feature = feature
        self.traces: dict[str, None] = {}  # a log may hold a million: never compared one by one
        self.grade: tuple[str, int] = ("Z", 9)
        self.origin = ""

    def add(self, trace: str, origin: str, reliability: str, credibility: int) -> None:
        if trace:
            self.traces[trace] = None
        if (reliability, credibility) < self.grade:
            self.grade, self.origin = (reliability, credibility), origin

    def evidence(self, names: _Names) -> Evidence:
        return Evidence(
            id=stable_id("evidence", EvidenceKind.OBSERVED, self.feature),
            kind=EvidenceKind.OBSERVED,
            feature=self.feature,
            label=names.label(self.feature),
            origin=self.origin,
            traces=tuple(self.traces),
            reliability=self.grade[0],
            credibility=self.grade[1],
        )


class _Items(dict[str, _Item]):
    """By feature."""

    def __missing__(self, feature: str) -> _Item:
        self[feature] = _Item(feature)
        return self[feature]

    def in_order(self, names: _Names) -> list[Evidence]:
        """Techniques, software, victims."""
        return [self[feature].evidence(names) for feature in sorted(self, key=lambda one: (_kind_order(one), one))]


def _said(claim: Claim, voice: tuple[str, str], main: str | None) -> Evidence:
    accused = claim.accused.party
    assert accused is not None  # the caller asks only for claims that name somebody
    who = claim.source.party.canonical if claim.source.party else "the text itself"
    return Evidence(
        id=stable_id("evidence", EvidenceKind.SAID, claim.id),
        kind=EvidenceKind.SAID,
        feature=accused.canonical,
        label=_label(who, claim, accused.canonical),
        origin=claim.origin or claim.id,
        traces=(claim.id,),
        reliability=reliability_of(claim.source, claim.channel),
        credibility=credibility_of(claim),
        weight=1.0 if claim.source.party else 0.0,
        note="" if claim.source.party else "the text's own voice: nobody is named who says it",
        said=Saying(
            source=who,
            stance=claim.stance,
            accused=accused.canonical,
            level=claim.accused.level,
            state=claim.accused.state_said,
            deed=claim.deed is not None,
            firmness=claim.said.firmness,
            likelihood=claim.said.likelihood,
            tie=Tied(
                kind=claim.tie.kind,
                to=claim.tie.to,
                state=claim.tie.state,
                firmness=claim.tie.firmness,
                likelihood=claim.tie.likelihood,
            )
            if claim.tie
            else None,
            interested=_is_interested(claim),
            incident=main or claim.incident_id or claim.incident,
            beside=main is None,
            voice=" ".join(part for part in voice if part),
            date=claim.date,
        ),
    )


def _label(who: str, claim: Claim, accused: str) -> str:
    """What is said, in a line: a tie is not called an accusation."""
    if (
        claim.deed is None
        and claim.tie is not None
        and claim.stance is Stance.ACCUSES
        and claim.accused.level is not Level.PLACE
    ):
        return f"{who} ties {accused} to {claim.tie.to or 'a state'}"
    if claim.stance in {Stance.DENIES, Stance.QUESTIONS, Stance.WITHDRAWS}:
        return f"{who} {claim.stance} the charge" + ("" if who == accused else f" against {the(accused)}")
    if claim.stance is Stance.CLAIMS:
        return f"{who} takes credit" + ("" if who == accused else f" for {the(accused)}")
    return f"{who} {claim.stance} {the(accused)}"


def _is_interested(claim: Claim) -> bool:
    """Whether the source clears its own side: a state that denies, or anybody of that state."""
    source, accused = claim.source.party, claim.accused.party
    if claim.stance is not Stance.DENIES or source is None or accused is None:
        return False
    return source.canonical == accused.canonical or (
        claim.source.state is not None and claim.source.state == claim.accused.state
    )
