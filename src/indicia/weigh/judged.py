"""What people decided about items of evidence: reject, confirm, re-grade, add. The machine's own grades stay in the note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from indicia.errors import UsageError
from indicia.records import Evidence, Judgement, rejected
from indicia.weigh.grades import checked


class Grade(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `Judgement.value` may say of an item, as JSON; what is absent stays."""

    reliability: str | None = None  # A-F
    credibility: int | None = None  # 1-6
    weight: float | None = None  # 0 switches it off


def judged(evidence: Iterable[Evidence], judgements: Sequence[Judgement]) -> tuple[Evidence, ...]:
    """The evidence with the judgements about it applied in their order; those about something else are left alone.

    `reject` switches an item off, `confirm` switches it on again, `regrade` and `correct` set what their value says, `add`
    appends the evidence that its value holds. An item of which every trace was rejected is off as well: nothing bears it any
    more. Raises: UsageError if a value is not what its action needs.
    """
    items = {item.id: item for item in evidence}
    for judgement in judgements:
        if judgement.action == "add":
            added = _decode(judgement, Evidence)
            if added is not None:
                checked(added, f"judgement {judgement.id}")
                items[added.id] = msgspec.structs.replace(added, note=_note(added, judgement))
            continue
        item = items.get(judgement.subject)
        if item is None:
            continue
        if judgement.action == "reject":
            changed = msgspec.structs.replace(item, weight=0.0)
        elif judgement.action == "confirm":
            changed = msgspec.structs.replace(item, weight=1.0)
        elif judgement.action in {"regrade", "correct"}:
            changed = _regraded(item, judgement)
        else:
            continue
        items[item.id] = msgspec.structs.replace(changed, note=_note(item, judgement))
    out = rejected(judgements)
    for item in list(items.values()) if out else ():
        if item.weight and item.traces and all(trace in out for trace in item.traces):
            off = msgspec.structs.replace(item, weight=0.0, note=_note(item, out[item.traces[-1]]))
            items[item.id] = off
    return tuple(items.values())


def _regraded(item: Evidence, judgement: Judgement) -> Evidence:
    try:
        grade = msgspec.json.decode(judgement.value, type=Grade)
    except msgspec.MsgspecError as error:
        raise UsageError(
            f"judgement {judgement.id}: {error}", hint='give JSON like {"reliability": "B", "credibility": 2}'
        ) from error
    reliability, credibility = (
        grade.reliability or item.reliability,
        item.credibility if grade.credibility is None else grade.credibility,
    )
    weight = item.weight if grade.weight is None else grade.weight
    changed = msgspec.structs.replace(item, reliability=reliability, credibility=credibility, weight=weight)
    return checked(changed, f"judgement {judgement.id}")


def _decode(judgement: Judgement, kind: type[Evidence]) -> Evidence | None:
    """The evidence in an `add`; None where it adds something else (a claim, a measure)."""
    try:
        return msgspec.json.decode(judgement.value, type=kind)
    except msgspec.MsgspecError:
        return None


def _note(item: Evidence, judgement: Judgement) -> str:
    was = f"{item.reliability}{item.credibility}, weight {item.weight:g}"
    said = f"{judgement.action} by {judgement.author}, {judgement.time}; was {was}"
    return f"{item.note}; {said}" if item.note else said
