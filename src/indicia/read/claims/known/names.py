"""Names that are known before anything is read, found in one pass: states and what stands for them, agencies, companies,
actors."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable
from typing import NamedTuple

import ahocorasick_rs

from indicia.knowledge import Knowledge
from indicia.knowledge.names import is_risky
from indicia.read.claims.words.lexicon import lexicon
from indicia.read.claims.words.wordsets import word_set

__all__ = ["Name", "Names", "names_of"]


class Name(NamedTuple):
    """What a name stands for. `kind`: state, capital, demonym, union, agency, vendor, media, actor, malware, incident."""

    kind: str
    canonical: str
    state: str | None = None
    detail: str = ""  # actor: group, criminal ...; agency: its kind; vendor: its kind
    id: str = ""
    said: str = ""  # actor: the name that the text uses, in its usual spelling; an alias is one only according to someone


# Bodies of several states that speak or are spoken of as parties; the rest comes from the table of agencies.
_UNIONS = {
    "European Union": ("the EU", "EU", "European Union", "Brussels", "Council of the EU", "Council of the European Union",
                       "European Council", "European Commission", "European Parliament", "the bloc"),
    "NATO": ("NATO", "North Atlantic Council", "North Atlantic Treaty Organization", "the Alliance"),
    "United Nations": ("United Nations", "UN", "U.N.", "UN Security Council", "UN Panel of Experts"),
    "Five Eyes": ("Five Eyes",),
    "G7": ("G7",),
    "Interpol": ("Interpol", "INTERPOL"),
    "Europol": ("Europol", "EUROPOL"),
    "OSCE": ("OSCE",),
}  # fmt: skip
# Media that the table of vendors does not have, most of them because their names are everyday words elsewhere.
_MEDIA = (
    "the Post", "the Journal", "Frankfurter Allgemeine", "Rzeczpospolita", "Zero Day", "Time", "ITV", "The Sun", "Mirror",
    "El Mundo", "Público", "Expresso", "Kurier", "SRF", "Le Temps", "Foreign Policy", "The New Yorker",
)  # fmt: skip


def _surfaces(name: str) -> Iterable[str]:
    yield name
    if name.startswith("The "):
        yield "the " + name[4:]


class Names:
    """An automaton over all names of a Knowledge. `find` gives non-overlapping names, leftmost and longest first."""

    def __init__(self, knowledge: Knowledge) -> None:
        table: dict[str, Name] = {}

        def put(surface: str, name: Name) -> None:
            surface = surface.strip()
            if len(surface) > 1 and (surface[0].isupper() or surface[0].isdigit() or any(c.isupper() for c in surface)):
                table.setdefault(surface, name)

        code_names = {state.code: state.name for state in knowledge.states}
        for state in knowledge.states:
            for surface in (state.name, *state.names):
                put(surface, Name("state", state.name, state.code))
        for canonical, surfaces in _UNIONS.items():
            for surface in surfaces:
                put(surface.removeprefix("the "), Name("union", canonical))
        for agency in knowledge.agencies:
            head = agency.kind in ("head of government", "head of state")
            kind = "union" if agency.kind in ("international", "alliance") else "agency"
            for surface in (agency.name, *agency.names):
                bare = surface.removeprefix("the ").removeprefix("The ")
                if bare.endswith(("official", "officials", "ministers")):
                    continue  # unnamed people: the noun phrase says that better
                if head and agency.state in code_names:
                    words = set(bare.lower().replace("-", " ").split())
                    like = "state" if words & _GOVERNMENT or " " not in bare else "agency"
                    put(bare, Name(like, code_names[agency.state], agency.state, agency.kind, agency.id))
                else:
                    put(bare, Name(kind, agency.name, agency.state, agency.kind, agency.id))
        for state in knowledge.states:
            for seat in (state.capital, *state.capitals):
                if seat:
                    put(seat.removeprefix("the "), Name("capital", state.name, state.code))
            for surface in state.demonyms:
                put(surface, Name("demonym", state.name, state.code))
        for vendor in knowledge.vendors:
            name = Name("media" if vendor.kind == "media" else "vendor", vendor.name, vendor.state, vendor.kind)
            for surface in (vendor.name, *vendor.names):
                put(surface, name)
        for surface in _MEDIA:
            for form in _surfaces(surface):
                put(form.removeprefix("the "), Name("media", surface.removeprefix("the ").removeprefix("The ")))
        everyday: dict[str, Name] = {}
        for actor in knowledge.actors:
            name = Name("actor", actor.name, actor.state, actor.kind, actor.id)
            for surface in (actor.name, *(alias.name for alias in actor.aliases)):
                if len(surface) < 3:
                    continue
                name = name._replace(said=surface)
                if surface.lower() in _ORDINARY or is_risky(surface):
                    everyday.setdefault(surface, name)
                    continue
                put(surface, name)
                if surface.isupper() and surface.isalpha() and len(surface) > 4:
                    put(surface.title(), name)
                elif surface[0].isupper() and " " not in surface and surface.isalpha() and len(surface) > 4:
                    put(surface.upper(), name)
        nouns = (
            lexicon().heads.keys() | word_set("parties.modifiers") | word_set("parties.title_first") | word_set("names.plain")
        )
        for program in (*knowledge.attack.software, *knowledge.malware):
            for surface in (program.name, *program.aliases):
                low = surface.lower()
                if len(surface) > 3 and not is_risky(surface) and low not in _ORDINARY and low not in nouns:
                    put(surface, Name("malware", program.name, None, "", program.id))
        self._loose = _Loose(table)
        self._everyday = _Everyday(everyday)
        self._surfaces = list(table)
        self._names = [table[surface] for surface in self._surfaces]
        self._automaton = ahocorasick_rs.AhoCorasick(self._surfaces, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def find(self, text: str, start: int, end: int) -> list[tuple[int, int, Name]]:
        """Names in `text[start:end]` that stand as words of their own: (start, end, name), in order."""
        found = []
        piece = text[start:end].translate(_AS_TYPED)
        for index, a, b in self._automaton.find_matches_as_indexes(piece):
            if (a and (piece[a - 1].isalnum() or piece[a - 1] in "-_@/")) or (
                b < len(piece) and (piece[b].isalnum() or piece[b] == "_")
            ):
                continue
            found.append((start + a, start + b, self._names[index]))
        return self._everyday.add(piece, start, self._loose.add(piece, start, found))


class _Everyday:
    """Names of actors that are everyday words elsewhere: they count beside a word for a group ("the collective Anonymous",
    "a gang known as Silence", "Dragonfly hackers")."""

    def __init__(self, names: dict[str, Name]) -> None:
        self._names = names
        words = "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))
        self._pattern = re.compile(rf"\b(?:{words})\b") if names else None

    def add(self, piece: str, start: int, found: list[tuple[int, int, Name]]) -> list[tuple[int, int, Name]]:
        """`found` and such names where nothing else stands, in order."""
        more = []
        for match in self._pattern.finditer(piece) if self._pattern else ():
            a, b = match.span()
            beside = _GROUP_BEFORE.search(piece, max(0, a - 60), a) or _GROUP_AFTER.match(piece, b)
            if beside and not any(one[0] < start + b and one[1] > start + a for one in found):
                more.append((start + a, start + b, self._names[match[0]]))
        return sorted((*found, *more), key=lambda one: one[0]) if more else found


class _Loose:
    """Names of actors in another spelling than the table's: "Laundry Bear" for LAUNDRY BEAR, "SideWinder", "Ocean Lotus".

    Only names that are no everyday word: of two words, or with a capital or a digit inside.
    """

    def __init__(self, table: dict[str, Name]) -> None:
        taken = {surface.lower() for surface, name in table.items() if name.kind != "actor"}
        names: dict[str, Name] = {}
        plain: set[str] = set()  # of one word with a capital inside: "Lockbit" is LockBit
        for surface, name in table.items():
            if name.kind == "actor" and len(surface) > 5 and not surface[0].isdigit():
                for low in _spellings(surface):
                    if low not in taken:
                        names.setdefault(low, name)
                if len(surface) > 6 and _SEAM.search(surface) and surface.lower() not in taken:
                    plain.add(surface.lower())
        self._plain = frozenset(plain)
        self._names = list(names.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(names), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def add(self, piece: str, start: int, found: list[tuple[int, int, Name]]) -> list[tuple[int, int, Name]]:
        """`found` and such names where nothing else stands, or only a part of them, in order."""
        low = piece.lower()
        if len(low) != len(piece):
            return found
        more = []
        for index, a, b in self._automaton.find_matches_as_indexes(low):
            said = piece[a:b]
            if not (_is_proper(said) or said[0].isupper() and low[a:b] in self._plain) or (
                a and (piece[a - 1].isalnum() or piece[a - 1] in "-_@/")
            ):
                continue
            if b < len(piece) and (piece[b].isalnum() or piece[b] == "_"):
                continue
            beside = [one for one in found if one[0] < start + b and one[1] > start + a]
            if all(start + a <= one[0] and one[1] <= start + b and one[1] - one[0] < b - a for one in beside):
                more.append((start + a, start + b, self._names[index]._replace(said=said)))
        if not more:
            return found
        kept = [one for one in found if not any(a < one[1] and one[0] < b for a, b, _ in more)]
        return sorted((*kept, *more), key=lambda one: one[0])


def _spellings(surface: str) -> tuple[str, ...]:
    """In small letters: as it is, with its words joined, with a hyphen or a space between them."""
    apart = _SEAM.sub(" ", surface).replace("-", " ").lower()
    return tuple(dict.fromkeys((surface.lower(), apart, apart.replace(" ", ""), apart.replace(" ", "-"))))


def _is_proper(said: str) -> bool:
    """Whether all words of a name begin with a capital, and there are two of them, or two capitals or digits."""
    words = said.replace("-", " ").split()
    telling = len(words) > 1 or sum(c.isupper() or c.isdigit() for c in said) > 1
    return telling and all(word[0].isupper() or word[0].isdigit() for word in words)


# As typeset, character by character, so that offsets stay: "People’s Republic of China" would else be the Republic of China.
_AS_TYPED = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u2011": "-", "\n": " "})
_SEAM = re.compile(r"(?<=[a-z])(?=[A-Z])")
_GROUP_BEFORE = re.compile(
    r"\b(?:group|gang|collective|crew|hackers|hacktivists|actors?)"
    r"(?:,? (?:(?:also |better )?known as|called|named|dubbed|tracked as|"
    r"(?:that |which )?calls? itself|calling (?:itself|themselves)))?"
    r" [\"“']?$"
)
_GROUP_AFTER = re.compile(r"[\"”']? (?:hacking group|hacktivist group|group|gang|collective|crew|hackers|hacktivists)\b")
# Names that some list gives to an actor but that are everyday words first.
_GOVERNMENT = word_set("names.government")
_ORDINARY = word_set("names.ordinary")

_cache: weakref.WeakKeyDictionary[Knowledge, Names] = weakref.WeakKeyDictionary()


def names_of(knowledge: Knowledge) -> Names:
    """The names of `knowledge`, built once for each."""
    names = _cache.get(knowledge)
    if names is None:
        names = _cache[knowledge] = Names(knowledge)
    return names
