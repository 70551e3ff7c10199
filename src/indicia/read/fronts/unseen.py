"""What is done with text that no reader of a document sees, whatever its format: it is read for nothing but a marking, and
counted. Where it is not known whether it is seen, it is read, and that is said.

The formats say how a text looks (`Look`); here it is decided whether anybody sees it. Pages of HTML and PDF have rules of their
own for that, because a style sheet or a drawing decides there, and tell what they found in the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indicia.read.fronts.opened import Parsed
from indicia.records import LOOK, Problem, Severity

WHITE = "FFFFFF"
_TINY = 2.0  # points
_ALIKE = 15  # of 255 in each of red, green and blue: less is no difference to an eye
_HEX = re.compile(r"#?([0-9a-fA-F]{6})")


class Look(NamedTuple):
    """How a text looks: whether something hides it, its colour and the one behind it (six hexadecimal digits; an empty colour
    is one that the program chooses, and None one that is not known), and how high its letters are."""

    is_gone: bool = False
    colour: str = ""
    behind: str | None = WHITE
    points: float = 10.0


class Unseen:
    """The texts of one document that nobody sees (`hidden`), those that stand beside it (`aside`: comments, a speaker's notes,
    what was deleted), and the number of characters of which it is not known (`doubtful`)."""

    def __init__(self) -> None:
        self.hidden: list[str] = []
        self.aside: list[str] = []
        self.doubtful = 0

    def passes_over(self, text: str, look: Look, page: str = WHITE) -> bool:
        """Whether nobody sees a text, which is kept. `page` is the colour that it may have behind it if that is not known."""
        if not text.strip():
            return False
        if look.is_gone or look.points <= _TINY or (look.behind is not None and are_alike(look.colour, look.behind)):
            self.hidden.append(text)
            return True
        self.doubtful += len(text) * (look.behind is None and are_alike(look.colour, page))
        return False

    def tell(self, parsed: Parsed, name: str, why: str) -> None:
        """Adds what was found to what was read: what is said of it, and where else a marking may stand."""
        if self.hidden or self.aside:
            parsed.bannered = "\n\n".join([parsed.text, "".join(self.hidden), *self.hidden, "".join(self.aside), *self.aside])
        parsed.problems += noted_unseen(name, _length(self.hidden), self.doubtful, why, _length(self.aside))


def _length(texts: list[str]) -> int:
    return sum(len(text.strip()) for text in texts)


def noted_unseen(where: str, hidden: int, doubtful: int, why: str, aside: int = 0) -> Iterator[Problem]:
    """What is said of characters that nobody sees who looks at a text, of others that perhaps nobody sees, and `why`, and of
    those that stand beside it."""
    for count, what in (
        (hidden, "that nobody sees who looks at the page were not read"),
        (aside, "of comments, notes or deleted text were not read"),
        (doubtful, f"{why}: perhaps nobody sees them who looks at the page; they were read"),
    ):
        if count:
            told = f"{count:,} character{'' if count == 1 else 's'} {what}"
            yield Problem(where=where, what=told, severity=Severity.NOTE, hint=LOOK)


def are_alike(colour: str, behind: str) -> bool:
    """Whether nobody can tell one colour from the other. Where the program chooses a colour, it is another.

    >>> are_alike("FEFEFE", WHITE), are_alike("CCCCCC", WHITE), are_alike("", WHITE)
    (True, False, False)
    """
    if not colour or not behind:
        return False
    pairs = zip(bytes.fromhex(colour), bytes.fromhex(behind), strict=True)
    return all(abs(one - other) <= _ALIKE for one, other in pairs)


def hexadecimal(value: str | None, otherwise: str = "") -> str:
    """The six digits of a colour.

    >>> hexadecimal("#fff0AA"), hexadecimal("auto")
    ('FFF0AA', '')
    """
    found = _HEX.fullmatch(value or "")
    return found[1].upper() if found else otherwise


def number(text: str | None, otherwise: float) -> float:
    """A number as an attribute writes it, with or without a unit.

    >>> number("1.5pt", 10.0), number(None, 10.0)
    (1.5, 10.0)
    """
    found = re.match(r"-?\d{1,15}(?:\.\d{1,15})?", text or "")
    return float(found[0]) if found else otherwise
