"""Which front end reads which kind of file, whole or in parts, and the way out for those that none reads."""

from __future__ import annotations

import re
from collections.abc import Callable

from indicia.read.fronts.archive import read_zip
from indicia.read.fronts.decode import decode
from indicia.read.fronts.docx import read_docx
from indicia.read.fronts.feeds import Feed, read_csv
from indicia.read.fronts.html import read_html
from indicia.read.fronts.html_parts import PageParts
from indicia.read.fronts.mail import read_mail
from indicia.read.fronts.markdown import read_markdown
from indicia.read.fronts.misp import feed_hashes
from indicia.read.fronts.office import (
    read_message,
    read_open_document,
    read_rtf,
    read_sheets,
    read_slides,
    read_subtitles,
)
from indicia.read.fronts.opened import Limits, Parsed, Progress
from indicia.read.fronts.pdf import read_pdf
from indicia.read.fronts.plain import read_plain
from indicia.read.fronts.sniff import Kind
from indicia.read.fronts.structured import read_json

__all__ = ["FRONTS", "PARTED", "instead", "parted_front"]

Front = Callable[[bytes, str, Limits, Progress | None], Parsed]
FRONTS: dict[Kind, Front] = {
    Kind.PLAIN: lambda data, name, limits, progress: read_plain(decode(data)[0]),
    Kind.MARKDOWN: lambda data, name, limits, progress: read_markdown(decode(data)[0]),
    Kind.HTML: lambda data, name, limits, progress: read_html(decode(data, _declared(data))[0], name, limits),
    Kind.JSON: lambda data, name, limits, progress: read_json(decode(data)[0], name, limits),
    Kind.CSV: lambda data, name, limits, progress: read_csv(decode(data)[0], name, limits),
    Kind.PDF: read_pdf,
    Kind.DOCX: lambda data, name, limits, progress: read_docx(data, name, limits),
    Kind.MAIL: lambda data, name, limits, progress: read_mail(data, name, limits),
    Kind.SHEETS: lambda data, name, limits, progress: read_sheets(data, name, limits),
    Kind.SLIDES: lambda data, name, limits, progress: read_slides(data, name, limits),
    Kind.OPEN_DOCUMENT: lambda data, name, limits, progress: read_open_document(data, name, limits),
    Kind.RTF: lambda data, name, limits, progress: read_rtf(data, name, limits),
    Kind.MESSAGE: lambda data, name, limits, progress: read_message(data, name, limits),
    Kind.SUBTITLES: lambda data, name, limits, progress: read_subtitles(decode(data)[0]),
    Kind.HASHES: lambda data, name, limits, progress: feed_hashes(name),
    Kind.ZIP: lambda data, name, limits, progress: read_zip(data, name, limits),
}
PARTED = frozenset((Kind.PLAIN, Kind.MARKDOWN, Kind.HTML, Kind.CSV))


def _declared(data: bytes) -> str | None:
    """The encoding that a page's own meta tag names."""
    match = re.search(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", data[:4096])
    return match[1].decode("ascii") if match else None


def parted_front(kind: Kind, name: str, limits: Limits) -> Callable[[str, str], Parsed]:
    """What reads the parts of a long text, in order, each under its own name."""
    if kind is Kind.MARKDOWN:
        return lambda text, where: read_markdown(text)
    if kind is Kind.HTML:
        return PageParts(limits).read
    if kind is Kind.CSV:
        feed = Feed()
        return lambda text, where: read_csv(text, where, limits, feed)
    return lambda text, where: read_plain(text)


def instead(words: str) -> str:
    """What to do with a file that is no document we read, by what `sniff` calls it."""
    for part, hint in _WAYS_OUT:
        if part in words:
            return hint
    return "give text, Markdown, HTML, PDF, an office format, e-mail, STIX, MISP or CSV; logs go to --logs"


_WAYS_OUT = (
    ("encrypted", "save a copy without a password"),
    ("Outlook", "save it as .eml, or drag it into a mail program that does"),
    ("old Office", "open it and save it as .docx, .pdf or .txt"),
    ("7-Zip", "unpack it (7z x) and give the folder"),
    ("RAR", "unpack it (unrar x) and give the folder"),
    ("tar", "unpack it (tar xf) and give the folder"),
    ("compressed", "unpack it and give what it holds"),
    ("presentation", "save it as .pdf"),
    ("picture", "run it through OCR and give the text"),
    ("event log", "hunt in it: --logs"),
    ("packet capture", "give Zeek's logs of it to --logs"),
)
