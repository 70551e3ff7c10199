"""Words for numbers, after ICD 203: likelihood (seven bands) and confidence are two things and are said apart."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from indicia.records import Likelihood

_BOUNDS = (0.05, 0.20, 0.45, 0.55, 0.80, 0.95)
_BANDS = tuple(Likelihood)


def band(probability: float) -> Likelihood:
    """The band of ICD 203 that holds `probability`.

    >>> band(0.9).value
    'very likely'
    """
    return _BANDS[bisect_right(_BOUNDS, probability)]


def surely(probability: float) -> str:
    """The band as an adverb, to be said of what somebody did.

    >>> surely(0.97), surely(0.7)
    ('almost certainly', 'likely')
    """
    word = band(probability)
    adverbs = {
        Likelihood.ALMOST_CERTAIN: "almost certainly",
        Likelihood.ROUGHLY_EVEN: "with a roughly even chance",
        Likelihood.ALMOST_NO_CHANCE: "with almost no chance",
    }
    return adverbs.get(word, word.value)


def percent(probability: float) -> str:
    """Whole percent, never 0 or 100: nothing that is weighed is certain.

    >>> percent(0.9999), percent(0.0004), percent(0.427)
    ('over 99%', 'under 1%', '43%')
    """
    if probability > 0.99:
        return "over 99%"
    return "under 1%" if probability < 0.01 else f"{probability * 100:.0f}%"


def listed(words: Sequence[str], last: str = "and") -> str:
    """
    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)
