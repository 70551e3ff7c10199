"""Which kinds of attack a case shows, so that what each calls for is advised even where a text tells few techniques; and which
platforms it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from indicia.advise import words
from indicia.advise.facts import Facts
from indicia.advise.needs import Need
from indicia.advise.order import TOLD
from indicia.advise.words import KindWords
from indicia.records import Case

# What of a text can tell something about a case: all but who speaks in it and what a browser says of itself.
# What a browser says of itself names systems that have no part in the case.
_USER_AGENT = re.compile(r"Mozilla/\d[^\n]*")


def texts_of(case: Case) -> tuple[str, ...]:
    """What can tell something in each text of a case."""
    return tuple(telling(document.text) for document in case.documents)


def telling(text: str) -> str:
    """
    >>> telling("Cisco Talos found it on Cisco routers.")
    '  found it on Cisco routers.'
    """
    return whole_words(words.speakers()).sub(" ", _USER_AGENT.sub(" ", text))


@cache
def whole_words(told: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these, as whole words in any case; a * at either end takes any letters there. Of no words, nothing."""
    parts = (f"{_any(word[:1])}{re.escape(word.strip('*'))}{_any(word[-1:])}" for word in told)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts) or '(?!)'})(?!\w)", re.IGNORECASE)


def _any(letter: str) -> str:
    return r"\w*" if letter == "*" else ""


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


# Which platforms a case is about, so that nobody is told to switch on logs of machines that have no part in it.
# Log formats that only one platform writes, by the parser's name.
WINDOWS_LOGS = ("httpproxy", "ecp", "exchange", "oab", "iis", "evtx", "sysmon", "windows", "cmdlet")
# What ATT&CK counts as platforms and every case has logs of: the time before the intrusion, and the network in between.
ALWAYS = frozenset({"PRE", "Network Devices"})
# Where nothing tells: what nearly every house has. What is rarer needs a word in the case.
ORDINARY = frozenset({"Windows", "Identity Provider"})


def platforms_of(case: Case, texts: Sequence[str], needs: Sequence[Need], facts: Facts) -> frozenset[str]:
    """ATT&CK's names of the platforms that a case has: by its logs, by the products whose flaws it names, by techniques that
    there are on one platform only, and by the words of its `texts`; where nothing tells, those that nearly every house has."""
    found = set()
    if case.hunt and any(one.event.format.casefold().startswith(WINDOWS_LOGS) for one in case.hunt.sightings):
        found.add("Windows")
    products = products_of(needs, facts)
    for text in (*texts, *products):
        found |= {platform for platform, names in words.platforms().items() if whole_words(names).search(text)}
    if any(product.startswith("Microsoft ") for product in products):
        found.add("Windows")
    for need in (one for one in needs if one.rank in TOLD):
        technique = facts.techniques.get(need.id)
        if technique is not None and len(technique.platforms) == 1:
            found.update(technique.platforms)
    return frozenset(found if found - {"PRE"} else found | ORDINARY)


def products_of(needs: Iterable[Need], facts: Facts) -> list[str]:
    """The names of the products whose flaws are told."""
    told = (need for need in needs if need.rank in TOLD)
    return [f"{entry.vendor} {entry.product}" for need in told if (entry := facts.kev.get(need.id))]
