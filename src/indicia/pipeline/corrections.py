"""What a person corrects of a claim, and the claim with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from indicia.errors import UsageError
from indicia.knowledge import Knowledge
from indicia.records import (
    About,
    Basis,
    Case,
    Channel,
    Claim,
    Deed,
    DeedKind,
    Firmness,
    Ground,
    Level,
    Party,
    Stance,
    Tie,
    TieKind,
)

NONE: Literal["none"] = "none"  # said of a deed or a tie: the text does not say it


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a judgement of a claim may say, as JSON; what is absent stays as the machine read it.

    `firmness` is that of the deed, and of the tie where there is no deed; `tie_firmness` is the tie's own.
    """

    source: str | None = None
    accused: str | None = None
    stance: Stance | None = None
    level: Level | None = None
    deed: Literal["did", "directed", "enabled", "none"] | None = None
    firmness: Firmness | None = None
    tie: Literal["organ", "directed", "works_for", "linked", "aligned", "tolerated", "located", "none"] | None = None
    tied_to: str | None = None
    tie_state: str | None = None
    tie_firmness: Firmness | None = None
    incident: str | None = None
    incident_id: str | None = None
    channel: Channel | None = None
    basis: Basis | None = None
    date: str | None = None


def incident_of(name: str, case: Case, knowledge: Knowledge) -> str | None:
    """The id of an incident of the case or of our table that goes by this name."""
    told = [one.incident_id for one in case.affairs if one.incident_id and name.casefold() == one.name.casefold()]
    known = knowledge.incidents.one(name)
    return told[0] if told else known.id if known else None


def correction_of(given: Mapping[str, str], case: Case, knowledge: Knowledge) -> str:
    """What a person typed, field by field, as the value of a judgement; states and incidents get their ids.

    Raises: UsageError for a field that no claim has, or a value that it cannot hold.
    """
    fields = {name: text for name, text in given.items() if text}
    if not fields:
        raise UsageError("the correction says nothing", hint=f"fields: {', '.join(Correction.__struct_fields__)}")
    if state := knowledge.state(fields["tied_to"]) if "tied_to" in fields else None:
        fields["tie_state"] = state.code
    if "incident" in fields and (known := incident_of(fields["incident"], case, knowledge)):
        fields["incident_id"] = known
    try:
        made = msgspec.convert(fields, Correction)
    except msgspec.ValidationError as error:
        fields_known = ", ".join(Correction.__struct_fields__)
        raise UsageError(f"that correction cannot be used: {error}", hint=f"fields: {fields_known}") from None
    return msgspec.json.encode(made).decode()


def laid_over(claim: Claim, new: Correction) -> Claim:
    """The claim with a correction laid over it."""
    source, accused = claim.source, claim.accused
    if new.source:
        source = msgspec.structs.replace(source, party=_called(source.party, new.source, claim))
    if new.accused:
        accused = msgspec.structs.replace(accused, party=_called(accused.party, new.accused, claim))
    if new.level:
        accused = msgspec.structs.replace(accused, level=new.level)
    tie = _tie(claim.tie, new)
    deed = _deed(claim.deed, new)
    if new.firmness and deed is None and tie is not None and new.tie_firmness is None:
        tie = msgspec.structs.replace(tie, firmness=new.firmness)
    about = About(name=new.incident or claim.incident or "", id=new.incident_id)
    return msgspec.structs.replace(
        claim,
        source=source,
        accused=accused,
        stance=new.stance or claim.stance,
        deed=deed,
        tie=tie,
        incidents=(about,) if new.incident or new.incident_id else claim.incidents,
        channel=new.channel or claim.channel,
        grounds=_grounds(claim, new.basis),
        date=new.date or claim.date,
    )


def _called(party: Party | None, name: str, claim: Claim) -> Party:
    """The party under another name; where the machine saw nobody, one that rests on the sentence as a whole."""
    return msgspec.structs.replace(party, canonical=name) if party else Party(span=claim.quote, canonical=name)


def _deed(deed: Deed | None, new: Correction) -> Deed | None:
    if new.deed == NONE:
        return None
    if new.deed is not None:
        deed = msgspec.structs.replace(deed or Deed(), kind=DeedKind(new.deed))
    return msgspec.structs.replace(deed, firmness=new.firmness) if new.firmness and deed else deed


def _tie(tie: Tie | None, new: Correction) -> Tie | None:
    if new.tie == NONE:
        return None
    if new.tie is not None:
        kind = TieKind(new.tie)
        tie = msgspec.structs.replace(tie, kind=kind) if tie else Tie(kind=kind, to=new.tied_to or "")
    if tie is None:
        return None
    if new.tied_to:
        # Whom it is tied to was misread, and with it the state.
        tie = msgspec.structs.replace(tie, to=new.tied_to, state=new.tie_state)
    return msgspec.structs.replace(tie, firmness=new.tie_firmness or tie.firmness)


def _grounds(claim: Claim, basis: Basis | None) -> tuple[Ground, ...]:
    if basis is None:
        return claim.grounds
    return tuple(one for one in claim.grounds if one.basis is basis) or (
        () if basis is Basis.NONE_STATED else (Ground(basis=basis),)
    )
