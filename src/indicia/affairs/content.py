"""An order of claims and documents that goes by what they say. Ids will not do: they hold the path of the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from indicia.records import Claim, Document

Content = tuple[str, ...]


def content_of(claim: Claim) -> Content:
    """What a claim says, as a key to sort by: the same for the same words, whatever their file is called."""
    source, accused = claim.source.party, claim.accused.party
    return (
        claim.quote.text,
        f"{claim.quote.start:09}",
        source.canonical if source else "",
        claim.stance.value,
        accused.canonical if accused else "",
        claim.accused.level.value if claim.accused.level else "",
        claim.deed.kind.value if claim.deed else "",
        claim.tie.kind.value if claim.tie else "",
        claim.said.firmness.value,
        claim.date or "",
        claim.incident_id or claim.incident or "",
    )


def in_turn(document: Document) -> tuple[str, str, str]:
    """A key to sort documents by: their date, then their text."""
    return document.published or "9999", document.text, document.title or ""


def ranks(documents: Iterable[Document]) -> Mapping[str, int]:
    """Place of each document by its date, then its text; by id."""
    return {document.id: number for number, document in enumerate(sorted(documents, key=in_turn))}


# Words that stand in any affair and tell none.
@cache
def any_deed() -> frozenset[str]:
    """The words of `any_deed.txt`, in small letters."""
    lines = resources.files("indicia.affairs").joinpath("any_deed.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
