"""How a passage speaks of a technique: as used, denied, possible, as something to do about it, or as what those did who tell of
it. Only the first counts as use.

The cues lie in cues.txt. A capability ("can inject", "is able to") counts as use, as it does in ATT&CK's own examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from indicia.read.text.sentences import sentences
from indicia.records import BlockKind, Context, Document

_USE = re.compile(r"<([A-Z_]+)>")


@cache
def _cues() -> dict[str, str]:
    """Section of cues.txt -> its patterns, joined."""
    sections: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    lines = resources.files("indicia.read.techniques").joinpath("cues.txt").read_text("utf-8").splitlines()
    section = ""
    for line in lines:
        if not line or line.startswith("#"):
            continue
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            section = heading[1]
            continue
        name, is_name, pattern = line.partition(" = ")
        named = bool(is_name) and name.isupper()
        full = _USE.sub(lambda use: names[use[1]], pattern if named else line)
        if named:
            names[name] = full
        else:
            sections.setdefault(section, []).append(full)
    return {section: "|".join(patterns) for section, patterns in sections.items()}


def _words(section: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_cues()[section]})\b", re.IGNORECASE)


_POLITE = r"\W{0,4}(?:(?:please|always|also|never|do not|then|first|finally|next|at a minimum|where possible)[, ]+)?"
_ORDER = re.compile(rf"{_POLITE}(?:{_cues()['order']})\b", re.IGNORECASE)
_ADVICE_HEADING = re.compile(rf"\W*+(?:\d[\d.]*+\s++)?(?:{_cues()['heading']})\s*:?", re.IGNORECASE)
_NARRATIVE = _words("narrative")
_RECOMMENDED = _words("recommended")
# "so that no trace is found", "checks that it is not run": what something else was done for, or a condition of it.
_PURPOSE = re.compile(
    r"\b(?:so that|so as|such that|in order|to (?:ensure|make sure|check)"
    r"|(?:checks?|verif(?:y|ies)|ensures?) (?:that|if|whether)|if|until|unless|because|since|as)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:that|which|who|whose \w+|where)\s\Z", re.IGNORECASE)
_UNLESS = re.compile(r"(?:\s\w+){0,3}\s(?:if|unless|until|when)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;,:]\s|\s[–—-]\s|\b(?:but|while|whereas|however|although|though|instead)\b", re.IGNORECASE)

_TURNS = re.compile(r",? but |; ", re.IGNORECASE)

_CUES = (
    (Context.RECOMMENDED, _RECOMMENDED),
    (Context.NEGATED, _words("negated")),
    (Context.HYPOTHETICAL, _words("hypothetical")),
    (Context.BENIGN, _words("benign")),
)


class SectionContext:
    """Remembers, while a document is read from its start, whether the current section gives advice."""

    def __init__(self) -> None:
        self.advice = False

    def read(self, text: str, kind: BlockKind) -> bool:
        """Whether this passage belongs to a section of advice. It ends with the next heading, or where the text tells a
        story."""
        if kind in {BlockKind.ROW, BlockKind.CODE}:
            return self.advice
        short = len(text) <= 80 and text[:1].isupper() and text[-1:] not in ".!?,;" and len(text.split()) <= 9
        if kind is not BlockKind.LIST_ITEM and (kind is BlockKind.HEADING or short):
            self.advice = _ADVICE_HEADING.fullmatch(text) is not None
        elif self.advice and not is_advice(text) and _NARRATIVE.search(text[:400]):
            self.advice = False
        return self.advice


def is_advice(text: str) -> bool:
    """Whether the passage by itself gives advice."""
    return _ORDER.match(text) is not None or _RECOMMENDED.search(text) is not None


def clauses(text: str) -> list[tuple[int, int]]:
    """The clauses of a passage: half-open ranges that cover it."""
    cuts = [0, *(m.start() for m in _CLAUSE.finditer(text)), len(text)]
    return [(a, b) for a, b in zip(cuts, cuts[1:], strict=False) if b > a]


def without(text: str, cue: re.Match[str]) -> str:
    """The passage without what the cue governs: its clause, or what follows "rather than" in it."""
    word = cue[0].lower()
    low = cue.start() if word in {"rather than", "instead of"} or word.startswith("without") else 0
    return " ".join(text[a : max(a, low)] if a <= cue.start() < b else text[a:b] for a, b in clauses(text)).strip()


def context_of(text: str, advice: bool) -> tuple[Context, str, str]:
    """The context that the passage's cues suggest, the cue, and the rest of the passage, which the cue does not touch. What the
    rest describes by itself is stated; an empty rest means that the cue governs it all."""
    if advice:
        return Context.RECOMMENDED, "in a section of advice", ""
    order = _ORDER.match(text)
    if order:
        return Context.RECOMMENDED, order[0].strip(), ""
    for context, pattern in _CUES:
        cue = next(
            (found for found in pattern.finditer(text) if context is not Context.NEGATED or not _is_purpose(text, found)), None
        )
        if cue:
            rest = "" if context is Context.RECOMMENDED and not _TURNS.search(text) else without(text, cue)
            return context, cue[0], rest
    return Context.STATED, "", ""


def _is_purpose(text: str, cue: re.Match[str]) -> bool:
    """Whether what the cue denies is only what something else was done for, or a condition of it."""
    start = max((a for a, b in clauses(text) if a <= cue.start() < b), default=0)
    return (
        _PURPOSE.search(text, start, cue.start()) is not None
        or _RELATIVE.search(text, start, cue.start()) is not None
        or _UNLESS.match(text, cue.end()) is not None
    )


# The passages of a document that are judged one by one: sentences, and lines of lists, headings and tables that are not
# sentences.
_LINE = re.compile(r"[^\n]+")
_LETTER = re.compile(r"[^\W\d_]")
_ENDS = (".", "!", "?", ":", ";", "]", "”", '"', "…")


class PassageRange(NamedTuple):
    """A half-open range of the document's text, and whether it stands in a heading or in code."""

    start: int
    end: int
    kind: BlockKind


def _wrapped(text: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    """Whether the line break between two neighbouring lines only wraps a sentence."""
    if following[0] - line[1] > 2 or "\t" in text[line[0] : min(line[1], line[0] + 2000)]:
        return False
    first, last = text[following[0]], text[line[1] - 1]
    if last in _ENDS:
        return False
    return first.islower() or (55 <= line[1] - line[0] <= 130 and (first.isalnum() or first in '(“"'))


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines without white space around them; wrapped ones joined."""
    current: tuple[int, int] | None = None
    last: tuple[int, int] | None = None
    for match in _LINE.finditer(text, start, end):
        low, high = match.span()
        while low < high and text[low].isspace():
            low += 1
        while high > low and text[high - 1].isspace():
            high -= 1
        if low == high:
            continue
        if current is not None and last is not None and _wrapped(text, last, (low, high)):
            current = (current[0], high)
        else:
            if current is not None:
                yield current
            current = (low, high)
        last = (low, high)
    if current is not None:
        yield current


def passages(document: Document) -> Iterator[PassageRange]:
    """In text order, without overlap; passages without a word are left out. Time linear in the text."""
    text = document.text
    ranges = [(block.start, block.end, block.kind) for block in document.blocks] or [(0, len(text), BlockKind.PARAGRAPH)]
    for start, end, kind in ranges:
        for low, high in _lines(text, start, end):
            for a, b in sentences(text, low, high):
                if b - a >= 4 and _LETTER.search(text, a, b):
                    yield PassageRange(a, b, kind)
