"""Presentations (pptx): the paragraphs of the slides in the order in which they are shown, and the words of their diagrams, but
for what nobody sees who looks at them. Speaker's notes and comments stand aside. What stands on all slides and the properties
are no text, but a label there holds.

References: ECMA-376 part 1, 19.3 (presentations), 20.1 and 21.1 (drawings and their text).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from indicia.read.fronts.docx import properties
from indicia.read.fronts.office import Piece, XmlMembers, laid_out, of_zip
from indicia.read.fronts.opened import Limits, Parsed
from indicia.read.fronts.unseen import WHITE, Look, Unseen, hexadecimal, number
from indicia.records import BlockKind

_SLIDES = "ppt/slides/slide"
_SLIDE = re.compile(_SLIDES + r"\d{1,5}\.xml")
_ON_ALL = re.compile(r"ppt/slide(?:Layout|Master)s/[^/]{1,100}\.xml")
_ASIDE = re.compile(r"ppt/(?:notesSlides|comments)/[^/]{1,100}\.xml")
_MOST_PARTS = 500  # of those that stand beside the slides
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_SHAPES = frozenset((_P + "sp", _P + "pic", _P + "graphicFrame", _P + "grpSp", _P + "cxnSp"))
_SIZE = (12_192_000, 6_858_000)  # EMU, of a slide of which nothing else is said
_THEME = {"bg1": WHITE, "lt1": WHITE, "tx1": "000000", "dk1": "000000"}
_SOLID = "1001"  # the first way in which a theme fills backgrounds
_NO = frozenset(("0", "false"))
_PERHAPS = "are white before a picture, a shape or a colour that is not known"


def read_slides(data: bytes, name: str, limits: Limits) -> Parsed:
    """Paths count the slides: `slide 4`. Raises: FormatError, LimitError, InputError."""
    parsed = Parsed(media_type="application/vnd.openxmlformats-officedocument.presentationml.presentation")

    def read(file: zipfile.ZipFile) -> None:
        deck = _Deck(file, name, limits)
        laid_out(parsed, deck.pieces(), limits, name)
        deck.unseen.aside += [text for member in deck.members(_ASIDE) for text in deck.texts(member)]
        deck.unseen.tell(parsed, name, _PERHAPS)
        parsed.beside += [("", text) for member in deck.members(_ON_ALL) for text in deck.texts(member)]
        parsed.beside += properties(file)

    of_zip(data, name, "presentation", read)
    return parsed


class _Deck:
    """The slides of a file, and what of them nobody sees."""

    def __init__(self, file: zipfile.ZipFile, name: str, limits: Limits) -> None:
        self.unseen = Unseen()
        self._xml, self._limits = XmlMembers(file, name, limits), limits
        self._members = frozenset(file.namelist())
        self._size = _SIZE

    def pieces(self) -> Iterator[Piece]:
        """Those of the slides that are shown; the texts of the others are kept as unseen."""
        shown = self._order()
        hidden = [one for one in self._all() if one not in shown]
        for member in shown[: self._limits.pages]:
            number_ = int(member.removeprefix(_SLIDES).removesuffix(".xml"))
            slide = _Slide(self.unseen, self._size, *self._backdrop(member))
            for text in self._walked(member, slide):
                yield text, BlockKind.PARAGRAPH, f"slide {number_}"
            for text in (text for target in self._targets(member, "diagramData") for text in self.texts(target)):
                if not self.unseen.passes_over(text, Look(slide.is_gone)):
                    yield text, BlockKind.PARAGRAPH, f"slide {number_}"
        for member in hidden[: self._limits.pages]:
            self.unseen.hidden += self.texts(member)

    def members(self, pattern: re.Pattern[str]) -> list[str]:
        """The parts of the file whose names match."""
        return sorted(one for one in self._members if pattern.fullmatch(one))[:_MOST_PARTS]

    def texts(self, member: str) -> list[str]:
        """The paragraphs of a part, whatever they look like; but for what a program fills in, as the number of a slide."""
        found = []
        for element in self._parsed(member):
            if element.tag == _A + "p":
                found.append("".join(one.text or "" for run in element if run.tag != _A + "fld" for one in run.iter(_A + "t")))
                element.clear()
            elif element.tag == _P + "text":
                found.append(element.text or "")
        return [text for text in found if text.strip()]

    def _order(self) -> list[str]:
        """The slides that the presentation lists, in its order; all of them where it says nothing."""
        links = self._links("ppt/presentation.xml")
        listed = []
        for element in self._parsed("ppt/presentation.xml"):
            if element.tag == _P + "sldSz":
                self._size = (int(number(element.get("cx"), _SIZE[0])), int(number(element.get("cy"), _SIZE[1])))
            elif element.tag == _P + "sldId":
                target = next((value for key, value in element.items() if key.endswith("}id")), "")
                listed.append(links.get(target, ("", ""))[1])
        slides = self._all()
        return [one for one in dict.fromkeys(listed) if one in slides] or slides

    def _all(self) -> list[str]:
        return sorted((one for one in self._members if _SLIDE.fullmatch(one)), key=lambda one: (len(one), one))

    def _backdrop(self, member: str) -> tuple[str | None, bool]:
        """The colour behind a slide (None where it is not known), and whether pictures or shapes with a colour stand on all
        slides like it."""
        (layout,) = self._targets(member, "slideLayout")[:1] or ("",)
        (master,) = self._targets(layout, "slideMaster")[:1] or ("",)
        colour: str | None = ""
        is_covered = False
        for part in (one for one in (member, layout, master) if one):
            for element in self._parsed(part):
                if element.tag == _P + "bg" and colour == "":
                    solid = element.find(f"{_P}bgPr/{_A}solidFill")
                    colour = _fill(element.find(f"{_P}bgRef[@idx='{_SOLID}']") if solid is None else solid) or None
                elif element.tag == _P + "clrMap" and element.get("bg1", "lt1") != "lt1":
                    colour = None
                elif part != member and element.tag in {_P + "pic", _P + "spPr"}:
                    is_covered = is_covered or element.tag == _P + "pic" or element.find(_A + "solidFill") is not None
        return (WHITE if colour == "" else colour), is_covered

    def _links(self, member: str) -> dict[str, tuple[str, str]]:
        """What a part of the file refers to: id -> type, part."""
        folder, _, file = member.rpartition("/")
        return {
            element.get("Id", ""): (
                element.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/" + folder, element.get("Target", "")))[1:],
            )
            for element in self._parsed(f"{folder}/_rels/{file}.rels")
        }

    def _targets(self, member: str, kind: str) -> list[str]:
        return [target for type_, target in self._links(member).values() if type_ == kind and target in self._members]

    def _walked(self, member: str, slide: _Slide) -> Iterator[str]:
        for event, element in self._events(member, ("start", "end")):
            yield from slide.move(event, element)

    def _parsed(self, member: str) -> Iterator[Element]:
        return (element for _, element in self._events(member, ("end",)))

    def _events(self, member: str, which: tuple[str, ...]) -> Iterator[tuple[str, Element]]:
        if member not in self._members:
            return
        yield from self._xml.events(member, which)


class _Slide:
    """One slide, element by element: gives the paragraphs that are seen."""

    def __init__(self, unseen: Unseen, size: tuple[int, int], colour: str | None, is_covered: bool) -> None:
        self.is_gone = False
        self._unseen = unseen
        self._size, self._colour, self._is_covered = size, colour, is_covered
        self._shapes: list[
            tuple[bool, str | None]
        ] = []  # of each that is open, with those around it: whether nobody sees it, and its colour
        self._letters = ""  # the colour that a shape gives its letters

    def move(self, event: str, element: Element) -> Iterator[str]:
        """On to the start or the end of an element."""
        tag = element.tag
        if event == "start":
            if tag == _P + "sld":
                self.is_gone = element.get("show", "1") in _NO
            elif tag in _SHAPES:
                self._shapes.append(self._shapes[-1] if self._shapes else (False, ""))
                self._letters = ""
                self._is_covered = self._is_covered or tag == _P + "pic"
            elif tag == _A + "tbl" and self._shapes:
                self._shapes[-1] = (self._shapes[-1][0], None)
            return
        if tag in _SHAPES and self._shapes:
            self._shapes.pop()
        elif tag == _P + "cNvPr" and self._shapes:
            is_gone = element.get("hidden", "0") not in _NO
            self._shapes[-1] = (is_gone or self._shapes[-1][0], self._shapes[-1][1])
        elif tag in {_P + "spPr", _P + "grpSpPr", _P + "style"} and self._shapes:
            self._drawn(element)
        elif tag == _A + "lstStyle":
            filled = (one.find(_A + "solidFill") for one in element.iter(_A + "defRPr"))
            self._letters = next(filter(None, map(_fill, filled)), "")
        elif tag == _A + "p":
            text = "".join(self._words(element))
            element.clear()
            if text.strip():
                yield " ".join(text.split())

    def _drawn(self, element: Element) -> None:
        """What is said of how a shape lies and what fills it."""
        is_gone, colour = self._shapes[-1]
        place, size = element.find(f"{_A}xfrm/{_A}off"), element.find(f"{_A}xfrm/{_A}ext")
        if place is not None and size is not None and len(self._shapes) == 1:
            for side, extent, most in (("x", "cx", self._size[0]), ("y", "cy", self._size[1])):
                at = number(place.get(side), 0)
                is_gone = is_gone or at >= most or at + number(size.get(extent), 0) <= 0
        filled, by_theme = element.find(_A + "solidFill"), element.find(_A + "fillRef")
        if filled is not None:
            colour = _fill(filled) or None
            self._is_covered = True
        elif any(element.find(_A + one) is not None for one in ("gradFill", "blipFill", "pattFill")) or (
            by_theme is not None and by_theme.get("idx", "0") != "0"
        ):
            colour = colour or None
            self._is_covered = True
        self._shapes[-1] = (is_gone, colour)

    def _words(self, paragraph: Element) -> Iterator[str]:
        for run in paragraph:
            if run.tag == _A + "br":
                yield " "
                continue
            text = "".join(one.text or "" for one in run.iter(_A + "t"))
            said = run.find(_A + "rPr")
            size = number(said.get("sz"), 1800) / 100 if said is not None else 18.0
            colour = (_fill(said.find(_A + "solidFill")) if said is not None else "") or self._letters
            is_clear = said is not None and said.find(_A + "noFill") is not None
            look = Look(self.is_gone or is_clear or (bool(self._shapes) and self._shapes[-1][0]), colour, self._behind(), size)
            if not self._unseen.passes_over(text, look):
                yield text

    def _behind(self) -> str | None:
        colour = self._shapes[-1][1] if self._shapes else ""
        return colour if colour != "" else None if self._is_covered else self._colour


def _fill(element: Element | None) -> str:
    """The one colour that fills something; nothing where it is changed on the way or not known."""
    for one in element.iter() if element is not None else ():
        if one.tag in {_A + "srgbClr", _A + "schemeClr", _A + "sysClr", _A + "prstClr"}:
            if len(one):
                return ""
            value = one.get("lastClr") or one.get("val") or ""
            return hexadecimal(value, {"white": WHITE, "black": "000000"}.get(value, _THEME.get(value, "")))
    return ""
