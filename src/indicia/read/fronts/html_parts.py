"""The parts of one very long page: read as pages up to as many elements as a page may have, then as the text between its tags.

Pages that people write have a few ten thousand elements. One that goes on for a hundred megabytes of line breaks would cost
every part of it as much as a page may.
"""

from __future__ import annotations

from indicia.read.fronts.html import read_html
from indicia.read.fronts.html_apart import GIVEN_UP, between_tags
from indicia.read.fronts.opened import Limits, Parsed, skipped

__all__ = ["PageParts"]


class PageParts:
    """Reads the parts of one page, in their order."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = 2 * limits.elements  # an end tag for each
        self._told = False

    def read(self, markup: str, where: str) -> Parsed:
        """What a part holds, told once where only the text between the tags of the rest is read."""
        if self._left >= 0:
            self._left -= markup.count("<")
            parsed = read_html(markup, where, self._limits)
            if any(GIVEN_UP in problem.what for problem in parsed.problems):
                self._left, self._told = -1, True
            return parsed
        parsed = between_tags(markup)
        if not self._told:
            self._told = True
            what = f"the page has more than {self._limits.elements:,} elements: from here on {GIVEN_UP}"
            parsed.problems.append(skipped(where, what, "this is not how people write pages"))
        return parsed
