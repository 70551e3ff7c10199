"""A claim in plain text, one field a line: what stays of it where nobody knows our extension.

The European Union names APT31 (hedged)

“APT31 can be linked to ...”

Source: European Union
Accused: APT31
Stance: accuses
Deed: did, hedged
In: eu-statement.txt
"""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from indicia.records import Claim, Document, Proposition
from indicia.view.words import firmness_words, known_state, propositions, source_words


def headline(claim: Claim) -> str:
    """Who says what, each part as firmly as it is said: "Microsoft names HAFNIUM (high); tied to the Chinese state (flat)"."""
    source = source_words(claim) if claim.source.party else "An unnamed source"
    return f"{source} {'; '.join(f'{words} ({firmness_words(how)})' for words, how in propositions(claim))}"


def told(claim: Claim, document: Document | None, *, doubtful: bool) -> str:
    """The whole of it, for a note that people read; `document` is the one that the claim is from, `doubtful` that somebody
    should check it first (`to_check`)."""
    return f"{headline(claim)}\n\n“{claim.quote.text}”\n\n" + "\n".join(_lines(claim, document, doubtful))


def _lines(claim: Claim, document: Document | None, doubtful: bool) -> Iterator[str]:
    accused = claim.accused.party.canonical if claim.accused.party else "nobody by name"
    yield f"Source: {source_words(claim) if claim.source.party else 'not named'}"
    yield f"Accused: {accused}" + (f" ({claim.accused.level.value})" if claim.accused.level else "")
    yield f"Stance: {claim.stance.value}"
    if claim.deed is not None:
        yield f"Deed: {claim.deed.kind.value}, {_surely(claim.deed)}"
    if claim.tie is not None:
        to = f" {claim.tie.to}" if claim.tie.to else ""
        yield f"Tie: {claim.tie.kind.value}{to}, {_surely(claim.tie)}"
    if known := known_state(claim):
        yield known[0].upper() + known[1:]
    if claim.incidents:
        yield f"About: {'; '.join(about.name for about in claim.incidents)}"
    if claim.date:
        yield f"Said: {claim.date}"
    if doubtful:
        yield f"Please check: read with a score of {floor(100 * claim.score) / 100:.2f}"  # never up to what counts
    if document is not None:
        yield f"In: {document.title or document.file_name}" + (f", {document.published}" if document.published else "")


def _surely(said: Proposition) -> str:
    return ", ".join(
        filter(
            None,
            (
                f"firmness {said.firmness.value}",
                f"likelihood {said.likelihood.value}" if said.likelihood else "",
                f"confidence {said.confidence.value}" if said.confidence else "",
            ),
        )
    )
