"""The words for a claim: who speaks, of whom, which stance, how firmly. The same in brief, page, statement and export."""

from __future__ import annotations

from indicia.records import Claim, Firmness, Level, SourceType, Stance

__all__ = ["accused_words", "firmness_words", "source_words", "stance_words"]


def source_words(claim: Claim) -> str:
    """The source's canonical name; narration without a source is called so."""
    party = claim.source.party
    if party is None:
        return "the text itself (no source named)"
    # A canonical name alone would turn an unnamed official into the government that employs them.
    unnamed = claim.source.type is SourceType.ANONYMOUS and "official" not in party.canonical.lower()
    return f"{party.canonical} (unnamed official)" if unnamed else party.canonical


def accused_words(claim: Claim) -> str:
    """Whom the claim names, never more than it does: a place is called a place."""
    accused = claim.accused
    if accused.party is None:
        return "nobody by name"
    name = accused.party.canonical
    # "actors operating from China" says already that it is about a place.
    told = any(word in f" {name} " for word in ("territory", " from ", " in "))
    return f"the territory of {name}" if accused.level is Level.PLACE and not told else name


def stance_words(claim: Claim) -> tuple[str, str]:
    """The verb and its object: (`denies`, `the charge against China`), (`declines`, `to name anyone`) ..."""
    name = accused_words(claim)
    party = claim.accused.party is not None
    if claim.stance is Stance.ACCUSES and claim.deed is None and claim.tie is not None:
        return "ties", f"{name} to {claim.tie.to or 'a state'}"
    return {
        Stance.ACCUSES: ("names", name),
        Stance.CLAIMS: ("takes credit", "for it"),
        Stance.ENDORSES: ("endorses", f"what others say of {name}" if party else "what others said"),
        Stance.QUESTIONS: ("questions", f"the charge against {name}" if party else "what others said"),
        Stance.DENIES: ("denies", f"the charge against {name}" if party else "the charge"),
        Stance.DECLINES: ("declines", f"to name {name}" if party else "to name anyone"),
    }[claim.stance]


def firmness_words(claim: Claim) -> str:
    """How surely it was said, in the ledger's word."""
    return "flat statement" if claim.said.firmness is Firmness.NONE else claim.said.firmness.value
