"""Adds names that no table holds to those that were found: everywhere in the document, with who calls them that."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from indicia.read.names.context import leaning
from indicia.read.names.found import Found, is_whole
from indicia.read.names.introduced import find_introduced
from indicia.read.names.lexicon import lowered
from indicia.read.names.patterned import Unseen, find_patterned
from indicia.records import MentionKind

__all__ = ["with_class", "with_unseen"]


def with_unseen(text: str, found: list[Found]) -> list[Found]:
    """Adds names that no table holds. One that was introduced once counts everywhere in the document."""
    added: dict[str, list[Unseen]] = {}
    new: list[Unseen] = []
    vendors = [item for item in found if any(entry.kind is MentionKind.VENDOR for entry in item.entries)]
    for item in (*find_patterned(text), *(_with_namer(text, item, vendors) for item in find_introduced(text))):
        new.append(item)
        if item.method == "introduced" or item.kind is MentionKind.ACTOR:
            added.setdefault(item.name, []).append(item)
    new_ranges = [(item.start, item.end) for item in new if item.method == "pattern"]
    merged = [
        item
        for item in found
        if not any(s <= item.start and item.end <= e and e - s > item.end - item.start for s, e in new_ranges)
    ]
    merged += [Found(item.start, item.end, [], introduced=item) for item in _free(merged, new)]
    merged.sort(key=lambda item: item.start)
    again = [
        _as_it_leans(text, items, at, at + len(name))
        for name, items in added.items()
        if len(name) >= 4 and not name.islower()
        for at in _occurrences(text, name)
    ]
    merged += [Found(item.start, item.end, [], introduced=item) for item in _free(merged, again)]
    merged.sort(key=lambda item: item.start)
    return merged


def _with_namer(text: str, item: Unseen, vendors: list[Found]) -> Unseen:
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


def _as_it_leans(text: str, items: list[Unseen], start: int, end: int) -> Unseen:
    """The name again at another place; where it names a group and its software, as the words beside it say."""
    kinds = {item.kind: item for item in reversed(items)}
    here = leaning(text, start, end)
    fits = kinds.get(MentionKind.ACTOR if here > 0 else MentionKind.SOFTWARE) if here else None
    return (fits or items[0])._replace(start=start, end=end)


def _occurrences(text: str, name: str) -> Iterable[int]:
    at = text.find(name)
    while at >= 0:
        if is_whole(text, at, at + len(name)):
            yield at
        at = text.find(name, at + len(name))


def _free(held: list[Found], new: Iterable[Unseen]) -> list[Unseen]:
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


def with_class(text: str, found: list[Found]) -> None:
    """The word for its class belongs to a piece of software's name where the document never writes the one without the
    other."""
    by_name: dict[str, list[Found]] = {}
    for item in found:
        kinds = {entry.kind for entry in item.entries}
        if kinds == {MentionKind.SOFTWARE} or (item.introduced and item.introduced.kind is MentionKind.SOFTWARE):
            by_name.setdefault(lowered(text[item.start : item.end]), []).append(item)
    for items in by_name.values():
        tails = [_OWN_CLASS.match(text, item.end) for item in items]
        if len(items) > 1 and len({tail and lowered(tail[0]) for tail in tails}) == 1:
            for item, tail in zip(items, tails, strict=True):
                item.end = tail.end() if tail is not None else item.end
