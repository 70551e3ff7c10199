"""The joined timeline as JSON Lines that Timesketch imports: `message`, `datetime`, `timestamp_desc` and our own fields."""

from __future__ import annotations

import orjson

from indicia.knowledge import Knowledge
from indicia.records import Case

__all__ = ["render"]


def render(case: Case, knowledge: Knowledge) -> bytes:
    """One object for each sighting that has a time, and one for each dated claim, by time. Times are UTC."""
    rows: list[tuple[str, dict[str, object]]] = []
    for claim in case.claims:
        if claim.date and len(claim.date) == 10:
            source = claim.source.party.canonical if claim.source.party else "not named"
            rows.append(
                (
                    f"{claim.date}T00:00:00+00:00",
                    {
                        "message": f"{source} {claim.stance.value}: {claim.quote.text}",
                        "timestamp_desc": "Attribution claim (date only)",
                        "claim": claim.id,
                    },
                )
            )
    for sighting in case.hunt.sightings if case.hunt else ():
        if sighting.event.time is None:
            continue
        rows.append(
            (
                sighting.event.time.isoformat(),
                {
                    "message": sighting.title,
                    "timestamp_desc": f"Sighting ({sighting.outcome.value})",
                    "host": sighting.event.host,
                    "stage": sighting.stage.value,
                    "level": sighting.level.value,
                    "rule": sighting.rule,
                    "place": str(sighting.event.place),
                    "matched": dict(sighting.matched),
                    "tag": list(sighting.techniques),
                },
            )
        )
    rows.sort(key=lambda row: (row[0], orjson.dumps(row[1], option=orjson.OPT_SORT_KEYS)))
    return b"".join(orjson.dumps({"datetime": time, **row}) + b"\n" for time, row in rows)
