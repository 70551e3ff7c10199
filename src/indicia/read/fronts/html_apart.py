"""Pages with so many elements that the parser could take for ever on them, read in a process of their own, bounded in time and
memory. What it cannot read is given as the text between its tags.

The parser is written in C and walks up all open elements at every new one: a page of a hundred thousand nested elements takes
it minutes. Up to `HERE` elements that is a second at most, and hardly a page has more.
"""

from __future__ import annotations

import re

from indicia.read.fronts.apart import Front, Stopped, parsed_apart
from indicia.read.fronts.opened import Limits, Parsed, skipped
from indicia.read.fronts.plain import read_plain

HERE = 20_000  # elements
GIVEN_UP = "only the text between its tags was read"
_TAG = re.compile(r"<[^<>]*+>")


def read_apart(markup: str, name: str, limits: Limits, front: Front) -> Parsed:
    """The page as `front` reads it, or, where that takes too long or too much memory, the text between its tags."""
    data = markup.encode("utf-8", "replace")
    try:
        return parsed_apart(front, data, name, limits, seconds=limits.html_seconds, memory=limits.html_memory)
    except (Stopped, OSError):
        parsed = between_tags(markup)
        what = f"took longer than {limits.html_seconds:g} s as a page, or too much memory: {GIVEN_UP}"
        parsed.problems.append(skipped(name, what, "this is not how people write pages"))
        return parsed


def between_tags(markup: str) -> Parsed:
    """What stands between the tags, whatever element it is in."""
    parsed = read_plain(_TAG.sub(" ", markup))
    parsed.media_type = "text/html"
    return parsed
