"""What a text says of one indicator holds for those that it names in the same breath: "a.example, b.example and c.example are
ours", "mail.bank.example (192.0.2.25)", "setup.iso (SHA-256 ...)".

Only those are mended that stood for an attacker's because their own words say nothing; a disguised one is never made harmless
by one that is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from indicia.read.indicators.hit import FILES, HASHES, Hit
from indicia.read.indicators.hosts import host_of, known_role, registrable
from indicia.read.indicators.whose import (
    DENIED,
    GIVEN,
    IMITATED,
    LEGITIMATE,
    POINTED_TO,
    PROVIDERS,
    PUBLISHERS,
    SERVICES,
    SINKHOLES,
    TO_READ,
    TO_WRITE_TO,
    VICTIMS,
    WELL_KNOWN,
    imitated_by,
)
from indicia.records import Context

# What a text says of one address of a publisher or a victim holds for the others below the same domain.
#
# "Write to soc@agency.example" makes https://agency.example/submit the publisher's own, too, and a victim's web page tells
# whose mail domain it is. A domain of which anything stands disguised in the text is an attacker's and is never learned.
_NAMED = frozenset(("domain-name", "url", "email-addr"))


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A hit at [start, end) of the document, with what was said about it there."""

    hit: Hit
    start: int
    end: int
    defanged: bool
    context: Context
    reason: str


def share_owners(placed: list[Placed]) -> list[Placed]:
    """The same hits; those that stood for an attacker's only because their own sentence says nothing are mended."""
    publishers = {
        _domain(item)
        for item in placed
        if item.reason in {TO_WRITE_TO, PUBLISHERS} and not item.hit.value.startswith(PROVIDERS)
    }
    victims = {_domain(item) for item in placed if item.reason in {VICTIMS, IMITATED}}
    if not publishers and not victims:
        return placed
    disguised = {_domain(item) for item in placed if item.defanged}
    publishers, victims = publishers - disguised - {""}, victims - disguised - {""}
    return [_mended(item, publishers, victims) for item in placed] if publishers or victims else placed


def _mended(item: Placed, publishers: set[str], victims: set[str]) -> Placed:
    told = item.context is not Context.STATED and not item.reason.startswith("documentation")
    if told or item.hit.type not in _NAMED:
        return item
    domain = _domain(item)
    if imitated_by(domain):
        return item
    if domain in publishers:
        return replace(item, context=Context.REFERENCE, reason=PUBLISHERS)
    if domain in victims and item.hit.type in {"domain-name", "email-addr"} and not item.hit.within:
        return replace(item, context=Context.BENIGN, reason=VICTIMS)
    return item


def _domain(item: Placed) -> str:
    """The registrable domain of the hit; empty where there is none or where anybody can have a name or a mailbox."""
    host = host_of(item.hit.type, item.hit.value) if item.hit.type in _NAMED else ""
    return "" if not host or known_role(host) is not None else registrable(host) or host


_HOSTS = frozenset(("domain-name", "url", "email-addr", "ipv4-addr", "ipv6-addr"))
_LISTED = frozenset((DENIED, LEGITIMATE, GIVEN, PUBLISHERS, SERVICES, SINKHOLES, TO_WRITE_TO, VICTIMS))
_NAMED_WITH = frozenset((LEGITIMATE, GIVEN, PUBLISHERS, VICTIMS))
_GIVING = frozenset((PUBLISHERS, POINTED_TO, TO_READ, WELL_KNOWN))
_TELLING = _LISTED | _NAMED_WITH | _GIVING
_LONGEST = 60
_AND = re.compile(
    r"[\"'`”’]?\s*(?:[,;/&]\s*(?:(?:and|or|nor)\s+)?|(?:and|or|nor|as well as)\s+)(?:(?:to|at|on|from|by|"
    r"with)\s+)?(?:also\s+)?[\"'`“‘]?",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"[\"'`”’]?,?\s?[(\[]\s?(?:IP(?:v[46])?(?: address)?:? ?)?[\"'`“]?")
_HASH_OF = re.compile(
    r"[\"'`”’]?(?:\s(?:from|of|by) [\w.-]{3,40})?,?\s?[(\[]?\s?(?:(?:its |with the )?(?:MD5|SHA-?1|SHA-?256|SHA-?512|hash|"
    r"checksum)(?: of| is)?)?[\s:=]{0,2}[\"'`“]?",
    re.IGNORECASE,
)
_FILE_THERE = re.compile(
    r"[\"'`”’)]?,? (?:the )?(?:file|package|image|installer|archive|as)(?: named)? [\"'`“]?", re.IGNORECASE
)
_FROM = re.compile(r"[\"'`”’]? (?:from|at|on|via) (?:our (?:site|page)[ :]{1,2})?[\"'`“<]?", re.IGNORECASE)
_ARE = re.compile(
    r"[\"'`”’]?(?:\s\([^()\n]{1,60}\))?,?\s(?:(?:which|that|all|both|they|these)\s){0,2}(?:are|were|belong|have|remain|should|"
    r"do)\b",
    re.IGNORECASE,
)


def share_neighbours(text: str, placed: list[Placed]) -> list[Placed]:
    """The same hits in the same order, with what was said of their neighbours. `text` is the document's."""
    mended = list(placed)
    rows: list[int] = []
    inner: dict[int, list[int]] = {}  # what is within each of the rows
    for number, item in enumerate(placed):
        if not item.hit.within:
            rows.append(number)
        elif rows and item.start < placed[rows[-1]].end:
            inner.setdefault(rows[-1], []).append(number)
    for one, other in zip(rows, rows[1:], strict=False):
        first, second = mended[one], mended[other]
        if first.reason not in _TELLING or second.start - first.end > _LONGEST:
            continue
        gap = text[first.end : second.start]
        if _goes_with(first, second, gap) or (first.reason in _LISTED and _alike(first, second) and _is_list(gap)):
            _mend(mended, other, inner.get(other, ()), first)
        elif first.reason in _GIVING and second.hit.type == "file-name" and _FILE_THERE.fullmatch(gap):
            _mend(mended, other, inner.get(other, ()), replace(first, context=Context.REFERENCE, reason=GIVEN))
    spoken_of: dict[int, bool] = {}
    for place in range(len(rows) - 2, -1, -1):
        one, other = rows[place], rows[place + 1]
        first, second = mended[one], mended[other]
        if first.context is not Context.STATED or second.reason not in _TELLING or second.start - first.end > _LONGEST:
            continue
        gap = text[first.end : second.start]
        if second.reason in _LISTED and _alike(first, second) and _is_list(gap):
            if _is_spoken_of(text, mended, rows, place + 1, spoken_of):
                _mend(mended, one, inner.get(one, ()), second)
        elif first.hit.type == "file-name" and second.reason in _GIVING and _FROM.fullmatch(gap):
            _mend(mended, one, inner.get(one, ()), replace(second, context=Context.REFERENCE, reason=GIVEN))
    return mended


def _is_spoken_of(text: str, placed: list[Placed], rows: list[int], place: int, known: dict[int, bool]) -> bool:
    """Whether what stands after the list that goes on with the row at `place` is said of all in it. `known` holds answers."""
    last = place
    while last not in known:
        item = placed[rows[last]]
        after = placed[rows[last + 1]] if last + 1 < len(rows) else None
        if _ARE.match(text, item.end):
            known[last] = True
        elif after is None or after.start - item.end > _LONGEST or not _is_list(text[item.end : after.start]):
            known[last] = False
        else:
            last += 1
    for row in range(place, last):
        known[row] = known[last]
    return known[place]


def _is_list(gap: str) -> bool:
    return _AND.fullmatch(gap) is not None


def _alike(first: Placed, second: Placed) -> bool:
    """Whether they can stand in one list, so that a word on one is a word on the other."""
    kinds = [
        _HOSTS if item.hit.type in _HOSTS else FILES if item.hit.type in FILES else {item.hit.type} for item in (first, second)
    ]
    return kinds[0] == kinds[1] and not (second.defanged and not first.defanged)


def _goes_with(first: Placed, second: Placed, gap: str) -> bool:
    """Whether the second is the address of the first, or its hash."""
    if first.reason not in _NAMED_WITH or (second.defanged and not first.defanged):
        return False
    if first.hit.type in FILES | HASHES and second.hit.type in HASHES:
        return _HASH_OF.fullmatch(gap) is not None
    return first.hit.type in _HOSTS and second.hit.type in _HOSTS and _BESIDE.fullmatch(gap) is not None


def _mend(mended: list[Placed], number: int, inner: Iterable[int], source: Placed) -> None:
    for one in (number, *inner):
        item = mended[one]
        told = item.context is not Context.STATED and not item.reason.startswith("documentation")
        if not told and not (item.defanged and not source.defanged):
            mended[one] = replace(item, context=source.context, reason=source.reason)
