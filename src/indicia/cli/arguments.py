"""Options that take several words, as people write them: `--techniques T1190 T1505.003` and `--techniques T1190,T1505.003`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

__all__ = ["LISTS", "spread", "words"]

LISTS = frozenset({"--techniques", "--software", "--victims", "--sectors", "--have", "--without"})


def spread(arguments: Sequence[str]) -> list[str]:
    """`--techniques A B` becomes `--techniques A --techniques B`: each word up to the next option belongs to the list, but
    for a file, a folder or a database that is named after the first: `--have mfa CASE` asks about the case.

    >>> spread(["weigh", "--techniques", "T1190", "T1505.003", "--json"])
    ['weigh', '--techniques', 'T1190', '--techniques', 'T1505.003', '--json']
    """
    out: list[str] = []
    option: str | None = None
    given = False  # whether the list has a word already
    for word in arguments:
        if word in LISTS:
            option, given = word, False
        elif word.startswith("-"):
            option = None
            out.append(word)
        elif option is not None and not (given and _is_place(word)):
            out += [option, word]
            given = True
        else:
            option = None
            out.append(word)
    return out


def _is_place(word: str) -> bool:
    return "://" in word or Path(word).exists()


def words(given: Sequence[str] | None) -> tuple[str, ...]:
    """The single words of a list option, commas split, in order, each once.

    >>> words(["T1190,T1505.003", "T1190"])
    ('T1190', 'T1505.003')
    """
    parts = (part.strip() for text in given or () for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))
