"""Names in a document: known ones by one automaton, unseen ones by pattern and introduction, each resolved by what
stands around it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

from indicia.knowledge import Knowledge
from indicia.knowledge.resolve import names_of, software_of
from indicia.read.names.context import calls_it_malware, is_adjacent, is_person, leaning, names_its_software, supports
from indicia.read.names.lexicon import Entry, Lexicon, NameMatch, is_whole, lexicon_of, lowered
from indicia.read.names.patterned import Unseen, find_detected
from indicia.read.names.unseen import with_class, with_short, with_unseen
from indicia.read.text.mentioning import mention
from indicia.records import Candidate, Document, Mention, MentionKind

_IDS = re.compile(r"(?<![\w./-])(?:G(?:0\d{3}|1\d{3})|S[01]\d{3}|C00\d\d)(?![\w-]|\.\d)")
_KINDS_OF_IDS = {"G": MentionKind.ACTOR, "S": MentionKind.SOFTWARE, "C": MentionKind.CAMPAIGN}
_IS_AFFAIR = re.compile(r"\s(?:hack|attack|breach|incident|campaign|compromise|intrusion|affair|operation)s?\b", re.IGNORECASE)
# "the 2017 NotPetya", "after WannaCry,", "since Stuxnet": told as something that happened.
_AFFAIR_BEFORE = re.compile(
    r"\b(?:(?:in|since|after|before|during|following|until) (?:the )?(?:(?:19|20)\d\d )?|the (?:19|20)\d\d |"
    r"(?:hack|attack|breach|incident|campaign|compromise|intrusion|affair|outbreak|operation)s?"
    r"(?: (?:known as|called|dubbed|named|such as|like))? )[\"“'‘]?\Z",
    re.IGNORECASE,
)
_PROPER = frozenset((MentionKind.ACTOR, MentionKind.SOFTWARE, MentionKind.CAMPAIGN))


def find_names(document: Document, knowledge: Knowledge) -> tuple[Mention, ...]:
    """Mentions of actors, software, campaigns, incidents, agencies, vendors, states and sectors, in text order, not
    overlapping.

    `value` is the canonical name, `target` its id when the text leaves no doubt, `candidates` the readings that are left
    otherwise; `according_to` says who uses the alias that matched. An everyday word counts only beside words that fit its kind.
    Names that no table holds have the method `pattern` or `introduced` and no target.
    """
    text = document.text
    low = lowered(text)
    found: list[NameMatch] = []
    doubtful: list[NameMatch] = []
    lexicon = lexicon_of(knowledge)
    entries_of = lexicon.entries
    for entries, start, end in _names(text, low, lexicon):
        if not is_whole(text, start, end) or is_person(text, start) or _in_quotes(text, start, end):
            continue
        if _is_region(entries, text, start):
            continue
        fitting = [_in_case(entry, text, start, end) for entry in entries if _case_fits(entry, text, start, end)]
        if not fitting:
            if any(entry.kind in _PROPER and not entry.exact for entry in entries):
                doubtful.append(
                    NameMatch(start, end, [entry for entry in entries if entry.kind in _PROPER and not entry.exact])
                )
            continue
        shorter = _without_class(low, start, end, fitting, entries_of)
        if shorter:
            end, fitting = (
                shorter,
                [e for e in entries_of[low[start:shorter]] if _case_fits(e, text, start, shorter)] or fitting,
            )
        sure = [entry for entry in fitting if not entry.risky]
        if sure:
            found.append(NameMatch(start, end, sure))
            continue
        if found and found[-1].end == start - 1 and found[-1].entries[0].kind is MentionKind.VENDOR:
            continue  # a product: "Google Play"
        supported = [entry for entry in fitting if _is_supported(entry, text, start, end)]
        (found if supported else doubtful).append(NameMatch(start, end, supported or fitting, supported=bool(supported)))
    detected, unseen = _detected(text, entries_of)
    found = _with_doubtful(text, found + detected, doubtful)
    found = with_unseen(text, found, unseen)
    found = with_short(text, with_class(text, found))
    _resolve(text, found, knowledge, {knowledge.attack.current(match[0]) for match in _IDS.finditer(text)})
    called = _called_malware(text, found)
    mentions = [_to_mention(document, item, called) for item in found]
    mentions += _ids(document, knowledge, found)
    return tuple(sorted(mentions, key=lambda m: (m.span.start, m.span.end)))


# "South American", "Latin America": a part of the world and no state.
_REGION = re.compile(r"\b(?:South|North|Latin|Central|Meso|Pan)[- ]\Z")


def _is_region(entries: Sequence[Entry], text: str, start: int) -> bool:
    return (
        all(entry.kind is MentionKind.STATE for entry in entries)
        and text.startswith("America", start)
        and _REGION.search(text, max(0, start - 10), start) is not None
    )


def _detected(text: str, entries_of: Mapping[str, list[Entry]]) -> tuple[list[NameMatch], list[Unseen]]:
    """Names of antivirus detections: those of known families, and the others."""
    known, unseen = [], []
    for item in find_detected(text):
        families = [entry for entry in entries_of.get(lowered(item.name), ()) if entry.kind is MentionKind.SOFTWARE]
        if families:
            known.append(NameMatch(item.start, item.end, families, supported=True))
        else:
            unseen.append(item)
    return known, unseen


# "“Fancy Lazarus”": a quoted name is the whole of what is quoted.
_QUOTED = re.compile(r"[“\"‘]([A-Z][\w-]*(?: [A-Z][\w-]*)? )?\Z"), re.compile(r"( [A-Z][\w-]*)?,?[”\"’]")


def _in_quotes(text: str, start: int, end: int) -> bool:
    """Whether the match is a part of a quoted name of two or three words."""
    if (close := _QUOTED[1].match(text, end)) is None:
        return False
    opened = _QUOTED[0].search(text, max(0, start - 40), start)
    return opened is not None and opened[1] is not None and close[1] is None and text[end] != "'"


def _without_class(low: str, start: int, end: int, fitting: list[Entry], entries_of: dict[str, list[Entry]]) -> int:
    """The end of the name alone, where it is written with the word for its class and also goes by the name without it;
    else 0."""
    tail = _CLASS_TAIL.search(low, start, end)
    if tail is None:
        return 0
    shorter = entries_of.get(low[start : tail.start()], ())
    ids = {entry.id for entry in fitting}
    known = any(not e.derived and (e.id in ids or (e.kind is MentionKind.SOFTWARE and not e.risky)) for e in shorter)
    return tail.start() if known else 0


def _names(text: str, low: str, lexicon: Lexicon) -> Iterator[tuple[list[Entry], int, int]]:
    """The longest names; of one that is not written as it should be, the names within too ("the government of Russia")."""
    until = 0
    for entries, start, end in lexicon.find(low):
        if start < until:
            continue
        if low.startswith("the ", start) and (longer := lexicon.at(low, start + 4)) and longer[2] > end:
            entries, start, end = longer  # "The Australian government" is no newspaper
            until = end
        yield entries, start, end
        if " " in low[start:end] and not any(_case_fits(entry, text, start, end) for entry in entries):
            yield from lexicon.inside(low, start, end)


_CLASS_TAIL = re.compile(r"\s(?:rat|ransomware|malware|trojan|backdoor|stealer|loader|botnet|gang)\Z")


_CONTINENT = re.compile(r"\b(?:South|Latin|Central|North|Meso|Pan)[ -]\Z")


def _case_fits(entry: Entry, text: str, start: int, end: int) -> bool:
    written = text[start:end].replace("\u2019", "'")
    if entry.kind is MentionKind.STATE and entry.surface.startswith("American") and _CONTINENT.search(text, 0, start):
        return False  # "South American firms" are not the United States'
    if written == entry.surface or (entry.surface.startswith("the ") and written == f"T{entry.surface[1:]}"):
        return True  # "The" begins a sentence
    if entry.kind is MentionKind.SECTOR:
        return not entry.exact
    if entry.exact:
        # "Apt28" and "fin7" are no other words; "us" and "it" are. "Barium" for BARIUM is doubtful.
        numbered = entry.kind in _PROPER and any(c.isdigit() for c in entry.surface)
        calm = _is_shouted(entry) and written.istitle() and not _GOES_ON.match(text, end)
        # "RokRAT" for ROKRAT: written as no word is.
        mixed = entry.kind in _PROPER and len(entry.surface) >= 5 and _NO_WORD.search(written) is not None
        return len(entry.surface) >= 4 and (numbered or calm or mixed)
    if written.islower():
        return any(c.isdigit() for c in written) and len(written) >= 5 or entry.surface.islower()
    if entry.surface.islower() and written.istitle():
        return not entry.risky
    first = written[0]
    return first.isupper() or not entry.surface[0].isupper()


def _in_case(entry: Entry, text: str, start: int, end: int) -> Entry:
    """A group that is written in capitals (ELECTRUM, CHROMIUM) is something else in small letters, until its context
    says so. Written as no word is (ZLoader), or with the word for its class (Crimson RAT), it is no everyday one."""
    if entry.risky and not entry.derived and entry.kind in _PROPER and _NO_WORD.search(text, start, end):
        return entry._replace(risky=False)
    return entry._replace(risky=True) if _is_shouted(entry) and not entry.risky and text[start + 1 : end].islower() else entry


def _is_shouted(entry: Entry) -> bool:
    """Whether it is a group's name that its namer writes in capitals."""
    return entry.kind is MentionKind.ACTOR and entry.surface.isupper() and entry.surface.isalpha() and len(entry.surface) > 3


_GOES_ON = re.compile(r"\s[A-Z][a-z]")  # "Copper Lantern" is no COPPER
_NO_WORD = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]|[A-Za-z]\s(?:RAT|Stealer|Loader|Locker|Ransomware|Bot|Group|Team)\Z")


def _is_supported(entry: Entry, text: str, start: int, end: int) -> bool:
    if entry.kind is MentionKind.SECTOR or entry.kind is MentionKind.STATE:
        return True
    written = text[start:end]
    if written.islower():
        return False
    return is_adjacent(entry.kind, text, start, end)


def _with_doubtful(text: str, found: list[NameMatch], doubtful: list[NameMatch]) -> list[NameMatch]:
    """An everyday word or a name in small letters is believed where the same document surely uses the name elsewhere, or where
    it stands in one list with names of its kind."""
    found += _listed(text, found, doubtful)
    doubtful = [item for item in doubtful if not item.supported]
    sure = {(entry.kind, entry.id) for item in found for entry in item.entries if entry.kind in _PROPER}
    words = cache(lambda: frozenset(_WORD.findall(text)))
    for item in doubtful:
        written = text[item.start : item.end]
        kept = [entry for entry in item.entries if (entry.kind, entry.id) in sure]
        small = written.islower() and any(entry.risky for entry in kept)
        if kept and not small and (not _opens_sentence(text, item.start) or written.lower() not in words()):
            found.append(NameMatch(item.start, item.end, kept, supported=True))
        elif written.islower() and len(written) >= 5:
            named = [entry for entry in item.entries if not entry.risky and supports(entry.kind, text, item.start, item.end)]
            if named:
                found.append(NameMatch(item.start, item.end, named, supported=True))
    found.sort(key=lambda item: item.start)
    return found


_WORD = re.compile(r"(?<![\w\\/.@-])[a-z]+(?![\w\\/@-])")  # in small letters, and not in a path or an address
# Between the names of one list: "Maze, Ryuk and REvil", "Egregor/Maze".
_BETWEEN = re.compile(r"(?:,|/)[\s*]{0,3}|,? (?:and|or|&)[\s*]{1,3}(?:the )?", re.IGNORECASE)


def _listed(text: str, found: list[NameMatch], doubtful: list[NameMatch]) -> list[NameMatch]:
    """The doubtful names, written with a capital letter, that stand in one list with believed ones of their kind."""
    items = sorted([*found, *doubtful], key=lambda item: item.start)
    believed = {id(item): item.entries for item in found}
    new: list[NameMatch] = []
    for direction in (items, items[::-1]):
        for one, other in pairwise(direction):
            first, second = (one, other) if one.start < other.start else (other, one)
            if id(other) in believed or id(one) not in believed or not text[other.start].isupper():
                continue
            if not _BETWEEN.fullmatch(text, first.end, second.start):
                continue
            kinds = {entry.kind for entry in believed[id(one)]} & _PROPER
            kept = [entry for entry in other.entries if entry.kind in kinds]
            if kept:
                believed[id(other)] = kept
                other.supported = True
                new.append(NameMatch(other.start, other.end, kept, supported=True))
    return new


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start].rstrip(" \t\"“'‘(")
    return not before or before[-1] in ".!?\n:"


def _resolve(text: str, found: list[NameMatch], knowledge: Knowledge, ids: set[str]) -> None:
    """Chooses among readings: first the kind, by the words beside the name; then the row, by other names of it in the
    document, else as everybody here does who asks for a name."""
    single = ids | {item.entries[0].id for item in found if len({(e.kind, e.id) for e in item.entries}) == 1 and item.entries}
    votes: dict[str, int] = {}
    for item in found:
        if {e.kind for e in item.entries} >= {MentionKind.ACTOR, MentionKind.SOFTWARE}:
            key = lowered(text[item.start : item.end])
            votes[key] = votes.get(key, 0) + leaning(text, item.start, item.end)
    for item in found:
        if item.entries:
            item.kind = _kind_here(text, item, votes)
    _as_listed(text, found)
    for item in found:
        if not item.entries:
            continue
        readings = list({entry.id: entry for entry in item.entries if entry.kind is item.kind}.values())
        if len(readings) > 1:
            named = [entry for entry in readings if entry.id in single] or _known_as(readings, knowledge)
            canonical = [entry for entry in readings if entry.canonical]
            if len(named) == 1:
                readings = named
            elif len(canonical) == 1:
                item.others = [entry for entry in readings if entry is not canonical[0]]
                readings = canonical
        item.chosen = readings[0] if len(readings) == 1 else None
        if item.chosen is None:
            item.others = readings


def _known_as(readings: Sequence[Entry], knowledge: Knowledge) -> list[Entry]:
    """The readings that a name has wherever it is asked for."""
    surface, kind = readings[0].surface, readings[0].kind
    if kind is MentionKind.ACTOR:
        actor = names_of(knowledge).actor(surface)
        ids = {actor.id, actor.group} if actor is not None else set()
    else:
        software = software_of(knowledge).get(surface) if kind is MentionKind.SOFTWARE else None
        ids = {software.id} if software is not None else set()
    return [entry for entry in readings if entry.id in ids]


def _as_listed(text: str, found: list[NameMatch]) -> None:
    """Names that a group and its software share are of the kind of those with whom they stand in one list or in brackets:
    "APT28, Sofacy, Sednit and Pawn Storm". ATT&CK or the text itself has to say of what kind those are: other lists count
    ransomware among groups."""
    certain = {
        id(item)
        for item in found
        if len(_kinds_of(item)) == 1 and (item.introduced or any(_IDS.fullmatch(entry.id) for entry in item.entries))
    }
    for direction in (found, found[::-1]):
        for one, other in pairwise(direction):
            first, second = (one, other) if one.start < other.start else (other, one)
            kind = one.introduced.kind if one.introduced is not None else one.kind
            if id(one) not in certain or id(other) in certain or kind not in _kinds_of(other):
                continue
            if abs(leaning(text, other.start, other.end)) > 1:
                continue
            if _BETWEEN.fullmatch(text, first.end, second.start) or _ALSO_KNOWN.fullmatch(text, first.end, second.start):
                other.kind = kind
                certain.add(id(other))


def _kinds_of(item: NameMatch) -> set[MentionKind]:
    return {item.introduced.kind} if item.introduced is not None else {entry.kind for entry in item.entries}


# Between a name and another for the same: "X (aka Y", "X, also known as Y".
_ALSO_KNOWN = re.compile(
    r",?\s(?:group\s)?\(?(?:aka|a\.k\.a\.?|alias|(?:also|better|previously|formerly) (?:known|tracked|referred to) as),?\s"
    r"[\"“'‘]?",
    re.IGNORECASE,
)


def _kind_here(text: str, item: NameMatch, votes: dict[str, int]) -> MentionKind:
    kinds = list(dict.fromkeys(entry.kind for entry in item.entries))
    if len(kinds) == 1:
        return kinds[0]
    if MentionKind.ACTOR in kinds and MentionKind.SOFTWARE in kinds:
        here = leaning(text, item.start, item.end)
        if abs(here) <= 1:  # what most of its places say, and whose name it is to ATT&CK
            here = votes.get(lowered(text[item.start : item.end]), 0) + _PRIOR * _attack_leans(item.entries)
        if here:
            return MentionKind.ACTOR if here > 0 else MentionKind.SOFTWARE
        canonical = [
            entry.kind for entry in item.entries if entry.canonical and entry.kind in {MentionKind.ACTOR, MentionKind.SOFTWARE}
        ]
        return canonical[0] if len(set(canonical)) == 1 else MentionKind.ACTOR
    if MentionKind.ACTOR in kinds and not _IS_AFFAIR.match(text, item.end):
        return MentionKind.ACTOR
    if MentionKind.SOFTWARE in kinds and not _speaks_of_affair(text, item.start, item.end):
        return MentionKind.SOFTWARE
    order = (
        MentionKind.INCIDENT,
        MentionKind.CAMPAIGN,
        MentionKind.ACTOR,
        MentionKind.SOFTWARE,
        MentionKind.AGENCY,
        MentionKind.STATE,
        MentionKind.VENDOR,
        MentionKind.SECTOR,
    )
    return min(kinds, key=order.index)


_PRIOR = 2  # how many leanings one list weighs; chosen among 0, 2 and 5 on AnnoCTR's train and dev and APTNER's train parts


def _attack_leans(entries: list[Entry]) -> int:
    """1 where ATT&CK knows the name as a group's only, -1 as software's only, else 0."""
    own = {entry.kind for entry in entries if _IDS.fullmatch(entry.id)}
    return (MentionKind.ACTOR in own) - (MentionKind.SOFTWARE in own)


def _speaks_of_affair(text: str, start: int, end: int) -> bool:
    """Whether a name that software and an affair share stands for what happened: "the NotPetya attack", "since WannaCry"."""
    if _IS_AFFAIR.match(text, end):
        return True
    return _AFFAIR_BEFORE.search(text, max(0, start - 50), start) is not None and leaning(text, start, end) >= 0


def _called_malware(text: str, found: list[NameMatch]) -> set[str]:
    """Ids of tools that the text itself calls malware, and not only in passing: one time in five."""
    times: Counter[str] = Counter()
    called: Counter[str] = Counter()
    for item in found:
        if item.chosen is not None and item.chosen.type == "tool":
            times[item.chosen.id] += 1
            called[item.chosen.id] += calls_it_malware(text, item.start, item.end)
    return {id for id, count in called.items() if 5 * count >= times[id] > 0 and count}


def _to_mention(document: Document, item: NameMatch, called: set[str]) -> Mention:
    if item.introduced is not None:
        new = item.introduced
        software = "tool" if new.tool else "malware"
        type = {MentionKind.ACTOR: "intrusion-set", MentionKind.SOFTWARE: software}.get(new.kind, "campaign")
        return mention(
            document,
            new.kind,
            item.start,
            item.end,
            new.name,
            type=type,
            according_to=new.according_to,
            method=new.method,
            score=new.score,
        )
    assert item.kind is not None
    chosen = item.chosen
    if item.kind is MentionKind.ACTOR and chosen is not None and names_its_software(document.text, item.start, item.end):
        group = Candidate(id=chosen.id, name=chosen.name, according_to=chosen.according_to)
        return mention(
            document,
            MentionKind.SOFTWARE,
            item.start,
            item.end,
            document.text[item.start : item.end],
            type="malware",
            candidates=(group,),
            method="name",
            reason="software that goes by the group's name",
            score=0.6,
        )
    written = document.text[item.start : item.end]
    candidates = tuple(Candidate(id=entry.id, name=entry.name, according_to=entry.according_to) for entry in item.others)
    if item.kind is MentionKind.ACTOR and written.startswith("Operation "):
        whose = [entry for entry in (chosen, *item.others) if entry is not None]
        return mention(
            document,
            MentionKind.CAMPAIGN,
            item.start,
            item.end,
            written,
            type="campaign",
            candidates=tuple(Candidate(id=entry.id, name=entry.name, according_to=entry.according_to) for entry in whose),
            method="name",
            reason="an operation that stands for its group in some lists",
            score=0.7,
        )
    if chosen is None:
        return mention(
            document,
            item.kind,
            item.start,
            item.end,
            written,
            type=item.others[0].type,
            candidates=candidates,
            method="name",
            score=0.5,
        )
    if candidates:
        candidates = (Candidate(id=chosen.id, name=chosen.name, according_to=chosen.according_to), *candidates)
    return mention(
        document,
        item.kind,
        item.start,
        item.end,
        chosen.name,
        # the text's own word comes before the table's, and a RAT says what it is
        type="malware" if chosen.id in called or (chosen.type == "tool" and written.endswith("RAT")) else chosen.type,
        target=chosen.id,
        candidates=candidates,
        according_to=chosen.according_to,
        method="name",
        score=0.7 if candidates or chosen.derived else 0.8 if chosen.risky else 0.95,
    )


def _ids(document: Document, knowledge: Knowledge, found: list[NameMatch]) -> list[Mention]:
    """ATT&CK's own ids of groups, software and campaigns."""
    mentions = []
    starts = [item.start for item in found]
    for match in _IDS.finditer(document.text):
        id = knowledge.attack.current(match[0])
        name = knowledge.attack.name(id)
        index = bisect_right(starts, match.start()) - 1
        if name is None or (index >= 0 and found[index].end > match.start()):
            continue
        kind = _KINDS_OF_IDS[match[0][0]]
        target = id
        type = "campaign" if kind is MentionKind.CAMPAIGN else "intrusion-set"
        if kind is MentionKind.SOFTWARE:
            software = knowledge.attack.malware(id)
            type = software.type if software is not None else "malware"
        mentions.append(
            mention(
                document,
                kind,
                match.start(),
                match.end(),
                name,
                type=type,
                target=target,
                according_to=("MITRE ATT&CK",),
                method="id",
                reason=knowledge.attack.led_on(match[0]),
            )
        )
    return mentions
