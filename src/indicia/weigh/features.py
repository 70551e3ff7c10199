"""What can weigh: ATT&CK's techniques and software, and families that it does not have but that reports tie to its groups."""

from __future__ import annotations

from indicia.knowledge.index import kept_by_tables
from indicia.knowledge.tables import Malware
from indicia.weigh.known import Known


@kept_by_tables
def families(known: Known) -> tuple[Malware, ...]:
    """The families that the titles of reports tie to groups, by id."""
    return tuple(family for family in known.malware if family.groups)


def is_technique(feature: str) -> bool:
    return feature.startswith("T")


def is_family(feature: str) -> bool:
    """Software that ATT&CK does not have (software:fudmodule)."""
    return feature.startswith("software:")


def is_software(feature: str) -> bool:
    """ATT&CK's (S0154) or a family."""
    return feature.startswith("S") or is_family(feature)


def is_victim(feature: str) -> bool:
    return feature.startswith("victim-")
