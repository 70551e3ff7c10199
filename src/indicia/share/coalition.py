"""Several parties' cases on one affair: merged without overwriting, compared, and what all of them could sign.

A joint statement holds only what every signer's own claims carry: the lowest level among them, at the weakest firmness. A claim
at a higher level carries the lower one (who accuses an agency of a state says at least that it came from there); where a signer
carries a part only in that way, the draft says so beside its quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec

from indicia.records import (
    Case,
    Claim,
    Confidence,
    Document,
    Firmness,
    Level,
    Likelihood,
    Mention,
    Motive,
    Problem,
    Record,
    Severity,
    SourceType,
    Stance,
    Tlp,
    stable_id,
)
from indicia.share.brief.markdown import escaped
from indicia.share.redact import marking_of
from indicia.view.inert import Shown, clip
from indicia.view.words import firmness_words, stance_words

_LEVELS = (Level.PLACE, Level.OPERATOR, Level.GROUP, Level.AGENCY, Level.STATE)  # weakest first
_CONFIDENCE = tuple(Confidence)
_LIKELIHOOD = tuple(Likelihood)


class Signer(Record, frozen=True, kw_only=True):
    """A signer: the canonical name its claims carry, and its case; `state` is the ISO code of the state that it is."""

    name: str
    case: Case
    state: str | None = None


class SignerStanding(StrEnum):
    """How one party stands to what all of them carry."""

    AGREES = "says the same"
    MORE = "says more"
    LESS = "says less"
    AGAINST = "says otherwise"


class SignerPosition(Record, frozen=True, kw_only=True):
    """The most that a party's own claims say of one affair, be it to endorse what others say. `claim` is None where it says
    nothing of it."""

    party: str
    affair: str
    standing: SignerStanding
    claim: Claim | None = None


class Joint(Record, frozen=True, kw_only=True):
    """What all signers carry on one affair, or why there is nothing: `reason`, as said of the signer `by` or of all where that
    is empty. `claims` holds each signer's carrying claim."""

    affair: str
    reason: str = ""
    by: str = ""
    level: Level | None = None
    accused: str = ""
    state: str | None = None
    firmness: Firmness = Firmness.NONE
    confidence: Confidence | None = None
    likelihood: Likelihood | None = None
    motives: tuple[Motive, ...] = ()
    claims: tuple[tuple[str, Claim], ...] = ()


def merge(parties: Sequence[Signer], name: str) -> Case:
    """One case with everything of all parties, in their order. Nothing is overwritten.

    What two parties hold alike is there once, a document under the stricter of its markings. What they hold under one id with
    different content is there twice, the later under a new id, and a problem says so. Hunts are each party's own and do not
    travel; affairs, weighing and advice are to be made anew from the whole.
    """
    documents: dict[str, Document] = {}
    claims: dict[str, Claim] = {}
    mentions: dict[str, Mention] = {}
    problems: list[Problem] = []
    unmarked = Tlp.strictest(party.case.unmarked for party in parties)
    for party in parties:
        for document in party.case.documents:
            held = documents.get(document.id)
            if held is None:
                documents[document.id] = document
            else:
                marking = max(held.marking, document.marking, key=lambda one: (one or unmarked).rank)
                # A text that came without its unquoted parts gives way to the whole one.
                fuller = document if len(document.text.split()) > len(held.text.split()) else held
                documents[document.id] = msgspec.structs.replace(fuller, marking=marking)
        for claim in party.case.claims:
            held_claim = claims.get(claim.id)
            if held_claim is None:
                claims[claim.id] = claim
            elif held_claim != claim:
                id = stable_id("claim", claim.id, party.name, msgspec.json.encode(claim, order="deterministic"))
                claims[id] = msgspec.structs.replace(claim, id=id)
                problems.append(
                    Problem(
                        where=party.name,
                        what=f"reads {claim.id} differently; both readings are kept, this one as {id}",
                        severity=Severity.NOTE,
                    )
                )
        for mention in party.case.mentions:
            id = mention.id if mentions.get(mention.id, mention) == mention else stable_id("mention", mention.id, party.name)
            mentions[id] = msgspec.structs.replace(mention, id=id)
        problems += party.case.problems
    judgements = {judgement.id: judgement for party in reversed(parties) for judgement in party.case.judgements}
    return Case(
        name=name,
        versions=parties[0].case.versions,
        documents=tuple(documents.values()),
        claims=tuple(claims.values()),
        mentions=tuple(mentions.values()),
        judgements=tuple(judgements.values()),
        problems=tuple(dict.fromkeys(problems)),
        marking=Tlp.joined([party.case.marking for party in parties] + [one.marking for one in documents.values()]),
        unmarked=unmarked,
    )


def own_claims(party: Signer) -> tuple[Claim, ...]:
    """The claims that the party itself makes: its name is their source's. An unnamed official speaks for nobody.

    A state also speaks where a part of its government does.
    """
    name, code = party.name.casefold(), (party.state or party.name).casefold()
    found = []
    for claim in party.case.claims:
        source = claim.source.party
        if source is None or claim.source.type is SourceType.ANONYMOUS:
            continue
        by_state = claim.source.type is SourceType.GOVERNMENT and (claim.source.state or "").casefold() == code
        if source.canonical.casefold() == name or by_state:
            found.append(claim)
    return tuple(found)


def _affair(claim: Claim) -> str | None:
    return claim.incident_id or claim.incident


def _affairs(parties: Iterable[Signer]) -> list[str]:
    found = {affair for party in parties for claim in own_claims(party) if (affair := _affair(claim))}
    return sorted(found)


def _rank(claim: Claim) -> tuple[int, int]:
    level = _LEVELS.index(claim.accused.level) if claim.accused.level else -1
    return level, claim.said.firmness.strength


def _accusing(party: Signer, affair: str) -> list[Claim]:
    """Its claims of who did it, or from where: to tie a group to a state is not to say that the group did this."""
    return [
        claim
        for claim in own_claims(party)
        if claim.stance is Stance.ACCUSES
        and _affair(claim) == affair
        and (claim.deed is not None or claim.tie is None or claim.accused.level is Level.PLACE)
    ]


def _state(claim: Claim) -> str | None:
    """The state that the claim's own words tie the accused to. What our tables know of a name binds no signer."""
    return claim.accused.state_said or (claim.tie.state if claim.tie else None)


def _endorsing(party: Signer, affair: str) -> list[Claim]:
    """To endorse what others say is not to say it: it carries no joint statement, and the draft tells that it was said."""
    return [claim for claim in own_claims(party) if claim.stance is Stance.ENDORSES and _affair(claim) == affair]


def _against(party: Signer, affair: str) -> list[Claim]:
    against = {Stance.DENIES, Stance.QUESTIONS, Stance.DECLINES, Stance.WITHDRAWS}
    return [claim for claim in own_claims(party) if claim.stance in against and _affair(claim) == affair]


def compare(parties: Sequence[Signer]) -> tuple[SignerPosition, ...]:
    """For each affair and party: the most that it says, and whether that is more, less or the same as what all carry."""
    found = []
    for affair in _affairs(parties):
        joint = _joint(parties, affair)
        for party in parties:
            against, claims = _against(party, affair), _accusing(party, affair)
            most = max(claims, key=_rank, default=None)
            if against:
                standing, most = SignerStanding.AGAINST, most or against[0]
            elif most is None:
                standing, most = SignerStanding.LESS, next(iter(_endorsing(party, affair)), None)
            elif joint.level is not None:
                level, firmness = _rank(most)
                common = (_LEVELS.index(joint.level), joint.firmness.strength)
                same = (level, firmness) == common and _named(most) == (joint.level, joint.accused)
                standing = SignerStanding.AGREES if same else SignerStanding.MORE
            else:
                standing = SignerStanding.MORE
            found.append(SignerPosition(party=party.name, affair=affair, standing=standing, claim=most))
    return tuple(found)


def joint_statement(parties: Sequence[Signer]) -> tuple[Joint, ...]:
    """For each affair that a signer speaks of: what all carry, or why there is nothing that all could sign."""
    return tuple(_joint(parties, affair) for affair in _affairs(parties))


def _named(claim: Claim) -> tuple[Level | None, str]:
    return claim.accused.level, claim.accused.party.canonical if claim.accused.party else ""


def _joint(parties: Sequence[Signer], affair: str) -> Joint:
    by_party = {party.name: _accusing(party, affair) for party in parties}
    for party in parties:
        if _against(party, affair):
            return Joint(affair=affair, by=party.name, reason="denies, questions or declines")
        if not by_party[party.name]:
            return Joint(affair=affair, by=party.name, reason="accuses nobody itself")
    states = [{state for claim in claims if (state := _state(claim))} for claims in by_party.values()]
    shared = set.intersection(*states)
    level = min(max(_rank(claim)[0] for claim in claims) for claims in by_party.values())
    # From the highest level that all reach downwards: at each, all must name the same, or, for a place, be tied to one state.
    for index in range(level, -1, -1):
        carrying = _carrying(by_party, _LEVELS[index], shared)
        if carrying is not None:
            return _weakest(affair, _LEVELS[index], carrying, by_party)
    return Joint(affair=affair, reason="the signers do not accuse the same party")


def _carrying(by_party: dict[str, list[Claim]], level: Level, states: set[str]) -> tuple[str, str | None] | None:
    """(name, state) that every signer accuses at `level`; at the level of a place every tie to the one state will do."""
    if level is Level.PLACE:
        if len(states) != 1:
            return None
        (state,) = states
        return _state_name(by_party, state), state
    names = [
        {name for claim in claims if claim.accused.level is level and (name := _named(claim)[1])}
        for claims in by_party.values()
    ]
    common = sorted(set.intersection(*names))
    if not common:
        return None
    ties = {_state(c) for claims in by_party.values() for c in claims if _named(c) == (level, common[0])}
    return common[0], next(iter(ties)) if len(ties) == 1 else None


def _state_name(by_party: dict[str, list[Claim]], state: str) -> str:
    """The state's name as a signer says it, else its code."""
    names = sorted(
        _named(claim)[1]
        for claims in by_party.values()
        for claim in claims
        if _state(claim) == state and claim.accused.level in {Level.PLACE, Level.STATE}
    )
    return names[0] if names else state


def _weakest(affair: str, level: Level, found: tuple[str, str | None], by_party: dict[str, list[Claim]]) -> Joint:
    name, state = found
    chosen: list[tuple[str, Claim]] = []
    for party, claims in by_party.items():
        fitting = [c for c in claims if _named(c) == (level, name)]
        if level is Level.PLACE:
            at_place = [c for c in claims if c.accused.level is Level.PLACE and _state(c) == state]
            fitting = at_place or [c for c in claims if _state(c) == state]
        # Its own words for just this; where it has none, the least that it says above it.
        chosen.append((party, min(fitting, key=lambda c: (_rank(c)[0], -_rank(c)[1], c.id))))
    claims = [claim for _, claim in chosen]
    confidences = [claim.said.confidence for claim in claims]
    likelihoods = [claim.said.likelihood for claim in claims]
    return Joint(
        affair=affair,
        level=level,
        accused=name,
        state=state,
        firmness=min((claim.said.firmness for claim in claims), key=lambda one: one.strength),
        confidence=min((c for c in confidences if c), key=_CONFIDENCE.index) if all(confidences) else None,
        likelihood=min((c for c in likelihoods if c), key=_LIKELIHOOD.index) if all(likelihoods) else None,
        motives=tuple(motive for motive in Motive if all(motive in claim.motives for claim in claims)),
        claims=tuple(chosen),
    )


# A draft of a joint statement in Markdown: for each affair one sentence that all signers carry, and none of them less.
#
# Every quote is a signer's own, and how surely it is said is told in the words of the signer who is least sure.
_HEADING = 120  # characters of an affair's name
_QUOTE = 1000  # characters of one signer's words
_shown = Shown()


def statement_text(
    parties: Sequence[Signer], names: Mapping[str, str] | None = None, states: Mapping[str, str] | None = None
) -> str:
    """The draft. What all carry stands first, then where there is nothing to sign, and why.

    `names` gives the names of affairs by id, `states` those of states by code; a state that signs is called by its name.
    """
    states = states or {}
    called = {party.name: states.get(party.state or party.name, party.name) for party in parties}
    marking = Tlp.strictest(marking_of(party.case) for party in parties)
    lines = [
        marking.label,
        "",
        f"# Draft of a joint statement: {', '.join(_plain(name) for name in called.values())}",
        "",
        "It contains only what every signer has said itself: the least that any of them says about who did it, with the",
        "certainty of the least certain.",
        "",
    ]
    positions = compare(parties)
    for joint in sorted(joint_statement(parties), key=lambda one: one.level is None):
        lines += [f"## {_plain((names or {}).get(joint.affair, joint.affair), _HEADING)}", ""]
        if joint.level is None:
            who = f"{_plain(called[joint.by])} " if joint.by else ""
            lines += [f"No joint statement: {who}{joint.reason}.", ""]
        else:
            lines += [_sentence(joint, states), "", *_how_surely(joint, called), "The signers' own words for it:", ""]
            lines += [_quote(called[party], claim, joint, states) for party, claim in joint.claims]
            lines.append("")
        lines += ["Where the signers stand:", ""]
        lines += [_position(one, joint, called[one.party], states) for one in positions if one.affair == joint.affair]
        lines.append("")
    lines.append(marking.label)
    return "\n".join(lines) + "\n"


def _plain(text: str, most: int = _QUOTE) -> str:
    """Words of others on one line, of which nothing is markup, a link or hidden."""
    return escaped(_shown(clip(text, most)))


def _sentence(joint: Joint, states: Mapping[str, str]) -> str:
    """What all carry. Who only hints, or is not very sure, does not say that it was so."""
    unsure = joint.firmness in {Firmness.HEDGED, Firmness.LOW}
    if joint.level is Level.PLACE:
        accused = states.get(joint.state or "", joint.accused)
        act = f"{'may have been' if unsure else 'was'} conducted from the territory of {_plain(accused)}"
    else:
        act = f"{'may have been' if unsure else 'was'} the work of {_plain(joint.accused)}"
    verb = "assess" if joint.firmness is Firmness.MODERATE or joint.confidence or joint.likelihood else "state"
    words = [f"The signers {verb} that the activity {act}"]
    if joint.confidence is not None:
        words.append(f", with {joint.confidence.value} confidence")
    if joint.likelihood is not None:
        words.append(f"; likelihood: {joint.likelihood.value}")
    if joint.motives:
        words.append(f"; motive: {', '.join(motive.value for motive in joint.motives)}")
    return "".join(words) + "."


def _how_surely(joint: Joint, called: Mapping[str, str]) -> Iterator[str]:
    """Whose words bound how surely it may be said, where somebody says how sure they are."""
    party, claim = min(joint.claims, key=lambda one: one[1].said.firmness.strength)
    if all(one.said.firmness is Firmness.NONE for _, one in joint.claims):
        return
    cue = f", in the words “{_plain(claim.said.cue.text)}”" if claim.said.cue else ""
    yield f"The least sure of them is {_plain(called[party])}: {firmness_words(claim.said)}{cue}."
    yield ""


def _quote(party: str, claim: Claim, joint: Joint, states: Mapping[str, str]) -> str:
    only = "" if claim.accused.level is joint.level else f", by implication: it names {_whom(claim, states)}"
    return f"- {_plain(party)}{only}: “{_plain(claim.quote.text)}”"


def _position(position: SignerPosition, joint: Joint, party: str, states: Mapping[str, str]) -> str:
    """One line: "- United Kingdom says more: it names HAFNIUM (group), high"; more and less only of what all carry."""
    claim = position.claim
    told = f" {position.standing.value}" if joint.level is not None or position.standing is SignerStanding.AGAINST else ""
    if claim is None:
        return f"- {_plain(party)}{told}: it accuses nobody here"
    if position.standing in {SignerStanding.AGREES, SignerStanding.MORE}:
        return f"- {_plain(party)}{told}: it names {_whom(claim, states)}, {firmness_words(claim.said)}"
    verb, what = stance_words(claim)
    return f"- {_plain(party)}{told}: it {verb} {_plain(what)}, {firmness_words(claim.said)}"


def _whom(claim: Claim, states: Mapping[str, str]) -> str:
    name = claim.accused.party.canonical if claim.accused.party else ""
    if claim.accused.level is Level.PLACE:
        return f"the territory of {_plain(states.get(claim.accused.state or '', name))}"
    return f"{_plain(name) or 'nobody'} ({claim.accused.level.value if claim.accused.level else 'no level'})"
