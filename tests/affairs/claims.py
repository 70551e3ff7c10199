"""Claims of several texts and affairs, made by hand, for tests of what belongs together."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from indicia.records import About, Claim, Document, Prominence, Span, stable_id
from tests.weigh.samples import claim_of

__all__ = ["case_of"]


def case_of(
    texts: Sequence[tuple[str, Sequence[str]]], folder: str = "texts"
) -> tuple[tuple[Document, ...], tuple[Claim, ...]]:
    """Documents and claims of `(published, lines)`, one text each. A line is that of `claim_of` without its last field, then
    ` | known incident or its name, or - | prominence`; ids hold the folder, as those of real texts do."""
    documents, claims = [], []
    for number, (published, lines) in enumerate(texts):
        text = "\n".join(lines)
        name = f"{folder}/{number}.txt"
        document = Document(id=stable_id("document", name, text), name=name, text=text, sha256="", published=published)
        documents.append(document)
        at = 0
        for line in lines:
            said, _, rest = line.rpartition(" | ")
            said, _, incident = said.rpartition(" | ")
            span = Span(document=document.id, start=at, end=at + len(line), text=line)
            at += len(line) + 1
            known = incident.split("-")[-1].isdigit() or incident in {"notpetya", "solarwinds"}
            claims.append(
                msgspec.structs.replace(
                    claim_of(f"{said} | -"),
                    id=stable_id("claim", document.id, span.start),
                    quote=span,
                    incidents=() if incident == "-" else (About(name=incident, id=incident if known else None),),
                    prominence=Prominence(rest),
                )
            )
    return tuple(documents), tuple(claims)
