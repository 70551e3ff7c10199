"""DOCX: paragraphs, headings, list items and table rows of the main text, then footnotes and endnotes. Inserted text counts,
deleted text and comments are left out and told. Running heads, watermarks and properties are no text, but a TLP label in one of
them holds.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from indicia.errors import FormatError, InputError, LimitError
from indicia.read.fronts.archive import BROKEN, check_member
from indicia.read.fronts.dates import date_in_head
from indicia.read.fronts.docx_unseen import Place, Runs, W
from indicia.read.fronts.opened import Limits, Parsed
from indicia.records import Block, BlockKind

_TEXTS = {"word/document.xml": "paragraph", "word/footnotes.xml": "footnote", "word/endnotes.xml": "endnote"}
_CORE, _STYLES, _SETTINGS = "docProps/core.xml", "word/styles.xml", "word/settings.xml"
_COMMENTS = "word/comments.xml"
_RUNNING = re.compile(r"word/(?:(?:header|footer)\d{0,4}|comments)\.xml")
_DRAWN = re.compile(r"word/(?:document|(?:header|footer)\d{0,4})\.xml")  # where pictures stand, and words drawn as shapes
_PROPERTIES = re.compile(r"docProps/(?:core|app|custom)\.xml")
_PERHAPS = "are white in a text box, before a picture or in a table with a style"
_MAX_RUNNING = 100  # heads and feet of pages that are looked at for a label
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # says again what stands beside it
_HIDDEN = frozenset((W + "del", W + "moveFrom", W + "instrText", W + "delText"))


def read_docx(data: bytes, name: str, limits: Limits) -> Parsed:
    """Paths count paragraphs and tables: `paragraph 4`, `table 2 row 3`. Raises: FormatError, LimitError, InputError."""
    parsed = Parsed(media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            pieces: list[str] = []
            length = 0
            runs, coloured = _runs(file, limits, name)
            for member, word in _TEXTS.items():
                if member not in file.namelist():
                    continue
                check_member(file.getinfo(member), limits, name)
                with file.open(member) as stream:
                    for text, kind, path in _blocks(stream, limits, name, word, runs, coloured):
                        near = parsed.blocks and kind in {BlockKind.ROW, BlockKind.LIST_ITEM} and parsed.blocks[-1].kind is kind
                        gap = "" if not parsed.blocks else "\n" if near else "\n\n"
                        pieces += [gap, text]
                        start = length + len(gap)
                        length = start + len(text)
                        parsed.blocks.append(Block(start=start, end=length, kind=kind, path=path))
            parsed.text = "".join(pieces)
            runs.unseen.aside += _comments(file, limits, name)
            runs.unseen.tell(parsed, name, _PERHAPS)
            parsed.beside += [*_running(file, limits, name), *properties(file)]
            if _CORE in file.namelist() and file.getinfo(_CORE).file_size < 1 << 20:
                with file.open(_CORE) as stream:
                    parsed.title = _title(iterparse(stream, events=("end",)))
    except (ParseError, DefusedXmlException) as error:
        raise FormatError(
            f"is a DOCX with faulty XML ({type(error).__name__})", where=name, hint="open and save it again"
        ) from error
    except (*BROKEN, KeyError) as error:
        raise FormatError("is a broken DOCX", where=name, hint="open and save it again") from error
    except RuntimeError as error:  # zipfile's word for a password
        raise InputError("is encrypted", where=name, hint="save a copy without a password") from error
    parsed.published = date_in_head(parsed.text)
    return parsed


def _running(file: zipfile.ZipFile, limits: Limits, name: str) -> Iterator[tuple[str, str]]:
    """What the heads and feet of the pages say, cell by cell and together, and the comments; the words of watermarks, and those
    that stand for pictures."""
    for member in [member for member in file.namelist() if _RUNNING.fullmatch(member)][:_MAX_RUNNING]:
        check_member(file.getinfo(member), limits, name)
        with file.open(member) as stream:
            texts = [text for text, _, _ in _blocks(stream, limits, name, "head")]
            yield from (("", cell) for text in texts for cell in (text, *text.split("\t")))
            yield "", " ".join(texts)
    for member in [member for member in file.namelist() if _DRAWN.fullmatch(member)][:_MAX_RUNNING]:
        with file.open(member) as stream:
            for _, element in iterparse(stream, events=("end",)):
                if element.tag.endswith(("}textpath", "}docPr")):
                    yield from (("", words) for key in ("string", "descr", "title") if (words := element.get(key)))
                element.clear()


def properties(file: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The properties of the document and those that its house added, each by its name."""
    for member in [member for member in file.namelist() if _PROPERTIES.fullmatch(member)][:_MAX_RUNNING]:
        if file.getinfo(member).file_size < 1 << 20:
            with file.open(member) as stream:
                for _, element in iterparse(stream, events=("end",)):
                    name = element.get("name") or element.tag.rpartition("}")[2]
                    yield name, " ".join(" ".join(element.itertext()).split())


def _title(events: Iterator[tuple[str, Element]]) -> str | None:
    for _, element in events:
        if element.tag.endswith("}title"):
            return " ".join((element.text or "").split()) or None
    return None


def _comments(file: zipfile.ZipFile, limits: Limits, name: str) -> list[str]:
    if _COMMENTS not in file.namelist():
        return []
    check_member(file.getinfo(_COMMENTS), limits, name)
    with file.open(_COMMENTS) as stream:
        return [text for text, _, _ in _blocks(stream, limits, name, "comment")]


def _runs(file: zipfile.ZipFile, limits: Limits, name: str) -> tuple[Runs, bool]:
    """What tells seen from unseen by the file's styles, and whether its pages have a colour."""
    members = set(file.namelist()) & {_STYLES, _SETTINGS}
    for member in members:
        check_member(file.getinfo(member), limits, name)
    with file.open(_STYLES) if _STYLES in members else nullcontext(io.BytesIO(b"<none/>")) as stream:
        runs = Runs(iterparse(stream, events=("end",)))
    return runs, _SETTINGS in members and b"displayBackgroundShape" in file.read(_SETTINGS)


def _blocks(
    stream: IO[bytes], limits: Limits, name: str, word: str, runs: Runs | None = None, coloured: bool = False
) -> Iterator[tuple[str, BlockKind, str]]:
    """Each paragraph when it ends, each row when it ends; nested tables become part of the outer row. Nothing is given that is
    unseen, where that is asked."""
    place = Place(page_has_colour=coloured)
    paragraphs = tables = rows = depth = seen = hidden = 0
    cells: list[str] = []
    cell: list[str] = []
    for event, element in iterparse(stream, events=("start", "end")):
        place.move(event, element)
        if event == "start":
            seen += 1
            if seen > limits.elements:
                raise LimitError(f"has more than {limits.elements:,} elements", where=name, hint="split it")
            if element.tag == W + "tbl":
                depth += 1
                if depth == 1:
                    tables, rows = tables + 1, 0
            elif element.tag == _FALLBACK:
                hidden += 1
            continue
        if element.tag == _FALLBACK:
            hidden -= 1
            element.clear()  # or the paragraph around it would say it again
        elif hidden:
            continue
        elif element.tag == W + "p":
            text = _text(element, runs, place)
            if depth:
                cell.append(text)
            else:
                paragraphs += 1
                if text.strip():
                    yield text.strip(), _kind(element), f"{word} {paragraphs}"
            element.clear()
        elif element.tag == W + "tc" and depth == 1:
            cells.append(" ".join(" ".join(cell).split()))
            cell = []
        elif element.tag == W + "tr" and depth == 1:
            rows += 1
            if any(cells):
                yield "\t".join(cells), BlockKind.ROW, f"table {tables} row {rows}"
            cells = []
            element.clear()
        elif element.tag == W + "tbl":
            depth -= 1
            element.clear()


def _text(paragraph: Element, runs: Runs | None, place: Place) -> str:
    pieces: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag in _HIDDEN:
            if runs is not None:
                runs.unseen.aside += ["".join(one.text or "" for one in element.iter(W + "delText"))]
            continue
        if element.tag == W + "r" and runs is not None and runs.passes_over(element, paragraph, place):
            continue
        if element.tag == W + "t":
            pieces.append(element.text or "")
        elif element.tag == W + "tab":
            pieces.append(" ")
        elif element.tag in {W + "br", W + "cr"}:
            pieces.append("\n")
        elif element.tag == W + "noBreakHyphen":
            pieces.append("-")
        else:
            stack.extend(reversed(element))
    return "".join(pieces)


def _kind(paragraph: Element) -> BlockKind:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    named = (style.get(W + "val") or "").lower() if style is not None else ""
    if named.startswith(("heading", "title", "berschrift", "titre")):
        return BlockKind.HEADING
    if paragraph.find(f"{W}pPr/{W}numPr") is not None or named.startswith("list"):
        return BlockKind.LIST_ITEM
    return BlockKind.QUOTE if "quote" in named else BlockKind.PARAGRAPH
