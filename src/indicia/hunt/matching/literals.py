"""Many literals in one text at a time."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import platform
from array import array
from collections.abc import Sequence
from typing import Any, TypeAlias

import ahocorasick_rs
import numpy as np

from indicia.hunt.rules.cache import load_bytes, store_bytes

__all__ = ["Ints", "LiteralScanner", "hyperscan_database", "hyperscan_is_there"]

LITERALS_KEPT = 200  # more than this many take longer to compile than to read

Ints: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]


def hyperscan_is_there() -> bool:
    """Whether hyperscan can be used; INDICIA_HYPERSCAN=off switches it off (the results are the same, only slower)."""
    return os.environ.get("INDICIA_HYPERSCAN") != "off" and importlib.util.find_spec("hyperscan") is not None


def hyperscan_database(expressions: Sequence[bytes], flags: Sequence[int], *, literal: bool) -> Any:
    """A database in which each expression has its position as its id; larger ones are kept on disk. Raises: hyperscan.error."""
    import hyperscan as engine

    costly = len(expressions) > (LITERALS_KEPT if literal else 0)
    name = ""
    if costly:
        digest = hashlib.sha256(f"{engine.__version__} {platform.machine()} {literal}".encode())
        for expression, flag in zip(expressions, flags, strict=True):
            digest.update(len(expression).to_bytes(8, "big") + expression + flag.to_bytes(4, "big"))
        name = f"{digest.hexdigest()[:40]}.hyperscan"
        kept = load_bytes(name)
        if kept is not None:
            with contextlib.suppress(engine.error):
                database = engine.loadb(kept, mode=engine.HS_MODE_BLOCK)
                database.scratch = engine.Scratch(database)
                return database
    database = engine.Database()
    database.compile(expressions=list(expressions), ids=list(range(len(expressions))), flags=list(flags), literal=literal)
    if costly:
        store_bytes(name, engine.dumpb(database))
    return database


class LiteralScanner:
    """Finds any number of byte strings, overlaps included. Made once, used for many texts."""

    def __init__(self, literals: Sequence[bytes], *, hyperscan: bool | None = None) -> None:
        self.literals = tuple(literals)
        self._database: Any = None
        self._automaton: Any = None
        if not self.literals:
            return
        if hyperscan_is_there() if hyperscan is None else hyperscan:
            self._database = hyperscan_database(list(self.literals), [0] * len(self.literals), literal=True)
        else:
            self._automaton = ahocorasick_rs.BytesAhoCorasick(list(self.literals))

    def find(self, text: bytes) -> tuple[Ints, Ints]:
        """Every occurrence as (index of the literal, offset of its end), in no particular order."""
        if self._database is not None:
            found = array("q")
            extend = found.extend

            def note(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
                extend((index, end))

            self._database.scan(text, match_event_handler=note)
            pairs = np.frombuffer(found, np.int64).reshape(-1, 2) if found else np.empty((0, 2), np.int64)
            return pairs[:, 0], pairs[:, 1]
        if self._automaton is not None:
            triples = self._automaton.find_matches_as_indexes(text, overlapping=True)
            if triples:
                table = np.array(triples, dtype=np.int64)
                return table[:, 0], table[:, 2]
        empty = np.empty(0, np.int64)
        return empty, empty
