"""Claims on one incident over all documents, joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from indicia.knowledge import Knowledge
from indicia.records import Affair, AffairRow, Claim, Document

__all__ = ["join_affairs"]


def join_affairs(claims: Iterable[Claim], documents: Iterable[Document], knowledge: Knowledge) -> tuple[Affair, ...]:
    """One affair for each incident that a claim names, in order of its first claim."""
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.incident_id or claim.incident:
            found[claim.incident_id or claim.incident or ""].append(claim)
    affairs = []
    for key, group in found.items():
        rows: dict[str, list[str]] = defaultdict(list)
        for claim in group:
            rows[claim.source.party.canonical if claim.source.party else ""].append(claim.id)
        affairs.append(
            Affair(
                incident_id=group[0].incident_id,
                name=group[0].incident or key,
                rows=tuple(AffairRow(source=source, claims=tuple(ids)) for source, ids in rows.items()),
                origins=len(rows),
            )
        )
    return tuple(affairs)
