"""The shapes of what is known before anything is read: one struct per table row. The data files are built by
`scripts/build_knowledge.py` from official sources and hold names and relations only, no descriptions."""

from __future__ import annotations

import msgspec

__all__ = [
    "Actor",
    "Agency",
    "Alias",
    "Analytic",
    "AttackTables",
    "Campaign",
    "Citation",
    "Countermeasure",
    "Detection",
    "Group",
    "Incident",
    "KevEntry",
    "LogSource",
    "Mitigation",
    "Provenance",
    "Sector",
    "Software",
    "State",
    "Tactic",
    "Technique",
    "Use",
    "Vendor",
]


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all table rows."""


class Provenance(Row, frozen=True, kw_only=True):
    """Where a data file came from."""

    file: str
    source: str
    version: str
    date: str
    licence: str
    rows: int


class Tactic(Row, frozen=True, kw_only=True):
    id: str  # TA0001
    name: str
    shortname: str  # initial-access
    order: int  # position in ATT&CK's own matrix


class Technique(Row, frozen=True, kw_only=True):
    id: str  # T1505.003
    name: str
    tactics: tuple[str, ...]  # shortnames, in the matrix' order
    platforms: tuple[str, ...] = ()
    parent: str | None = None


class Group(Row, frozen=True, kw_only=True):
    id: str  # G0125
    name: str
    aliases: tuple[str, ...] = ()
    state: str | None = None  # ISO code that ATT&CK's own text or MISP galaxy ties it to
    stix: str = ""  # ATT&CK's own STIX id


class Software(Row, frozen=True, kw_only=True):
    id: str  # S0020
    name: str
    type: str  # malware | tool
    aliases: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    stix: str = ""


class Campaign(Row, frozen=True, kw_only=True):
    id: str  # C0024
    name: str
    aliases: tuple[str, ...] = ()
    first_seen: str | None = None
    last_seen: str | None = None
    attributed_to: tuple[str, ...] = ()  # group ids
    stix: str = ""


class Mitigation(Row, frozen=True, kw_only=True):
    id: str  # M1051
    name: str
    techniques: tuple[str, ...] = ()
    stix: str = ""


class LogSource(Row, frozen=True, kw_only=True):
    component: str  # "Process Creation"
    name: str  # "WinEventLog:Sysmon"
    channel: str  # "EventCode=1"


class Analytic(Row, frozen=True, kw_only=True):
    id: str  # AN0001
    platforms: tuple[str, ...] = ()
    log_sources: tuple[LogSource, ...] = ()


class Detection(Row, frozen=True, kw_only=True):
    id: str  # DET0001
    name: str
    techniques: tuple[str, ...]
    analytics: tuple[Analytic, ...] = ()


class Use(Row, frozen=True, kw_only=True):
    """`source` (G, S or C id) uses `target` (T or S id), as the cited reports say."""

    source: str
    target: str
    citations: tuple[str, ...] = ()


class Citation(Row, frozen=True, kw_only=True):
    name: str
    date: str | None = None  # ISO, where the reference's own words tell it


class AttackTables(Row, frozen=True, kw_only=True):
    """ATT&CK enterprise of one release: structure only. Revoked ids lead to their successors."""

    version: str
    date: str
    tactics: tuple[Tactic, ...]
    techniques: tuple[Technique, ...]
    groups: tuple[Group, ...]
    software: tuple[Software, ...]
    campaigns: tuple[Campaign, ...]
    mitigations: tuple[Mitigation, ...]
    detections: tuple[Detection, ...]
    uses: tuple[Use, ...]
    citations: tuple[Citation, ...]
    revoked: dict[str, str]  # old id -> successor's id
    deprecated: tuple[str, ...] = ()
    technique_stix: dict[str, str] = {}


class Alias(Row, frozen=True, kw_only=True):
    name: str
    according_to: tuple[str, ...] = ()  # who uses it: "MITRE", "Microsoft", "MISP galaxy" ...


class Actor(Row, frozen=True, kw_only=True):
    """A threat actor over all sources. `id` is ATT&CK's G-id where there is one, else `actor:<slug>`."""

    id: str
    name: str
    aliases: tuple[Alias, ...] = ()
    group: str | None = None  # ATT&CK id
    state: str | None = None
    state_according_to: tuple[str, ...] = ()
    agency: str | None = None  # Agency id it is said to belong to
    agency_according_to: tuple[str, ...] = ()
    kind: str = "group"  # group | criminal | hacktivist | persona
    sectors: tuple[str, ...] = ()
    victims: tuple[str, ...] = ()  # ISO codes of suspected victims


class State(Row, frozen=True, kw_only=True):
    code: str  # ISO 3166 alpha-2; "EU" is not a state
    name: str
    names: tuple[str, ...] = ()  # other names, short forms
    capital: str | None = None
    capitals: tuple[str, ...] = ()  # other metonyms: "Kremlin", "Downing Street"
    demonyms: tuple[str, ...] = ()  # "Chinese"; adjectives and plural nouns


class Agency(Row, frozen=True, kw_only=True):
    """An agency, ministry, office or international body that speaks or acts for a state (or for several)."""

    id: str
    name: str  # canonical
    names: tuple[str, ...] = ()
    state: str | None = None
    kind: str = "agency"  # intelligence, military, police, cyber agency, ministry, head of government, court, international
    speaks_for: str | None = None  # canonical of whom it speaks for: "United Kingdom", "European Union"


class Vendor(Row, frozen=True, kw_only=True):
    name: str
    names: tuple[str, ...] = ()
    state: str | None = None
    kind: str = "security"  # security | platform | research | media


class Sector(Row, frozen=True, kw_only=True):
    name: str  # the ledger's word: "government", "energy" ...
    words: tuple[str, ...] = ()


class Incident(Row, frozen=True, kw_only=True):
    """A well-known affair. Attributions are *alleged*: each with by whom."""

    id: str  # exchange-2021
    name: str
    names: tuple[str, ...] = ()
    start: str | None = None
    disclosed: str | None = None
    cves: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    victims: tuple[str, ...] = ()
    victim_countries: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    motive: str | None = None
    campaigns: tuple[str, ...] = ()  # ATT&CK C ids
    alleged: tuple[Allegation, ...] = ()
    techniques: tuple[str, ...] = ()  # beyond those of its campaigns
    software: tuple[str, ...] = ()
    patches: tuple[str, ...] = ()  # "KB5000871 (2021-03-02)"
    sources: tuple[str, ...] = ()  # names of the sources of these facts


class Allegation(Row, frozen=True, kw_only=True):
    actor: str  # G id or canonical name
    by: str
    date: str | None = None
    firmness: str = "none"


class KevEntry(Row, frozen=True, kw_only=True):
    cve: str
    vendor: str
    product: str
    name: str
    added: str
    due: str
    ransomware: bool = False


class Countermeasure(Row, frozen=True, kw_only=True):
    """A D3FEND countermeasure or a NIST 800-53 control, and the ATT&CK techniques it is mapped to."""

    id: str
    name: str
    techniques: tuple[str, ...] = ()
