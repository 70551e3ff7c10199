"""What offices keep beside DOCX and PDF: sheets, slides, OpenDocument, RTF, Outlook messages, subtitles.

Sheets (xlsx, xls, ods), RTF and messages are read by libraries of the extra `office`; slides, OpenDocument texts and subtitles
need none. Every block leads back to its place: `sheet Costs row 3`, `slide 4`, `00:12:31`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from indicia.errors import FormatError, IndiciaError, InputError, LimitError
from indicia.extras import need
from indicia.read.fronts.archive import BROKEN, check_member
from indicia.read.fronts.dates import date_in_head
from indicia.read.fronts.html import read_html
from indicia.read.fronts.opened import Limits, Parsed
from indicia.read.fronts.plain import read_plain
from indicia.records import Block, BlockKind

_UNPACKED = 64 * 2**20  # bytes of a sheet file: what holds more is a table for another program
_ROWS = 100_000
_SLIDE = re.compile(r"ppt/slides/slide(\d{1,5})\.xml")
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CUE = re.compile(r"(\d\d:)?(\d\d:\d\d)[.,]\d{3}[ \t]+-->[ \t]+[\d:.,]+[^\n]*")
_CUE_TAG = re.compile(r"<v[^ >]{0,20}\s([^>\n]{1,80})>|<[^>\n]{0,200}>")
_ENDS = (".", "!", "?", "…", '"', "”")

Piece = tuple[str, BlockKind, str]  # text, kind, path


def _laid_out(parsed: Parsed, pieces: Iterable[Piece], limits: Limits, name: str) -> Parsed:
    """The text of the pieces: rows and list items line by line, all else with a blank line between."""
    out: list[str] = []
    length = 0
    for text, kind, path in pieces:
        last = parsed.blocks[-1] if parsed.blocks else None
        near = last is not None and last.kind is kind and kind in {BlockKind.ROW, BlockKind.LIST_ITEM}
        gap = "" if last is None else "\n" if near else "\n\n"
        out += [gap, text]
        parsed.blocks.append(Block(start=length + len(gap), end=length + len(gap) + len(text), kind=kind, path=path))
        length += len(gap) + len(text)
        if length > limits.text_characters:
            raise LimitError(f"holds more than {limits.text_characters:,} characters", where=name, hint="split it")
    parsed.text = "".join(out)
    parsed.published = date_in_head(parsed.text)
    return parsed


def _broken(kind: str, name: str, error: BaseException) -> FormatError:
    return FormatError(f"is a broken {kind} ({type(error).__name__})", where=name, hint="open and save it again")


# -- by libraries


def read_sheets(data: bytes, name: str, limits: Limits) -> Parsed:
    """The rows of all sheets, their cells separated by tabs. Raises: ExtraError, FormatError, LimitError."""
    need("office")
    from python_calamine import CalamineWorkbook

    if data[:2] == b"PK":
        _bounded(data, limits, name)
    parsed = Parsed(media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return _laid_out(parsed, _rows(book, name), limits, name)
    except IndiciaError:
        raise
    except BaseException as error:  # a library in Rust panics with an error of its own
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if "assword" in str(error):
            raise InputError("is encrypted", where=name, hint="save a copy without a password") from error
        raise _broken("spreadsheet", name, error) from error


def _rows(book: Any, name: str) -> Iterator[Piece]:
    seen = 0
    for title in book.sheet_names:
        for number, row in enumerate(book.get_sheet_by_name(title).iter_rows(), start=1):
            seen += 1
            if seen > _ROWS:
                raise LimitError(f"has more than {_ROWS:,} rows", where=name, hint="save the sheet as .csv")
            cells = [" ".join(str(cell).split()) for cell in row]
            if any(cells):
                yield "\t".join(cells).rstrip(), BlockKind.ROW, f"sheet {title} row {number}"


def _bounded(data: bytes, limits: Limits, name: str) -> None:
    """Raises: FormatError, LimitError for a file that unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for info in file.infolist():
                check_member(info, limits, name)
            if sum(info.file_size for info in file.infolist()) > _UNPACKED:
                raise LimitError(f"unpacks to more than {_UNPACKED:,} bytes", where=name, hint="save the sheet as .csv")
    except BROKEN as error:
        raise _broken("spreadsheet", name, error) from error


def read_rtf(data: bytes, name: str, limits: Limits) -> Parsed:
    """The text. Raises: ExtraError, FormatError."""
    need("office")
    from striprtf.striprtf import rtf_to_text

    if len(data) > limits.text_characters:
        raise LimitError(f"is larger than {limits.text_characters:,} bytes", where=name, hint="save it as .docx")
    try:
        text = rtf_to_text(data.decode("latin-1"), errors="replace")  # type: ignore[no-untyped-call]
    except Exception as error:
        raise _broken("RTF file", name, error) from error
    parsed = read_plain(text)
    parsed.media_type = "application/rtf"
    return parsed


def read_message(data: bytes, name: str, limits: Limits) -> Parsed:
    """An Outlook message like an e-mail: subject, text, attachments. Raises: ExtraError, FormatError."""
    need("office")
    from oxmsg import Message

    try:
        message = Message.load(data)
        html, body, subject = message.html_body, message.body, message.subject or ""
        attached = [(one.file_name or "attachment", one.file_bytes) for one in message.attachments]
        sender, sent = message.sender, message.sent_date
    except Exception as error:
        raise _broken("Outlook message", name, error) from error
    parsed = read_html(html, name, limits) if html and not body else read_plain((body or "").replace("\r\n", "\n"))
    subject = " ".join(subject.split())
    if subject:
        gap = len(subject) + 2
        moved = (Block(start=one.start + gap, end=one.end + gap, kind=one.kind, path=one.path) for one in parsed.blocks)
        parsed.blocks = [Block(start=0, end=len(subject), kind=BlockKind.HEADING, path="subject"), *moved]
        parsed.text, parsed.title = f"{subject}\n\n{parsed.text}", subject
    parsed.media_type = "application/vnd.ms-outlook"
    parsed.published = sent.date().isoformat() if sent is not None else parsed.published
    parsed.publisher = sender or parsed.publisher
    parsed.attached = [(label.replace("/", "_"), content) for label, content in attached if content]
    return parsed


# -- by our own means


def read_slides(data: bytes, name: str, limits: Limits) -> Parsed:
    """The paragraphs of the slides in order, those of tables as rows. Raises: FormatError, LimitError, InputError."""
    parsed = Parsed(media_type="application/vnd.openxmlformats-officedocument.presentationml.presentation")

    def pieces(file: zipfile.ZipFile) -> Iterator[Piece]:
        found = sorted((int(match[1]), one) for one in file.namelist() if (match := _SLIDE.fullmatch(one)))
        for number, member in found[: limits.pages]:
            kinds = {_A + "p": BlockKind.PARAGRAPH}
            for text, kind in _paragraphs(file, member, kinds, {_A + "t"}, limits, name):
                yield text, kind, f"slide {number}"

    return _of_zip(data, name, "presentation", parsed, pieces, limits)


def read_open_document(data: bytes, name: str, limits: Limits) -> Parsed:
    """The headings and paragraphs of a text or presentation. Raises: FormatError, LimitError, InputError."""
    parsed = Parsed(media_type="application/vnd.oasis.opendocument.text")

    def pieces(file: zipfile.ZipFile) -> Iterator[Piece]:
        kinds = {_TEXT + "h": BlockKind.HEADING, _TEXT + "p": BlockKind.PARAGRAPH}
        found = _paragraphs(file, "content.xml", kinds, None, limits, name)
        for number, (text, kind) in enumerate(found, start=1):
            yield text, kind, f"paragraph {number}"

    return _of_zip(data, name, "OpenDocument file", parsed, pieces, limits)


def _of_zip(
    data: bytes,
    name: str,
    kind: str,
    parsed: Parsed,
    pieces: Callable[[zipfile.ZipFile], Iterator[Piece]],
    limits: Limits,
) -> Parsed:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return _laid_out(parsed, pieces(file), limits, name)
    except (ParseError, DefusedXmlException, *BROKEN, KeyError) as error:
        raise _broken(kind, name, error) from error
    except RuntimeError as error:  # zipfile's word for a password
        raise InputError("is encrypted", where=name, hint="save a copy without a password") from error


def _paragraphs(
    file: zipfile.ZipFile,
    member: str,
    kinds: dict[str, BlockKind],
    words: set[str] | None,
    limits: Limits,
    name: str,
) -> Iterator[tuple[str, BlockKind]]:
    """The paragraphs of an XML member: the text of the elements `words` within each, or all of it."""
    check_member(file.getinfo(member), limits, name)
    with file.open(member) as stream:
        for number, (_, element) in enumerate(iterparse(stream, events=("end",))):
            if number > limits.elements:
                raise LimitError(f"has more than {limits.elements:,} elements", where=name, hint="split it")
            kind = kinds.get(element.tag)
            if kind is not None:
                text = " ".join("".join(_words(element, words)).split())
                if text:
                    yield text, kind
                element.clear()


def _words(element: Element, words: set[str] | None) -> Iterator[str]:
    for one in element.iter():
        if words is None or one.tag in words:
            yield one.text or ""
        if words is None:
            yield (one.tail or "") if one is not element else ""
        elif one.tag.endswith("}br"):
            yield " "


def read_subtitles(text: str) -> Parsed:
    """Subtitles (srt, vtt) as running text: who speaks begins a paragraph, and each cue leads back to its time."""
    parsed = Parsed(media_type="text/vtt" if text.lstrip("\ufeff").startswith("WEBVTT") else "application/x-subrip")
    out: list[str] = []
    length, voice, last = 0, "", ""
    for time, words, speaker in _cues(text):
        if words == last:
            continue  # captions that roll say each line twice
        new = bool(speaker and speaker != voice)
        gap = "" if not out else "\n\n" if new or (last.endswith(_ENDS) and length > 0 and len(last) > 200) else " "
        told = f"{speaker}: {words}" if new else words
        voice, last = speaker or voice, words
        parsed.blocks.append(Block(start=length + len(gap), end=length + len(gap) + len(told), path=time))
        out += [gap, told]
        length += len(gap) + len(told)
    parsed.text = "".join(out)
    return parsed


def _cues(text: str) -> Iterator[tuple[str, str, str]]:
    """Time, words and speaker (or "") of each cue."""
    matches = list(_CUE.finditer(text))
    for number, match in enumerate(matches):
        end = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        body = text[match.end() : end].strip("\r\n").replace("\r\n", "\n").partition("\n\n")[0]
        voices = [one[1] for one in _CUE_TAG.finditer(body) if one[1]]
        words = " ".join(_CUE_TAG.sub("", body).split())
        if words:
            yield f"{match[1] or '00:'}{match[2]}", words, voices[0].strip() if voices else ""
