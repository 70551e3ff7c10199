"""What a searcher finds in the refanged view, before anything is said about what it means there."""

from __future__ import annotations

import msgspec

from indicia.records import MentionKind

FILES = frozenset(("file-name", "file-path"))
HASH_OF_LENGTH = {32: "file-md5", 40: "file-sha1", 64: "file-sha256", 128: "file-sha512"}  # in hexadecimal digits
HASHES = frozenset((*HASH_OF_LENGTH.values(), "ssdeep"))


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A candidate at [start, end) of the refanged view. `note` is why it is no indicator by its own form ("private address");
    `within` names the larger hit that holds it ("url"), for only such hits may overlap another."""

    start: int
    end: int
    type: str
    value: str
    note: str = ""
    within: str = ""
    kind: MentionKind = MentionKind.INDICATOR
    score: float = 1.0


class Taken:
    """Which characters a hit already holds."""

    def __init__(self, size: int) -> None:
        self._held = bytearray(size + 1)

    def take(self, start: int, end: int) -> None:
        self._held[start:end] = b"\1" * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        return self._held.find(1, start, end) < 0

    def holds(self, at: int) -> int:
        """The end of the range that holds `at`, or -1."""
        return self._held.find(0, at) if self._held[at] else -1
