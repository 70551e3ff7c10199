"""Which platforms a case is about, so that nobody is told to switch on logs of machines that have no part in it."""

from __future__ import annotations

from collections.abc import Iterable

from indicia.advise.facts import Facts
from indicia.advise.needs import Need
from indicia.records import Case

__all__ = ["platforms_of"]

# Log formats that only one platform writes, by the parser's name.
WINDOWS_LOGS = ("httpproxy", "ecp", "exchange", "oab", "iis", "evtx", "sysmon", "windows", "cmdlet")
WINDOWS_VENDORS = {"Microsoft"}
# What ATT&CK counts as platforms and every case has: the time before the intrusion, and the network in between.
ALWAYS = ("PRE", "Network Devices")


def platforms_of(case: Case, needs: Iterable[Need], facts: Facts) -> frozenset[str]:
    """ATT&CK's platform names, or none when the case does not tell: then everything is advised.

    It tells when all flaws in it are in Microsoft's products or when logs that only Windows writes hold sightings.
    """
    vendors = {facts.kev[need.id].vendor if need.id in facts.kev else "" for need in needs if need.is_flaw}
    formats = {sighting.event.format.casefold() for sighting in case.hunt.sightings} if case.hunt else set()
    logs = bool(formats) and all(name.startswith(WINDOWS_LOGS) or "json" in name for name in formats)
    told = logs and any(name.startswith(WINDOWS_LOGS) for name in formats)
    if told or (vendors and vendors <= WINDOWS_VENDORS):
        return frozenset(("Windows", *ALWAYS))
    return frozenset()
