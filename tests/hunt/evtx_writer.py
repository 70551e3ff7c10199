"""Writes EVTX chunks for tests: records with a template for the system part and one embedded in it for the data."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, TypeAlias

__all__ = ["Node", "Value", "chunk_of", "file_of", "text_value"]

CHUNK = 65_536
Value: TypeAlias = tuple[int, bytes]  # its type and its bytes
# An element: its name, its attributes, what stands in it. A number is the hole for the value of that number.
Node: TypeAlias = "tuple[str, dict[str, str | int], Sequence[Node | str | int]]"
TIME = struct.pack("<Q", 132_592_818_080_000_000)
_FRAGMENT = b"\x0f\x01\x01\x00"


def text_value(text: str) -> Value:
    """A text as a value."""
    return 0x01, text.encode("utf-16-le", "surrogatepass")


class _Chunk:
    def __init__(self) -> None:
        self.data = bytearray(512)
        self._names: dict[str, int] = {}
        self._templates: dict[str, int] = {}

    def put(self, form: str, *values: Any) -> None:
        self.data += struct.pack("<" + form, *values)

    def name(self, text: str) -> None:
        known = self._names.get(text)
        if known is None:
            known = self._names[text] = len(self.data) + 4
            self.put("II", known, 0)
            self.put("HH", 0, len(text))
            self.data += text.encode("utf-16-le") + b"\0\0"
        else:
            self.put("I", known)

    def content(self, part: str | int) -> None:
        if isinstance(part, int):
            self.put("BHB", 0x0E, part, 0x01)
        else:
            self.put("BBH", 0x05, 0x01, len(part))
            self.data += part.encode("utf-16-le")

    def element(self, node: Node) -> None:
        name, attributes, children = node
        self.put("BHI", 0x41 if attributes else 0x01, 0xFFFF, 0)
        size_at = len(self.data) - 4
        self.name(name)
        if attributes:
            self.put("I", 0)
            list_at = len(self.data) - 4
            for number, (attribute, part) in enumerate(attributes.items(), 1):
                self.put("B", 0x06 if number == len(attributes) else 0x46)
                self.name(attribute)
                self.content(part)
            struct.pack_into("<I", self.data, list_at, len(self.data) - list_at - 4)
        if children:
            self.put("B", 0x02)
            for child in children:
                if isinstance(child, tuple):
                    self.element(child)
                else:
                    self.content(child)
            self.put("B", 0x04)
        else:
            self.put("B", 0x03)
        struct.pack_into("<I", self.data, size_at, len(self.data) - size_at - 4)

    def instance(self, node: Node, values: Sequence[Value | tuple[Node, Sequence[Value]]]) -> None:
        self.data += _FRAGMENT
        key = repr(node)
        known = self._templates.get(key)
        place = len(self.data) + 10 if known is None else known
        self.put("BBII", 0x0C, 0x01, 7, place)
        if known is None:
            self._templates[key] = place
            self.put("I16sI", 0, struct.pack("<Q", len(self._templates)) * 2, 0)
            begin = len(self.data)
            self.data += _FRAGMENT
            self.element(node)
            self.put("B", 0)
            struct.pack_into("<I", self.data, begin - 4, len(self.data) - begin)
        self.put("I", len(values))
        descriptors = len(self.data)
        self.data += bytes(4 * len(values))
        for number, (kind, content) in enumerate(values):
            begin = len(self.data)
            if isinstance(kind, int):
                assert isinstance(content, bytes)
                self.data += content
            else:
                self.instance(kind, content)  # type: ignore[arg-type]
            size, code = len(self.data) - begin, kind if isinstance(kind, int) else 0x21
            struct.pack_into("<HBB", self.data, descriptors + 4 * number, size, code, 0)
        self.put("B", 0)


_SYSTEM: Node = (
    "System",
    {},
    [
        ("Provider", {"Name": 0, "Guid": "{00000000-0000-0000-0000-000000000001}"}, []),
        ("EventID", {"Qualifiers": 1}, [2]),
        ("Level", {}, [3]),
        ("TimeCreated", {"SystemTime": 4}, []),
        ("EventRecordID", {}, [5]),
        ("Channel", {}, [6]),
        ("Computer", {}, ["EXCH01"]),
        ("Security", {"UserID": 7}, []),
    ],
)
_OUTER: Node = ("Event", {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"}, [_SYSTEM, 8])


def chunk_of(events: Sequence[tuple[str, int, Node | None, Sequence[Value]]], first: int = 1) -> bytes:
    """A chunk of events, each (channel, number, the element with its data, the values for the holes of that)."""
    chunk = _Chunk()
    last = 512
    for record, (channel, number, node, values) in enumerate(events, first):
        begin = last = len(chunk.data)
        chunk.put("4sIQ8s", b"\x2a\x2a\0\0", 0, record, TIME)
        system: list[Any] = [
            text_value("Provider"),
            (0x00, b"") if number % 2 else (0x06, struct.pack("<H", 16_384)),
            (0x06, struct.pack("<H", number)),
            (0x04, b"\x04"),
            (0x11, TIME),
            (0x0A, struct.pack("<Q", record)),
            text_value(channel),
            (0x13, bytes.fromhex("010100000000000512000000")) if number % 3 else (0x00, b""),
            (0x00, b"") if node is None else (node, values),
        ]
        chunk.instance(_OUTER, system)
        chunk.put("I", 0)
        size = len(chunk.data) - begin
        struct.pack_into("<I", chunk.data, begin + 4, size)
        struct.pack_into("<I", chunk.data, len(chunk.data) - 4, size)
    end = len(chunk.data)
    assert end <= CHUNK
    ids = (first, first + len(events) - 1)
    struct.pack_into("<8sQQQQIII", chunk.data, 0, b"ElfChnk\0", *ids, *ids, 128, last, end)
    return bytes(chunk.data.ljust(CHUNK, b"\0"))


def file_of(chunks: Sequence[bytes]) -> bytes:
    """A file of these chunks."""
    head = struct.pack("<8sQQQIHHHH", b"ElfFile\0", 0, len(chunks) - 1, 1, 128, 1, 3, 4_096, len(chunks))
    return head.ljust(4_096, b"\0") + b"".join(chunks)
