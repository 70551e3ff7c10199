"""Which groups the reports on a family of malware are about, by the titles that stand in their addresses.

Malpedia lists reports on each family and says of few whose it is. Most reports name the group in their title, and a title
stands in the report's address: `.../apt29-wineloader-german-political-parties`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from indicia.knowledge.names import everyday_words
from indicia.knowledge.tables import Actor

PUBLISHERS = 2  # that name the group, so that no report bears itself out
SHARE = 0.25  # of all reports on the family: what many have, many are named with
_SHORTEST = 5  # letters and digits of a name; shorter ones stand in addresses by chance
_LONGEST = 3  # words of a name


def address(url: str) -> str:
    """Host and path, so that one report has one address."""
    parts = urlsplit(url.strip())
    return (parts.netloc.lower().removeprefix("www.") + parts.path.rstrip("/")).lower()


class Titles:
    """The names of ATT&CK's groups as addresses write them; those that two actors share, or that a family has too, are left
    out."""

    def __init__(self, actors: Iterable[Actor], families: Iterable[str]) -> None:
        self._groups: dict[str, str] = {}
        taken = {_joined(_words(name)) for name in families}
        for actor in actors:
            for alias in actor.aliases if actor.group else ():
                key = _joined(_words(alias.name))
                if len(key) >= _SHORTEST and not alias.shared_with and key not in taken and key not in everyday_words():
                    self._groups.setdefault(key, actor.group or "")

    def groups(self, references: Iterable[str], without: Collection[str] = ()) -> tuple[str, ...]:
        """The groups that at least a quarter of the references name, of two publishers or more; those of most references first.
        `without` are addresses that may not speak."""
        named: Counter[str] = Counter()
        publishers: dict[str, set[str]] = defaultdict(set)
        count = 0
        for place in dict.fromkeys(address(url) for url in references):
            host = place.partition("/")[0]
            if place in without or "malpedia" in host:
                continue
            count += 1
            for group in self.named(place):
                named[group] += 1
                publishers[group].add(host)
        return tuple(
            group
            for group, times in sorted(named.items(), key=lambda row: (-row[1], row[0]))
            if len(publishers[group]) >= PUBLISHERS and times >= SHARE * count
        )

    def named(self, place: str) -> set[str]:
        """The groups that the path of one address names."""
        words = _words(place.partition("/")[2])
        spans = ("".join(words[at : at + length]) for at in range(len(words)) for length in range(1, _LONGEST + 1))
        return {self._groups[one] for one in spans if one in self._groups}


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _joined(words: list[str]) -> str:
    return "".join(words)
