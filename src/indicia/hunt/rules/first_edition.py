"""Conditions of Sigma's first edition that count matches (`selection | count(User) by Host > 5`), as correlations.

`near`, `min` and `max` have no counterpart.

References: SigmaHQ sigma-specification before version 2, "Aggregation expressions".
"""

from __future__ import annotations

import re
from typing import Any
from uuid import NAMESPACE_URL, uuid5

EVER = "100y"  # the span of a rule that names none: all of what is read
_AGGREGATE = re.compile(
    r"(?P<matches>[^|]+)\|\s*(?P<how>count|sum|avg)\s*\(\s*(?P<field>[^()|]*?)\s*\)"
    r"(?:\s+by\s+(?P<groups>[^<>=|]+?))?\s*(?P<sign>[<>]=?|==?)\s*(?P<number>\d+)\s*"
)
_KINDS = {"count": "value_count", "sum": "value_sum", "avg": "value_avg"}
_SIGNS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "eq", "==": "eq"}


def counting(document: dict[str, Any]) -> list[dict[str, Any]] | None:
    """What a rule counts and the correlation that counts it, which keeps its name and id; None where it counts nothing."""
    detection = document.get("detection")
    written = detection.get("condition") if isinstance(detection, dict) else None
    found = _AGGREGATE.fullmatch(written) if isinstance(written, str) and len(written) < 10_000 else None
    if found is None or not isinstance(detection, dict):
        return None
    title = str(document.get("title") or "untitled")
    counted = str(uuid5(NAMESPACE_URL, f"sigma:counted:{document.get('id') or title}:{written}"))
    rest = {name: value for name, value in detection.items() if name not in ("condition", "timeframe")}
    matched = {**document, "title": f"{title[:200]} (what is counted)", "id": counted}
    matched["detection"] = {**rest, "condition": found["matches"].strip()}
    condition: dict[str, Any] = {_SIGNS[found["sign"]]: int(found["number"])}
    if found["field"]:
        condition["field"] = found["field"]
    above = {name: value for name, value in document.items() if name not in ("detection", "logsource", "correlation")}
    above["correlation"] = {
        "type": _KINDS[found["how"]] if found["field"] else "event_count",
        "rules": [counted],
        "group-by": re.split(r"\s*,\s*", found["groups"].strip()) if found["groups"] else [],
        "timespan": str(detection.get("timeframe") or EVER),
        "condition": condition,
    }
    return [matched, above]
