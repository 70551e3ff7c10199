"""Sentences of a text as half-open ranges, in order, in time linear in the text.

A sentence ends at `.`, `!`, `?` or an ellipsis, with closing quotes and brackets, where a new one can begin; not after an
abbreviation or an initial. Line breaks end it where a blank line, a bullet, a heading or a line with nothing but a date shows
that they do. Nothing is longer than `LONGEST` characters: a line without any full stop is cut at a space, so that no later
step sees an unbounded piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 1500

_ABBREVIATIONS = frozenset(
    (
        "mr mrs ms dr prof gen col lt sgt maj capt adm sen rep gov hon rev st jr sr inc ltd co corp plc llc bros no nos "
        "art sec fig vol vs etc eg ie cf al ca approx est dept univ jan feb mar apr jun jul aug sep sept oct nov dec mon "
        "tue wed thu fri sat sun a.k.a e.g i.e p pp para ed eds op ref u.s u.k u.n e.u d.c a.m p.m s.a s.p.a n.v b.v"
    ).split()
)
# "U.S. officials said" goes on; "in the U.S. The group" does not: after such an abbreviation only these words open a sentence.
_OPENERS = frozenset(
    (
        "the a an it he she they we this that these those in on at but and however according after before when while as "
        "for its their his her there i both such some several no one two three meanwhile officials"
    ).split()
)
_DATE = r"(?:\d{1,2}\.? [A-Z][a-z]{2,8}\.?,? \d{4}|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{4}-\d{2}-\d{2})"
_END = re.compile(
    rf"(?P<dated>\n[ \t]*{_DATE}[ \t]*(?:\n|$))|"
    r"[.!?…]{1,4}[\"'”’)\]»]{0,4}(?=\s|$)|\n[ \t]*\n\s*|\n(?=[ \t]*(?:[-*•‣▪]|\d{1,2}[.)])[ \t])|\r\n?[ \t]*\r\n?\s*"
)
_LAST_WORD = re.compile(r"([\w.]*\w)\.+[\"'”’)\]»]*$")
_NEXT = re.compile(r"\s*[\"'“‘(\[«]*(\w+)")


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the full stop that `match` found ends a sentence that began at `start`."""
    mark = match.group()
    if mark[0] != ".":
        if mark[0] in "!?…" and mark[-1] in "\"'”’":  # “Who did it?” asked the minister
            following = _NEXT.match(text, match.end(), match.end() + 40)
            return following is None or not following.group(1)[0].islower()
        return True
    following = _NEXT.match(text, match.end(), match.end() + 40)
    if following is None:
        return True
    word = following.group(1)
    if word[0].islower():
        return False
    before = _LAST_WORD.search(text, max(start, match.start() - 24), match.end())
    last = before.group(1) if before else ""
    if len(last) == 1 and last.isupper():  # an initial
        return False
    low = last.lower()
    if low in _ABBREVIATIONS:
        if "." in low:
            return word.lower() in _OPENERS
        return False
    return True


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Ranges of the sentences of `text[start:end]` without the white space around them.

    >>> s = 'The U.S. blamed Russia. “It was them,” Mr. Smith said. No one answered.'
    >>> [s[a:b] for a, b in sentences(s)]
    ['The U.S. blamed Russia.', '“It was them,” Mr. Smith said.', 'No one answered.']
    """
    stop = len(text) if end is None else end
    begin = start
    for match in _END.finditer(text, start, stop):
        if match.group()[0] in ".!?…" and not _ends(text, begin, match):
            continue
        if match.lastgroup:  # a line that is a date belongs to neither the heading before it nor the text after it
            yield from _pieces(text, begin, match.start())
            begin = match.start()
        yield from _pieces(text, begin, match.end())
        begin = match.end()
    yield from _pieces(text, begin, stop)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """`start:end` without outer white space, cut at spaces into pieces of at most LONGEST."""
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        yield from _pieces(text, start, cut)
        start = cut
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield start, end
