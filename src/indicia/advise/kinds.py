"""Which kinds of attack a case shows, so that what each calls for is advised even where a text tells few techniques."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from indicia.advise import words
from indicia.advise.needs import Need
from indicia.advise.order import TOLD
from indicia.advise.words import KindWords
from indicia.records import Case

__all__ = ["kinds_of"]

_SAID = 2  # times that words must be said where no technique tells: once is in passing
_SHOWN = 3  # a technique tells as much as so many words
_PASSING = 1 / 8  # of what the most told kind is: what is told less beside it is told in passing


def kinds_of(case: Case, needs: Iterable[Need]) -> tuple[KindWords, ...]:
    """The kinds that techniques of the case or words of its texts tell, the most told first, without those told in passing."""
    techniques = {need.id for need in needs if need.rank in TOLD}
    texts = [document.text for document in case.documents]
    found = []
    for place, kind in enumerate(words.kinds()):
        shown = sum(any(key == one or key.startswith(f"{one}.") for one in kind.techniques) for key in techniques)
        said = sum(len(_pattern(kind).findall(text)) for text in texts)
        if shown or said >= _SAID:
            found.append((-(_SHOWN * shown + said), place, kind))
    found.sort(key=lambda one: one[:2])
    return tuple(kind for told, _, kind in found if told <= _PASSING * found[0][0])


@cache
def _pattern(kind: KindWords) -> re.Pattern[str]:
    parts = (re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "") for word in kind.words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)
