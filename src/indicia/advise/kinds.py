"""Which kinds of attack a case shows, so that what each calls for is advised even where a text tells few techniques."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from indicia.advise import words
from indicia.advise.needs import Need
from indicia.advise.order import TOLD
from indicia.advise.words import KindWords
from indicia.records import Case

__all__ = ["kinds_of", "tells_an_attack"]

_SAID = 2  # times that words must be said where no technique tells: once is in passing
_SHORT = 1_000  # characters of all texts: in a short note nothing is told in passing
_SHOWN = 3  # a technique tells as much as so many words
_PASSING = 1 / 8  # of what the most told kind is: what is told less beside it is told in passing


def kinds_of(case: Case, needs: Iterable[Need]) -> tuple[KindWords, ...]:
    """The kinds that techniques of the case or words of its texts tell, the most told first, without those told in passing."""
    techniques = {need.id for need in needs if need.rank in TOLD}
    texts = [document.text for document in case.documents]
    least = _least(texts)
    found = []
    for place, kind in enumerate(words.kinds()):
        shown = sum(any(key == one or key.startswith(f"{one}.") for one in kind.techniques) for key in techniques)
        said = sum(len(_pattern(kind.words).findall(text)) for text in texts)
        if shown or said >= least:
            found.append((-(_SHOWN * shown + said), place, kind))
    found.sort(key=lambda one: one[:2])
    return tuple(kind for told, _, kind in found if told <= _PASSING * found[0][0])


def tells_an_attack(text: str) -> bool:
    """Whether it speaks of an attack at all, and not in passing."""
    return len(_pattern(words.floor().words).findall(text)) >= _least([text])


def _least(texts: Sequence[str]) -> int:
    return 1 if sum(map(len, texts)) < _SHORT else _SAID


@cache
def _pattern(told: tuple[str, ...]) -> re.Pattern[str]:
    parts = (re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "") for word in told)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)
