"""Which judgement of a record stands: people may change their minds, and the last word counts."""

from __future__ import annotations

from collections.abc import Iterable

from indicia.records.weighing import Judgement

__all__ = ["last_words", "rejected"]


def last_words(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    """The last `reject` or `confirm` on each record, by its id. The one place that says which of them stands."""
    return {one.subject: one for one in judgements if one.action in {"reject", "confirm"}}


def rejected(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    """What people rejected and did not take back, by the id of the record."""
    return {subject: one for subject, one in last_words(judgements).items() if one.action == "reject"}
