"""A little SVG: shapes and text in named colours. Attributes carry the colours of paper; a page may restyle the classes."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TypeVar

from indicia.records import Firmness, Outcome, Rank, Record, Stance
from indicia.view.inert import clip, visible
from indicia.view.positions import Position

# Name -> colour on paper. Each text colour has a contrast of at least 4.5 on white.
INK = {
    "ink": "#1b1f24",
    "quiet": "#57606a",
    "rule": "#d0d7de",
    "panel": "#f3f5f8",
    "paper": "#ffffff",
    "blue": "#0b4f9e",
    "pale-blue": "#cfe2f7",
    "red": "#a40e26",
    "pale-red": "#f6d3d6",
    "amber": "#8a4b00",
    "pale-amber": "#f7e3b5",
    "green": "#0f6b2c",
    "pale-green": "#cdebd3",
    "violet": "#5b3aa0",
    "pale-violet": "#e2d8f5",
    "link": "#0b4f9e",
    "none": "none",  # drawn to be hit, not to be seen
}
FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', 'Liberation Sans', sans-serif"


# Advances of ASCII from " " to "~" in hundredths of an em, measured in DejaVu Sans, the widest face of `FONT`.
_ASCII = tuple(
    int(advance)
    for row in (
        "32 40 46 84 64 95 78 27 39 39 50 84 32 36 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 53",
        "100 68 69 70 77 63 58 77 75 29 29 66 56 86 75 79 60 79 69 63 61 73 68 99 69 61 69 39 34 39 84 50",
        "50 61 63 55 63 62 35 63 63 28 28 58 28 97 63 61 63 63 41 52 39 63 59 82 59 59 52 64 34 64 84",
    )
    for advance in row.split()
)
_BOLD = 1.13  # how much wider its bold is


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide `text` is at most, in the widest face that may set it at `size`."""
    units = 0
    for char in text:
        code = ord(char)
        units += _ASCII[code - 32] if 32 <= code < 127 else 66 if code < 0x2E80 else 100
    return units / 100 * size * (_BOLD if bold else 1)


def fit(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """`text` cut with an ellipsis so that it fits `width`."""
    text = visible(" ".join(text.split()))
    if width_of(text, size, bold=bold) <= width:
        return text
    while text and width_of(text + "\u2026", size, bold=bold) > width:
        text = text[:-1]
    return text.rstrip() + "\u2026"


def _data(data: Mapping[str, str] | None) -> str:
    return "".join(f' data-{name}="{escape(visible(value))}"' for name, value in (data or {}).items())


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


class Drawing:
    """Shapes in the order in which they are drawn; y grows downwards. `height` may be set before `svg()` is called."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []
        self._open: list[str] = []  # how what was begun will end

    def rect(
        self, x: float, y: float, w: float, h: float, fill: str, *, stroke: str = "", round_: float = 0, dash: bool = False
    ) -> None:
        edge = f' stroke="{INK[stroke]}" stroke-width="1"' + (' stroke-dasharray="3 2"' if dash else "") if stroke else ""
        corner = f' rx="{number(round_)}"' if round_ else ""
        classes = f"f-{fill}" + (f" s-{stroke}" if stroke else "")
        self._parts.append(
            f'<rect class="{classes}" x="{number(x)}" y="{number(y)}" width="{number(max(w, 0))}" height="{number(max(h, 0))}"'
            f'{corner} fill="{INK[fill]}"{edge}/>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = "rule", *, width: float = 1, dash: str = ""
    ) -> None:
        pattern = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line class="s-{stroke}" x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" '
            f'stroke="{INK[stroke]}"'
            f' stroke-width="{number(width)}"{pattern}/>'
        )

    def path(self, d: str, stroke: str, *, width: float = 1, dash: str = "", end: bool = False) -> None:
        pattern = f' stroke-dasharray="{dash}"' if dash else ""
        cap = ' stroke-linecap="round"' if end else ""
        self._parts.append(
            f'<path class="s-{stroke}" d="{d}" fill="none" stroke="{INK[stroke]}" '
            f'stroke-width="{number(width)}"{pattern}{cap}/>'
        )

    def dot(self, x: float, y: float, r: float, fill: str, stroke: str = "") -> None:
        edge = f' stroke="{INK[stroke]}" stroke-width="1.5"' if stroke else ""
        classes = f"f-{fill}" + (f" s-{stroke}" if stroke else "")
        self._parts.append(
            f'<circle class="{classes}" cx="{number(x)}" cy="{number(y)}" r="{number(r)}" fill="{INK[fill]}"{edge}/>'
        )

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        at = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self._parts.append(f'<polygon class="f-{fill}" points="{at}" fill="{INK[fill]}"/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        fill: str = "ink",
        anchor: str = "start",
        bold: bool = False,
        most: float = 0,
    ) -> None:
        shown = fit(text, most, size, bold=bold) if most else visible(clip(text, 400))
        weight = ' font-weight="600"' if bold else ""
        place = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self._parts.append(
            f'<text class="f-{fill}" x="{number(x)}" y="{number(y)}" font-size="{number(size)}" '
            f'fill="{INK[fill]}"{weight}{place}>{escape(shown)}</text>'
        )

    def begin(self, href: str, title: str, *, mark: str, data: Mapping[str, str] | None = None) -> None:
        """What is drawn until `end` is a link of the class `mark` that says `title`; `href` is an address of ours. Without one
        it is a group that says so where one points at it. `data` are further attributes, `data-NAME`."""
        words = escape(visible(" ".join(title.split())))
        more = _data(data)
        link = f'<a href="{escape(href)}" class="{mark}"{more} aria-label="{words}">' if href else f'<g class="{mark}"{more}>'
        self._parts.append(f"{link}<title>{words}</title>")
        self._open.append("</a>" if href else "</g>")

    def end(self) -> None:
        self._parts.append(self._open.pop())

    def place(self, other: Drawing, x: float, y: float) -> None:
        """Another drawing, whole, with its corner at (x, y)."""
        self._parts.append(f'<g transform="translate({number(x)} {number(y)})">{"".join(other._parts)}</g>')

    def linked(self, name: str, title: str, data: Mapping[str, str] | None = None) -> str:
        """The picture as one element whose links can be reached: a group, where `svg` makes an image."""
        size = f'width="{number(self.width)}" height="{number(self.height)}"{_data(data)}'
        return (
            f'<svg class="drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(self.width)} {number(self.height)}" '
            f'{size} role="group" aria-labelledby="{name}-t" font-family="{escape(FONT)}">'
            f'<title id="{name}-t">{escape(visible(title))}</title>{"".join(self._parts)}</svg>'
        )

    def svg(self, name: str, title: str, alt: str) -> str:
        """The picture as one element, with its title and description for those who hear it."""
        size = (
            f'viewBox="0 0 {number(self.width)} {number(self.height)}" width="{number(self.width)}" '
            f'height="{number(self.height)}"'
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="{name}-t {name}-d" '
            f'font-family="{escape(FONT)}">'
            f'<title id="{name}-t">{escape(visible(title))}</title><desc '
            f'id="{name}-d">{escape(visible(alt))}</desc>{"".join(self._parts)}</svg>'
        )


# How the graph of claims is drawn: the line of each stance, its width by firmness, the heights of names.
WIDTH = {
    Firmness.CONFIRMED: 5.0,
    Firmness.HIGH: 4.0,
    Firmness.NONE: 2.6,
    Firmness.MODERATE: 2.6,
    Firmness.LOW: 1.4,
    Firmness.HEDGED: 1.6,
}


STYLE = {
    Stance.ACCUSES: ("blue", "", "names"),
    Stance.CLAIMS: ("blue", "9 3", "takes credit"),
    Stance.ENDORSES: ("green", "7 4", "endorses"),
    Stance.QUESTIONS: ("amber", "2 4", "questions"),
    Stance.WITHDRAWS: ("amber", "5 3", "withdraws"),
    Stance.DENIES: ("red", "2 3", "denies"),
    Stance.DECLINES: ("quiet", "1 4", "declines to name"),
}


TIED = ("violet", "", "ties or places")  # says to whom somebody belongs or where it came from, not who did it
OTHERS = "what others said"


T = TypeVar("T")


def stroke(position: Position) -> tuple[str, str, str]:
    """(colour, dashes, word) of the line for a position."""
    return TIED if position.tie else STYLE[position.stance]


def spread(names: list[T], rows: int, step: float) -> dict[T, float]:
    """The height of each name, in the middle of `rows` rows."""
    offset = (rows - len(names)) * step / 2
    return {name: 26 + offset + index * step for index, name in enumerate(names)}


# How hot a technique is: seen, stated in the texts, or only typical of the accused.
# From the hottest to the coolest: fill, ink, dashed edge, meaning. Dark to light, so that it reads in grey as well.
HEAT = {
    "worked": ("red", "paper", False, "seen in our logs, with success"),
    "seen": ("pale-amber", "ink", False, "seen in our logs, outcome not known"),
    "tried": ("pale-red", "ink", False, "seen in our logs, as attempts"),
    "stated": ("pale-blue", "ink", False, "stated in the texts"),
    "typical": ("panel", "quiet", True, "known about the accused, not stated here"),
}


class Cell(Record, frozen=True, kw_only=True):
    """One technique: where it stands, how sure it is and how often it was found."""

    id: str
    name: str
    tactics: tuple[str, ...]  # shortnames
    rank: Rank
    count: int = 1
    outcome: Outcome = Outcome.UNKNOWN  # the best that was seen

    @property
    def heat(self) -> str:
        if self.rank is Rank.SEEN:
            return {Outcome.SUCCESS: "worked", Outcome.UNKNOWN: "seen", Outcome.ATTEMPT: "tried"}[self.outcome]
        return "stated" if self.rank is Rank.STATED else "typical"
