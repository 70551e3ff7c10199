"""MISP galaxy's cluster files about actors and software -> plain entries, each with who uses which name.

References: github.com/MISP/misp-galaxy (clusters/*.json; `name-attribution` points to entries of producer.json).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from indicia.knowledge.catalogues import read_json


class Cluster(msgspec.Struct):
    """One cluster. `meta` differs from file to file and from row to row, so its fields are looked at one by one."""

    value: str
    uuid: str = ""
    description: str | None = None
    meta: dict[str, msgspec.Raw] = {}

    def words(self, key: str) -> tuple[str, ...]:
        """The strings of a meta field that may be a string, a list of strings, or absent. Anything else counts as absent."""
        raw = self.meta.get(key)
        if raw is None:
            return ()
        try:
            found = msgspec.json.decode(raw, type=str | list[str | None] | None)
        except msgspec.DecodeError:
            return ()
        many = [found] if isinstance(found, str) else found or []
        return tuple(word.strip() for word in many if word and word.strip())

    def word(self, key: str) -> str | None:
        return next(iter(self.words(key)), None)


class GalaxyFile(msgspec.Struct):
    values: list[Cluster]
    version: int = 0
    name: str = ""


class GalaxyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An actor as one source sees it. `users`: name -> who uses it, beside the source itself."""

    source: str
    name: str
    names: tuple[str, ...]
    group: str | None = None  # ATT&CK id, where the source tells it
    users: dict[str, tuple[str, ...]] = {}
    states: dict[str, tuple[str, ...]] = {}  # ISO code or name of a state -> according to whom
    sectors: tuple[str, ...] = ()
    victims: tuple[str, ...] = ()  # names or ISO codes, among them organisations
    kind: str | None = None


class Galaxy(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of all sources, in the order in which they are merged."""

    misp: tuple[GalaxyEntry, ...] = ()
    microsoft: tuple[GalaxyEntry, ...] = ()
    tidal: tuple[GalaxyEntry, ...] = ()
    ours: tuple[GalaxyEntry, ...] = ()


# How MISP galaxy calls a producer -> the name that we use.
_PRODUCERS = {
    "MITRE": "MITRE ATT&CK",
    "Palo Alto": "Palo Alto Networks Unit 42",
    "Google Cloud Blog": "Google",
    "Broadcom Blog": "Symantec",
    "McAfee Labs": "McAfee",
    "Cisco Talos Intelligence Group": "Cisco Talos",
    "BlackBerry Blog": "BlackBerry",
}

# The published naming schemes of vendors.
_STYLES = tuple(
    (vendor, re.compile(pattern))
    for vendor, pattern in (
        (
            "CrowdStrike",
            r"(?i)[\w'-]+ (panda|bear|kitten|chollima|spider|jackal|buffalo|tiger|leopard|crane|wolf|lynx|hawk|ocelot|sphinx)",
        ),
        ("Microsoft", r"[A-Z][a-z]+ (Typhoon|Blizzard|Sandstorm|Sleet|Tempest|Tsunami|Flood|Rain|Dust|Cyclone|Hail)"),
        ("Microsoft", r"(DEV|Storm)-\d{4}"),
        ("Secureworks", r"(BRONZE|IRON|NICKEL|COBALT|GOLD|COPPER|TUNGSTEN|ZINC|ALUMINUM|TIN) [A-Z]+|C?TG-\d{4}"),
        ("Mandiant", r"APT ?\d{1,2}|FIN\d{1,2}|UNC\d{3,5}|TEMP\.\w+"),
        ("Proofpoint", r"TA\d{3,4}|UNK_\w+"),
        ("Trend Micro", r"(Earth|Water|Void) [A-Z][\w']+|Pawn Storm"),
        (
            "Recorded Future",
            r"TAG-\d{2,3}|Red(Alpha|Bravo|Delta|Echo|Foxtrot|Golf|Hotel|Juliett|Mike|November)|Blue(Alpha|Bravo|Delta)",
        ),
        ("CERT-UA", r"UAC-\d{4}"),
        ("Qihoo 360", r"APT-C-\d{2,3}"),
        ("IBM X-Force", r"ITG\d{2}|Hive0\d{3}"),
        ("Thales", r"ATK ?\d{1,3}"),
        ("Cisco Talos", r"UAT-\d{4}"),
        ("Palo Alto Networks Unit 42", r"CL-(STA|CRI|UNK)-\d{4}"),
        ("Palo Alto Networks Unit 42", r"[A-Z]\w+ (Taurus|Ursa|Serpens|Scorpius|Libra|Draco|Pisces|Orion|Virgo|Gemini|Aquila)"),
        ("Dragos", r"XENOTIME|ELECTRUM|ALLANITE|DYMALLOY|MAGNALLIUM|CHRYSENE|COVELLITE|RASPITE|PARISITE|KAMACITE|VANADINITE"),
        (
            "Dragos",
            r"STIBNITE|TALONITE|KOSTOVITE|ERYTHRITE|PETROVITE|BENTONITE|CHERNOVITE|BAUXITE|VOLTZITE|GANANITE|LAURIONITE",
        ),
    )
)


_LONGEST_NAME = 80


def users_by_style(name: str) -> tuple[str, ...]:
    """The vendor whose published naming scheme a name follows.

    >>> users_by_style("Silk Typhoon"), users_by_style("MURKY PANDA"), users_by_style("Turla")
    (('Microsoft',), ('CrowdStrike',), ())
    """
    return tuple(vendor for vendor, style in _STYLES if style.fullmatch(name)) if len(name) <= _LONGEST_NAME else ()


def producers(path: Path | str) -> dict[str, str]:
    """uuid -> name of a producer of intelligence."""
    return {value.uuid: _PRODUCERS.get(value.value, value.value) for value in read_json(path, GalaxyFile).values}


def misp_entries(galaxy: GalaxyFile, names_of_producers: Mapping[str, str]) -> tuple[GalaxyEntry, ...]:
    """threat-actor.json."""
    return tuple(_misp_entry(value, names_of_producers) for value in galaxy.values if _tidy(value.value)[0])


# "APT-C-38 (QiAnXin)": who uses the name stands in brackets in a few rows.
_IN_BRACKETS = {
    "QiAnXin": "QiAnXin",
    "SCWX CTU": "Secureworks",
    "IBM": "IBM X-Force",
    "Palo Alto": "Palo Alto Networks Unit 42",
}


def _tidy(name: str) -> tuple[str, str | None]:
    """A name without remarks, and who uses it where the remark says so; ("", None) where it is no name.

    >>> _tidy("TG-2884 (SCWX CTU)"), _tidy("Subgroup: Bluenoroff"), _tidy("[Unnamed group]"), _tidy("NoName057(16)")
    (('TG-2884', 'Secureworks'), ('Bluenoroff', None), ('', None), ('NoName057(16)', None))
    """
    name = name.strip().removeprefix("Subgroup: ").strip(" ,;[]")
    if name.casefold().startswith("unnamed"):
        return "", None
    if remark := re.fullmatch(r"(.+?) \(([^)]+)\)", name):
        return remark[1], _IN_BRACKETS.get(remark[2])
    return name, None


def _misp_entry(value: Cluster, names_of_producers: Mapping[str, str]) -> GalaxyEntry:
    users: dict[str, tuple[str, ...]] = {}
    for word in value.words("name-attribution"):
        name, _, uuid = word.rpartition(":")
        if uuid in names_of_producers:
            users[name] = (*users.get(name, ()), names_of_producers[uuid])
    for key in value.meta:
        if key.startswith("origin:") and (origin := value.word(key)):
            users[key[7:]] = (*users.get(key[7:], ()), origin)
    names = []
    for word in _unique([value.value, *value.words("synonyms")]):
        name, user = _tidy(word)
        if name:
            names.append(name)
        if user:
            users[name] = (*users.get(name, ()), user)
    groups = {name for name in names if re.fullmatch(r"G\d{4}", name)}
    states: dict[str, tuple[str, ...]] = {}
    for code in value.words("country"):
        states[code] = ("MISP galaxy",)
    for sponsor in value.words("cfr-suspected-state-sponsor"):
        states[sponsor] = (*states.get(sponsor, ()), "CFR")
    motive = " ".join(value.words("motive")).casefold()
    text = (value.description or "").casefold()
    kind = "hacktivist" if "hacktivis" in motive or "hacktivis" in text else "criminal" if motive == "cybercrime" else None
    return GalaxyEntry(
        source="MISP galaxy",
        name=_tidy(value.value)[0] or value.value.strip(),
        names=_unique(name for name in names if name not in groups),
        group=groups.pop() if len(groups) == 1 else None,
        users=users,
        states=states,
        sectors=_unique([*value.words("targeted-sector"), *value.words("cfr-target-category")]),
        victims=_unique([*value.words("cfr-suspected-victims"), *value.words("suspected-victims")]),
        kind=kind,
    )


def microsoft_entries(galaxy: GalaxyFile) -> tuple[GalaxyEntry, ...]:
    """microsoft-activity-group.json: here Microsoft says which names of others it holds to be the same.

    The file keeps Microsoft's former names (HAFNIUM) as clusters of their own: a present one that lists such a name is it.
    """
    found: dict[str, GalaxyEntry] = {}
    for value in galaxy.values:
        origin = (value.word("microsoft-origin-threat") or "").casefold()
        code = value.word("country")
        kind = (
            "surveillance vendor" if "private sector offensive" in origin else "criminal" if "financially" in origin else None
        )
        found[value.value.casefold()] = GalaxyEntry(
            source="Microsoft",
            name=value.value.strip(),
            names=_unique([value.value, *value.words("synonyms")]),
            states={code: ("Microsoft",)} if code else {},
            kind=kind,
        )
    for key, entry in list(found.items()):
        for name in entry.names[1:]:
            former = found.get(name.casefold())
            if former and former is not found.get(key) and "Microsoft" not in users_by_style(former.name):
                entry = msgspec.structs.replace(
                    entry, names=_unique([*entry.names, *former.names]), states=former.states | entry.states
                )
                found[key] = entry
                del found[name.casefold()]
    return tuple(found.values())


def tidal_entries(galaxy: GalaxyFile) -> tuple[GalaxyEntry, ...]:
    """tidal-groups.json: ids of ATT&CK, or of Tidal's own (G3...)."""
    found = []
    for value in galaxy.values:
        if value.value.endswith("(Deprecated)"):
            continue
        number = value.word("group_attack_id") or ""
        motives = set(value.words("observed_motivations"))
        code = value.word("country")
        found.append(
            GalaxyEntry(
                source="Tidal",
                name=value.value.strip(),
                names=(value.value,),
                group=number if re.fullmatch(r"G[01]\d{3}", number) else None,
                states={code: ("Tidal",)} if code else {},
                sectors=value.words("target_categories"),
                victims=value.words("observed_countries"),
                kind="criminal"
                if motives == {"Financial Gain"} and not code
                else "hacktivist"
                if motives == {"Ideology"}
                else None,
            )
        )
    return tuple(found)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in names if name and name.strip()))
