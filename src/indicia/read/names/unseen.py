"""Adds names that no table holds to those that were found: everywhere in the document, with who calls them that."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

from indicia.read.names.context import leaning
from indicia.read.names.introduced import find_introduced
from indicia.read.names.lexicon import NameMatch, is_whole, lowered
from indicia.read.names.patterned import Unseen, find_patterned
from indicia.records import MentionKind


def with_unseen(text: str, found: list[NameMatch], detected: Iterable[Unseen]) -> list[NameMatch]:
    """Adds names that no table holds. One that was introduced once, or whose family is `detected`, counts everywhere in the
    document."""
    added: dict[str, list[Unseen]] = {}
    new: list[Unseen] = []
    vendors = [item for item in found if any(entry.kind is MentionKind.VENDOR for entry in item.entries)]
    introduced = (_with_namer(text, item, vendors) for item in find_introduced(text))
    for item in (*find_patterned(text), *_free(found, detected), *introduced):
        new.append(item)
        if item.kind is not MentionKind.CAMPAIGN or item.method == "introduced":
            added.setdefault(item.name, []).append(item)
    covers = _Covers((item.start, item.end) for item in new if item.method == "pattern")
    merged = [item for item in found if not covers.more_than(item.start, item.end)]
    merged += [NameMatch(item.start, item.end, [], introduced=item) for item in _free(merged, new)]
    merged.sort(key=lambda item: item.start)
    sought = {name: items for name, items in added.items() if len(name) >= 4 and not name.islower()}
    kinds = {name: {item.kind: item for item in reversed(items)} for name, items in sought.items()}
    products = {vendor.end + 1 for vendor in vendors}  # "Google Play" is none of Play's
    again = [
        _as_it_leans(text, sought[name][0], kinds[name], at, at + len(name))
        for name, at in _occurrences(text, tuple(sought))
        if at not in products
    ]
    merged += [NameMatch(item.start, item.end, [], introduced=item) for item in _free(merged, again)]
    merged.sort(key=lambda item: item.start)
    return merged


def _with_namer(text: str, item: Unseen, vendors: list[NameMatch]) -> Unseen:
    """Who calls it that, where a vendor stands before the verb of naming or right after the name with "by"."""
    if item.verb < 0 or item.according_to:
        return item
    for vendor in vendors[bisect_left(vendors, item.verb - _NAMER_REACH, key=lambda v: v.start) :]:
        if vendor.start > item.end + _NAMER_REACH:
            break
        subject = vendor.end <= item.verb and _SUBJECT.fullmatch(text, vendor.end, item.verb)
        agent = item.verb < vendor.start and vendor.end <= item.start
        if subject or agent or (vendor.start > item.end and _BY.fullmatch(text, item.end, vendor.start)):
            return item._replace(according_to=(vendor.entries[0].name,))
    return item


_NAMER_REACH = 60
_SUBJECT = re.compile(
    r"(?:[\s,]+(?:which|who|that|also|has|have|itself|researchers|analysts|experts|threat|intelligence|security|team|\w+ly))*"
    r"[\s,]+"
)
_BY = re.compile(r"[\"”'’]?\sby\s(?:the\s)?(?:researchers\s(?:at|of|from)\s)?")


class _Covers:
    """Ranges, and whether one of them is larger than another that lies within it."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(ranges)
        self._starts = [start for start, _ in ordered]
        self._furthest = list(accumulate((end for _, end in ordered), max))

    def more_than(self, start: int, end: int) -> bool:
        """Whether one reaches beyond the range at one of its ends, or at both."""
        before, upto = bisect_left(self._starts, start), bisect_right(self._starts, start)
        return (before > 0 and self._furthest[before - 1] >= end) or (upto > 0 and self._furthest[upto - 1] > end)


def _as_it_leans(text: str, first: Unseen, kinds: dict[MentionKind, Unseen], start: int, end: int) -> Unseen:
    """The name again at another place; where it names a group and its software, as the words beside it say."""
    here = leaning(text, start, end)
    fits = kinds.get(MentionKind.ACTOR if here > 0 else MentionKind.SOFTWARE) if here else None
    return (fits or first)._replace(start=start, end=end)


def _occurrences(text: str, names: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Where the names stand as words, all of them in one pass, however many there are."""
    if not names:
        return
    last: dict[int, int] = {}  # of each name its last place: a name does not overlap itself
    for number, at, end in AhoCorasick(names).find_matches_as_indexes(text, overlapping=True):
        if at >= last.get(number, 0):
            last[number] = end
            if is_whole(text, at, end):
                yield names[number], at


def _free(held: list[NameMatch], new: Iterable[Unseen]) -> list[Unseen]:
    """Those of `new` that touch nothing held and none of themselves."""
    starts = [item.start for item in held]
    kept: list[Unseen] = []
    end = -1
    for item in sorted(new, key=lambda i: (i.start, -i.end)):
        index = bisect_right(starts, item.start) - 1
        touches = (index >= 0 and held[index].end > item.start) or (index + 1 < len(held) and held[index + 1].start < item.end)
        if not touches and item.start >= end:
            kept.append(item)
            end = item.end
    return kept


# What software calls itself, unlike "malware" or "trojan", which are what a text says of it.
_OWN_CLASS = re.compile(r"\s(?:RAT|[Ss]tealer|Loader|Bot)\b(?!\s[A-Z]\w+ing)")
_CLASS_END = re.compile(r"\s(?:RAT|[Ss]tealer|[Ll]oader|Logger|Bot|[Rr]ansomware|[Gg]roup|[Tt]eam|[Gg]ang)\Z")


def with_class(text: str, found: list[NameMatch]) -> list[NameMatch]:
    """The word for its class belongs to a name where the document never writes the one without the other ("Raccoon Stealer").
    Software that the document also writes without it ("X RAT", "X") is the name alone. Of groups the capital letter decides:
    "Winnti Group", but "Cobalt" before a "group"."""
    by_name: dict[str, list[NameMatch]] = {}
    for item in found:
        kinds = {entry.kind for entry in item.entries}
        if kinds == {MentionKind.SOFTWARE} or (item.introduced and item.introduced.kind is MentionKind.SOFTWARE):
            by_name.setdefault(lowered(text[item.start : item.end]), []).append(item)
    for items in by_name.values():
        tails = [_OWN_CLASS.match(text, item.end) for item in items]
        if len(items) > 1 and len({tail and lowered(tail[0]) for tail in tails}) == 1:
            for item, tail in zip(items, tails, strict=True):
                item.end = tail.end() if tail is not None else item.end
    return _alone(text, found)


def _alone(text: str, found: list[NameMatch]) -> list[NameMatch]:
    """Names without the word for their class, where the document also writes them so, and the places where it does."""
    heads: dict[str, list[tuple[NameMatch, int]]] = {}
    for item in found:
        tail = _CLASS_END.search(text, item.start, item.end) if item.entries else None
        if tail is not None and {entry.kind for entry in item.entries} <= {MentionKind.ACTOR, MentionKind.SOFTWARE}:
            heads.setdefault(text[item.start : tail.start()], []).append((item, tail.start()))
    taken = _Covers((item.start, item.end) for item in found)
    held = {(item.start, item.end) for item in found}
    alone: dict[str, list[int]] = {}
    for head, at in _occurrences(text, tuple(head for head in heads if len(head) >= 4)):
        if not _CLASS_WORD.match(text, at + len(head)) and not taken.more_than(at, at + len(head)):
            alone.setdefault(head, []).append(at)
    added: list[NameMatch] = []
    for head, items in heads.items():
        for item, end in items:
            group = item.entries[0].kind is MentionKind.ACTOR
            if text[end + 1 : item.end].islower() if group else len(alone.get(head, ())) >= len(items) / 2:
                item.end = end
        odd = not head.isalpha() or not head.istitle()
        added += [
            NameMatch(at, at + len(head), items[0][0].entries, supported=True)
            for at in alone.get(head, ())
            if odd and (at, at + len(head)) not in held
        ]
    return sorted([*found, *added], key=lambda item: item.start)


_CLASS_WORD = re.compile(r"\s(?:RAT|stealer|loader|logger|bot|ransomware|group|team|gang)\b", re.IGNORECASE)


def with_short(text: str, found: list[NameMatch]) -> list[NameMatch]:
    """The initials that a document gives a name in brackets ("Golden Chickens (GC)") stand for it everywhere in it."""
    short: dict[str, NameMatch] = {}
    for item in found:
        given = _INITIALS.match(text, item.end) if item.entries else None
        words = re.findall(r"[A-Z]", text[item.start : item.end])
        proper = all(entry.kind in _NAMED for entry in item.entries)
        if given is not None and proper and len(words) > 1 and given[1] == "".join(words):
            short.setdefault(given[1], item)
    if not short:
        return found
    taken = _Covers((item.start, item.end) for item in found)
    held = {item.start for item in found}
    places = [
        (name, at)
        for name, at in _occurrences(text, tuple(short))
        if at not in held and not taken.more_than(at, at + len(name))
    ]
    added = [NameMatch(at, at + len(name), short[name].entries, supported=True) for name, at in places]
    return sorted([*found, *added], key=lambda item: item.start)


_INITIALS = re.compile(r"[\"”’]?\s\((?:or |hereafter |the )?[\"“‘]?([A-Z]{2,5})[\"”’]?\)")
_NAMED = frozenset((MentionKind.ACTOR, MentionKind.SOFTWARE, MentionKind.CAMPAIGN))
