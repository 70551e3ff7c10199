"""What a person corrects of a claim, and the claim with it."""

from __future__ import annotations

from typing import Literal

import msgspec

from indicia.records import (
    About,
    Basis,
    Channel,
    Claim,
    Deed,
    DeedKind,
    Firmness,
    Ground,
    Level,
    Stance,
    Tie,
    TieKind,
)

__all__ = ["Correction", "laid_over"]

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


def laid_over(claim: Claim, new: Correction) -> Claim:
    """The claim with a correction laid over it."""
    source, accused = claim.source, claim.accused
    if new.source and source.party:
        source = msgspec.structs.replace(source, party=msgspec.structs.replace(source.party, canonical=new.source))
    if new.accused and accused.party:
        accused = msgspec.structs.replace(accused, party=msgspec.structs.replace(accused.party, canonical=new.accused))
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
