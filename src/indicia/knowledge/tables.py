"""The shapes of what is known before anything is read: one struct per table row. The data files are built by
`scripts/build_knowledge.py` from official sources and hold names and relations only, no descriptions."""

from __future__ import annotations

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of all table rows. Rows never refer to each other in a circle, so the garbage collector need not look at them."""


class Provenance(Row, frozen=True, kw_only=True):
    """Where a data file came from."""

    file: str  # "attack.json"
    source: str
    version: str
    date: str  # ISO, of the newest change in the source
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
    state: str | None = None  # ISO code that most sources tie it to, see `Actor`
    alias_citations: tuple[tuple[str, tuple[str, ...]], ...] = ()  # alias, the citations that ATT&CK gives for it
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


class LogSource(Row, frozen=True, kw_only=True, array_like=True):
    component: str  # "Process Creation"
    name: str  # "WinEventLog:Sysmon"
    channel: str = ""  # "EventCode=1"; empty where ATT&CK has a sentence there


class Analytic(Row, frozen=True, kw_only=True):
    id: str  # AN0001
    platforms: tuple[str, ...] = ()
    log_sources: tuple[LogSource, ...] = ()


class Detection(Row, frozen=True, kw_only=True):
    id: str  # DET0001
    name: str
    techniques: tuple[str, ...]
    analytics: tuple[Analytic, ...] = ()


class Use(Row, frozen=True, kw_only=True, array_like=True):
    """`source` (G, S or C id) uses `target` (T or S id), as the cited reports say. Stored as an array: there are 17,000."""

    source: str
    target: str
    citations: tuple[str, ...] = ()


class Citation(Row, frozen=True, kw_only=True, array_like=True):
    """A report that ATT&CK cites. `date` is ISO, cut to month or year, where the reference tells when it was published;
    `retrieved` is the day on which ATT&CK's authors read it: the report is not younger."""

    name: str
    date: str | None = None
    retrieved: str | None = None


class AttackTables(Row, frozen=True, kw_only=True):
    """ATT&CK enterprise of one release: structure only, every list in the order of its ids (tactics: of the matrix).

    On disk `uses` and `citations` are one file and `detections` another, so that who needs names only need not wait for them.
    """

    version: str
    date: str  # of the newest change in the release
    tactics: tuple[Tactic, ...]
    techniques: tuple[Technique, ...]
    groups: tuple[Group, ...]
    software: tuple[Software, ...]
    campaigns: tuple[Campaign, ...]
    mitigations: tuple[Mitigation, ...]
    detections: tuple[Detection, ...] = ()
    uses: tuple[Use, ...] = ()
    citations: tuple[Citation, ...] = ()
    revoked: dict[str, str] = {}  # old id -> the living successor's id
    later: dict[str, str] = {}  # id of a technique in a later release -> what this one has for it
    deprecated: tuple[str, ...] = ()  # withdrawn without a successor
    technique_stix: dict[str, str] = {}
    created: dict[str, str] = {}  # id of what has a STIX id -> when ATT&CK created it, where its newest version is younger


class AttackUses(Row, frozen=True, kw_only=True):
    """The part of `AttackTables` that says who uses what, as a file of its own."""

    uses: tuple[Use, ...]
    citations: tuple[Citation, ...]


class Alias(Row, frozen=True, kw_only=True):
    """A name, and who uses it. A name is an alias *according to someone*: no merge is for ever."""

    name: str
    according_to: tuple[str, ...] = ()  # "MITRE ATT&CK", "Microsoft", "MISP galaxy", "CrowdStrike" ...
    shared_with: tuple[str, ...] = ()  # ids of other actors that go by the same name


class Actor(Row, frozen=True, kw_only=True):
    """A threat actor over all sources. `id` is ATT&CK's G-id where there is one, else `actor:<slug>`.

    `aliases` holds every name of it, the canonical one first. `state` is what most sources tie it to; where they disagree the
    others are in `other_states`. None of this is a finding of ours.
    """

    id: str
    name: str
    aliases: tuple[Alias, ...] = ()
    group: str | None = None  # ATT&CK id
    state: str | None = None
    state_according_to: tuple[str, ...] = ()
    other_states: dict[str, tuple[str, ...]] = {}  # ISO code -> according to whom
    agency: str | None = None  # Agency id it is said to belong to
    agency_according_to: tuple[str, ...] = ()  # "US Department of Justice 2018"
    kind: str = "group"  # group | criminal | hacktivist | contractor | surveillance vendor | persona | person
    sectors: tuple[str, ...] = ()  # the ledger's words
    victims: tuple[str, ...] = ()  # ISO codes of suspected victims

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(alias.name for alias in self.aliases)


class Malware(Row, frozen=True, kw_only=True):
    """Software that ATT&CK does not have. `id` is `software:<slug>`; `groups` are those of ATT&CK that the titles of reports
    on it name: a quarter of them or more, by two publishers or more."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    type: str = "malware"  # malware | ransomware
    according_to: tuple[str, ...] = ()
    common_word: bool = False  # an everyday word: believe it only beside words such as "malware"
    groups: tuple[str, ...] = ()


class State(Row, frozen=True, kw_only=True):
    code: str  # ISO 3166 alpha-2 (XK for Kosovo)
    name: str
    names: tuple[str, ...] = ()  # other names, short forms, abbreviations
    capital: str | None = None
    capitals: tuple[str, ...] = ()  # metonyms beside the capital's name: "Kremlin", "Downing Street"
    demonyms: tuple[str, ...] = ()  # "Chinese": adjectives and nouns, plural ones too
    cities: tuple[str, ...] = ()  # and regions, by which a text says where somebody sits


class Agency(Row, frozen=True, kw_only=True):
    """An agency, ministry, office or international body that speaks or acts for a state (or for several)."""

    id: str
    name: str  # canonical, the name in a ledger
    names: tuple[str, ...] = ()  # the other surface names
    state: str | None = None
    kind: str = "agency"  # see the head of scripts/knowledge/agencies.psv
    speaks_for: str | None = None  # canonical of whom it speaks for: "United Kingdom", "European Union"
    part_of: str | None = None  # Agency id


class Office(Row, frozen=True, kw_only=True):
    """An office that every state has. Beside a state's name, capital or people ("the Norwegian foreign ministry", "Iran's
    embassy") it speaks for that state."""

    name: str  # "foreign ministry"
    kind: str  # as in `Agency`
    words: tuple[str, ...]  # lower case, save abbreviations


class Vendor(Row, frozen=True, kw_only=True):
    name: str
    names: tuple[str, ...] = ()
    state: str | None = None
    kind: str = "security"  # security | platform | research | media
    common_word: bool = False  # also an everyday word ("Time", "Wired"): believe it only where it speaks


class Sector(Row, frozen=True, kw_only=True):
    name: str  # the ledger's word: "government", "energy" ...
    words: tuple[str, ...] = ()  # words by which a text names it, singular and plural


class Incident(Row, frozen=True, kw_only=True):
    """A well-known affair. Attributions are *alleged*: each with by whom.

    `names` are exact surface names. `words` are sets of words (lower case) that together name it: an alternative matches when
    all of its words stand in one sentence, and an item may offer several words or phrases: "storting|norwegian parliament".
    """

    id: str  # exchange-2021
    name: str
    names: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
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
    software: tuple[str, ...] = ()  # ATT&CK S ids
    patches: tuple[str, ...] = ()  # "KB5000871 (2021-03-02)"
    sources: tuple[str, ...] = ()  # names of the sources of these facts


class Allegation(Row, frozen=True, kw_only=True):
    """Who is said to have done it, by whom. `level` is what was accused: place, operator, group, agency or state."""

    actor: str  # G id, agency id, or a canonical name
    by: str
    date: str | None = None
    firmness: str = "none"  # records.Firmness
    stance: str = "accuses"  # records.Stance
    state: str | None = None
    level: str | None = None


class KevEntry(Row, frozen=True, kw_only=True):
    cve: str
    vendor: str
    product: str
    name: str
    added: str
    due: str
    ransomware: bool = False
    techniques: tuple[str, ...] = ()  # exploitation technique and impacts by the Center for Threat-Informed Defense


class Countermeasure(Row, frozen=True, kw_only=True):
    """A D3FEND countermeasure or a NIST 800-53 control, and the ATT&CK techniques it is mapped to."""

    id: str
    name: str
    techniques: tuple[str, ...] = ()
