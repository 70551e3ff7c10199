"""What somebody types for a technique or a piece of software -> its id, whatever the spelling.

Case, blanks, hyphens and dots do not count ("Rok RAT", "ROKRAT"), nor does a word for the class ("Rokrat malware"). A main name
goes before an alias; a name that leads to several leads to none of them, and whoever asks says which they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from indicia.knowledge.index import fold
from indicia.knowledge.tables import Malware, Software, Technique

_CLASS = re.compile(r"[\s-](?:malware|ransomware|trojan|backdoor|loader|stealer|tool|rat|web ?shell)$", re.IGNORECASE)


class Spellings:
    """The names of some rows, as they are typed."""

    def __init__(self, rows: Iterable[Software | Malware | Technique]) -> None:
        main: dict[str, dict[str, None]] = {}
        alias: dict[str, dict[str, None]] = {}
        for row in rows:
            main.setdefault(fold(row.name), {})[row.id] = None
            for name in () if isinstance(row, Technique) else row.aliases:
                alias.setdefault(fold(name), {})[row.id] = None
        self._ids = {key: tuple(main.get(key) or alias[key]) for key in sorted({*main, *alias} - {""})}

    def ids(self, text: str) -> tuple[str, ...]:
        """The ids that go by a name; () where none does, several where it is a collision."""
        return self._ids.get(fold(text), ()) or self._ids.get(fold(_CLASS.sub("", text.strip())), ())

    def collisions(self) -> dict[str, tuple[str, ...]]:
        """Every spelling that leads to more than one."""
        return {key: ids for key, ids in self._ids.items() if len(ids) > 1}
