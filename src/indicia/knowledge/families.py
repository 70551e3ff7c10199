"""Malware that ATT&CK does not have, from MISP galaxy's malpedia and ransomware clusters: names, and whose it is said to be."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from indicia.knowledge.galaxy import GalaxyFile
from indicia.knowledge.index import fold
from indicia.knowledge.merging import slug
from indicia.knowledge.names import everyday_words
from indicia.knowledge.tables import Actor, AttackTables, Malware

# Malpedia tells the platform in brackets behind a name: "Cyclops Blink (ELF)".
_PLATFORM = re.compile(
    r"\s*\((?:Windows|ELF|Android|OS ?X|MacOS|iOS|Java|JavaScript|PowerShell|Python|PHP|VBS|VBScript|Linux|SymbOS|ASP|Firefox|"
    r"AutoIt|\.NET|[A-Z]{2,4}|Unidentified|Operation [^)]*)\)\s*$",
    re.IGNORECASE,
)
_JUNK = re.compile(
    r"(?i)^(unidentified|unknown|unnamed|n/?a|none|test|ransomware|trojan|malware|backdoor|virus)\b|[<>{}\[\]@=\\]|https?:|\.\w{2,4}$"
)
# Notes in ransomware names: "Locky Ransomware", "GandCrab v5", "Apocalypse (New Variant)"
_NOTE = re.compile(
    r"(?i)\s*(\((?:fake|real|original|v?\d[\d.x]*|[^)]*variant[^)]*|[^)]*ransomware[^)]*|unofficial|n/a)\)|"
    r"\bransomware\b|\bransom\b$)\s*"
)


def clean(name: str) -> str | None:
    """A usable surface name, or None for junk."""
    name = _PLATFORM.sub("", name).strip().strip('"“”')
    name = re.sub(r"\s+", " ", _NOTE.sub(" ", name)).strip(" -:,")
    if not 3 <= len(name) <= 40 or _JUNK.search(name) or not re.search(r"[A-Za-z]{2}", name) or len(name.split()) > 4:
        return None
    return name


def malware(attack: AttackTables, actors: Iterable[Actor], malpedia: GalaxyFile, ransomware: GalaxyFile) -> tuple[Malware, ...]:
    """Families by id. Names that ATT&CK's software or an actor has already are left out."""
    actors = tuple(actors)
    titles = Titles(actors, (name for value in malpedia.values for name in (value.value, *value.words("synonyms"))))
    known = {fold(name) for row in attack.software for name in (row.name, *row.aliases)} | {
        fold(actor.name) for actor in actors
    }
    drafts: dict[str, tuple[str, dict[str, str], str, dict[str, None]]] = {}  # key -> name, aliases, type, sources
    references: dict[str, list[str]] = {}
    owner: dict[str, str] = {}
    for galaxy, type_, source in ((malpedia, "malware", "Malpedia"), (ransomware, "ransomware", "MISP galaxy")):
        for value in sorted(galaxy.values, key=lambda value: value.value.casefold()):
            names = [cleaned for name in (value.value, *value.words("synonyms")) if (cleaned := clean(name))]
            names = [name for name in names if fold(name)]
            if not names or fold(names[0]) in known:
                continue
            key = owner.get(fold(names[0])) or fold(names[0])
            draft = drafts.setdefault(key, (names[0], {}, type_, {}))
            draft[3][source] = None
            references.setdefault(key, []).extend(value.words("refs") if galaxy is malpedia else ())
            owner.setdefault(fold(names[0]), key)
            for name in names[1:]:
                if fold(name) not in known and fold(name) != key:
                    draft[1].setdefault(fold(name), name)
    main = set(drafts)
    rows = []
    ids: set[str] = set()
    for key, (name, aliases, type_, sources) in drafts.items():
        id = f"software:{slug(name)}"
        while id in ids:
            id += "-2"
        ids.add(id)
        rows.append(
            Malware(
                id=id,
                name=name,
                # An alias that is another family's own name says more about that family.
                aliases=tuple(alias for folded, alias in sorted(aliases.items()) if folded not in main),
                type=type_,
                according_to=tuple(sources),
                common_word=is_common(name),
                groups=titles.groups(references[key]),
            )
        )
    return tuple(sorted(rows, key=lambda row: row.id))


def kept_families(
    attack: AttackTables, before: Iterable[Malware], newer: Iterable[Malware], source: str
) -> tuple[Malware, ...]:
    """The families with those of one source made anew: `newer` replace what only that source told, and what ATT&CK has by now
    is no family any more."""
    newer = tuple(newer)
    taken = {fold(row.name) for row in newer} | {fold(name) for row in attack.software for name in (row.name, *row.aliases)}
    ids = {row.id for row in newer}
    kept = (row for row in before if set(row.according_to) != {source} and fold(row.name) not in taken and row.id not in ids)
    return tuple(sorted((*newer, *kept), key=lambda row: row.id))


def is_common(name: str) -> bool:
    """An everyday word, a plain number, or so short that chance hits must be expected."""
    words = name.casefold().split()
    return all(word in everyday_words() or word.isdigit() for word in words) or len(name) <= 3


# Malpedia lists reports on each family and says of few whose it is. Most reports name the group in their title, and a title
# stands in the report's address: `.../apt29-wineloader-german-political-parties`.
PUBLISHERS = 2  # that name the group, so that no report bears itself out
SHARE = 0.25  # of all reports on the family: what many have, many are named with
_SHORTEST = 5  # letters and digits of a name; shorter ones stand in addresses by chance
_LONGEST = 3  # words of a name


def address(url: str) -> str:
    """Host and path, so that one report has one address."""
    parts = urlsplit(url.strip())
    return (parts.netloc.lower().removeprefix("www.") + parts.path.rstrip("/")).lower()


class Titles:
    """The names of ATT&CK's groups as addresses write them; those that two actors share, or that a family has too, are left
    out."""

    def __init__(self, actors: Iterable[Actor], families: Iterable[str]) -> None:
        self._groups: dict[str, str] = {}
        taken = {_joined(_words(name)) for name in families}
        for actor in actors:
            for alias in actor.aliases if actor.group else ():
                key = _joined(_words(alias.name))
                if len(key) >= _SHORTEST and not alias.shared_with and key not in taken and key not in everyday_words():
                    self._groups.setdefault(key, actor.group or "")

    def groups(self, references: Iterable[str], without: Collection[str] = ()) -> tuple[str, ...]:
        """The groups that at least a quarter of the references name, of two publishers or more; those of most references first.
        `without` are addresses that may not speak."""
        named: Counter[str] = Counter()
        publishers: dict[str, set[str]] = defaultdict(set)
        count = 0
        for place in dict.fromkeys(address(url) for url in references):
            host = place.partition("/")[0]
            if place in without or "malpedia" in host:
                continue
            count += 1
            for group in self.named(place):
                named[group] += 1
                publishers[group].add(host)
        return tuple(
            group
            for group, times in sorted(named.items(), key=lambda row: (-row[1], row[0]))
            if len(publishers[group]) >= PUBLISHERS and times >= SHARE * count
        )

    def named(self, place: str) -> set[str]:
        """The groups that the path of one address names."""
        words = _words(place.partition("/")[2])
        spans = ("".join(words[at : at + length]) for at in range(len(words)) for length in range(1, _LONGEST + 1))
        return {self._groups[one] for one in spans if one in self._groups}


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _joined(words: list[str]) -> str:
    return "".join(words)
