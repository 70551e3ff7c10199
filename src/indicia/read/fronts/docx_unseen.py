"""What of a DOCX nobody sees who looks at its pages: hidden text, text in the colour of what is behind it, tiny text, and text
boxes that are hidden or lie outside the page.

By the run, its styles and the paragraph's, as Word lays them over one another. In a text box, before a picture and in a table
with a style of its own the colour behind a text is not known; then the text is read, and it is said that it may not be seen.

References: ECMA-376 part 1, 17.3.2 (run properties), 17.7.2 (style hierarchy); [MS-DOCX] 2.6.1 (textFill).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from indicia.read.fronts.unseen import WHITE, Look, Unseen, hexadecimal, number

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_SHAPES = {
    _DRAWING + "anchor",
    _DRAWING + "inline",
    *(f"{{urn:schemas-microsoft-com:vml}}{name}" for name in ("shape", "rect", "roundrect", "group")),
}
_NARROW = 10  # percent of a letter's width
_LOW = 40  # twentieths of a point: lines of this height show nothing of what stands in them
_FAR_LEFT, _FAR_RIGHT = -10_000_000, 20_116_800  # EMU: 28 cm, and 22 inches, the largest page that there is
_WIDE, _HIGH = 3_000_000, 1_000_000  # EMU: of a picture on which text may stand
_FAR_INDENT = -15_000  # twentieths of a point: 26 cm
_NO = frozenset(("0", "false", "off"))
_NONE = "none"  # no colour at all
_HIDDEN = (W + "vanish", W + "specVanish")
_VML_GONE = re.compile(r"visibility:\s*hidden|display:\s*none|(?:margin-left|margin-top|left|top):\s*-\d{4,}", re.IGNORECASE)
_THEME = {"background1": "FFFFFF", "light1": "FFFFFF", "bg1": "FFFFFF", "lt1": "FFFFFF"}
_MARKERS = {"white": "FFFFFF", "black": "000000", "yellow": "FFFF00"}  # any other is neither
_DEPTH = 20  # of styles that are based on one another
Said = Mapping[str, str]  # hidden, colour, size, width, behind: as far as something says so


class _Style(NamedTuple):
    based_on: str
    look: Said


class Place:
    """Where in a document the reading is, as far as it decides what is seen there."""

    def __init__(self, *, page_has_colour: bool) -> None:
        self.page = WHITE
        self._page_has_colour = page_has_colour
        self._boxes = 0
        self._has_backdrop = False  # a large picture lies behind the text
        self._lies_behind = False  # the drawing that began last
        self._shapes: list[bool] = []  # whether each that is open is seen by nobody
        # Of each open table: the colour of the cell, whether a style may give one, and what tables around it say.
        self._cells: list[tuple[str, bool, str | None]] = []

    def move(self, event: str, element: Element) -> None:
        """On to the start or the end of an element."""
        tag, starts = element.tag, event == "start"
        if tag == W + "txbxContent":
            self._boxes += 1 if starts else -1
        elif tag in _SHAPES:
            if starts:
                self._lies_behind = element.get("behindDoc", "0") not in _NO
                self._shapes.append(self.is_gone or bool(_VML_GONE.search(element.get("style", ""))))
            else:
                self._shapes.pop()
        elif tag == W + "tbl":
            if starts:
                self._cells.append(("", False, self._of_cells()))
            else:
                self._cells.pop()
        elif starts:
            return
        elif tag == _DRAWING + "extent" and self._lies_behind:
            width, height = (number(element.get(side), 0) for side in ("cx", "cy"))
            self._has_backdrop = self._has_backdrop or (width >= _WIDE and height >= _HIGH)
        elif tag in {_DRAWING + "docPr", _DRAWING + "posOffset"} and self._shapes:
            self._shapes[-1] = self._shapes[-1] or _is_elsewhere(element)
        elif tag == W + "tblPr" and self._cells:
            self._cells[-1] = ("", element.find(W + "tblStyle") is not None, self._cells[-1][2])
        elif tag == W + "tc" and self._cells:
            self._cells[-1] = ("", *self._cells[-1][1:])
        elif tag == W + "tcPr" and self._cells:
            self._cells[-1] = (_look(element, own=False).get("behind", ""), *self._cells[-1][1:])
        elif tag == W + "background" and self._page_has_colour:
            self.page = _colour(element, "color", "themeColor") or self.page

    @property
    def is_gone(self) -> bool:
        """Whether nobody sees anything here."""
        return bool(self._shapes) and self._shapes[-1]

    @property
    def behind(self) -> str | None:
        """The colour behind the text; None where it is not known."""
        colour = self._of_cells()
        return colour if colour != "" else None if self._boxes or self._has_backdrop else self.page

    def _of_cells(self) -> str | None:
        """The colour that the tables give; nothing where they say none, and None where it is not known."""
        if not self._cells:
            return ""
        colour, may_be_another, around = self._cells[-1]
        return (colour or None) if colour or may_be_another else around


class Runs:
    """Says of runs whether they are seen, by the file's styles, and keeps what is not."""

    def __init__(self, events: Iterator[tuple[str, Element]]) -> None:
        """By the events of the file's `styles.xml`."""
        self.unseen = Unseen()
        self._defaults: Said = {}
        self._styles: dict[str, _Style] = {}
        for _, element in events:
            if element.tag == W + "rPrDefault":
                self._defaults = _look(element)
            elif element.tag == W + "style":
                based_on = element.find(W + "basedOn")
                named = "" if based_on is None else based_on.get(W + "val", "")
                self._styles[element.get(W + "styleId", "")] = _Style(named, _look(element))
                element.clear()

    def passes_over(self, run: Element, paragraph: Element, place: Place) -> bool:
        """Whether nobody sees a run, which is kept."""
        text = "".join(one.text or "" for one in run.iter(W + "t"))
        return bool(text.strip()) and self.unseen.passes_over(text, self._looks(run, paragraph, place), place.page)

    def _looks(self, run: Element, paragraph: Element, place: Place) -> Look:
        of_run, of_paragraph = run.find(W + "rPr"), paragraph.find(W + "pPr")
        said = {
            **self._defaults,
            **self._of_style(of_paragraph, W + "pStyle"),
            **({} if of_paragraph is None else _look(of_paragraph, own=False)),
            **self._of_style(of_run, W + "rStyle"),
            **({} if of_run is None else _look(of_run, own=False)),
        }
        colour = said.get("colour", "")
        return Look(
            is_gone=place.is_gone or _is_gone(said) or colour == _NONE,
            colour=colour,
            behind=said.get("behind") or place.behind,
            points=number(said.get("size"), 20) / 2,
        )

    def _of_style(self, properties: Element | None, tag: str) -> Said:
        style = None if properties is None else properties.find(tag)
        name = "" if style is None else style.get(W + "val", "")
        looks: list[Said] = []
        while name in self._styles and len(looks) < _DEPTH:
            looks.append(self._styles[name].look)
            name = self._styles[name].based_on
        return {key: value for look in reversed(looks) for key, value in look.items()}


def _look(element: Element, *, own: bool = True) -> dict[str, str]:
    """What the properties of a run, a paragraph or (`own`) a style say of how text looks."""
    said: dict[str, str] = {}
    for one in element.iter() if own else element:
        value = one.get(W + "val", "")
        if one.tag in _HIDDEN:
            said["hidden"] = "" if value in _NO else "yes"
        elif one.tag == W + "color":
            said["colour"] = _colour(one, "val", "themeColor")
        elif one.tag == _W14 + "textFill":
            said["colour"] = _filled(one, said.get("colour", ""))
        elif one.tag == W + "sz":
            said["size"] = value
        elif one.tag == W + "w":
            said["width"] = value.rstrip("%")
        elif one.tag == W + "highlight" and value != "none":
            said["behind"] = _MARKERS.get(value, "777777")
        elif one.tag == W + "shd" and (fill := _colour(one, "color" if value == "solid" else "fill", "themeFill")):
            said["behind"] = fill
        elif one.tag == W + "spacing" and one.get(W + "lineRule") == "exact":
            said["line"] = one.get(W + "line", "")
        elif one.tag == W + "ind":
            said["indent"] = one.get(W + "left") or one.get(W + "start") or ""
    return said


def _colour(element: Element, name: str, theme: str) -> str:
    """Six hexadecimal digits, or nothing where the program chooses."""
    return hexadecimal(element.get(W + name), _THEME.get(element.get(W + theme, ""), ""))


def _filled(fill: Element, else_: str) -> str:
    """The colour that letters are filled with; `_NONE` where there is none, or it lets all light through."""
    for one in fill.iter():
        value = one.get(_W14 + "val", "")
        if one.tag == _W14 + "noFill" or (one.tag == _W14 + "alpha" and value.isdigit() and int(value) >= 95_000):
            return _NONE
        if one.tag in {_W14 + "srgbClr", _W14 + "schemeClr"}:
            else_ = hexadecimal(value, _THEME.get(value, ""))
    return else_


def _is_gone(said: Said) -> bool:
    return bool(
        said.get("hidden")
        or number(said.get("width"), 100) <= _NARROW
        or number(said.get("line"), 240) <= _LOW
        or number(said.get("indent"), 0) <= _FAR_INDENT
    )


def _is_elsewhere(element: Element) -> bool:
    """Whether what says how a drawing lies says that nobody sees it."""
    if element.tag == _DRAWING + "docPr":
        return element.get("hidden", "0") not in _NO
    return not _FAR_LEFT <= number(element.text, 0) <= _FAR_RIGHT
