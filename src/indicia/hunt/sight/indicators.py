"""Indicators sought in logs: any number at a time, on token boundaries, in fields where that kind of value can stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import LogInput
from indicia.hunt.match.literals import LiteralScanner
from indicia.hunt.sight.notes import is_inner
from indicia.hunt.sight.sightings import identity, judge
from indicia.records import Event, Place, Record, RuleLevel, Sighting, Stage


class IndicatorSought(Record, frozen=True, kw_only=True):
    """A value to look for.

    `type` is a STIX word (`ipv4-addr`, `domain-name`, `file-sha256` ...), `source` says who asks for it.
    """

    type: str
    value: str
    source: str = ""


class Hit(NamedTuple):
    """An indicator (by its number) in a row of a batch."""

    indicator: int
    row: int


SHORTEST = 4  # characters; anything shorter is everywhere
LEVELS = {
    "ipv4-addr": RuleLevel.MEDIUM,
    "ipv6-addr": RuleLevel.MEDIUM,
    "domain-name": RuleLevel.MEDIUM,
    "email-addr": RuleLevel.MEDIUM,
    "url": RuleLevel.HIGH,
    "file-sha256": RuleLevel.HIGH,
    "file-sha1": RuleLevel.HIGH,
    "file-md5": RuleLevel.HIGH,
}
# Fields that hold versions, sizes, ids and the machine's own addresses: a value there is never the indicator that was meant.
NEVER = frozenset(
    """
    s-ip fileversion productversion buildversion targetserverversion eventrecordid processguid parentprocessguid logonguid
    requestid clientrequestid guid keywords ttl
    """.split()
)
# Names that thousands share: a hit says little about any one of them.
SHARED_HOSTING = tuple(
    """
    amazonaws.com azureedge.net azurewebsites.net blogspot.com cloudfront.net discordapp.com dropbox.com firebaseapp.com
    github.com github.io githubusercontent.com google.com googleapis.com herokuapp.com ngrok.io onedrive.live.com pages.dev
    pastebin.com sharepoint.com telegram.org trycloudflare.com web.app windows.net workers.dev
    """.split()
)


class Sweep:
    """Finds indicators in batches; made once."""

    def __init__(self, indicators: Iterable[IndicatorSought], *, hyperscan: bool | None = None) -> None:
        unique: dict[tuple[str, str], IndicatorSought] = {}
        for each in indicators:
            value = each.value.strip()
            if len(value) >= SHORTEST:
                unique.setdefault((each.type, value.lower()), each)
        self.indicators = tuple(unique.values())
        numbers: dict[bytes, tuple[int, ...]] = {}  # a tuple takes half of what a list does, and most hold one
        for number, (_, value) in enumerate(unique):
            for literal in {value.encode(), value.replace("\\", "\\\\").encode()}:
                numbers[literal] = (*numbers.get(literal, ()), number)
        del unique
        self._literals = list(numbers)
        self._numbers = list(numbers.values())
        del numbers
        self.scanner = LiteralScanner(self._literals, hyperscan=hyperscan, caseless=True)

    def __len__(self) -> int:
        return len(self.indicators)

    def find(self, batch: EventBatch) -> list[Hit]:
        """Every indicator in every row, once each, by row."""
        if not self.indicators or not batch.size:
            return []
        text, starts, ends = batch.raw_text()
        which, stops = self.scanner.find(text)
        if not len(which):
            return []
        lowered = bytes(text).lower()
        order = np.argsort(starts, kind="stable")
        slot = np.searchsorted(starts[order], stops - 1, side="right") - 1
        found: dict[Hit, None] = {}
        for literal_number, stop, place in zip(which.tolist(), stops.tolist(), slot.tolist(), strict=True):
            if place < 0:
                continue
            row = int(order[place])
            if stop > ends[row]:
                continue
            literal = self._literals[literal_number]
            for number in self._numbers[literal_number]:
                hit = Hit(number, row)
                if hit not in found and stands_alone(lowered, stop - len(literal), stop, self.indicators[number].type):
                    found[hit] = None
        return sorted(found, key=lambda hit: (hit.row, hit.indicator))

    def find_raw(self, data: bytes) -> list[tuple[int, int]]:
        """(indicator, offset), by offset, in bytes of any kind: as UTF-8, and as UTF-16 at even and odd offsets."""
        found = {(start, number) for number, start in self._stands(data.lower())}
        for shift in (0, 1):
            half, other = data[shift::2], data[shift + 1 :: 2]
            if not half or other.count(0) < len(other) // 64:
                continue  # no text of that kind in it: every second byte of such is zero
            for number, start in self._stands(half.lower()):
                length = len(self.indicators[number].value.strip().encode())
                if not any(other[start : start + length]):
                    found.add((shift + 2 * start, number))
        return [(number, offset) for offset, number in sorted(found)]

    def _stands(self, lowered: bytes) -> Iterator[tuple[int, int]]:
        which, stops = self.scanner.find(lowered)
        for literal_number, stop in zip(which.tolist(), stops.tolist(), strict=True):
            literal = self._literals[literal_number]
            for number in self._numbers[literal_number]:
                if stands_alone(lowered, stop - len(literal), stop, self.indicators[number].type):
                    yield number, stop - len(literal)


_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_")
_NAME = _WORD | frozenset(b"-")
_DIGITS = frozenset(b"0123456789")


def stands_alone(text: bytes, start: int, stop: int, kind: str) -> bool:
    """Whether text[start:stop] (lower case) is a whole value of its kind and not a part of a longer one."""
    before = text[start - 1] if start else 0
    after = text[stop] if stop < len(text) else 0
    beyond = text[stop + 1] if stop + 1 < len(text) else 0
    if kind in ("ipv4-addr", "ipv6-addr"):
        if before in _WORD or before == ord(".") or (kind == "ipv6-addr" and before == ord(":")):
            return False
        if after in _WORD or (after == ord(".") and beyond in _DIGITS):
            return False
        return not (kind == "ipv6-addr" and after == ord(":"))
    if kind in ("domain-name", "email-addr"):
        if before in _NAME or (kind == "email-addr" and before in b".+%"):
            return False  # a dot before a domain is a subdomain of it, and counts
        return not (after in _NAME or (after == ord(".") and beyond in _NAME))
    if kind == "url":
        return before not in _WORD and (after not in _NAME or text[stop - 1] in b"/=")
    if kind.startswith("file-name") or kind in ("file", "file-path"):
        return before not in _NAME and not (after in _NAME or (after == ord(".") and beyond in _NAME))
    return before not in _WORD and after not in _WORD


def fields_with(sought: IndicatorSought, event: Event) -> tuple[str, ...]:
    """The fields in which an indicator stands and means something."""
    needle = sought.value.strip().lower().encode()
    matched = []
    for name, text in event.fields.items():
        if name.lower() in NEVER:
            continue
        encoded = text.encode("utf-8", "replace").lower()
        at = encoded.find(needle)
        while at >= 0:
            if stands_alone(encoded, at, at + len(needle), sought.type):
                matched.append(name)
                break
            at = encoded.find(needle, at + 1)
    return tuple(matched)


def rule_of_indicator(sought: IndicatorSought) -> str:
    """What the sightings of an indicator call their rule."""
    return f"indicator:{sought.type}"


def title_of_indicator(sought: IndicatorSought) -> str:
    """What the sightings of an indicator are called."""
    return f"Indicator seen: {sought.value}"


def sighting_of_indicator(sought: IndicatorSought, event: Event, fields: Iterable[str]) -> Sighting:
    """The sighting of an indicator that stands in some fields of an event, judged."""
    sighting = Sighting(
        id=identity(rule_of_indicator(sought), sought.value, event.place),
        rule=rule_of_indicator(sought),
        title=title_of_indicator(sought),
        level=LEVELS.get(sought.type, RuleLevel.LOW),
        event=event,
        matched=tuple((name, event.fields[name][:512]) for name in fields),
        indicator=sought.value,
        stage=Stage.OTHER,
        note=remark_on(sought),
    )
    return judge(sighting)


RAW_BLOCK = 8 << 20
RAW_OVERLAP = 8 << 10  # bytes: longer than any indicator, and its surroundings
SHOWN_AROUND = 80  # bytes


def raw_sightings(log: LogInput, sweep: Sweep, most: int | None) -> Iterator[Sighting]:
    """Indicators in the bytes of a file of any kind; `position` is the offset. The first `most` of each indicator."""
    seen: Counter[int] = Counter()
    known: set[tuple[int, int]] = set()
    with log.open() as stream:
        rest, base = b"", 0
        while block := stream.read(RAW_BLOCK):
            data = rest + block
            for number, offset in sweep.find_raw(data):
                if (number, base + offset) in known:
                    continue
                known.add((number, base + offset))
                seen[number] += 1
                if most is None or seen[number] <= most:
                    yield _raw_sighting(sweep.indicators[number], log.name, base + offset, data, offset)
            keep = min(RAW_OVERLAP, len(data))
            base += len(data) - keep
            rest = data[len(data) - keep :]
            known = {pair for pair in known if pair[1] >= base}


def _raw_sighting(sought: IndicatorSought, file: str, position: int, data: bytes, offset: int) -> Sighting:
    around = data[max(0, offset - SHOWN_AROUND) : offset + 2 * len(sought.value) + SHOWN_AROUND].replace(b"\0", b"")
    text = "".join(letter if letter.isprintable() else "." for letter in around.decode("utf-8", "replace"))
    place = Place(file=file, position=position, unit="byte")
    event = Event(place=place, format="raw", time=None, time_text="", host="", fields={"bytes": text})
    return replace(sighting_of_indicator(sought, event, ()), matched=(("bytes", text),))


def remark_on(sought: IndicatorSought) -> str:
    """What takes away from a hit: an address of a private network, a name that thousands share. "" when nothing does."""
    value = sought.value.strip().lower()
    if sought.type in ("ipv4-addr", "ipv6-addr"):
        return "a private address: it is a different machine in every network" if is_inner(value) else ""
    host = value.partition("://")[2].partition("/")[0] if sought.type == "url" else value
    if sought.type == "url" and host not in SHARED_HOSTING:
        return ""
    if any(host == name or host.endswith("." + name) for name in SHARED_HOSTING):
        return "shared hosting: a hit on the name alone says little"
    return ""
