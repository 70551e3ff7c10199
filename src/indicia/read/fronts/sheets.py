"""Spreadsheets (xlsx, xls, ods): the rows of their sheets, cells separated by tabs, but for what nobody sees who looks at them.

The library that reads them takes room for every cell up to the last one, so that a file of 5 KB can ask for all memory there
is: it works in a process of its own. It gives the values; what hides them (sheets, rows, columns, formats, colours) is read
here, but for xls, of which only hidden sheets are known.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException

from indicia.errors import IndiciaError, InputError, LimitError
from indicia.extras import need
from indicia.read.fronts.archive import BROKEN, check_member
from indicia.read.fronts.docx import properties
from indicia.read.fronts.office import Piece, broken, by_library, laid_out
from indicia.read.fronts.opened import Limits, Parsed
from indicia.read.fronts.sheets_unseen import Shown, shown_sheets
from indicia.read.fronts.unseen import Unseen
from indicia.records import BlockKind

_UNPACKED = 64 * 2**20  # bytes of a sheet file: what holds more is a table for another program
_ROWS = 100_000
_PERHAPS = "are filtered or folded away, or white on an unknown colour"


def read_sheets(data: bytes, name: str, limits: Limits) -> Parsed:
    """The rows of all sheets. Raises: ExtraError, FormatError, LimitError, InputError (encrypted)."""
    need("office")
    return by_library(read_sheets_here, data, name, limits, "save the sheet as .csv")


def read_sheets_here(data: bytes, name: str, limits: Limits) -> Parsed:
    """The same in this process."""
    from python_calamine import CalamineWorkbook

    parsed = Parsed(media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    shown: dict[str, Shown] = {}
    if data[:2] == b"PK":
        shown = _looked_at(data, parsed, limits, name)
    unseen = Unseen()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        laid_out(parsed, _rows(book, name, shown, unseen), limits, name)
    except IndiciaError:
        raise
    except BaseException as error:  # a library in Rust panics with an error of its own
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if "assword" in str(error):
            raise InputError("is encrypted", where=name, hint="save a copy without a password") from error
        raise broken("spreadsheet", name, error) from error
    unseen.tell(parsed, name, _PERHAPS)
    return parsed


def _looked_at(data: bytes, parsed: Parsed, limits: Limits, name: str) -> dict[str, Shown]:
    """What is shown of each sheet. Raises: FormatError, LimitError for a file that unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for info in file.infolist():
                check_member(info, limits, name)
            if sum(info.file_size for info in file.infolist()) > _UNPACKED:
                raise LimitError(f"unpacks to more than {_UNPACKED:,} bytes", where=name, hint="save the sheet as .csv")
            parsed.beside += properties(file)
            shown = shown_sheets(file)
            parsed.beside += [("", line) for sheet in shown.values() for line in sheet.running]
            return shown
    except (*BROKEN, KeyError, ParseError, DefusedXmlException) as error:
        raise broken("spreadsheet", name, error) from error
    except RuntimeError as error:  # zipfile's word for a password
        raise InputError("is encrypted", where=name, hint="save a copy without a password") from error


def _rows(book: Any, name: str, shown: dict[str, Shown], unseen: Unseen) -> Iterator[Piece]:
    seen = 0
    for about in book.sheets_metadata:
        sheet, look = book.get_sheet_by_name(about.name), shown.get(about.name, Shown())
        look.is_gone = look.is_gone or str(about.visible).rpartition(".")[2] in {"Hidden", "VeryHidden"}
        first = (sheet.start or (0, 0))[1] + 1
        for number, row in enumerate(sheet.iter_rows(), start=1):
            seen += 1
            if seen > _ROWS:
                raise LimitError(f"has more than {_ROWS:,} rows", where=name, hint="save the sheet as .csv")
            cells = _seen(row, number, first, look, unseen)
            if any(cells):
                yield "\t".join(cells).rstrip(), BlockKind.ROW, f"sheet {about.name} row {number}"


def _seen(row: Sequence[object], number: int, first: int, look: Shown, unseen: Unseen) -> list[str]:
    """The cells of a row, those that nobody sees empty. `first` is the column of the first."""
    cells = []
    for column, cell in enumerate(row, start=first):
        text = " ".join(str(cell).split())
        if text and unseen.passes_over(text, look.of_cell(number, column)):
            text = ""
        elif text and look.is_folded(number, column):
            unseen.doubtful += len(text)
        cells.append(text)
    return cells
