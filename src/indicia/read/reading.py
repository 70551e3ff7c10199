"""All that one document says: claims, techniques, indicators, names."""

from __future__ import annotations

from collections.abc import Iterable

from indicia.knowledge import Knowledge
from indicia.read.claims import read_claims
from indicia.read.indicators import find_indicators
from indicia.read.names import find_names
from indicia.read.stated.bundled import claims_of_bundle
from indicia.read.stated.given import brought_up_to_date
from indicia.read.stated.tagged import claims_of_events
from indicia.read.techniques import find_techniques
from indicia.records import Claim, Document, Mention, Reading

__all__ = ["read_document"]


# What says its indicators, techniques and names outright; reading its JSON or CSV as prose would only say them again, worse.
_MACHINE_READABLE = frozenset({"application/json", "application/stix+json", "text/csv"})


def _nothing(document: Document, knowledge: Knowledge) -> tuple[Claim, ...]:
    return ()


_CLAIMS = {"application/stix+json": claims_of_bundle, "application/json": claims_of_events}


def read_document(
    document: Document, knowledge: Knowledge, *, given: Iterable[Mention] = (), indicators_only: bool = False
) -> Reading:
    """Claims in text order, mentions by place. `given` are mentions that the document's own machine-readable form states;
    they are kept as they are. `indicators_only` is for the later parts of very long texts."""
    mentions = brought_up_to_date(list(given), knowledge)
    if mentions and document.media_type in _MACHINE_READABLE:
        stated = _CLAIMS.get(document.media_type, _nothing)(document, knowledge)
        return Reading(document=document.id, claims=stated, mentions=tuple(mentions))
    if indicators_only:
        return Reading(document=document.id, mentions=(*mentions, *find_indicators(document)))
    claims, problems = read_claims(document, knowledge)
    mentions += find_indicators(document)
    mentions += find_techniques(document, knowledge)
    mentions += find_names(document, knowledge)
    mentions.sort(key=lambda mention: (mention.span.start, mention.span.end, mention.kind, mention.value))
    return Reading(document=document.id, claims=claims, mentions=tuple(mentions), problems=problems)
