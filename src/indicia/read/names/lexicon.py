"""Every name that is known, with the ways in which texts write it, as one automaton over lower-case text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from indicia.knowledge import Knowledge, Name
from indicia.read.names.patterned import Unseen
from indicia.records import MentionKind

_JUNCTION = re.compile(r"(?<=[a-z])(?=\d)", re.IGNORECASE)
# Words that only say what a piece of software is: "Raccoon Stealer" is "Raccoon", "NetWire" is "NetWire RAT".
_CLASSES = (
    "stealer",
    "rat",
    "loader",
    "ransomware",
    "locker",
    "bot",
    "backdoor",
    "trojan",
    "malware",
    "downloader",
    "rootkit",
    "worm",
    "wiper",
)
# Languages and systems: "PHP backdoor" and "Android malware" say what it is made of or runs on.
_NEVER = frozenset(
    (
        "php",
        "python",
        "java",
        "javascript",
        "powershell",
        "windows",
        "linux",
        "android",
        "macos",
        "ios",
        "unix",
        "perl",
        "ruby",
        "golang",
        "autoit",
    )
)
# A name that ends with the word for its class: "ROKRAT", "AsyncRAT", "NetSupportLoader".
_JOINED = re.compile(r"([A-Za-z]{3,}?)(RAT|Stealer|Loader|Locker|Bot|Ransomware|Backdoor)")
_LONGEST = 60  # characters of a name
_GROUP_TAILS = ("group", "gang", "team", "apt", "crew", "collective")


class Entry(NamedTuple):
    """One reading of a surface. `canonical` says that it is the row's own name; `derived` that we made the spelling: a
    name with or without a word for its class, which is believed only beside fitting words when `risky`."""

    kind: MentionKind
    type: str
    id: str
    name: str
    surface: str
    according_to: tuple[str, ...]
    exact: bool
    risky: bool
    canonical: bool
    derived: bool = False


class Lexicon:
    """`find(text)` gives (entries, start, end) of the longest names, in order and not overlapping."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._labels = _Labels(knowledge)
        self.entries: dict[str, list[Entry]] = {}
        ordinary = _ordinary()
        names = tuple(knowledge.names())
        others = _NEVER | {lowered(name.surface) for name in names if name.kind in {MentionKind.STATE, MentionKind.VENDOR}}
        for name in names:
            if name.kind is MentionKind.TECHNIQUE or len(name.surface) < 2:
                continue
            if name.kind in {MentionKind.ACTOR, MentionKind.SOFTWARE} and lowered(name.surface) in others:
                continue  # "Russian" and "Turkish" name ransomware in some lists, and peoples everywhere else
            if lowered(name.surface) in ordinary:
                name = name._replace(risky=True)
            kind_type, canonical = self._labels.of(name)
            entry = Entry(
                name.kind,
                kind_type,
                name.id,
                canonical,
                name.surface,
                name.according_to,
                name.exact,
                name.risky,
                name.surface == canonical,
            )
            self._add(name.surface, entry)
            for spelling, risky in _spellings(name):
                risky = risky or lowered(spelling) in ordinary
                self._add(spelling, entry._replace(surface=spelling, risky=entry.risky or risky, canonical=False, derived=True))
        self.patterns = sorted(self.entries)
        self._automaton = AhoCorasick(self.patterns, matchkind=MatchKind.LeftmostLongest)

    def _add(self, surface: str, entry: Entry) -> None:
        key = lowered(surface)
        held = self.entries.setdefault(key, [])
        if entry.derived and any(not other.derived and other.kind is entry.kind for other in held):
            return
        if not any(other.id == entry.id and other.kind is entry.kind and other.surface == entry.surface for other in held):
            held.append(entry)

    def find(self, low: str) -> Iterator[tuple[list[Entry], int, int]]:
        """`low` is the text in lower case, character for character. A name of several words that ends within a word ("the com"
        of "the comrat malware") hides none that begins inside of it."""
        for index, start, end in self._automaton.find_matches_as_indexes(low):
            yield self.entries[self.patterns[index]], start, end
            if low[end : end + 1].isalnum() and (blank := low.find(" ", start, end)) >= 0:
                before = low[start : low.rfind(" ", start, end)]  # "UK governments": the UK
                for inner, first, last in self._automaton.find_matches_as_indexes(before):
                    yield self.entries[self.patterns[inner]], start + first, start + last
                window = low[blank + 1 : end + _LONGEST]
                for inner, first, last in self._automaton.find_matches_as_indexes(window):
                    if blank + 1 + first >= end:
                        break
                    yield self.entries[self.patterns[inner]], blank + 1 + first, blank + 1 + last

    def at(self, low: str, start: int) -> tuple[list[Entry], int, int] | None:
        """The longest name that begins at a place."""
        found = next(iter(self._automaton.find_matches_as_indexes(low[start : start + _LONGEST])), None)
        return (self.entries[self.patterns[found[0]]], start, start + found[2]) if found and found[1] == 0 else None

    def inside(self, low: str, start: int, end: int) -> Iterator[tuple[list[Entry], int, int]]:
        """The longest names that begin at a later word of `low[start:end]` and end in it."""
        begin = low.find(" ", start, end) + 1
        for index, first, last in self._automaton.find_matches_as_indexes(low[begin:end]) if begin else ():
            yield self.entries[self.patterns[index]], begin + first, begin + last


class _Labels:
    """Canonical names and STIX types by id."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._types: dict[str, str] = {row.id: row.type for row in knowledge.attack.software}
        self._names: dict[tuple[MentionKind, str], str] = {}
        for kind, rows in (
            (MentionKind.SOFTWARE, knowledge.attack.software),
            (MentionKind.SOFTWARE, knowledge.malware),
            (MentionKind.CAMPAIGN, knowledge.attack.campaigns),
            (MentionKind.ACTOR, knowledge.actors),
            (MentionKind.AGENCY, knowledge.agencies),
            (MentionKind.INCIDENT, knowledge.incidents),
        ):
            self._names.update({(kind, row.id): row.name for row in rows})
        self._names.update({(MentionKind.STATE, row.code): row.name for row in knowledge.states})

    def of(self, name: Name) -> tuple[str, str]:
        types = {
            MentionKind.SOFTWARE: self._types.get(name.id, "malware"),
            MentionKind.ACTOR: "intrusion-set",
            MentionKind.CAMPAIGN: "campaign",
            MentionKind.STATE: "location",
            MentionKind.AGENCY: "identity",
            MentionKind.VENDOR: "identity",
            MentionKind.INCIDENT: "incident",
            MentionKind.SECTOR: "sector",
        }
        return types.get(name.kind, ""), self._names.get((name.kind, name.id), name.id)


def _spellings(name: Name) -> Iterator[tuple[str, bool]]:
    """Other ways to write a name, and whether each needs support."""
    surface = name.surface
    if name.kind not in {MentionKind.ACTOR, MentionKind.SOFTWARE, MentionKind.CAMPAIGN}:
        return
    junction = _JUNCTION.sub("-", surface)
    if junction != surface and junction.split("-")[0].isupper() and " " not in surface:
        yield junction, False
        yield _JUNCTION.sub(" ", surface), False
    if "-" in surface and any(c.isdigit() for c in surface):
        yield surface.replace("-", ""), False
        yield surface.replace("-", " "), False
    words = surface.split()
    if len(words) == 2 and len(surface) >= 9 and words[1].lower() not in {"group", "team"}:
        yield "".join(words), False
        yield "-".join(words), False
    inner = re.fullmatch(r"([A-Z][a-z]+)([A-Z][a-z]+)", surface)
    if inner is not None and len(surface) >= 9:
        yield f"{inner[1]} {inner[2]}", True
    joined = _JOINED.fullmatch(surface)
    if joined is not None and name.kind is MentionKind.SOFTWARE:
        yield f"{joined[1]} {joined[2]}", False  # "Rok RAT"
        yield f"{joined[1]}-{joined[2]}", False
    last = words[-1].lower() if words else ""
    if name.kind is MentionKind.SOFTWARE and not name.risky:
        if len(words) == 2 and last in _CLASSES and len(words[0]) >= 4:
            yield words[0], True
        elif len(words) == 1 and len(surface) >= 5 and not surface.lower().endswith(_CLASSES):
            yield f"{surface}RAT", False
    if name.kind is MentionKind.ACTOR and len(words) >= 2 and last in _GROUP_TAILS and len(words[0]) >= 5:
        yield " ".join(words[:-1]), True


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    lines = resources.files("indicia.read.names").joinpath("ordinary.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=2)
def lexicon_of(knowledge: Knowledge) -> Lexicon:
    return Lexicon(knowledge)


def lowered(text: str) -> str:
    """Lower case with the same length, so that offsets stay; one kind of blank and of apostrophe."""
    text = text.replace("\xa0", " ").replace("\u2019", "'")
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@dataclass(slots=True)
class NameMatch:
    """A match that passed the rules of boundaries and case, not yet resolved."""

    start: int
    end: int
    entries: list[Entry]
    supported: bool = False
    introduced: Unseen | None = None
    kind: MentionKind | None = None
    chosen: Entry | None = None
    others: list[Entry] = field(default_factory=list)


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether the match is a word by itself, and not part of a path, an address, a host name or an identifier."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and (before.isalnum() or before in "_@/\\$%#=&") and not _OR_SO.search(text, max(0, start - 40), start):
        return False
    joined = before in {".", "-"} and text[start - 2 : start - 1].isalnum()
    # "pro-Russian" is a word before a name; "analysis-of-emotet" and "Win32.Emotet" are not; "4.Name" is a list without a blank
    if (
        joined
        and not (before == "." and _NUMBERING.search(text, max(0, start - 5), start))
        and (before == "." or text[start:end].islower() or text[start - 2].isdigit())
    ):
        return False
    if after and (after.isalnum() or after in "_@\\"):
        return False
    if after in {".", "/", ":", "-"} and text[end + 1 : end + 2].isalnum():
        return (after == "/" and text[end + 1].isupper()) or (after == "-" and not text[start:end].islower())
    return True


_OR_SO = re.compile(r"(?:\A|[\s*(])[A-Z][\w ]{2,30}/\Z")  # "Remcos/NanoCore"
_NUMBERING = re.compile(r"(?:\A|\n|\s)\d{1,2}\.\Z")
