"""OpenDocument texts and presentations (odt, odp): headings and paragraphs, but for what nobody sees who looks at them.
Comments, a speaker's notes and deleted text stand aside. Heads, feet and properties are no text, but a label there holds.

References: OpenDocument 1.3 part 3: 5.5 (tracked changes), 14.1 (annotations), 16 (styles), 19.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from indicia.read.fronts.office import Piece, XmlMembers, laid_out, of_zip
from indicia.read.fronts.opened import Limits, Parsed
from indicia.read.fronts.unseen import WHITE, Look, Unseen, hexadecimal, number
from indicia.records import BlockKind

_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TEXT, _STYLE, _DRAW, _TABLE, _OFFICE, _SHOW, _SVG, _FO, _META = (
    _NAMES % one
    for one in ("text", "style", "drawing", "table", "office", "presentation", "svg-compatible", "xsl-fo-compatible", "meta")
)
_KINDS = {_TEXT + "h": BlockKind.HEADING, _TEXT + "p": BlockKind.PARAGRAPH}
_ASIDE = frozenset((_TEXT + "tracked-changes", _OFFICE + "annotation", _SHOW + "notes"))
_BOXES = frozenset(_DRAW + one for one in ("frame", "custom-shape", "page", "rect"))
_NO_TEXT = frozenset((_SVG + "title", _SVG + "desc", _TEXT + "script", _OFFICE + "scripts"))
_SPACES = {_TEXT + "s": " ", _TEXT + "tab": " ", _TEXT + "line-break": " "}
_NAMED = tuple(f"{space}style-name" for space in (_TEXT, _DRAW, _TABLE, _SHOW))
_DEPTH = 20  # of styles that are based on one another
_FAR = -500.0  # in whatever unit: what begins so far to the left or above is on no page
_PERHAPS = "are hidden by a condition, or white in a text box or before a picture"


class _Said(NamedTuple):
    """What a style says of how something looks; None where it says nothing of it."""

    is_gone: bool | None = None
    colour: str | None = None
    behind: str | None = None
    points: float | None = None


class _Around(NamedTuple):
    """What holds where the reading is."""

    is_aside: bool = False
    is_gone: bool = False
    is_doubtful: bool = False
    is_boxed: bool = False  # before a picture or a colour that is not known
    said: _Said = _Said()


def read_open_document(data: bytes, name: str, limits: Limits) -> Parsed:
    """Paths count the paragraphs: `paragraph 4`. Raises: FormatError, LimitError, InputError."""
    parsed = Parsed(media_type="application/vnd.oasis.opendocument.text")

    def read(file: zipfile.ZipFile) -> None:
        reader = _Reader(file, name, limits)
        laid_out(parsed, reader.pieces(), limits, name)
        reader.unseen.tell(parsed, name, _PERHAPS)
        parsed.beside += reader.beside()
        parsed.title = next((words for key, words in parsed.beside if key == "title" and words), None)

    of_zip(data, name, "OpenDocument file", read)
    return parsed


class _Reader:
    def __init__(self, file: zipfile.ZipFile, name: str, limits: Limits) -> None:
        self.unseen = Unseen()
        self._xml, self._members = XmlMembers(file, name, limits), frozenset(file.namelist())
        self._styles: dict[str, tuple[str, _Said]] = {}  # name -> the one that it is based on, what it says
        self._page = WHITE
        self._words: list[tuple[str, Look]] = []

    def pieces(self) -> Iterator[Piece]:
        """The paragraphs that are seen, as they end."""
        if "styles.xml" in self._members:
            for _, element in self._xml.events("styles.xml", ("end",)):
                self._style(element)
        open_ones = [_Around()]
        paragraphs = 0
        for event, element in self._xml.events("content.xml", ("start", "end")):
            if event == "start":
                open_ones.append(self._inside(element, open_ones[-1]))
                continue
            around = open_ones.pop()
            self._style(element)
            if element.tag in _KINDS:
                text = self._text(element, around)
                paragraphs += 1
                if text:
                    yield text, _KINDS[element.tag], f"paragraph {paragraphs}"
                element.clear()

    def beside(self) -> list[tuple[str, str]]:
        """What the file says of itself, and what stands in the heads and feet of its pages."""
        found: list[tuple[str, str]] = []
        for member in {"styles.xml", "meta.xml"} & self._members:
            for _, element in self._xml.events(member, ("end",)):
                if element.tag in _KINDS or member == "meta.xml":
                    key = element.get(_META + "name") or element.tag.rpartition("}")[2]
                    words = " ".join("".join(element.itertext()).split())
                    found += [(key, words), ("", words)] if words else []
        return sorted(found)

    def _style(self, element: Element) -> None:
        """Keeps what a style says, when it ends."""
        if element.tag == _STYLE + "page-layout":
            for one in element.iter(_STYLE + "page-layout-properties"):
                self._page = hexadecimal(one.get(_FO + "background-color"), self._page)
        elif element.tag == _STYLE + "style":
            name = element.get(_STYLE + "name", "")
            self._styles[name] = (element.get(_STYLE + "parent-style-name", ""), _told(element))

    def _of_style(self, name: str) -> _Said:
        """What a style says, and those that it is based on."""
        whole = _Said()
        for _ in range(_DEPTH):
            if name not in self._styles:
                break
            name, said = self._styles[name]
            whole = _over(said, whole)
        return whole

    def _inside(self, element: Element, around: _Around) -> _Around:
        """What holds within an element that begins."""
        said = around.said
        for key in _NAMED:
            if (name := element.get(key)) is not None:
                said = _over(said, self._of_style(name))
        shown = element.get(_TEXT + "display")
        hidden = element.get(_TEXT + "is-hidden") == "true" or element.get(_TABLE + "visibility") == "collapse"
        far = any(number(element.get(_SVG + side), 0.0) <= _FAR for side in ("x", "y"))
        is_gone = around.is_gone or shown == "none" or hidden or far
        return _Around(
            is_aside=around.is_aside or element.tag in _ASIDE,
            is_gone=is_gone,
            is_doubtful=around.is_doubtful or shown == "condition" or element.get(_TABLE + "visibility") == "filter",
            is_boxed=around.is_boxed or element.tag in _BOXES,
            said=said,
        )

    def _text(self, paragraph: Element, around: _Around) -> str:
        """The words of a paragraph that are seen; the others are kept."""
        if any(one.get(_TEXT + "is-hidden") == "true" for one in paragraph.iter(_TEXT + "hidden-paragraph")):
            around = around._replace(is_gone=True)
        pieces = []
        for text, inner in self._runs(paragraph, around):
            if inner.is_aside:
                self.unseen.aside.append(text)
            elif not self.unseen.passes_over(text, self._look(inner), self._page):
                self.unseen.doubtful += len(text) * inner.is_doubtful
                pieces.append(text)
        return " ".join("".join(pieces).split())

    def _runs(self, paragraph: Element, around: _Around) -> Iterator[tuple[str, _Around]]:
        """The words of a paragraph, in order, each with what holds for it."""
        yield paragraph.text or "", around
        waiting = [(child, around) for child in reversed(paragraph)]
        after: dict[int, str] = {}
        while waiting:
            element, outer = waiting.pop()
            if id(element) in after:
                yield after.pop(id(element)), outer
                continue
            if element.tag in _SPACES:
                yield _SPACES[element.tag], outer
            elif element.tag not in _NO_TEXT:
                inner = self._inside(element, outer)
                yield element.text or "", inner
                if len(element):
                    after[id(element)] = element.tail or ""
                    waiting.append((element, outer))
                    waiting += [(child, inner) for child in reversed(element)]
                    continue
            yield element.tail or "", outer

    def _look(self, around: _Around) -> Look:
        said = around.said
        behind = said.behind or (None if around.is_boxed else self._page)
        return Look(
            around.is_gone or bool(said.is_gone), said.colour or "", behind, 12.0 if said.points is None else said.points
        )


def _over(under: _Said, upper: _Said) -> _Said:
    """What two say of which the second has the last word."""
    return under._replace(**{key: value for key, value in upper._asdict().items() if value is not None})


def _told(style: Element) -> _Said:
    said = _Said()
    for one in style.iter():
        if one.get(_TEXT + "display") is not None:
            said = said._replace(is_gone=one.get(_TEXT + "display") == "none")
        if one.get(_SHOW + "visibility") is not None:
            said = said._replace(is_gone=one.get(_SHOW + "visibility") == "hidden")
        if one.get(_FO + "color") is not None:
            said = said._replace(colour=hexadecimal(one.get(_FO + "color")))
        if (behind := hexadecimal(one.get(_FO + "background-color") or one.get(_DRAW + "fill-color"))) != "":
            said = said._replace(behind=behind)
        if (size := one.get(_FO + "font-size")) is not None and size.endswith("pt"):
            said = said._replace(points=number(size, 12.0))
    return said
