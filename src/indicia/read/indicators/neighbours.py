"""What a text says of one indicator holds for those that it names in the same breath: "a.example, b.example and c.example are
ours", "mail.bank.example (192.0.2.25)", "setup.iso (SHA-256 ...)".

Only those are mended that stood for an attacker's because their own words say nothing; a disguised one is never made harmless
by one that is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from indicia.read.indicators.hit import FILES, HASHES
from indicia.read.indicators.owners import Placed
from indicia.read.indicators.whose import (
    DENIED,
    GIVEN,
    LEGITIMATE,
    POINTED_TO,
    PUBLISHERS,
    SERVICES,
    SINKHOLES,
    TO_READ,
    TO_WRITE_TO,
    VICTIMS,
    WELL_KNOWN,
)
from indicia.records import Context

__all__ = ["share_neighbours"]

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
