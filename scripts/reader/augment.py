"""The same documents with other names and in other surroundings: who is accused must be read from the words around a name.

States, their bodies, groups and vendors give way to others of their kind, each the same throughout a text; a claim is cut out of its
document or put between neutral paragraphs of another. All places follow. What comes out may be absurd in substance; it is for
training only.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from indicia import knowledge
from indicia.knowledge.names import is_risky
from indicia.read.text.sentences import sentences
from scripts.reader.corpus import Taught

__all__ = ["alone", "surrounded", "swapped"]

Place = tuple[int, int]
NEAR = 700  # characters around a quote within which its parties are kept with it
BODIES, GROUPS, VENDORS = 0.8, 0.6, 0.4  # how often bodies, groups and vendors change too where states do
_PARAGRAPH = re.compile(r"\n\s*\n")
_SHORT = {"U.S.": "US", "US": "US", "U.K.": "GB", "UK": "GB", "America": "US", "DPRK": "KP", "PRC": "CN"}


class Cut(NamedTuple):
    """`[start, end)` gives way to `new`."""

    start: int
    end: int
    new: str


class _Finder:
    """Names that stand as words of their own."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(set(names))
        self._automaton = AhoCorasick(self.names, matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            inner = start and (text[start - 1].isalnum() or text[start - 1] == "_")
            if not inner and not (end < len(text) and (text[end].isalnum() or text[end] == "_")):
                yield start, end, self.names[index]


class _Names:
    """Everything that may be exchanged."""

    def __init__(self) -> None:
        known = knowledge.load()
        self.states = {state.code: state for state in known.states if state.capital and state.demonyms}
        self.pool = sorted(self.states)
        self.forms: dict[str, tuple[str, str]] = {}
        for code, state in self.states.items():
            for form in (state.name, *(name for name in state.names if len(name) > 3)):
                self.forms.setdefault(form, (code, "name"))
            for form in (state.capital or "", *state.capitals):
                self.forms.setdefault(form, (code, "capital"))
            for form in state.demonyms:
                plural = form.endswith("s") and not state.demonyms[0].endswith("s")
                self.forms.setdefault(form, (code, "plural" if plural else "people"))
        self.forms |= {form: (code, "name") for form, code in _SHORT.items()}
        self.bodies = {name: body for body in known.agencies for name in (body.name, *body.names) if len(name) > 2}
        self.by_state: dict[tuple[str | None, str | None], list[Any]] = {}
        for body in known.agencies:
            self.by_state.setdefault((body.state, body.kind), []).append(body)
            self.by_state.setdefault((body.state, None), []).append(body)
        aliases = {alias.name for actor in known.actors for alias in actor.aliases} | {actor.name for actor in known.actors}
        groups = [name for name in aliases if len(name) > 3 and not is_risky(name) and name not in self.forms]
        self.groups: dict[str, list[str]] = {}
        for name in sorted(groups):
            self.groups.setdefault(_like(name), []).append(name)
        self.vendors = sorted(one.name for one in known.vendors if len(one.name) > 3 and not is_risky(one.name))
        self.finders = tuple(map(_Finder, (self.forms, self.bodies, groups, self.vendors)))


@cache
def _names() -> _Names:
    return _Names()


def _like(name: str) -> str:
    return "code" if any(map(str.isdigit, name)) else "words" if " " in name else "word"


def swapped(document: Taught, rng: random.Random) -> Taught:
    """The document with other states, bodies, groups and vendors."""
    known = _names()
    chosen: dict[str, str] = {}

    def other(code: str) -> str:
        if code not in chosen:
            free = [one for one in known.pool if one != code and one not in chosen.values()]
            chosen[code] = rng.choice(free or known.pool)
        return chosen[code]

    cuts: list[Cut] = []
    bodies, groups, vendors = (rng.random() < share for share in (BODIES, GROUPS, VENDORS))
    in_forms, in_bodies, in_groups, in_vendors = known.finders
    if bodies:
        cuts += _other_bodies(document.text, in_bodies, other, rng)
    for start, end, form in in_forms.find(document.text):
        code, kind = known.forms[form]
        state = known.states[other(code)]
        plural = next((name for name in state.demonyms if name.endswith("s") and not state.demonyms[0].endswith("s")), None)
        new = {
            "name": state.name,
            "capital": state.capital or state.name,
            "people": state.demonyms[0],
            "plural": plural or state.demonyms[-1],
        }[kind]
        cuts.append(Cut(start, end, new))
    for wanted, finder in ((groups, in_groups), (vendors, in_vendors)):
        mine: dict[str, str] = {}
        for start, end, name in finder.find(document.text) if wanted else ():
            pool = known.groups[_like(name)] if finder is in_groups else known.vendors
            cuts.append(Cut(start, end, mine.setdefault(name, rng.choice(pool))))
    return _rewritten(document, cuts)


def _other_bodies(text: str, finder: _Finder, other: Callable[[str], str], rng: random.Random) -> Iterator[Cut]:
    known = _names()
    chosen: dict[str, Any] = {}
    for start, end, name in finder.find(text):
        body = known.bodies[name]
        if body.state not in known.states:
            continue
        state = other(body.state)
        if body.id not in chosen:
            pool = known.by_state.get((state, body.kind)) or known.by_state.get((state, None))
            chosen[body.id] = rng.choice(pool) if pool else None
        new = chosen[body.id]
        if new is None:
            service = rng.choice(("intelligence service", "security service", "military intelligence"))
            yield Cut(start, end, f"{known.states[state].demonyms[0]} {service}")
        else:
            short = [one for one in (new.name, *new.names) if (len(one) < 8) == (len(name) < 8)]
            yield Cut(start, end, (short or [new.name])[0])


def alone(document: Taught, rng: random.Random) -> Taught:
    """A few sentences around one of the claims, and nothing else."""
    claim = rng.choice(document.claims)
    quote = claim["quote"]
    places = [quote] + [claim[key] for key in ("source", "accused") if claim.get(key) and abs(claim[key][0] - quote[0]) < NEAR]
    told = list(sentences(document.text))
    touched = [k for k, (a, b) in enumerate(told) if any(a < place[1] and place[0] < b for place in places)]
    if not touched:
        return document
    more = (0, 0, 0, 1, 2)
    first, last = max(0, touched[0] - rng.choice(more)), min(len(told) - 1, touched[-1] + rng.choice(more))
    return _part(document, told[first][0], told[last][1])


def surrounded(document: Taught, rng: random.Random, others: Sequence[Taught]) -> Taught:
    """The document after and before paragraphs of one that claims nothing."""

    def taken() -> str:
        text = rng.choice(others).text
        pieces = [piece for piece in _PARAGRAPH.split(text) if piece.strip()]
        at = rng.randrange(len(pieces)) if pieces else 0
        return "\n\n".join(pieces[at : at + rng.choice((1, 2, 3))])[:1500]

    before = taken() + "\n\n" if rng.random() < 0.75 else ""
    after = "\n\n" + taken() if rng.random() < 0.75 else ""

    def moved(place: int, _: bool) -> int:
        return place + len(before)

    return _all_moved(document, before + document.text + after, moved)


def _part(document: Taught, start: int, end: int) -> Taught:
    """The document from `start` to `end`, with the claims whose accused stands there."""
    out = []
    for claim in document.claims:
        quote, accused, source = claim["quote"], claim.get("accused"), claim.get("source")
        if quote[0] >= end or quote[1] <= start or (accused and not start <= accused[0] < accused[1] <= end):
            continue
        lost = bool(source) and not start <= source[0] < source[1] <= end
        kept = {
            key: [place for place in value if place and start <= place[0] < place[1] <= end] if _is_places(value) else value
            for key, value in claim.items()
            if not _is_place(value) or start <= value[0] < value[1] <= end
        }
        kept["quote"] = [max(quote[0], start), min(quote[1], end)]
        out.append(_moved(kept | ({"lost": True} if lost else {}), lambda place, _: place - start))
    return document._replace(text=document.text[start:end], claims=out, facts=None)


def _rewritten(document: Taught, cuts: Iterable[Cut]) -> Taught:
    kept: list[Cut] = []
    for cut in sorted(cuts):
        if not kept or cut.start >= kept[-1].end:
            kept.append(cut)
    parts, last, shifts = [], 0, [0]
    for cut in kept:
        parts += [document.text[last : cut.start], cut.new]
        last = cut.end
        shifts.append(shifts[-1] + len(cut.new) - (cut.end - cut.start))
    starts = [cut.start for cut in kept]

    def moved(place: int, end: bool) -> int:
        at = bisect_right(starts, place - end) - 1
        if at < 0:
            return place
        cut = kept[at]
        if place >= cut.end:
            return place + shifts[at + 1]
        return cut.start + shifts[at] + (len(cut.new) if end else 0)

    return _all_moved(document, "".join(parts) + document.text[last:], moved)


def _all_moved(document: Taught, text: str, move: Callable[[int, bool], int]) -> Taught:
    facts = [_moved(fact, move) for fact in document.facts] if document.facts is not None else None
    return document._replace(text=text, claims=[_moved(claim, move) for claim in document.claims], facts=facts)


def _moved(claim: dict[str, Any], move: Callable[[int, bool], int]) -> dict[str, Any]:
    def placed(value: Any) -> Any:
        if _is_places(value):
            return [placed(one) for one in value]
        return [move(value[0], False), move(value[1], True)] if _is_place(value) else value

    return {key: placed(value) for key, value in claim.items()}


def _is_place(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, int) for one in value)


def _is_places(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_place(one) for one in value)
