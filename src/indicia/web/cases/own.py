"""Hypotheses of one's own beside those that are weighed: for each item of evidence a person says how well it fits (Heuer's
analysis of competing hypotheses). They are kept as judgements, and change no probability."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from indicia.records import Judgement, rejected

__all__ = ["ACTION", "FITS", "MOST_OWN", "Own", "own_hypotheses"]

ACTION = "hypothesis"
MOST_OWN = 6
# What a person may say of an item under a hypothesis, and the words for it.
FITS = {2: "fits well", 1: "fits", 0: "says nothing", -1: "speaks against it", -2: "speaks strongly against it"}


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """One hypothesis of a person: its name, and how items of evidence fit, by their id; what is not named says nothing."""

    id: str
    name: str
    author: str
    fits: Mapping[str, int]

    def against(self, evidence: Iterable[str]) -> int:
        """How much of this evidence speaks against it; by Heuer, the hypothesis with the least against it stands."""
        return -sum(min(0, self.fits.get(id, 0)) for id in evidence)

    def for_it(self, evidence: Iterable[str]) -> int:
        return sum(max(0, self.fits.get(id, 0)) for id in evidence)


class _Value(msgspec.Struct, frozen=True):
    name: str
    fits: dict[str, int] = {}


def own_hypotheses(judgements: Iterable[Judgement]) -> list[Own]:
    """Those that stand, each as it was said last, in the order in which they were made."""
    judgements = tuple(judgements)
    out, found = rejected(judgements), {}
    for one in judgements:
        if one.action == ACTION and one.subject not in out:
            try:
                value = msgspec.json.decode(one.value, type=_Value)
            except msgspec.MsgspecError:
                continue  # of a later version
            fits = {id: fit for id, fit in value.fits.items() if fit in FITS}
            found[one.subject] = Own(id=one.subject, name=value.name, author=one.author, fits=fits)
    return list(found.values())[:MOST_OWN]
