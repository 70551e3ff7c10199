"""What the network is asked about a chunk, and the answers that the annotations give.

Where an annotator need not have listed a claim, nothing is asked: the same voice may say the same of the same accused in every
sentence of a document, and only its clearest statement must be annotated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from indicia.read.claims.chunks import Chunk, Place, Zone, chunks
from indicia.read.claims.network import FACTS, FIELDS, STANCES, TAGS
from scripts.reader.corpus import Taught

__all__ = ["NOBODY_NAMED", "Example", "Gold", "alike", "examples", "words"]

NOBODY_NAMED: Place = (-1, -1)  # the text narrates, or its issuer speaks
LONGEST = 24  # tokens of anything that is marked
SAID_AS = {"voice": "source_from", "repeated": "optional"}  # fields that the annotations call otherwise
_WORD = re.compile(r"\w+")
_DULL = frozenset("the a an of s and to in by its".split())
_FUNCTION = frozenset(
    "the a an of and or to in on by its for with from at into against their his her as is was were that this which who via using "
    "over during after before about".split()
)


class Gold(NamedTuple):
    """A claim in a chunk. `accused` is a token range, None where nobody is named; then `sentence` is the own sentence that says it.
    `speaker` is a token range or NOBODY_NAMED, None where it stands outside of the chunk. `fields` are indices, -100 unknown."""

    stance: int
    accused: Place | None
    sentence: int
    speaker: Place | None
    fields: dict[str, int]


class Example(NamedTuple):
    """A chunk, its text, the claims in it, tagged words (tag, range), ranges in which tags are asked, what leads back to a name
    (role, range, words of the name), and of all claims of the document (stance, words of the accused, words of the speaker)."""

    chunk: Chunk
    text: str
    golds: list[Gold]
    tags: list[tuple[int, Place]]
    told: list[Place]
    leads: list[tuple[int, Place, frozenset[str]]]
    known: list[tuple[int, frozenset[str], frozenset[str]]]
    weight: float
    facts: list[tuple[int, int]] | None  # (own sentence, index of FACTS); None where nobody marked any

    def words(self, place: Place) -> frozenset[str]:
        return words(self.text[slice(*self.chunk.text_range(place))])

    def spans(self, role: int) -> set[Place]:
        """The parties that are accused (role 0) or speak (1)."""
        found = (gold.accused if role == 0 else gold.speaker for gold in self.golds)
        return {place for place in found if place is not None and place != NOBODY_NAMED}


def words(text: str | None) -> frozenset[str]:
    return frozenset(_WORD.findall((text or "").lower())) - _DULL


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names share half of the shorter one's words, as claims are counted."""
    if not one and not other:
        return True
    return bool(one and other) and len(one & other) / min(len(one), len(other)) >= 0.5


def examples(document: Taught, tokens: Any) -> list[Example]:
    """The chunks of a document in order."""
    text = document.text
    known = [
        (STANCES.index(claim["stance"]), *(_named(claim, role, text) for role in ("accused", "source")))
        for claim in document.claims
    ]
    return [_example(document, chunk, known) for chunk in chunks(text, tokens) if chunk.own]


def _named(claim: dict[str, Any], role: str, text: str) -> frozenset[str]:
    place = claim.get(role)
    return words(text[slice(*place)]) | words(claim.get(f"{role}_canonical")) if place else frozenset()


def _example(document: Taught, chunk: Chunk, known: list[Any]) -> Example:
    out = Example(chunk, document.text, [], [], [], [], known, document.weight, _facts(document, chunk))
    own = [place for place, zone in zip(chunk.places, chunk.zones, strict=True) if zone == Zone.OWN]
    start, end = own[0][0], own[-1][1]
    for claim in document.claims:
        quote, accused = claim["quote"], claim.get("accused")
        touched = quote[0] < end and start < quote[1]
        if accused and not start <= accused[0] < accused[1] <= end:
            out.told.extend(_touched(chunk, quote) if touched else ())
            continue
        if accused:
            place = _tokens(chunk, *accused)
            if place is None:
                continue
            sentence = 0
        elif touched:
            place, sentence = None, _sentence(chunk, claim)
            if sentence < 0:
                continue
        else:
            continue
        speaker = _speaker(chunk, document.text, claim)
        out.golds.append(
            Gold(STANCES.index(claim["stance"]), place, sentence, speaker, {name: _field(claim, name) for name in FIELDS})
        )
        out.told.extend(_touched(chunk, quote))
        out.tags.extend(_tagged(chunk, document.text, claim))
        for role, where, key in ((0, place, "accused_canonical"), (1, speaker, "source_canonical")):
            name = words(claim.get(key))
            if where not in (None, NOBODY_NAMED) and name and not alike(out.words(where), name):  # type: ignore[arg-type]
                out.leads.append((role, where, name))  # type: ignore[arg-type]
    return out


def _facts(document: Taught, chunk: Chunk) -> list[tuple[int, int]] | None:
    """The own sentences that hold the middle of a marked one."""
    if document.facts is None:
        return None
    ranges = [chunk.text_range(one) for one in chunk.own]
    middles = [(FACTS.index(fact["what"]), sum(fact["place"]) // 2) for fact in document.facts]
    return [(k, what) for what, middle in middles for k, (a, b) in enumerate(ranges) if a <= middle < b]


def _sentence(chunk: Chunk, claim: dict[str, Any]) -> int:
    """The own sentence of a claim that names nobody: the one with its speaker, else the first of the quote."""
    quote, source = claim["quote"], claim.get("source") or (-1, -1)
    ranges = [chunk.text_range(one) for one in chunk.own]
    touched = [k for k, (a, b) in enumerate(ranges) if a < quote[1] and quote[0] < b]
    return next((k for k in touched if ranges[k][0] <= source[0] < ranges[k][1]), touched[0] if touched else -1)


def _speaker(chunk: Chunk, text: str, claim: dict[str, Any]) -> Place | None:
    source = claim.get("source")
    if claim.get("lost"):
        return None
    if not source:
        return NOBODY_NAMED
    found = _tokens(chunk, *source)
    if found is None:  # the same words elsewhere in the chunk
        said = re.compile(re.escape(text[slice(*source)]), re.IGNORECASE)
        places = (_tokens(chunk, *match.span()) for match in said.finditer(text))
        found = next(filter(None, places), None)
    return found


def _tokens(chunk: Chunk, start: int, end: int) -> Place | None:
    """The tokens of [start, end), rather those of the chunk's body than their copy at its head; None where they are not all there."""
    found = [k for k, (a, b) in enumerate(chunk.places) if a >= 0 and a < end and start < b]
    if not found:
        return None
    last = found[-1]
    first = last
    while first - 1 in found:
        first -= 1
    whole = chunk.places[first][0] <= start + 1 and chunk.places[last][1] >= end - 1
    return (first, last + 1) if whole and last + 1 - first <= LONGEST else None


def _touched(chunk: Chunk, quote: Place) -> Iterator[Place]:
    body = (Zone.BEFORE, Zone.OWN, Zone.AFTER)
    found = [k for k, (a, b) in enumerate(chunk.places) if a >= 0 and chunk.zones[k] in body and a < quote[1] and quote[0] < b]
    if found:
        yield found[0], found[-1] + 1


def _field(claim: dict[str, Any], name: str) -> int:
    """The index of the annotated value, -100 where none was annotated."""
    value = claim.get(SAID_AS.get(name, name))
    if name == "repeated":
        return int(bool(value))
    if (name == "firmness" and not claim.get("deed")) or (name == "tie_firmness" and not claim.get("tie")):
        return -100
    if name == "channel" and value in ("indictment or other domestic legal", "other domestic legal"):
        value = "indictment"
    told = [getattr(one, "value", one) for one in FIELDS[name]]
    return told.index(value) if value in told and not (value is None and None not in told) else -100


def _tagged(chunk: Chunk, text: str, claim: dict[str, Any]) -> Iterator[tuple[int, Place]]:
    for number, tag in enumerate(TAGS):
        value = claim.get(tag) if tag != "incident" else None
        for place in (value if value and isinstance(value[0], list) else [value]) if value else ():
            if place and len(place) == 2 and (found := _tokens(chunk, *place)) is not None:
                yield number, found
    if (deed := _deed(chunk, text, claim)) is not None:
        yield TAGS.index("incident"), deed


def _deed(chunk: Chunk, text: str, claim: dict[str, Any]) -> Place | None:
    """The run of tokens that the short name of a deed is made of: in the quote, or a little before it."""
    wanted = {word for word in _WORD.findall((claim.get("incident") or "").lower()) if word not in _FUNCTION}
    quote = claim["quote"]
    near = [
        k
        for k, (a, b) in enumerate(chunk.places)
        if a >= 0 and chunk.zones[k] >= Zone.BEFORE and quote[0] - 250 <= a and b <= quote[1]
    ]
    if not wanted or not near:
        return None
    runs: list[list[int]] = []
    for at, k in enumerate(near):
        if _word(text, chunk.places[k]) in wanted:
            if runs and at - runs[-1][-1] <= 4:
                runs[-1].append(at)
            else:
                runs.append([at])
    best: tuple[float, int, list[int]] | None = None
    for run in runs:
        different = len({_word(text, chunk.places[near[at]]) for at in run})
        if different >= 2 or (different == 1 and len(wanted) == 1):
            rank = (different + 0.5 * (chunk.places[near[run[0]]][0] >= quote[0]), run[0] - run[-1], run)
            best = rank if best is None or rank[:2] > best[:2] else best
    if best is None or best[2][-1] - best[2][0] > LONGEST:
        return None
    return near[best[2][0]], near[best[2][-1]] + 1


def _word(text: str, place: Place) -> str:
    start, end = place
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end].lower()
