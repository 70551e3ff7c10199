"""The case: everything about one affair."""

from __future__ import annotations

from indicia.records.base import Problem, Record, Whole
from indicia.records.claims import Claim
from indicia.records.hunting import Hunt
from indicia.records.marking import UNMARKED, Tlp
from indicia.records.measures import Advice
from indicia.records.mentions import Mention
from indicia.records.text import Document
from indicia.records.weighing import Judgement, Weighing

__all__ = ["CASE_EXTENSION", "Affair", "AffairRow", "Case", "RuleText", "Shift", "Versions"]

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
