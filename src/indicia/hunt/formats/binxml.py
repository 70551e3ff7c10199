"""Templates of binary XML, in which Windows event logs keep what all events of one kind have in common.

A record names a template and gives values for its holes. Read here are templates of the plain kind: elements, attributes, texts
and holes, and values of the common types, written as the evtx library writes them in JSON. Whatever is more than that
(processing instructions, entities, lists) is told as `UnfitError`, and left to that library.

References: Microsoft, MS-EVEN6 2.2.12; libyal/libevtx, "Windows XML Event Log (EVTX) format".
"""

from __future__ import annotations

import struct
from codecs import utf_16_le_decode
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple, TypeAlias

__all__ = [
    "CHUNK",
    "FRAGMENT",
    "Content",
    "Element",
    "Hole",
    "IDENTIFIER",
    "TIME",
    "Template",
    "VALUES",
    "UnfitError",
    "parse_template",
    "text_of_value",
]

FRAGMENT = b"\x0f\x01\x01\x00"
CHUNK = 65_536  # bytes
_MOST_ELEMENTS = 1_000
_U16, _U32 = struct.Struct("<H"), struct.Struct("<I")


class UnfitError(Exception):
    """Something that only a full parser can read."""


class Hole(NamedTuple):
    """A place for a value, by its number; an optional one is left out when it is empty."""

    number: int
    optional: bool


Content: TypeAlias = "str | Hole"


class Element(NamedTuple):
    """An element with what stands in it, in order."""

    name: str
    attributes: dict[str, tuple[Content, ...]]
    children: list[Element | Content]

    def elements(self) -> Iterator[Element]:
        """The elements right below it."""
        return (child for child in self.children if isinstance(child, Element))


class Template:
    """A template, as it is found again in other chunks: word by word, but with its names in other places.

    `places` are those of the names in its definition, in order: (offset in the definition, the name with its length before
    it, whether it stands inside of the definition).
    """

    def __init__(self, root: Element, definition: bytes, places: list[tuple[int, bytes, bool]]) -> None:
        self.root = root
        self._outside = [(number, name) for number, (_, name, inside) in enumerate(places) if not inside]
        self.names = tuple(name for _, name in self._outside)
        self._inside = [(number, place + 4) for number, (place, _, inside) in enumerate(places) if inside]
        free, pieces, at = bytearray(len(definition)), [], 0
        for place, _, inside in places:
            # Where a name is kept differs, and with one that stands here, where the next of its bucket is.
            free[place : place + (8 if inside else 4)] = b"\xff" * (8 if inside else 4)
            pieces.append(f"{place - at}xI")
            at = place + 4
        self._offsets = struct.Struct("<" + "".join(pieces))
        self._free = int.from_bytes(free, "little")
        self._fixed = int.from_bytes(definition, "little") | self._free

    def is_at(self, chunk: bytes, begin: int, definition: bytes) -> bool:
        """Whether a definition of the same length, at `begin` of a chunk, says the same."""
        if int.from_bytes(definition, "little") | self._free != self._fixed:
            return False
        offsets = self._offsets.unpack_from(definition)
        if any(offsets[number] != begin + place for number, place in self._inside):
            return False
        return self.names_at(definition)(chunk) == self.names

    def names_at(self, definition: bytes) -> Callable[[bytes], tuple[bytes, ...]]:
        """Takes from a chunk what stands where this definition has its `names`, those that are kept outside of it."""
        offsets = self._offsets.unpack_from(definition)
        places = [slice(at := offsets[number] + 6, at + len(name)) for number, name in self._outside]
        if len(places) < 2:
            return lambda chunk: tuple(chunk[place] for place in places)
        return itemgetter(*places)


class _Reader:
    """Reads one definition, `chunk[at:end]`."""

    def __init__(self, chunk: bytes, at: int, end: int) -> None:
        self.chunk = chunk
        self.at = at
        self.begin = at
        self.end = end
        self.names: list[tuple[int, bytes, bool]] = []
        self.elements = 0

    def u8(self) -> int:
        self.at += 1
        if self.at > self.end:
            raise UnfitError("a template that ends early")
        return self.chunk[self.at - 1]

    def u16(self) -> int:
        self.at += 2
        if self.at > self.end:
            raise UnfitError("a template that ends early")
        return int(_U16.unpack_from(self.chunk, self.at - 2)[0])

    def u32(self) -> int:
        self.at += 4
        if self.at > self.end:
            raise UnfitError("a template that ends early")
        return int(_U32.unpack_from(self.chunk, self.at - 4)[0])

    def name(self) -> str:
        place = self.at - self.begin
        offset = self.u32()
        inside = offset == self.at
        found = _name_at(self.chunk, offset)
        if found is None:
            raise UnfitError("a name outside of the chunk")
        self.names.append((place, found, inside))
        if inside:
            self.at += 6 + len(found) + 2
        return _utf16(found[2:])

    def element(self, attributed: bool) -> Element:
        self.elements += 1
        if self.elements > _MOST_ELEMENTS:
            raise UnfitError("too many elements")
        self.u16()
        self.u32()
        name = self.name()
        attributes = self.attributes() if attributed else {}
        token = self.u8()
        if token == 0x03:
            return Element(name, attributes, [])
        if token != 0x02:
            raise UnfitError("an element that does not begin")
        children: list[Element | Content] = []
        while (token := self.u8()) != 0x04:
            children.append(self.element(token == 0x41) if token in (0x01, 0x41) else self.content(token))
        return Element(name, attributes, children)

    def attributes(self) -> dict[str, tuple[Content, ...]]:
        self.u32()
        found: dict[str, tuple[Content, ...]] = {}
        while self.chunk[self.at] in (0x06, 0x46):
            self.at += 1
            name = self.name()
            if name in found:
                raise UnfitError("an attribute given twice")
            contents = []
            while self.chunk[self.at] in (0x05, 0x45, 0x0D, 0x0E):
                contents.append(self.content(self.u8()))
            found[name] = tuple(contents)
        return found

    def content(self, token: int) -> Content:
        if token in (0x0D, 0x0E):
            number = self.u16()
            self.u8()
            return Hole(number, token == 0x0E)
        if token in (0x05, 0x45) and self.u8() == 0x01:
            length = 2 * self.u16()
            self.at += length
            if self.at > self.end:
                raise UnfitError("a template that ends early")
            return _utf16(self.chunk[self.at - length : self.at])
        raise UnfitError(f"token {token:#x}")


def parse_template(chunk: bytes, begin: int, end: int) -> Template:
    """The template whose definition is `chunk[begin:end]`. Raises: UnfitError."""
    if end > len(chunk) or chunk[begin : begin + 4] != FRAGMENT:
        raise UnfitError("a template that is none")
    reader = _Reader(chunk, begin, end)
    reader.at += 4
    try:
        token = reader.u8()
        if token not in (0x01, 0x41):
            raise UnfitError("a template without an element")
        root = reader.element(token == 0x41)
        if reader.u8() != 0x00:
            raise UnfitError("more than one element")
    except (IndexError, RecursionError, UnicodeDecodeError, struct.error) as error:
        raise UnfitError(str(error)) from error
    return Template(root, chunk[begin:end], reader.names)


def _name_at(chunk: bytes, offset: int) -> bytes | None:
    """A name with its length before it: at `offset` stand the next one's place and a hash, 6 bytes, and then these."""
    if offset + 8 > len(chunk):
        return None
    (length,) = _U16.unpack_from(chunk, offset + 6)
    found = chunk[offset + 6 : offset + 8 + 2 * length]
    return found if len(found) == 2 + 2 * length else None


def _utf16(data: bytes) -> str:
    return data.decode("utf-16-le")


def _string(data: bytes) -> str:
    # A NUL ends it, whatever stands behind. Half of a character is passed over.
    text, _ = utf_16_le_decode(data, "ignore", True)
    end = text.find("\0")
    return text if end < 0 else text[:end]


def _strings(data: bytes) -> str:
    return "\n".join(data.decode("utf-16-le", "ignore").split("\0")[:-1])


def _signed(data: bytes) -> str:
    return str(int.from_bytes(data, "little", signed=True))


def _unsigned(data: bytes) -> str:
    return str(int.from_bytes(data, "little"))


def _hexadecimal(data: bytes) -> str:
    return hex(int.from_bytes(data, "little"))


def _truth(data: bytes) -> str:
    return "true" if any(data) else "false"


def _guid(data: bytes) -> str:
    text = (data[3::-1] + data[5:3:-1] + data[7:5:-1] + data[8:]).hex().upper()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _time(data: bytes) -> str:
    return f"{_YEAR_1601 + timedelta(microseconds=int.from_bytes(data, 'little') // 10):%Y-%m-%dT%H:%M:%S.%fZ}"


def _sid(data: bytes) -> str:
    parts = struct.unpack_from(f"<{data[1]}I", data, 8)
    return "-".join(map(str, ("S", data[0], int.from_bytes(data[2:8], "big"), *parts)))


_YEAR_1601 = datetime(1601, 1, 1)
TIME, IDENTIFIER, STRING, STRINGS = 0x11, 0x13, 0x01, 0x81
# By type: how a value is written, and its size in bytes (None: any; strings have an even one).
VALUES: dict[int, tuple[Callable[[bytes], str], tuple[int, ...] | None]] = {
    0x00: (lambda _: "", (0,)),
    STRING: (_string, None),
    0x03: (_signed, (1,)),
    0x04: (_unsigned, (1,)),
    0x05: (_signed, (2,)),
    0x06: (_unsigned, (2,)),
    0x07: (_signed, (4,)),
    0x08: (_unsigned, (4,)),
    0x09: (_signed, (8,)),
    0x0A: (_unsigned, (8,)),
    0x0D: (_truth, (4,)),
    0x0E: (lambda data: data.hex().upper(), None),
    0x0F: (_guid, (16,)),
    0x10: (_hexadecimal, (4, 8)),
    TIME: (_time, (8,)),
    IDENTIFIER: (_sid, None),
    0x14: (_hexadecimal, (4,)),
    0x15: (_hexadecimal, (8,)),
    STRINGS: (_strings, None),
}


def text_of_value(kind: int, data: bytes) -> str:
    """A value of that type, and of the size that it has, as text. A time is one that a calendar holds."""
    return VALUES[kind][0](data)
