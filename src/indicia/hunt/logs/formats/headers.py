"""The header of a table: what its columns are called, and where its rows begin.

References: RFC 4180; Microsoft, "Export-Csv" (its line of the type) and Event Viewer's "Save all events as" in the languages
below, whose header lacks the column of the message.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from indicia.hunt.logs.formats.delimited import unique_names
from indicia.hunt.logs.formats.lines import LONGEST_LINE
from indicia.hunt.logs.formats.texttimes import leading_time

__all__ = ["LOOKED_AT", "Header", "cells_of", "header_of"]

LOOKED_AT = 60  # lines over which the first row may go
_DELIMITERS = (",", ";", "\t", "|")
_MOST_PREFACE = 3  # lines above the header
csv.field_size_limit(LONGEST_LINE)
# A cell that no header has: a day, a time of day, an address, a path.
_VALUE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:\D.*)?|\d{1,2}:\d\d(?::\d\d)?(?:\D.*)?|\d+(?:\.\d+){3}|[A-Za-z]:\\.*")
_PREFACE = re.compile(r"#TYPE |sep=.$|\s*$", re.IGNORECASE)
_VIEWER = {  # what Event Viewer calls a column, in English, German, French, Japanese, Spanish and Italian
    "Level": ("level", "ebene", "niveau", "レベル", "nivel", "livello"),
    "Keywords": ("keywords", "schlüsselwörter", "mots clés", "mots-clés", "キーワード", "palabras clave", "parole chiave"),
    "TimeCreated": ("date and time", "datum und uhrzeit", "date et heure", "日付と時刻", "fecha y hora", "data e ora"),
    "ProviderName": ("source", "quelle", "ソース", "origen", "origine"),
    "EventID": ("event id", "ereignis-id", "id de l'événement", "イベント id", "id. del evento", "id. de evento", "id evento"),
    "TaskCategory": (
        *("task category", "aufgabenkategorie", "catégorie de la tâche", "catégorie de tâche", "タスクのカテゴリ"),
        *("categoría de la tarea", "categoria attività", "categoria dell'attività"),
    ),
}
_CALLED = {word: name for name, words in _VIEWER.items() for word in words}


class Header(NamedTuple):
    """What parts the cells, the names of the columns, and the number of lines down to the header."""

    delimiter: str
    names: list[str]
    lines: int


def header_of(lines: Sequence[str]) -> Header | None:
    """The header of a table that begins with these lines (two or more); None where they are no table.

    All rows have as many cells as the header, three or more, and those of the header are names; the first may have none, as
    pandas writes the column of its index.
    """
    above = next((number for number, line in enumerate(lines[:_MOST_PREFACE]) if not _PREFACE.match(line)), _MOST_PREFACE)
    rest = [line for line in lines[above + 1 : above + 1 + LOOKED_AT] if line.strip()]
    if not rest:
        return None
    head = lines[above].rstrip("\r")
    if leading_time(head) is not None:  # a line of a log, not one of names
        return None
    for delimiter in _DELIMITERS:
        names = [name.strip() for name in cells_of([head], delimiter)]
        if len(names) < 3:
            continue
        if not names[0]:
            names[0] = "index"
        seen = len(cells_of(rest, delimiter))
        viewer = _of_viewer(names)
        if viewer and seen in (len(names), len(names) + 1):
            return Header(delimiter, [*viewer, "Message"][:seen], above + 1)
        if seen == len(names) and _are_names(names):
            return Header(delimiter, unique_names(names), above + 1)
    return None


def _are_names(names: Sequence[str]) -> bool:
    plain = all(name and len(name) < 80 and not name.replace(".", "").isdigit() for name in names)
    return plain and len(set(names)) == len(names) and not any(_VALUE.fullmatch(name) for name in names)


def _of_viewer(names: Iterable[str]) -> list[str] | None:
    """What the columns of an export of Event Viewer mean; None where they are not its."""
    called = [_CALLED.get(name.lower().replace("\u2019", "'").replace("\u00a0", " ")) for name in names]
    known = [name for name in called if name is not None]
    return known if len(known) == len(called) and {"EventID", "TimeCreated"} <= set(known) else None


def cells_of(lines: Iterable[str], delimiter: str) -> list[str]:
    """The cells of the first row in some lines, which may go over several of them."""
    try:
        return next(csv.reader((f"{line}\n" for line in lines), delimiter=delimiter), [])
    except csv.Error:
        return []
