"""More training text from the corpus: passages whose parties are exchanged for others of the same kind.

"The Danish intelligence service said APT28 ..." teaches no more than its syntax once the names change; a scorer that has seen one name in one role
leans on the name. Sources are exchanged for sources and accused for accused of the same type, pronouns and "the group" stay, and all offsets follow.
What comes out may be absurd in substance. It is for training only.
"""

from __future__ import annotations

import copy
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["swapped"]

ROLES = (("source", "source_type"), ("accused", "accused_type"))
POINTING = frozenset("it they he she we i you its their his her them who that this these those which both".split())
LONGEST = 60  # letters of a party; longer ones hold clauses that belong to their sentence

Kind = tuple[str, str, bool]  # role, type, and whether it reads like a name


class Cut(NamedTuple):
    """`[start, end)` of the old text gives way to `new`."""

    start: int
    end: int
    new: str


def swapped(items: list[dict[str, Any]], share: float, seed: int) -> Iterator[dict[str, Any]]:
    """About `share` of the passages that have claims, each once, with other parties. The same for the same seed."""
    rng = random.Random(seed)
    pool: dict[Kind, list[str]] = {}
    for item in items:
        for kind, (start, end) in _parties(item):
            pool.setdefault(kind, []).append(item["text"][start:end])
    for item in items:
        if item["claims"] and rng.random() < share:
            places = sorted({(start, end): kind for kind, (start, end) in _parties(item)}.items())
            free = [
                (place, kind) for place, kind in places
                if all(place == other or place[1] <= other[0] or other[1] <= place[0] for other, _ in places)
            ]  # fmt: skip
            if free:
                yield _rewritten(item, free, pool, rng)


def _parties(item: dict[str, Any]) -> Iterator[tuple[Kind, tuple[int, int]]]:
    for claim in item["claims"]:
        for role, type in ROLES:
            where = claim["spans"].get(role)
            if not where:
                continue
            surface = item["text"][where[0] : where[1]]
            named = surface[0].isupper() or surface.startswith("the ")
            if len(surface) < LONGEST and surface.lower().split()[0] not in POINTING:
                yield (role, claim[type], named), (where[0], where[1])


def _rewritten(
    item: dict[str, Any], places: list[tuple[tuple[int, int], Kind]], pool: dict[Kind, list[str]], rng: random.Random
) -> dict[str, Any]:
    text = item["text"]
    chosen: dict[str, str] = {}
    cuts = []
    for (start, end), kind in places:
        new = chosen.setdefault(text[start:end], rng.choice(pool[kind]))
        if start == 0:
            new = new[0].upper() + new[1:]
        elif new.startswith("The "):
            new = "the " + new[4:]
        cuts.append(Cut(start, end, new))
    parts, last = [], 0
    for cut in cuts:
        parts += [text[last : cut.start], cut.new]
        last = cut.end
    out = copy.deepcopy(item)
    out["id"] += "-swapped"
    out["text"] = "".join(parts) + text[last:]
    for claim in out["claims"]:
        claim["quote_start"], claim["quote_end"] = _begin(claim["quote_start"], cuts), _finish(claim["quote_end"], cuts)
        for name, where in claim["spans"].items():
            if where:
                many = not isinstance(where[0], int)
                moved = [[_begin(a, cuts), _finish(b, cuts)] for a, b in (where if many else [where])]
                claim["spans"][name] = moved if many else moved[0]
    return out


def _begin(place: int, cuts: list[Cut]) -> int:
    """Where something that begins at `place` begins now; within a cut, where the new words begin."""
    done = bisect_right([cut.end for cut in cuts], place)
    shift = sum(len(cut.new) - (cut.end - cut.start) for cut in cuts[:done])
    inside = done < len(cuts) and cuts[done].start < place
    return (cuts[done].start if inside else place) + shift


def _finish(place: int, cuts: list[Cut]) -> int:
    """Where something that ends at `place` ends now; within a cut, where the new words end."""
    done = bisect_right([cut.end for cut in cuts], place)
    shift = sum(len(cut.new) - (cut.end - cut.start) for cut in cuts[:done])
    if done < bisect_left([cut.start for cut in cuts], place):
        return cuts[done].start + len(cuts[done].new) + shift
    return place + shift
