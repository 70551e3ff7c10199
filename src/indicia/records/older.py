"""Claims as earlier versions wrote them, brought to today's record. Every place that reads what was stored asks here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["claim_today"]


def claim_today(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a claim in today's form; those of today come back as they are, and so does what is no claim.

    Before claims held two propositions, `firmness` stood in the claim itself, for whatever was said, and a party's `state`
    could be one that the text told or one that was known: only of a state or a place that is accused itself is it sure that it
    was said.
    """
    try:
        return _today(dict(fields))
    except (TypeError, ValueError, AttributeError, LookupError):
        return dict(fields)  # whoever converts it says what does not fit


def _today(told: dict[str, Any]) -> dict[str, Any]:
    if "firmness" not in told and "firmness_cue" not in told and not _has_old_party(told):
        return told
    accused, source = dict(told.get("accused", {})), dict(told.get("source", {}))
    for one, key in ((source, "state"), (accused, "state_known")):
        party = dict(one["party"]) if one.get("party") else None
        if party is not None:
            state = party.pop("state", None)
            said = key == "state_known" and (accused.get("type") == "state" or accused.get("level") == "place")
            one |= {"party": party, "state_said" if said else key: state}
    said_how = {
        "firmness": told.pop("firmness", "none"),
        "likelihood": told.pop("likelihood", None),
        "confidence": told.pop("confidence", None),
        "cue": told.pop("firmness_cue", None),
    }
    if accused.get("level") == "place" and accused.get("party"):
        place = accused["party"]["canonical"]
        told["tie"] = {**said_how, "kind": "located", "to": place, "state": accused.get("state_said")}
    else:
        told["deed"] = {**said_how, "kind": "did"}
    basis, cue = told.pop("basis", "none stated"), told.pop("basis_cue", None)
    if basis != "none stated":
        told["grounds"] = [{"basis": basis, "cue": cue}]
    name, id = told.pop("incident", None), told.pop("incident_id", None)
    if name or id:
        told["incidents"] = [{"name": name or id, "id": id}]
    return {**told, "source": source, "accused": accused}


def _has_old_party(fields: Mapping[str, Any]) -> bool:
    parties = [(fields.get(one) or {}).get("party") or {} for one in ("source", "accused")]
    old = {"basis", "basis_cue", "incident", "incident_id", "likelihood", "confidence"}
    return any("state" in party for party in parties) or not old.isdisjoint(fields)
