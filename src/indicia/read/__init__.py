"""Reading: text into claims and mentions, each with the exact place it came from."""

from __future__ import annotations

from collections.abc import Iterable

from indicia.knowledge import Knowledge
from indicia.read.affairs import join_affairs
from indicia.read.claims import read_claims
from indicia.read.fronts import Opened, open_source
from indicia.read.indicators import find_indicators
from indicia.read.names import find_names
from indicia.read.techniques import find_techniques
from indicia.records import Document, Mention, Reading

__all__ = ["Opened", "join_affairs", "open_source", "read_document"]


def read_document(document: Document, knowledge: Knowledge, *, given: Iterable[Mention] = ()) -> Reading:
    """All that the document says: claims in text order, mentions by place. `given` are mentions that the document's own
    machine-readable form stated; they are kept as they are."""
    claims, problems = read_claims(document, knowledge)
    mentions = [*given, *find_indicators(document), *find_techniques(document, knowledge), *find_names(document, knowledge)]
    mentions.sort(key=lambda mention: (mention.span.start, mention.span.end, mention.kind, mention.value))
    return Reading(document=document.id, claims=claims, mentions=tuple(mentions), problems=problems)
