"""Which platforms a case is about, so that nobody is told to switch on logs of machines that have no part in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from indicia.advise import words
from indicia.advise.facts import Facts
from indicia.advise.needs import Need
from indicia.advise.order import TOLD
from indicia.records import Case

__all__ = ["ALWAYS", "platforms_of"]

# Log formats that only one platform writes, by the parser's name.
WINDOWS_LOGS = ("httpproxy", "ecp", "exchange", "oab", "iis", "evtx", "sysmon", "windows", "cmdlet")
# What ATT&CK counts as platforms and every case has logs of: the time before the intrusion, and the network in between.
ALWAYS = frozenset({"PRE", "Network Devices"})
# Where nothing tells: what nearly every house has. What is rarer needs a word in the case.
ORDINARY = frozenset({"Windows", "Identity Provider"})


def platforms_of(case: Case, needs: Iterable[Need], facts: Facts) -> frozenset[str]:
    """ATT&CK's names of the platforms that a case has: by its logs, by the products whose flaws it names, by techniques that
    there are on one platform only, and by the words of its texts; where nothing tells, those that nearly every house has."""
    told = {need for need in needs if need.rank in TOLD}
    found = set()
    if case.hunt and any(one.event.format.casefold().startswith(WINDOWS_LOGS) for one in case.hunt.sightings):
        found.add("Windows")
    products = [f"{entry.vendor} {entry.product}" for need in told if (entry := facts.kev.get(need.id))]
    for text in (*products, *(document.text for document in case.documents)):
        found |= _named(text)
    if any(product.startswith("Microsoft ") for product in products):
        found.add("Windows")
    for need in told:
        technique = facts.techniques.get(need.id)
        if technique is not None and len(technique.platforms) == 1:
            found.update(technique.platforms)
    return frozenset(found if found - {"PRE"} else found | ORDINARY)


# What a browser says of itself names systems that have no part in the case.
_USER_AGENT = re.compile(r"Mozilla/\d[^\n]*")


def _named(text: str) -> set[str]:
    text = _USER_AGENT.sub(" ", text)
    return {platform for platform, pattern in _patterns().items() if pattern.search(text)}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        platform: re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)
        for platform, names in words.platforms().items()
    }
