"""Which kinds of attack a case shows, so that what each calls for is advised even where a text tells few techniques."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicia.advise import words
from indicia.advise.needs import Need
from indicia.advise.order import TOLD
from indicia.advise.telling import whole_words
from indicia.advise.words import KindWords

__all__ = ["kinds_of", "tells_an_attack", "with_places"]

_SAID = 2  # times that words must be said where no technique tells: once is in passing
_SHORT = 1_000  # characters of all texts: in a short note nothing is told in passing
_SHOWN = 3  # a technique tells as much as so many words
_PASSING = 1 / 8  # of what the most told kind is: what is told less beside it is told in passing


def kinds_of(texts: Sequence[str], needs: Iterable[Need]) -> tuple[KindWords, ...]:
    """The kinds that techniques of a case or words of its texts tell, the most told first, without those told in passing.
    Where there are none, flaws are one."""
    told = [need for need in needs if need.rank in TOLD]
    techniques = {need.id for need in told if not need.is_flaw}
    flaws = tuple(kind for kind in words.kinds() if kind.flaws and len(techniques) < len(told))
    others = {key for key in techniques if not any(kind.has(key) for kind in flaws)}
    least = _least(texts)
    found = []
    for place, kind in enumerate(words.kinds()):
        shown = sum(kind.has(key) for key in (() if kind.flaws else others))
        said = sum(len(whole_words(kind.words).findall(text)) for text in texts)
        if shown or said >= least:
            found.append((-(_SHOWN * shown + said), place, kind))
    found.sort(key=lambda one: one[:2])
    if not found and not others:
        return flaws
    return tuple(kind for told, _, kind in found if told <= _PASSING * found[0][0])


def with_places(platforms: frozenset[str], kinds: Iterable[KindWords]) -> frozenset[str]:
    """`platforms`, and the likeliest of a kind that takes place on none of them: ransomware in mailboxes has come by them."""
    return platforms.union(kind.where[0] for kind in kinds if kind.where and platforms.isdisjoint(kind.where))


def tells_an_attack(text: str) -> bool:
    """Whether it speaks of an attack at all, and not in passing."""
    return len(whole_words(words.floor().words).findall(text)) >= _least([text])


def _least(texts: Sequence[str]) -> int:
    return 1 if sum(map(len, texts)) < _SHORT else _SAID
