"""Columns from records that come one by one, each with the fields it likes: JSON, XML, key=value."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, count, islice
from operator import itemgetter
from pathlib import PurePath
from typing import Any

import msgspec
import numpy as np
import orjson

from indicia.hunt.events import Codes, Column
from indicia.hunt.match.literals import Ints
from indicia.hunt.names import field_key

# JSON that others wrote, as objects: quickly where it is as the standard has it, and leniently where it is nearly so.
#
# One odd value must not cost the record in which it stands: whoever is logged may have chosen that value.
_MOST_DIGITS = 4_000  # of an integer; Python makes none of more than 4,300
_ESCAPED = re.compile(r"\\(?:u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|(u[dD][89a-fA-F]\w\w)|.)", re.DOTALL | re.ASCII)
_decoder = msgspec.json.Decoder()


def json_of(text: bytes | memoryview | msgspec.Raw | str) -> Any:
    """JSON as objects. Half a surrogate pair becomes U+FFFD; numbers beyond all bounds, NaN and infinities stay texts; control
    characters may stand in texts. Raises: ValueError or RecursionError for what is none."""
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as error:
        words = text if isinstance(text, str) else bytes(text).decode("utf-8", "replace")
        try:
            return _lenient.decode(_whole_pairs(words))
        except ValueError:
            raise error from None  # which says it better


def json_at(text: str, at: int) -> tuple[Any, int]:
    """The JSON that begins there, as `json_of` gives it, and where it ends. Raises: ValueError or RecursionError."""
    value, end = _lenient.raw_decode(text, at)
    given = text[at:end]
    whole = _whole_pairs(given)
    return (value if whole is given else _lenient.decode(whole)), end


def _whole_pairs(words: str) -> str:
    """JSON with U+FFFD in place of each escape that is half a surrogate pair."""
    if "\\ud" not in words and "\\uD" not in words:
        return words
    return _ESCAPED.sub(lambda found: "\\ufffd" if found[1] else found[0], words)


def _int(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _float(digits: str) -> float | str:
    return number if math.isfinite(number := float(digits)) else digits


_lenient = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=str, strict=False)


MOST_BARE = 2_000  # names of a record that are shortened
MOST_ITEMS = 100  # of a list of objects
DEEPEST = 8  # levels of nesting that become names; what lies deeper is kept as JSON


class _Shape:
    """Rows with the same fields in the same order, of which the same are wanted: their numbers, and the values of these."""

    __slots__ = ("names", "rows", "take", "values")

    def __init__(self, names: Iterable[str], wanted: frozenset[str] | None) -> None:
        chosen: dict[str, str] = {}
        for name in names:
            folded = field_key(name)
            if wanted is None or folded in wanted:
                chosen.setdefault(folded, name)
        self.names = tuple(chosen.values())
        self.rows: list[int] = []
        self.values: list[tuple[Any, ...]] = []
        self.take: Callable[[Mapping[str, Any]], tuple[Any, ...]]
        if len(self.names) > 1:
            self.take = itemgetter(*self.names)
        else:
            self.take = lambda fields: tuple(fields[name] for name in self.names)


class ShapedRows:
    """Collects rows and gives them as columns. Rows with the same fields in the same order are turned into columns together.

    `size` is the number of rows; those that nothing was put into have no fields.
    """

    def __init__(self) -> None:
        self._shapes: dict[tuple[tuple[str, ...], frozenset[str] | None], _Shape] = {}
        self._blocks: list[tuple[Sequence[int], Sequence[str], Sequence[Sequence[Any]]]] = []
        self.size = 0

    def add(self, fields: Mapping[str, Any]) -> None:
        """One more row; values are texts, or what `text_of` makes of them. None is missing."""
        self.put(self.size, fields)
        self.size += 1

    def put(self, row: int, fields: Mapping[str, Any], wanted: frozenset[str] | None = None) -> None:
        """The fields of a row, of which only the `wanted` ones are kept (None: all)."""
        shape = self._shapes.get(key := (tuple(fields), wanted))
        if shape is None:
            shape = self._shapes[key] = _Shape(fields, wanted)
        if shape.names:
            shape.rows.append(row)
            shape.values.append(shape.take(fields))

    def put_all(self, rows: Sequence[int], names: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
        """The fields of many rows: for each name, its value in every row. No two names differ in case alone."""
        self._blocks.append((rows, names, values))

    def columns(self, wanted: frozenset[str] | None) -> dict[str, Column]:
        """The wanted fields (lower case; None: all).

        Of fields whose names differ in case alone, the first with a value counts.
        """
        rows: defaultdict[str, list[Ints]] = defaultdict(list)
        values: defaultdict[str, list[Any]] = defaultdict(list)
        spelling: dict[str, str] = {}
        shapes = ((shape.rows, shape.names, list(zip(*shape.values, strict=True))) for shape in self._shapes.values())
        for of_rows, names, columns in chain(shapes, self._blocks):
            its_rows = np.asarray(of_rows, np.int64)
            for name, column in zip(names, columns, strict=True):
                folded = field_key(name)
                if wanted is None or folded in wanted:
                    own = spelling.setdefault(folded, name)
                    rows[own].append(its_rows)
                    values[own].append(column)
        return {name: self._column(rows[name], values[name]) for name in rows}

    def _column(self, rows: list[Ints], values: list[Sequence[Any]]) -> Column:
        column = column_of(values[0] if len(values) == 1 else list(chain.from_iterable(values)))
        codes = np.full(self.size, -1, np.int32)
        codes[rows[0] if len(rows) == 1 else np.concatenate(rows)] = column.codes
        return column.with_codes(codes)


def column_of(values: Sequence[Any]) -> Column:
    """A column of any values, each as `text_of` writes it. None is missing.

    Numbered in Python: a value that comes again is only looked up.
    """
    try:
        numbers, codes = _numbered(values)
        # A dict takes 1, 1.0 and true for the same key, though they are written differently.
        if not _ALIKE.isdisjoint(map(type, numbers)) and len(_ALIKE & set(map(type, values))) > 1:
            numbers, codes = _numbered([_or_text(value) for value in values])
    except TypeError:  # a list or an object among them
        numbers, codes = _numbered([_or_text(value) for value in values])
    hole = numbers.get(None)
    if hole is not None:
        codes[codes == hole] = -1
    return Column([value if type(value) is str else text_of(value) for value in numbers], codes)


def _numbered(values: Sequence[Any]) -> tuple[dict[Any, int], Codes]:
    """The distinct values with their numbers, in the order in which they come, and the number of each value."""
    numbers: defaultdict[Any, int] = defaultdict(count().__next__)
    codes: Codes = np.fromiter(map(numbers.__getitem__, values), np.int32, len(values))
    return numbers, codes


_ALIKE = {int, float, bool}


def _or_text(value: Any) -> str | None:
    return None if value is None else text_of(value)


def text_of(value: Any) -> str:
    """A JSON value as the text that rules see: numbers plain, true and false, a list one item a line, an object as JSON."""
    if isinstance(value, str):
        return value
    if type(value) is int:
        return str(value)
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, list):
        return "\n".join(text_of(item) for item in value if item is not None)
    if isinstance(value, dict):
        if "#text" in value:  # an XML element with attributes
            return text_of(value["#text"])
        try:
            return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
        except TypeError:  # an integer beyond 64 bits, or half a surrogate pair
            return json.dumps(value, separators=(",", ":"))
    return "" if value is None else str(value)


def flatten(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Nested objects as dotted names: {"a": {"b": 1}} -> {"a.b": 1}. Objects in a list are named as well."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict) and depth < DEEPEST:
            found.update(flatten(value, f"{prefix}{name}.", depth + 1))
        else:
            found[f"{prefix}{name}"] = value
            if isinstance(value, list) and value and isinstance(value[0], dict) and depth < DEEPEST:
                found.update(_of_items(value, f"{prefix}{name}.", depth + 1))
    return found


def _of_items(items: Sequence[Any], prefix: str, depth: int) -> dict[str, Any]:
    """What the objects of a list say, each name once with all its values."""
    found: dict[str, Any] = {}
    for item in items[:MOST_ITEMS]:
        if isinstance(item, dict):
            for name, value in flatten(item, prefix, depth).items():
                found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def bare_names(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with dotted names, and for each the bare last part where no other field is called so."""
    found = dict(fields)
    for name, value in islice(fields.items(), MOST_BARE):
        last = name.rpartition(".")[2]
        if last not in found and not last.isdigit():
            found[last] = value
    return found


# What records of unknown origin, and their files, call the log that they are of: fields in which exporters and people say so.
_TELLING = tuple(
    """
    product vendor service category logsource.product logsource.service logsource.category event.module event.dataset
    event.provider observer.product sourcetype source_type _sourcetype log_type
    """.split()
)
_SPLIT = re.compile(r"[^\w.-]+")


@lru_cache(4_096)
def shown_by(file: str) -> str:
    """What the name of a file and its folders say, as `/okta/system/`."""
    path = PurePath(file.replace("\\", "/").replace("!", "/"))
    words = [word for part in path.parts for word in re.split(r"[^a-z0-9]+", part.lower()) if word]
    return "/".join(("", *words, ""))


def shown_column(file: str, records: Sequence[Mapping[str, Any]]) -> Column:
    """What each record says that it is of, as `|aws|cloudtrail|`, with what its file's name says."""
    by_file = shown_by(file)
    if not any(name in fields for fields in records for name in _TELLING):
        return Column([by_file], np.zeros(len(records), np.int32))
    return column_of([_said(fields) + by_file for fields in records])


def _said(fields: Mapping[str, Any]) -> str:
    words = [word for name in _TELLING if isinstance(value := fields.get(name), str) for word in _SPLIT.split(value.lower())]
    return "".join(("|", *(f"{word}|" for word in dict.fromkeys(words) if word)))
