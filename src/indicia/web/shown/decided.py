"""What a person decided, in words: what they did, and what of it is more than a yes or no."""

from __future__ import annotations

import msgspec

from indicia.records import Judgement

__all__ = ["deed", "details"]

DEEDS = {
    "confirm": "confirmed it",
    "reject": "rejected it",
    "correct": "corrected it",
    "regrade": "graded it",
    "add": "added it",
    "note": "commented",
    "star": "starred it, or removed the star",
    "done": "marked it as done, or undid that",
    "hypothesis": "kept a hypothesis",
}
UNSAID = {"tie_state", "incident_id"}  # ids beside the words that were typed
_SAID_IN_WORDS = {"correct", "regrade"}


def deed(one: Judgement) -> str:
    """What somebody did: what follows their name."""
    return DEEDS.get(one.action, one.action)


def details(one: Judgement) -> str:
    """The fields that were corrected, or the grades that were given; empty for everything else.

    >>> details(Judgement(id="", subject="", action="regrade", author="", time="", value='{"reliability":"B","weight":0}'))
    'reliability: B, weight: 0'
    """
    if one.action not in _SAID_IN_WORDS:
        return ""
    try:
        fields = msgspec.json.decode(one.value, type=dict[str, str | int | float])
    except (msgspec.MsgspecError, UnicodeError):
        return one.value
    return ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in fields.items() if name not in UNSAID)
