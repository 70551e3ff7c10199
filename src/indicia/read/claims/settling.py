"""Each claim of a document once: what one voice says of one accused, at its clearest statement."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.read.claims.resolving import Found
from indicia.records import Stance

__all__ = ["settled"]


def settled(found: Sequence[Found], text: str) -> list[tuple[int, Found]]:
    """The claims that stay, in the order of the text, each with the number of the act that made it: the members of one list of
    sources or accused share it.

    Of two that say the same of one accused the surer stays, also where only one of them tells who speaks.
    """
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (-f.score, f.piece.number, f.draft.accused, f.draft.source)):
        if not any(_same(one, other, text) for other in kept):
            kept.append(one)
    kept.sort(key=lambda f: (f.piece.number, f.draft.source, f.draft.accused))
    acts: dict[tuple[int, Stance], int] = {}
    return [(acts.setdefault((one.piece.number, one.draft.stance), len(acts) + 1), one) for one in kept]


def _same(one: Found, other: Found, text: str) -> bool:
    if one.draft.stance is not other.draft.stance or not _accused_alike(one, other, text):
        return False
    a, b = one.source_is, other.source_is
    return a is None or b is None or a.same == b.same


def _accused_alike(one: Found, other: Found, text: str) -> bool:
    """Whether two claims are about one party: by what it is known as, or where the words of one name stand in the other's."""
    a, b = one.accused_is, other.accused_is
    if a is None or b is None:
        return a is b
    if a.same == b.same:
        return True
    words, others = (set(text[slice(*f.accused_range)].lower().split()) if f.accused_range else set() for f in (one, other))
    short = min(words, others, key=len) - _DULL
    return bool(short) and 2 * len(short & words & others) >= len(short)


_DULL = frozenset({"the", "a", "an", "of", "s", "and", "to", "in", "by", "its"})
