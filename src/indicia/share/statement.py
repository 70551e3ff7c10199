"""A draft of a joint statement in Markdown: for each affair one sentence that all signers carry, and none of them less.

Every quote is a signer's own, and how surely it is said is told in the words of the signer who is least sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from indicia.records import Claim, Firmness, Level, Tlp
from indicia.share.brief.markdown import escaped
from indicia.share.coalition import Joint, Signer, SignerPosition, SignerStanding, compare, joint_statement
from indicia.share.redact import marking_of
from indicia.view.inert import Shown, clip
from indicia.view.words import firmness_words, stance_words

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
