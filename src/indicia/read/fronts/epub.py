"""Books (EPUB): the chapters, each a page of its own, in the order in which they are read.

What the book does not lead to is read by nobody. The style sheets of the book say what of a page is seen, as they do in HTML.

References: EPUB 3.3, 5 (package documents).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from urllib.parse import unquote

from defusedxml.ElementTree import iterparse

from indicia.errors import FormatError, LimitError
from indicia.read.fronts.archive import check_member
from indicia.read.fronts.decode import decode
from indicia.read.fronts.office import of_zip
from indicia.read.fronts.opened import Limits, Parsed, noted

_CONTAINER = "META-INF/container.xml"
_PAGES = ("application/xhtml+xml", "text/html")
_SHEET = re.compile(r"<link\b[^<>]{0,500}?\bhref\s{0,9}=\s{0,9}[\"']([^\"'<>]{1,300})[\"'][^<>]{0,500}>", re.IGNORECASE)
_SHEETS = 500_000  # characters of style sheets that a chapter is given
_MOST = 64 * 2**20  # bytes of all pages with their sheets


def read_epub(data: bytes, name: str, limits: Limits) -> Parsed:
    """The chapters as what the book holds, each with the style sheets that it refers to. Raises: FormatError, LimitError."""
    parsed = Parsed(media_type="application/epub+zip")

    def read(file: zipfile.ZipFile) -> None:
        book = _Book(file, name, limits)
        chapters = [one for one in book.spine() if one in book.members][: limits.pages]
        parsed.title, parsed.beside = book.title, book.about
        parsed.attached = [(one, book.page(one)) for one in chapters]
        left = sum(kind in _PAGES and one not in chapters for one, kind in book.kinds.items())
        if left:
            told = "1 page to which it does not lead was" if left == 1 else f"{left:,} pages to which it does not lead were"
            parsed.problems.append(noted(name, f"{told} not read"))
        if not chapters:
            raise FormatError("is a book without pages", where=name, hint="unpack it and give its pages")

    of_zip(data, name, "book (EPUB)", read)
    return parsed


class _Book:
    def __init__(self, file: zipfile.ZipFile, name: str, limits: Limits) -> None:
        self.members = frozenset(file.namelist())
        self.kinds: dict[str, str] = {}  # of each part: what it is
        self.about: list[tuple[str, str]] = []
        self.title: str | None = None
        self._file, self._name, self._limits = file, name, limits
        self._unpacked = 0
        self._sheets: dict[str, str] = {}

    def spine(self) -> list[str]:
        """The pages in the order in which they are read."""
        package = next((one.get("full-path", "") for tag, one, _ in self._elements(_CONTAINER) if tag == "rootfile"), "")
        folder = posixpath.dirname(package)
        items: dict[str, str] = {}
        order: list[str] = []
        for tag, said, words in self._elements(package):
            if tag == "item":
                items[said.get("id", "")] = part = _joined(folder, said.get("href", ""))
                self.kinds[part] = said.get("media-type", "")
            elif tag == "itemref":
                order.append(said.get("idref", ""))
            elif words:
                self.about += [(said.get("property") or tag, words), ("", words)]
                self.title = self.title or (words if tag == "title" else None)
        return list(dict.fromkeys(items[one] for one in order if one in items))

    def page(self, member: str) -> bytes:
        """A page with the style sheets that it refers to in it."""
        data = self._read(member)
        text = decode(data)[0]
        hrefs = [_joined(posixpath.dirname(member), one[1]) for one in _SHEET.finditer(text) if "stylesheet" in one[0].lower()]
        sheets = "\n".join(self._sheet(one) for one in hrefs if one in self.members)[:_SHEETS].replace("</", "<")
        if not sheets:
            return data
        self._unpacked += len(sheets)
        self._bounded()
        # All its sheets are known, so that none of another file is left that may decide.
        bare = _SHEET.sub(lambda one: "" if "stylesheet" in one[0].lower() else one[0], text)
        head = max(bare.lower().find("</head"), 0)
        return f"{bare[:head]}<style>{sheets}</style>{bare[head:]}".encode("utf-8", "replace")

    def _sheet(self, member: str) -> str:
        if member not in self._sheets:
            self._sheets[member] = decode(self._read(member))[0]
        return self._sheets[member]

    def _read(self, member: str) -> bytes:
        info = self._file.getinfo(member)
        check_member(info, self._limits, self._name)
        self._unpacked += info.file_size
        self._bounded()
        return self._file.read(member)

    def _bounded(self) -> None:
        if self._unpacked > _MOST:
            raise LimitError(f"unpacks to more than {_MOST:,} bytes", where=self._name, hint="unpack it")

    def _elements(self, member: str) -> list[tuple[str, dict[str, str], str]]:
        """The elements of a small XML part: name, attributes, words."""
        check_member(self._file.getinfo(member), self._limits, self._name)
        found = []
        with self._file.open(member) as stream:
            for number, (_, element) in enumerate(iterparse(stream, events=("end",))):
                if number > self._limits.elements:
                    raise LimitError(f"has more than {number:,} elements", where=self._name, hint="split it")
                words = " ".join((element.text or "").split())
                found.append((element.tag.rpartition("}")[2], dict(element.attrib), words))
        return found


def _joined(folder: str, reference: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(reference.partition("#")[0])))
