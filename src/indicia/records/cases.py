"""The case: everything about one affair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from indicia.records.base import Problem, Record, Whole
from indicia.records.claims import Claim
from indicia.records.hunting import Hunt
from indicia.records.marking import UNMARKED, Tlp
from indicia.records.measures import Advice
from indicia.records.mentions import Mention
from indicia.records.text import Document
from indicia.records.weighing import Judgement, Weighing

__all__ = ["CASE_EXTENSION", "Affair", "AffairRow", "Case", "RuleText", "Shift", "Versions", "added_claims", "claim_today"]

# By which a STIX bundle that holds a case is known: a UUIDv5 of "case extension 1" in the namespace of our STIX ids.
CASE_EXTENSION = "extension-definition--9cfa182a-29ed-57dc-bf73-67ab9ae569db"


class AffairRow(Record, frozen=True, kw_only=True):
    """One source's position on one incident: the claims behind it, oldest first, and who answers it."""

    source: str
    claims: tuple[str, ...]
    endorses: tuple[str, ...] = ()  # sources
    denied_by: tuple[str, ...] = ()  # sources


class Shift(Record, frozen=True, kw_only=True):
    """How a later claim stands to an earlier one of the same source or affair: repeats, refines, supersedes or contradicts."""

    earlier: str
    later: str
    kind: str
    note: str = ""


class Affair(Record, frozen=True, kw_only=True):
    """All claims on one incident, joined: positions, changes, independent origins, and the time that attribution took.

    `is_not` are the ids of known incidents of which the texts themselves say that this is another deed.
    """

    incident_id: str | None
    name: str
    is_not: tuple[str, ...] = ()
    rows: tuple[AffairRow, ...] = ()
    shifts: tuple[Shift, ...] = ()
    origins: Whole = 0
    first_detected: str | None = None
    first_private: str | None = None
    first_official: str | None = None


class Versions(Record, frozen=True, kw_only=True):
    """What a result rests on: the program and the data it knew."""

    indicia: str
    knowledge: tuple[tuple[str, str], ...] = ()  # ("ATT&CK enterprise", "18.1")


class RuleText(Record, frozen=True, kw_only=True):
    """A Sigma rule of the user's own that fits the case: the name of its file and its text."""

    name: str
    text: str


class Case(Record, frozen=True, kw_only=True):
    """Documents, what was read from them, the hunt, the weighing and the advice. Same input, same case, same bytes.

    `have` are words for what is in place already, `rules` the user's own rules that fit: with them everything that follows can
    be drawn again from the case alone. `marking` is what the case is marked as a whole, beside its texts; `unmarked` says as
    what a text without a marking counts, wherever the case goes.
    """

    name: str
    versions: Versions
    documents: tuple[Document, ...] = ()
    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()
    affairs: tuple[Affair, ...] = ()
    hunt: Hunt | None = None
    weighing: Weighing | None = None
    advice: Advice | None = None
    judgements: tuple[Judgement, ...] = ()
    problems: tuple[Problem, ...] = ()
    marking: Tlp | None = None
    have: tuple[str, ...] = ()
    rules: tuple[RuleText, ...] = ()
    unmarked: Tlp = UNMARKED

    def counts_as(self, document: Document) -> Tlp:
        """The marking under which the document leaves: its own, else the one that the case gives to what bears none."""
        return self.unmarked if document.marking is None else document.marking


# Claims as earlier versions wrote them, brought to today's record. Every place that reads what was stored asks here.
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


def added_claims(judgements: Iterable[Judgement]) -> dict[str, Claim]:
    """The claims that people added by hand, by their ids."""
    found = {}
    for one in judgements:
        if one.action == "add":
            try:
                claim = msgspec.convert(claim_today(msgspec.json.decode(one.value, type=dict[str, Any])), type=Claim)
            except (msgspec.MsgspecError, UnicodeError, RecursionError):
                continue  # evidence or a measure that somebody added
            found[claim.id] = claim
    return found
