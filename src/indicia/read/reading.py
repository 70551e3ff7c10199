"""All that one document says: claims, techniques, indicators, names."""

from __future__ import annotations

from collections.abc import Iterable

from indicia.knowledge import Knowledge
from indicia.read.claims import read_claims
from indicia.read.indicators import find_indicators
from indicia.read.names import find_names
from indicia.read.techniques import find_techniques
from indicia.records import Document, Mention, Reading

__all__ = ["read_document"]


def read_document(document: Document, knowledge: Knowledge, *, given: Iterable[Mention] = ()) -> Reading:
    """Claims in text order, mentions by place. `given` are mentions that the document's own machine-readable form states;
    they are kept as they are."""
    claims, problems = read_claims(document, knowledge)
    mentions = [*given, *find_indicators(document), *find_techniques(document, knowledge), *find_names(document, knowledge)]
    mentions.sort(key=lambda mention: (mention.span.start, mention.span.end, mention.kind, mention.value))
    return Reading(document=document.id, claims=claims, mentions=tuple(mentions), problems=problems)
