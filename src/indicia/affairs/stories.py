"""Which documents of a case are about the same deed, and which of these stories is the one that the case is about.

Told by what stands at the head of each document (its title and first sentences) and in the sentences that tell the deed: known
incidents, and names that are not those of states, their bodies, firms that comment, or groups. What a document mentions further
down is background and joins nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from indicia.affairs.content import any_deed, in_turn
from indicia.affairs.incidents import day_number, joined
from indicia.knowledge import load
from indicia.records import Case, Claim, Context, Document, Level, Mention, MentionKind, Prominence, Stance

HEAD = 500  # characters at the beginning of a document that tell what it is about
LONGEST_HEADING = 120
OLD = 2  # years after which a text no longer reports a deed as news
AFTER = 30  # days in which a text may go on with a story
COMMON = 12  # documents that may share a word and still be one story by it
_GAP = r"(?:[^\S\n]+|\n(?!\s))"  # within a name: a line may end in it, a paragraph does not
_NAME = re.compile(rf"\b[A-Z][\w&’'-]*(?:{_GAP}(?:(?:of|the|for|de|la){_GAP})?[A-Z][\w&’'-]*)*")
_POSSESSIVE = re.compile(r"['’]s?\b")
_OTHERS = frozenset({MentionKind.STATE, MentionKind.AGENCY, MentionKind.VENDOR, MentionKind.ACTOR, MentionKind.SECTOR})
_BODIES = frozenset({MentionKind.VENDOR, MentionKind.AGENCY})
_TELLING = frozenset({"deed", "victims"})


class Story(NamedTuple):
    """Documents about one deed, by id; the names that most of them tell, most first; the known incident, if it is one."""

    documents: frozenset[str]
    names: tuple[str, ...]
    incident: str | None = None


def stories(case: Case) -> tuple[Story, ...]:
    """The stories of a case, the one with most documents first. A document that shares no name with another one belongs to the
    first, unless it tells another known incident."""
    documents = sorted(case.documents, key=in_turn)
    mentions: dict[str, list[Mention]] = defaultdict(list)
    for one in case.mentions:
        mentions[one.span.document].append(one)
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in case.claims:
        claims[claim.quote.document].append(claim)
    told = {one.id: _told(one, mentions[one.id]) for one in documents}
    incidents = {one.id: _incidents(one, claims[one.id], mentions[one.id]) for one in documents}
    known = {one.id: incidents[one.id] | _accused(one, claims[one.id]) for one in documents}
    groups = _joined(documents, told, known)
    first = next((group for group in groups if len(group) > 1), next(iter(groups), []))
    of_first = {id for one in first for id in incidents[one.id]}
    bodies = {one.id: _bodies(mentions[one.id]) for one in documents}
    days: dict[str, set[int]] = defaultdict(set)  # body -> the days of the first story's texts that name it at their head
    for document in first:
        if (day := day_number(document.published)) is not None:
            for body in bodies[document.id]:
                days[body].add(day)
    apart = [
        group
        for group in groups
        if group is not first
        and _is_apart(group, incidents, of_first)
        and (any(incidents[one.id] for one in group) or not any(_goes_on(one, bodies[one.id], days) for one in group))
    ]
    whole = sorted((one for group in groups if group not in apart for one in group), key=in_turn)
    return tuple(_story(group, told, incidents) for group in (whole, *apart))


def _is_apart(group: Sequence[Document], incidents: Mapping[str, frozenset[str]], first: set[str]) -> bool:
    """Whether documents that share nothing with the first story are one of their own: several are; one that is alone is where
    it tells another known incident than the first story does."""
    own = incidents[group[0].id]
    return len(group) > 1 or (bool(own) and bool(first) and own.isdisjoint(first))


def _bodies(mentions: Iterable[Mention]) -> frozenset[str]:
    """The firms and bodies that a document names at its head."""
    return frozenset(one.target or one.value for one in mentions if one.kind in _BODIES and one.span.start < HEAD)


def _goes_on(document: Document, bodies: Iterable[str], days: Mapping[str, set[int]]) -> bool:
    """Whether a document appeared within AFTER days of one that names the same firm or body at its head; `days` are those of
    the other documents by body."""
    day = day_number(document.published)
    return day is not None and any(
        not days[body].isdisjoint(range(day - AFTER, day + AFTER + 1)) for body in bodies if body in days
    )


def _joined(
    documents: Sequence[Document], told: Mapping[str, Counter[str]], known: Mapping[str, frozenset[str]]
) -> list[list[Document]]:
    """Documents that share a known incident or a word of their names, directly or through others; the largest group first. A
    word that very many documents share tells nothing."""
    by_word: dict[str, list[str]] = defaultdict(list)
    for one in documents:
        for word in (*_words(told[one.id]), *(f"known:{id}" for id in known[one.id])):
            by_word[word].append(one.id)
    shared = [frozenset(ids) for ids in by_word.values() if len(ids) <= max(COMMON, len(documents) // 3)]
    first = joined([*shared, *(frozenset({one.id}) for one in documents)])
    groups: dict[str, list[Document]] = defaultdict(list)
    for one in documents:
        groups[first[one.id]].append(one)
    return sorted(groups.values(), key=lambda group: (-len(group), min(map(in_turn, group))))


def main_story(case: Case) -> Story:
    """The story that a case is about, with the texts of claims that came without their texts."""
    story = next(iter(stories(case)), Story(frozenset(), ()))
    unread = {claim.quote.document for claim in case.claims} - {one.id for one in case.documents}
    return story._replace(documents=story.documents | unread)


def heading(document: Document) -> str:
    """What a text calls itself: its title, else its first line where that is short."""
    first = document.text.lstrip().partition("\n")[0].strip()
    return document.title or (first if 0 < len(first) <= LONGEST_HEADING else "")


def _told(document: Document, mentions: Iterable[Mention]) -> Counter[str]:
    """The distinctive names of a document's head and of its sentences on the deed, in small letters."""
    mentions = list(mentions)
    places = [(0, min(HEAD, len(document.text)))]
    places += [(one.span.start, one.span.end) for one in mentions if one.kind is MentionKind.FACT and one.type in _TELLING]
    taken = [(one.span.start, one.span.end) for one in mentions if one.kind in _OTHERS]
    out: Counter[str] = Counter()
    for start, end in places:
        for match in _NAME.finditer(document.text, start, end):
            if not any(a < match.end() and match.start() < b for a, b in taken) and not _opens(document.text, match):
                name = _POSSESSIVE.sub("", match.group()).lower()
                if len(name) > 3 and name not in any_deed():
                    out[name] += 1
    return out


def _opens(text: str, match: re.Match[str]) -> bool:
    """Whether a single word has its capital only because it opens a sentence."""
    before = text[max(0, match.start() - 3) : match.start()].rstrip(" \"“'‘(")
    return " " not in match.group() and (not before or before[-1] in ".!?\n:")


def _incidents(document: Document, claims: Sequence[Claim], mentions: Sequence[Mention]) -> frozenset[str]:
    """The known incidents that a document is about. Where a claim at its head tells one, that which its claims tell most, a
    sentence at the head twice; else those that its head names and that are no older than OLD; else that of half of the
    sentences that claim."""
    sentences: dict[str | None, set[int]] = defaultdict(set)
    for one in claims:
        if one.prominence is not Prominence.BACKGROUND:
            sentences[one.incident_id].add(one.quote.start)
    known = {id: told for id, told in sentences.items() if id is not None}
    if any(start < HEAD for told in known.values() for start in told):
        weight = {id: sum(2 if start < HEAD else 1 for start in told) for id, told in known.items()}
        return frozenset(id for id in known if weight[id] == max(weight.values()))
    named = (one for one in mentions if one.kind is MentionKind.INCIDENT and one.context is Context.STATED and one.target)
    heads = (str(one.target) for one in named if one.span.start < HEAD)
    if news := frozenset(id for id in heads if _is_news(id, document.published)):
        return news
    in_all = len(set().union(*sentences.values()))
    return frozenset(id for id, told in known.items() if 2 * len(told) >= in_all)


def _is_news(incident: str, published: str | None) -> bool:
    """Whether a text of that day may be about an incident that its head only names, as it may name the firm that was hit."""
    known = load().incidents.get(incident)
    since = (known.disclosed or known.start or "") if known is not None else ""
    return not since or not published or int(published[:4]) - int(since[:4]) <= OLD


def _accused(document: Document, claims: Iterable[Claim]) -> frozenset[str]:
    """The groups that its claims accuse by name, with the year: two documents that do are of one story."""
    year = (document.published or "")[:4]
    groups = (
        one.accused.party.canonical.lower()
        for one in claims
        if one.stance is Stance.ACCUSES and one.accused.level is Level.GROUP and one.accused.party
        if one.prominence is not Prominence.BACKGROUND
    )
    return frozenset(f"{name} {year}" for name in groups if year and "-linked hackers" not in name)


def _words(names: Iterable[str]) -> frozenset[str]:
    """The words of names that tell more than any word with a capital."""
    return frozenset(word for name in names for word in name.split() if len(word) > 3 and word not in any_deed())


def _story(group: Sequence[Document], told: Mapping[str, Counter[str]], incidents: Mapping[str, frozenset[str]]) -> Story:
    in_texts: Counter[str] = Counter(name for one in group for name in told[one.id])
    names = sorted(in_texts, key=lambda name: (-in_texts[name], -sum(told[one.id][name] for one in group), name))
    first = {id: number for number, one in reversed(list(enumerate(group))) for id in incidents[one.id]}
    words = {one.id: _words(told[one.id]) for one in group}
    texts = Counter(word for one in group for word in words[one.id])
    most = max(texts.values(), default=0)
    counted = {}
    for id in first:  # a text that claims nothing of it may still call it by its name, if no other word is told by more texts
        called = {word for word in _called(id) if texts[word] == most}
        counted[id] = sum(id in incidents[one.id] or not called.isdisjoint(words[one.id]) for one in group)
    telling = sum(bool(incidents[one.id]) for one in group)
    best = min(counted, key=lambda id: (-counted[id], first[id], id), default=None)
    is_it = best is not None and 2 * counted[best] >= telling and 3 * counted[best] >= len(group)
    return Story(frozenset(one.id for one in group), tuple(names), best if is_it else None)


def _called(incident: str) -> frozenset[str]:
    """The words of the name that a known incident goes by, such as that of who was hit."""
    known = load().incidents.get(incident)
    return _words([known.name.lower()]) if known is not None else frozenset()
