"""Which platforms a case is about, so that nobody is told to switch on logs of machines that have no part in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicia.advise import words
from indicia.advise.facts import Facts
from indicia.advise.needs import Need
from indicia.advise.order import TOLD
from indicia.advise.telling import whole_words
from indicia.records import Case

__all__ = ["ALWAYS", "platforms_of", "products_of"]

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
