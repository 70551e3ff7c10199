"""Which front end reads which kind of file, whole or in parts, and the way out for those that none reads."""

from __future__ import annotations

import re
from collections.abc import Callable

from indicia.read.fronts.archive import read_zip
from indicia.read.fronts.decode import decode
from indicia.read.fronts.docx import read_docx
from indicia.read.fronts.epub import read_epub
from indicia.read.fronts.feeds import FeedHead, read_csv
from indicia.read.fronts.html import PageParts, read_html
from indicia.read.fronts.mail import read_mail
from indicia.read.fronts.markdown import read_markdown
from indicia.read.fronts.misp import feed_hashes
from indicia.read.fronts.office import read_message, read_subtitles
from indicia.read.fronts.open_document import read_open_document
from indicia.read.fronts.opened import Limits, Parsed, Progress
from indicia.read.fronts.pdf import read_pdf
from indicia.read.fronts.plain import read_plain
from indicia.read.fronts.rtf import read_rtf
from indicia.read.fronts.sheets import read_sheets
from indicia.read.fronts.slides import read_slides
from indicia.read.fronts.sniff import FileKind
from indicia.read.fronts.structured import read_json
from indicia.read.fronts.syndication import read_feed

Front = Callable[[bytes, str, Limits, Progress | None], Parsed]
FRONTS: dict[FileKind, Front] = {
    FileKind.PLAIN: lambda data, name, limits, progress: read_plain(decode(data)[0]),
    FileKind.MARKDOWN: lambda data, name, limits, progress: read_markdown(decode(data)[0]),
    FileKind.HTML: lambda data, name, limits, progress: read_html(decode(data, _declared(data))[0], name, limits),
    FileKind.FEED: lambda data, name, limits, progress: read_feed(data, name),
    FileKind.JSON: lambda data, name, limits, progress: read_json(decode(data)[0], name, limits),
    FileKind.CSV: lambda data, name, limits, progress: read_csv(decode(data)[0], name, limits),
    FileKind.PDF: read_pdf,
    FileKind.DOCX: lambda data, name, limits, progress: read_docx(data, name, limits),
    FileKind.MAIL: lambda data, name, limits, progress: read_mail(data, name, limits),
    FileKind.SHEETS: lambda data, name, limits, progress: read_sheets(data, name, limits),
    FileKind.SLIDES: lambda data, name, limits, progress: read_slides(data, name, limits),
    FileKind.OPEN_DOCUMENT: lambda data, name, limits, progress: read_open_document(data, name, limits),
    FileKind.BOOK: lambda data, name, limits, progress: read_epub(data, name, limits),
    FileKind.RTF: lambda data, name, limits, progress: read_rtf(data, name, limits),
    FileKind.MESSAGE: lambda data, name, limits, progress: read_message(data, name, limits),
    FileKind.SUBTITLES: lambda data, name, limits, progress: read_subtitles(decode(data)[0]),
    FileKind.HASHES: lambda data, name, limits, progress: feed_hashes(name),
    FileKind.ZIP: lambda data, name, limits, progress: read_zip(data, name, limits),
}
PARTED = frozenset((FileKind.PLAIN, FileKind.MARKDOWN, FileKind.HTML, FileKind.CSV))


def _declared(data: bytes) -> str | None:
    """The encoding that a page's own meta tag names."""
    match = re.search(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", data[:4096])
    return match[1].decode("ascii") if match else None


def parted_front(kind: FileKind, name: str, limits: Limits) -> Callable[[str, str], Parsed]:
    """What reads the parts of a long text, in order, each under its own name."""
    if kind is FileKind.MARKDOWN:
        return lambda text, where: read_markdown(text)
    if kind is FileKind.HTML:
        return PageParts(limits).read
    if kind is FileKind.CSV:
        feed = FeedHead()
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
