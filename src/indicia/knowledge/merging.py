"""Several sources' views of actors -> one table, without losing who says what.

Two entries become one actor only on strong grounds: the same ATT&CK id, the same main name, a main name that exactly one actor
lists, or two names in common with exactly one actor. A single alias that two actors share never joins them: it stays with both,
and each of the two rows says so (`shared_with`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from indicia.knowledge.attack_bundle import MAX_BYTES, read_limited
from indicia.knowledge.galaxy import Galaxy, GalaxyEntry, users_by_style
from indicia.knowledge.index import fold
from indicia.knowledge.tables import Actor, Alias, AttackTables, Group, Sector, State, Vendor

MITRE = "MITRE ATT&CK"
# actor (G id or name) -> (agency id, according to whom); a table of ours
Belonging = Mapping[str, tuple[str, tuple[str, ...]]]


def slug(name: str) -> str:
    """A name as the last part of an id.

    >>> slug("Cl0p / TA505")
    'cl0p-ta505'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "unnamed"


class _Draft:
    """An actor while its sources are being joined."""

    def __init__(self, id: str, name: str, group: str | None = None) -> None:
        self.id, self.name, self.group = id, name, group
        self.surfaces: dict[str, str] = {}  # folded name -> first surface form
        self.users: dict[str, dict[str, None]] = {}  # folded name -> who uses it, in order
        self.states: dict[str, list[str]] = {}
        self.sectors: set[str] = set()
        self.victims: set[str] = set()
        self.kinds: list[str] = []
        self.sources: set[str] = set()
        self.is_criminal = False  # by ATT&CK's own words, wherever it sits

    def add_name(self, name: str, users: Iterable[str]) -> None:
        key = fold(name)
        if not key or len(key) < 2:
            return
        self.surfaces.setdefault(key, name)
        self.users.setdefault(key, {}).update(dict.fromkeys((*users, *users_by_style(name))))


class _Merger:
    def __init__(self, states: Sequence[State], sectors: Sequence[Sector], vendors: Sequence[Vendor]) -> None:
        self.drafts: list[_Draft] = []
        self.state_codes = _state_codes(states)
        self.sector_names = {fold(word): sector.name for sector in sectors for word in (sector.name, *sector.words)}
        self.vendors = sorted(
            ((fold(n), v.name) for v in vendors for n in (v.name, *v.names) if v.kind != "media"), reverse=True
        )

    def keep(self, actor: Actor, revoked: Mapping[str, str], renewed: Collection[str]) -> None:
        """An actor as it was, without what the sources in `renewed` said of its state; one that ATT&CK revoked goes on as its
        successor."""
        group = revoked.get(actor.group, actor.group) if actor.group else None
        draft = next((one for one in self.drafts if group and one.group == group), None)
        if draft is None:
            draft = _Draft(group or actor.id, actor.name, group)
            self.drafts.append(draft)
        for alias in actor.aliases:
            draft.add_name(alias.name, alias.according_to)
            draft.sources.update(set(alias.according_to) - set(renewed))
        told = {**({actor.state: actor.state_according_to} if actor.state else {}), **actor.other_states}
        for code, who in told.items():
            if left := [one for one in who if one not in renewed]:
                draft.states.setdefault(code, []).extend(left)
        draft.sectors.update(actor.sectors)
        draft.victims.update(actor.victims)
        draft.kinds += [actor.kind] if actor.kind != "group" else []
        draft.is_criminal |= actor.kind == "criminal" and bool(told)

    def add_group(self, group: Group) -> None:
        key = fold(group.name)
        same = [one for one in self.drafts if one.group == group.id]
        same = same or [one for one in self.drafts if one.group is None and fold(one.name) == key][:1]
        draft = same[0] if same else _Draft(group.id, group.name, group.id)
        draft.id, draft.name, draft.group = group.id, group.name, group.id
        draft.sources.add(MITRE)
        draft.add_name(group.name, [MITRE])
        cited = dict(group.alias_citations)
        for alias in group.aliases:
            draft.add_name(alias, [MITRE, *self.vendors_of(cited.get(alias, ()))])
        if not same:
            self.drafts.append(draft)

    def vendors_of(self, citations: Iterable[str]) -> list[str]:
        """The vendors whose reports ATT&CK cites for an alias: its citation names begin with the vendor's name."""
        found = []
        for citation in citations:
            key = fold(citation)
            found += next(([name] for folded, name in self.vendors if len(folded) > 2 and key.startswith(folded)), [])
        return found

    def add_entries(self, entries: Sequence[GalaxyEntry]) -> None:
        mains = {fold(entry.name) for entry in entries}
        for entry in entries:
            draft = self.match(entry, mains)
            if draft is None or entry.source in draft.sources:
                key = fold(entry.name)
                again = (one for one in self.drafts if fold(one.name) == key and entry.source not in one.sources)
                draft = next(again, None) or self.new(entry)
            self.join(draft, entry)

    def match(self, entry: GalaxyEntry, mains: set[str]) -> _Draft | None:
        """The one actor that an entry is the same as, on strong grounds; `mains` are the main names in the entry's source."""
        if entry.group and (found := next((draft for draft in self.drafts if draft.group == entry.group), None)):
            return found
        key, keys = fold(entry.name), {fold(name) for name in entry.names}
        if same := [draft for draft in self.drafts if fold(draft.name) == key]:
            return _only(same)
        # From here on, an actor whose main name the source has as another entry of its own is somebody else to that source.
        open_ = [draft for draft in self.drafts if fold(draft.name) not in mains and entry.source not in draft.sources]
        if listing := [draft for draft in open_ if key in draft.surfaces]:
            return _only(listing)
        if named := [draft for draft in open_ if fold(draft.name) in keys]:
            return _only(named)
        return _only([draft for draft in open_ if len(keys & set(draft.surfaces)) >= 2])

    def new(self, entry: GalaxyEntry) -> _Draft:
        taken = {draft.id for draft in self.drafts}
        base = f"actor:{slug(entry.name)}"
        id = base if base not in taken else f"{base}-{slug(entry.source)}"
        while id in taken:
            id += "-2"
        draft = _Draft(id, entry.name)
        self.drafts.append(draft)
        return draft

    def join(self, draft: _Draft, entry: GalaxyEntry) -> None:
        draft.sources.add(entry.source)
        users = {fold(name): who for name, who in entry.users.items()}
        for name in (entry.name, *entry.names):
            draft.add_name(name, [entry.source, *users.get(fold(name), ())])
        for state, who in entry.states.items():
            if code := self.state_codes.get(fold(state)) or (state if re.fullmatch(r"[A-Z]{2}", state) else None):
                draft.states.setdefault(code, []).extend(w for w in who if w not in draft.states.get(code, ()))
        draft.sectors.update(self.sector_names[fold(s)] for s in entry.sectors if fold(s) in self.sector_names)
        draft.victims.update(self.state_codes[fold(v)] for v in entry.victims if fold(v) in self.state_codes)
        if entry.kind:
            draft.kinds.append(entry.kind)


def _only(drafts: Sequence[_Draft]) -> _Draft | None:
    """The one draft, or the one ATT&CK group among several: then ATT&CK itself says that the name is that group's."""
    groups = [draft for draft in drafts if draft.group]
    return drafts[0] if len(drafts) == 1 else groups[0] if len(groups) == 1 else None


def merge_actors(
    attack: AttackTables,
    galaxy: Galaxy,
    *,
    states: Sequence[State],
    sectors: Sequence[Sector],
    vendors: Sequence[Vendor],
    belongings: Belonging | None = None,
    words: Mapping[str, GroupWords] | None = None,
    before: Iterable[Actor] = (),
    renewed: Collection[str] = (),
) -> tuple[Actor, ...]:
    """All actors by id: ATT&CK's groups first. `words`: what ATT&CK's own say of a group, by its id.

    `before` are the actors as they were, where only some sources are newer: those in `renewed` are taken at their new word on
    states and kinds, and no name that was ever theirs is forgotten, since older texts use it.
    """
    merger = _Merger(states, sectors, vendors)
    for actor in before:
        merger.keep(actor, attack.revoked, renewed)
    for group in attack.groups:
        merger.add_group(group)
    for draft in merger.drafts:
        if draft.group and (told := (words or {}).get(draft.group)):
            if told.state:
                who = draft.states.setdefault(told.state, [])
                who[:0] = [MITRE] if MITRE not in who else []
            draft.is_criminal |= told.criminal
    current = {old: new for old, new in attack.revoked.items() if old.startswith("G")}
    for entries in (galaxy.misp, galaxy.microsoft, galaxy.tidal, galaxy.ours):
        merger.add_entries([_with_current_group(entry, current) for entry in entries])
    shared: dict[str, list[str]] = {}
    for draft in merger.drafts:
        for key in draft.surfaces:
            shared.setdefault(key, []).append(draft.id)
    rows = [_row(draft, shared, belongings or {}) for draft in merger.drafts]
    return tuple(sorted(rows, key=lambda row: (row.group is None, row.id)))


def _with_current_group(entry: GalaxyEntry, current: Mapping[str, str]) -> GalaxyEntry:
    if not entry.group or entry.group not in current:
        return entry
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
    return GalaxyEntry(**(fields | {"group": current[entry.group]}))


def _row(draft: _Draft, shared: Mapping[str, Sequence[str]], belongings: Belonging) -> Actor:
    ranked = sorted(draft.states.items(), key=lambda item: (-len(item[1]), item[0]))
    # A tie between sources is no answer: then all of them are "other".
    clear = bool(ranked) and (len(ranked) == 1 or len(ranked[0][1]) > len(ranked[1][1]))
    state, who = ranked[0] if clear else (None, [])
    agency, agency_who = belongings.get(draft.id) or belongings.get(draft.name) or (None, ())
    main = fold(draft.name)
    order = [main, *(key for key in draft.surfaces if key != main)]
    return Actor(
        id=draft.id,
        name=draft.name,
        aliases=tuple(
            Alias(
                name=draft.surfaces[key],
                according_to=tuple(draft.users[key]),
                shared_with=tuple(sorted(id for id in shared[key] if id != draft.id)),
            )
            for key in order
            if key in draft.surfaces
        ),
        group=draft.group,
        state=state,
        state_according_to=tuple(who),
        other_states={code: tuple(names) for code, names in ranked if code != state},
        agency=agency,
        agency_according_to=tuple(agency_who),
        kind=_kind(draft, state),
        sectors=tuple(sorted(draft.sectors)),
        victims=tuple(sorted(draft.victims)),
    )


def _kind(draft: _Draft, state: str | None) -> str:
    # A persona that ATT&CK lists as a name of a group makes no persona of the group.
    for kind in ("person", "contractor", "persona", "surveillance vendor", "hacktivist"):
        if kind in draft.kinds and not draft.group:
            return kind
    if draft.is_criminal or ("Indicia" in draft.sources and "criminal" in draft.kinds):
        return "criminal"
    criminal_name = re.compile(r"(?i)(.* (spider|tempest)|fin\d+)")
    if not state and ("criminal" in draft.kinds or any(criminal_name.fullmatch(name) for name in draft.surfaces.values())):
        return "criminal"
    return "group"


def _state_codes(states: Sequence[State]) -> dict[str, str]:
    """Names of states (no capitals, no demonyms) and ISO codes -> ISO code."""
    found: dict[str, str] = {}
    for state in states:
        for name in (state.name, *state.names, state.code):
            found.setdefault(fold(name), state.code)
    return found


# What ATT&CK's own words say of a group: which state they tie it to, and whether it works for money. Read from the first
# sentences of its description, which we do not keep.
_AFTER = (
    r"[ \u2013-](?:based|nexus|linked|aligned|affiliated|backed|sponsored|state|government|military|intelligence|cyber|threat|"
    r"espionage|APT|suspected|group)"
)
_CRIMINAL = re.compile(
    r"financially[- ]motivated|cyber ?crim|criminal|e-?crime|extort|initial access broker|"
    r"ransomware[- ]as[- ]a[- ]service|ransomware (?:group|operat|gang|affiliate)",
    re.IGNORECASE,
)
_FOR_A_STATE = re.compile(
    r"espionage|(?:state|nation[- ]state)[- ](?:sponsored|backed)|nation[- ]state|intelligence (?:service|agency|directorate)",
    re.IGNORECASE,
)
_SENTENCES = 2, 3  # that say where a group is from, and what it is


class GroupWords(msgspec.Struct, frozen=True, kw_only=True):
    """`state`: the one that the words tie it to, an ISO code. `criminal`: they say that it works for money and nothing of a
    state's service; the state is where it sits then."""

    state: str | None = None
    criminal: bool = False


class _Reference(msgspec.Struct):
    source_name: str = ""
    external_id: str = ""


class _Group(msgspec.Struct):
    type: str
    description: str = ""
    external_references: list[_Reference] = []


class _Bundle(msgspec.Struct):
    objects: list[_Group]


def group_words(path: Path, states: Sequence[State]) -> dict[str, GroupWords]:
    """By ATT&CK's id of the group, for those of whom a release in `path` says anything of the kind."""
    words = {word: state.code for state in states for word in (state.name, *state.names, *state.demonyms) if len(word) > 3}
    names = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    tied = re.compile(
        rf"\b(?<!South )(?<!Latin )(?<!Central )(?P<a>{names}){_AFTER}|attributed to (?:the )?(?:[A-Z]\w+ )?(?P<b>{names})\b|"
        rf"(?:based|operating|operates|originat\w+|located) (?:in|out of|from) (?P<c>{names})\b|"
        rf"(?:sponsored by|on behalf of|linked to|part of|associated with) (?:the )?(?:government of )?(?P<d>{names})\b"
    )
    found: dict[str, GroupWords] = {}
    for item in msgspec.json.decode(read_limited(path, MAX_BYTES), type=_Bundle).objects:
        number = next((ref.external_id for ref in item.external_references if ref.source_name == "mitre-attack"), "")
        if item.type != "intrusion-set" or not number:
            continue
        text = re.sub(r"\(Citation: [^)]*\)", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", item.description))
        sentences = re.split(r"(?<=[.])\s+", text)
        first, what = (" ".join(sentences[:count]) for count in _SENTENCES)
        first = re.split(r"\b(?:target|against|victim|focus|primarily|includ|since|aimed)", first)[0]
        codes = {words[next(filter(None, match.groups()))] for match in tied.finditer(first)}
        state = codes.pop() if len(codes) == 1 else None
        criminal = bool(_CRIMINAL.search(what)) and not _FOR_A_STATE.search(what)
        if state or criminal:
            found[number] = GroupWords(state=state, criminal=criminal)
    return found
