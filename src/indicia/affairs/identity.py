"""What a case, a text and a claim are known by wherever they come again: what they say, and never a folder, a file's name or
the order in which they came.

Exports make their ids of these keys, so that a case that grew, a file that was renamed, a text that was corrected elsewhere or
dated later is what it was, and is updated in place. What two texts or claims have in common is numbered by date and content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from indicia.affairs.campaigns import Deed, deeds_told
from indicia.affairs.content import in_turn, ranks
from indicia.affairs.joining import claim_order
from indicia.affairs.main import MainAffair, main_affair
from indicia.affairs.stories import heading
from indicia.knowledge import Knowledge
from indicia.records import Case, Claim, Document

__all__ = ["claim_keys", "document_keys", "key_of", "name_of"]

_LONGEST = 80  # characters of a name


def key_of(case: Case, knowledge: Knowledge) -> str:
    """What a case is told from others by: the deed that it is mainly about, else its earliest text."""
    main = main_affair(case)
    deed = _deed(case, main, knowledge)
    if main.id or deed:
        return f"deed {main.id or (deed.key if deed else '')}"
    first = min(case.documents, key=in_turn, default=None)
    return f"text {_head(first)}" if first is not None else "logs"


def name_of(case: Case, knowledge: Knowledge) -> str:
    """What a case is called: by the deed that it is mainly about, else by the heading of its earliest text."""
    main = main_affair(case)
    deed = _deed(case, main, knowledge)
    if main.id and main.name:
        return main.name
    first = min(case.documents, key=in_turn, default=None)
    return deed.name if deed else (first and _head(first)) or "case"


def _deed(case: Case, main: MainAffair, knowledge: Knowledge) -> Deed | None:
    """The earliest deed that claims of the main affair tell; where none counts, be it unsure or taken back, that which any
    claim tells: it is the same affair on the day on which somebody bears it out."""
    documents, place = {one.id: one for one in case.documents}, ranks(case.documents)
    joined = {claim for row in main.affair.rows for claim in row.claims} if main.affair else {claim.id for claim in main.on}
    for every, mine in ((False, joined), (True, {claim.id for claim in case.claims})):
        told = deeds_told(case, knowledge, every=every)
        found = sorted(
            (claim for claim in case.claims if claim.id in told and claim.id in mine),
            key=lambda one: claim_order(one, documents, place),
        )
        if found:
            return told[found[0].id]
    return None


def document_keys(documents: Iterable[Document]) -> dict[str, str]:
    """Document id -> what it is known by: how it begins, which stays when its text is corrected further down."""
    return _numbered((one.id, _head(one)) for one in sorted(documents, key=in_turn))


def claim_keys(case: Case) -> dict[str, str]:
    """Claim id -> what it is known by: who says it of whom, and in which words."""
    documents, place = {one.id: one for one in case.documents}, ranks(case.documents)
    claims = sorted(case.claims, key=lambda one: claim_order(one, documents, place))
    return _numbered((one.id, _said(one)) for one in claims)


def _numbered(keys: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each with a key of its own: what several share is numbered from the second on."""
    seen: Counter[str] = Counter()
    found = {}
    for id, key in keys:
        seen[key] += 1
        found[id] = key if seen[key] == 1 else f"{key} #{seen[key]}"
    return found


def _head(document: Document) -> str:
    """A text's heading, else its first words."""
    words = " ".join((heading(document) or document.text[: 4 * _LONGEST]).split())
    return words if len(words) <= _LONGEST else words[:_LONGEST].rpartition(" ")[0] or words[:_LONGEST]


def _said(claim: Claim) -> str:
    parties = (claim.source.party, claim.accused.party)
    names = [party.canonical if party else "" for party in parties]
    parts = ("deed" if claim.deed else "", "tie" if claim.tie else "")
    return "\x1f".join((" ".join(claim.quote.text.split()), claim.stance.value, *names, *parts))
