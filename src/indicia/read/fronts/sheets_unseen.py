"""What is shown of the sheets of an xlsx or ods file: which sheets, rows and columns are hidden, which cells have a format or a
colour that shows nothing, and what stands in the heads and feet of the pages.

Rows that a filter or an outline hides open with a click; it is not known whether somebody sees them.

References: ECMA-376 part 1, 18.3.1 (worksheets), 18.8 (styles); OpenDocument 1.3 part 3, 19.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.sax import parse

from indicia.errors import FormatError
from indicia.read.fronts.unseen import WHITE, Look, hexadecimal, number

_YES = frozenset(("1", "true", "on"))
_BOOK, _LINKS, _STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
_SYSTEM = {"0": "000000", "1": WHITE, "8": "000000", "9": WHITE}  # of the numbered colours, those that matter
_THEME = {"0": WHITE, "1": "000000"}
_NOTHING = re.compile(r'(?:""|\s|;)*;;(?:""|\s|;)*')  # a format that shows no number and no text
_CODES = re.compile(r'&(?:"[^"]{0,100}"|\d{1,3}|K[\w+-]{6}|[A-Z])')  # of a page's head: where it stands, its font
_LETTERS = re.compile(r"\$?([A-Za-z]{1,3})")
_RUNNING = frozenset(f"{which}{part}" for which in ("odd", "even", "first") for part in ("Header", "Footer"))
_MOST_REPEATS = 1_100_000  # of a row or a column: more than a sheet has
Attributes = Mapping[str, str]


@dataclass(slots=True)
class Shown:
    """What is shown of one sheet, rows and columns counted from 1."""

    is_gone: bool = False
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    folded_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    looks: dict[tuple[int, int], Look] = field(default_factory=dict)  # of the cells that have one of their own
    running: list[str] = field(default_factory=list)
    _at: dict[int, tuple[bool, bool]] = field(default_factory=dict)

    def of_cell(self, row: int, column: int) -> Look:
        """How the text of a cell looks."""
        if self.is_gone or self._row(row)[0] or _within(column, self.hidden_columns):
            return _GONE
        return self.looks.get((row, column), _PLAIN)

    def is_folded(self, row: int, column: int) -> bool:
        """Whether a click may be needed to see it."""
        return self._row(row)[1]

    def _row(self, row: int) -> tuple[bool, bool]:
        if row not in self._at:
            self._at = {row: (_within(row, self.hidden_rows), _within(row, self.folded_rows))}
        return self._at[row]


_GONE, _PLAIN = Look(is_gone=True), Look()


def _within(place: int, spans: list[tuple[int, int]]) -> bool:
    """Whether a row or column lies in one of the spans, which are in order and apart."""
    at = bisect_right(spans, (place, _MOST_REPEATS)) - 1
    return at >= 0 and place <= spans[at][1]


class _Handler(ContentHandler):
    """Gives each start of an element to `start`, by its name without a prefix, and each text that ends to `end`."""

    def __init__(self, start: Callable[[str, Attributes], None], end: Callable[[str, str], None]) -> None:
        super().__init__()
        self._start, self._end = start, end
        self._words: list[str] = []

    def startElement(self, name: str, attrs: object) -> None:  # noqa: N802 - the name that the library calls
        self._words = []
        pairs = ((attribute.rpartition(":")[2], value) for attribute, value in attrs.items())  # type: ignore[attr-defined]
        self._start(name.rpartition(":")[2], dict(pairs))

    def characters(self, content: str) -> None:
        if len(self._words) < 1_000:
            self._words.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        self._end(name.rpartition(":")[2], "".join(self._words))
        self._words = []


def _read(
    file: zipfile.ZipFile,
    member: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str, str], None] = lambda name, words: None,
) -> None:
    from xml.sax import SAXException

    if member not in file.namelist():
        return
    try:
        with file.open(member) as stream:
            parse(stream, _Handler(start, end))
    except (SAXException, DefusedXmlException) as error:
        raise FormatError(f"holds faulty XML in {member}", hint="open and save it again") from error


def shown_sheets(file: zipfile.ZipFile) -> dict[str, Shown]:
    """What is shown of each sheet, by its name. Raises: FormatError."""
    if "content.xml" in file.namelist():
        tables = _Tables()
        _read(file, "content.xml", tables.start, tables.end)
        return tables.sheets
    looks = _Styles()
    _read(file, _STYLES, looks.start)
    has_filter = any(b"filterColumn" in file.read(one) for one in file.namelist() if one.startswith("xl/tables/"))
    shown = {}
    for name, member in _members(file).items():
        sheet = _Sheet(looks.cells, has_filter=has_filter)
        _read(file, member, sheet.start, sheet.end)
        shown[name] = sheet.done()
    return shown


def _members(file: zipfile.ZipFile) -> dict[str, str]:
    """The name of each sheet, and the part of the file that holds it."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def link(name: str, said: Attributes) -> None:
        if name == "Relationship":
            targets[said.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", said.get("Target", "")))[1:]

    def sheet(name: str, said: Attributes) -> None:
        if name == "sheet":
            sheets[said.get("name", "")] = targets.get(said.get("id", ""), "")

    _read(file, _LINKS, link)
    _read(file, _BOOK, sheet)
    return sheets


class _Styles:
    """The formats of cells: `cells` has the look of each by its number, where it may be unseen."""

    def __init__(self) -> None:
        self.cells: dict[int, Look] = {}
        self._formats: set[str] = set()  # those that show nothing
        self._fonts: list[Look] = []
        self._fills: list[str | None] = []
        self._part = ""
        self._number = count()

    def start(self, name: str, said: Attributes) -> None:
        if name in {"fonts", "fills", "cellXfs", "cellStyleXfs", "dxfs", "numFmts"}:
            self._part = name
        elif name == "numFmt" and _NOTHING.fullmatch(said.get("formatCode", "")):
            self._formats.add(said.get("numFmtId", ""))
        elif name == "font" and self._part == "fonts":
            self._fonts.append(Look())
        elif self._part == "fonts" and self._fonts and name in {"color", "sz"}:
            last = self._fonts[-1]
            size = number(said.get("val"), last.points)
            self._fonts[-1] = last._replace(colour=_coloured(said)) if name == "color" else last._replace(points=size)
        elif name == "patternFill" and self._part == "fills":
            self._fills.append(WHITE if said.get("patternType", "none") == "none" else None)
        elif name == "gradientFill" and self._part == "fills":
            self._fills.append(None)
        elif name == "fgColor" and self._part == "fills" and self._fills:
            self._fills[-1] = _coloured(said) or None
        elif name == "xf" and self._part == "cellXfs":
            self._cell(next(self._number), said)

    def _cell(self, index: int, said: Attributes) -> None:
        font, fill = (int(number(said.get(one), 0)) for one in ("fontId", "fillId"))
        look = self._fonts[font] if 0 <= font < len(self._fonts) else Look()
        behind = self._fills[fill] if 0 <= fill < len(self._fills) else WHITE
        look = look._replace(is_gone=said.get("numFmtId", "") in self._formats, behind=behind)
        if look.is_gone or look.colour or look.points < _PLAIN.points / 2:
            self.cells[index] = look


def _coloured(said: Attributes) -> str:
    if number(said.get("tint"), 0.0):
        return ""
    return hexadecimal(said.get("rgb", "")[-6:], _SYSTEM.get(said.get("indexed", ""), _THEME.get(said.get("theme", ""), "")))


class _Sheet:
    """One sheet of an xlsx file, element by element."""

    def __init__(self, looks: Mapping[int, Look], *, has_filter: bool) -> None:
        self._shown = Shown()
        self._looks = looks
        self._row = self._column = 0
        self._has_filter = has_filter

    def start(self, name: str, said: Attributes) -> None:
        if name == "row":
            self._row, self._column = int(number(said.get("r"), self._row + 1)), 0
            is_low = "ht" in said and number(said["ht"], 15.0) < 1.0
            if said.get("hidden") in _YES or is_low:
                folded = number(said.get("outlineLevel"), 0) > 0
                (self._shown.folded_rows if folded else self._shown.hidden_rows).append((self._row, self._row))
        elif name == "c":
            self._column = _column(said.get("r", "")) or self._column + 1
            if (look := self._looks.get(int(number(said.get("s"), 0)))) is not None:
                self._shown.looks[self._row, self._column] = look
        elif name == "col" and (said.get("hidden") in _YES or ("width" in said and number(said["width"], 8.0) < 0.1)):
            self._shown.hidden_columns.append((int(number(said.get("min"), 0)), int(number(said.get("max"), 0))))
        elif name == "filterColumn":
            self._has_filter = True

    def end(self, name: str, words: str) -> None:
        if name in _RUNNING:
            self._shown.running.append(" ".join(_CODES.sub(" ", words).split()))

    def done(self) -> Shown:
        """What is shown of it."""
        if self._has_filter:
            self._shown.folded_rows += self._shown.hidden_rows
            self._shown.hidden_rows = []
        for spans in (self._shown.hidden_rows, self._shown.folded_rows, self._shown.hidden_columns):
            spans[:] = _joined(spans)
        return self._shown


def _joined(given: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those next to one another as one."""
    spans: list[tuple[int, int]] = []
    for first, last in sorted(given):
        if spans and first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    return spans


def _column(reference: str) -> int:
    """
    >>> _column("C5"), _column("AA1")
    (3, 27)
    """
    found = _LETTERS.match(reference)
    value = 0
    for letter in found[1].upper() if found else "":
        value = value * 26 + ord(letter) - 64
    return value


class _Tables:
    """The sheets of an ods file, element by element."""

    def __init__(self) -> None:
        self.sheets: dict[str, Shown] = {}
        self._sheet = Shown()
        self._style = ""
        self._styles: dict[str, Look] = {}
        self._row = self._column = self._rows = 0

    def start(self, name: str, said: Attributes) -> None:
        if name == "style":
            self._style = said.get("name", "")
        elif name == "table-properties" and said.get("display") == "false":
            self._styles[self._style] = _GONE
        elif name in {"text-properties", "table-cell-properties"}:
            self._look(said)
        elif name == "table":
            self._sheet = self.sheets[said.get("name", "")] = Shown(
                is_gone=self._styles.get(said.get("style-name", ""), _PLAIN).is_gone
            )
            self._row = self._column = self._rows = 0
        elif name == "table-column":
            first, self._column = self._column + 1, self._column + _repeats(said, "number-columns-repeated")
            if said.get("visibility") in {"collapse", "filter"}:
                self._sheet.hidden_columns.append((first, self._column))
        elif name == "table-row":
            self._column = 0
            self._row, self._rows = self._row + 1, _repeats(said, "number-rows-repeated")
            span = (self._row, self._row + self._rows - 1)
            if said.get("visibility") == "collapse":
                self._sheet.hidden_rows.append(span)
            elif said.get("visibility") == "filter":
                self._sheet.folded_rows.append(span)
        elif name in {"table-cell", "covered-table-cell"}:
            self._column += 1
            if (look := self._styles.get(said.get("style-name", ""))) is not None:
                self._sheet.looks[self._row, self._column] = look
            self._column += _repeats(said, "number-columns-repeated") - 1

    def end(self, name: str, words: str) -> None:
        if name == "table-row":
            self._row += self._rows - 1

    def _look(self, said: Attributes) -> None:
        look = self._styles.get(self._style, _PLAIN)
        self._styles[self._style] = look._replace(
            is_gone=look.is_gone or said.get("display") == "none",
            colour=hexadecimal(said.get("color"), look.colour),
            behind=hexadecimal(said.get("background-color"), look.behind or WHITE),
            points=number(said.get("font-size"), look.points),
        )


def _repeats(said: Attributes, key: str) -> int:
    return min(_MOST_REPEATS, max(1, int(number(said.get(key), 1))))
