"""Host names made to be taken for somebody else's: `www-microsoft.live`, `onedrive.to`, `paypa1-login.com`.

Nobody but an attacker has one, so that a word nearby ("the company's", "visit") does not make one harmless. Whom they imitate
is told by our table of names that attackers like to borrow (`known_hosts.txt`, role `brand`), by whole words of the name, by
one letter more, less or other, and by digits that stand for letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from indicia.read.indicators.hosts import brands, is_government, known_role, registrable

_LIKE = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s", "@": "a"})
_PARTS = re.compile(r"[-_]+|(?<=[a-z])\d+\Z")
_INSIDE = 7  # letters of a name that is told within a longer word
_MISSPELT = 6  # letters of a name of which one may be wrong
# Below these a name alone is hardly ever that of the firm itself, which has a page in its own country or below .com.
_CHEAP = frozenset("to cc ws tk ml ga cf gq pw su la rs vc st live top xyz site online shop click link icu cfd sbs lol".split())


@lru_cache(maxsize=65536)
def imitated_by(host: str) -> str:
    """The known name that a host's name is made to look like, or an empty string.

    >>> imitated_by("www-microsoft.live"), imitated_by("onedrive.to"), imitated_by("paypa1.com"), imitated_by("microsoft.com")
    ('microsoft', 'onedrive', 'paypal', '')
    """
    domain = registrable(host)
    if domain is None or known_role(host) is not None or is_government(host):
        return ""
    label, ending = domain.split(".", 1)
    if label in brands():
        return label if ending in _CHEAP else ""
    words = [part for part in _PARTS.split(label) if part]
    for word in dict.fromkeys((*words, label)):
        if (name := _name_in(word)) and (name != label or ending in _CHEAP):
            return name
    return ""


def _name_in(word: str) -> str:
    """The known name that a word is, is but for a letter, or begins or ends with."""
    known, plain = brands(), word.translate(_LIKE).replace("rn", "m").replace("vv", "w")
    for one in (word, plain):
        if one in known:
            return one
    if len(word) >= _MISSPELT:
        for one in _one_less(plain):
            if (name := _misspellings().get(one)) and abs(len(name) - len(plain)) < 2:
                return name
    return next((name for name in known if len(name) >= _INSIDE and (word.startswith(name) or word.endswith(name))), "")


@lru_cache(maxsize=1)
def _misspellings() -> dict[str, str]:
    """The names with a letter left out, by which two words that differ in one letter meet."""
    return {one: name for name in sorted(brands()) if len(name) >= _MISSPELT for one in _one_less(name)}


def _one_less(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
