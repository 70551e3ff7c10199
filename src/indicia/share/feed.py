"""Indicators as CSV (RFC 4180), safe to open in a spreadsheet."""

from __future__ import annotations

from indicia.knowledge import Knowledge
from indicia.records import Case, Context, MentionKind
from indicia.share.redact import marking_of
from indicia.share.seen import seen
from indicia.share.well_known import well_known
from indicia.view.inert import inert_table

__all__ = ["render"]

COLUMNS = ("type", "value", "first_seen", "last_seen", "confidence", "tlp", "source", "note")


def render(case: Case, knowledge: Knowledge) -> bytes:
    """One line for each indicator that a text states, by type and value, with its first and last sighting in the logs."""
    names = {document.id: document.file_name for document in case.documents}
    times, marking = seen(case), marking_of(case).label
    rows: dict[tuple[str, str], tuple[float, str]] = {}
    for mention in case.mentions:
        if mention.kind is MentionKind.INDICATOR and mention.context is Context.STATED:
            rows.setdefault((mention.type, mention.value), (mention.score, names.get(mention.span.document, "")))
    table = []
    for (type, value), (score, source) in sorted(rows.items()):
        count, *ends = times.get(value, (0,))
        first, last = (moment.isoformat(timespec="milliseconds") for moment in ends) if ends else ("", "")
        known = well_known(type, value)
        notes = (
            f"well known, not to be blocked: {known}" if known else "",
            f"seen {count:,} times in the logs" if count > 1 else "seen once in the logs" if count else "",
        )
        note = "; ".join(filter(None, notes))
        table.append((type, value, first, last, str(round(score * 100)), marking, source, note))
    return inert_table(COLUMNS, table)
