"""Lines of text of declared kinds (`Line` in `hunt/sources`), wherever they stand: found by their mark and taken apart."""

from __future__ import annotations

import csv
import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple, TypeAlias

from indicia.hunt.match.literals import which_of
from indicia.hunt.sources import SOURCES, Form, Line, LogSource

_QUOTED = r'"([^"\\]*+(?:\\.[^"\\]*+)*+)'
_WORD = re.compile(rf"{_QUOTED}\"?|\[([^\]]{{0,2000}}+)\]|(\S+)", re.DOTALL)
_PAIR = re.compile(rf'(?<![\w.-])([\w.-]++)=(?:{_QUOTED}"|(\S*))', re.DOTALL)
_REQUEST = re.compile(r"([A-Z]+) (\S*)(?: (HTTP/[\d.]+))?\s*$")
_AUTHORITY = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)
_CEF_KEY = re.compile(r"(?:^|(?<=\s))([\w.\[\]-]+)=")
_CEF_BAR = re.compile(r"(?<!\\)\|")
_CEF_HEAD = ("DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID", "Name", "Severity")
_LABEL = "Label"
LONGEST = 1 << 16  # characters of a line in which marks are sought


class LineRecord(NamedTuple):
    """A line of a known kind: what it is and what it says, by the names of its log."""

    source: LogSource
    fields: dict[str, str]


class _Kind(NamedTuple):
    source: LogSource
    line: Line
    find: Callable[[str, int, int], re.Match[str] | None]
    anchored: bool
    finders: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]


def _kind(source: LogSource, line: Line) -> _Kind:
    mark = re.compile(line.mark.removeprefix("^"))
    anchored = line.mark.startswith("^")
    find = mark.match if anchored else mark.search
    return _Kind(source, line, find, anchored, tuple((re.compile(each), names) for each, names in line.finders))


Hinted: TypeAlias = tuple[tuple[str, tuple[_Kind, ...]], ...]


def _by_hint() -> Hinted:
    """The kinds by the text that makes one worth a try, in the order of the table."""
    found: dict[str, list[_Kind]] = {}
    for source in SOURCES:
        for line in source.lines:
            for hint in (line.hint,) if isinstance(line.hint, str) else line.hint:
                found.setdefault(hint, []).append(_kind(source, line))
    return tuple((hint, tuple(kinds)) for hint, kinds in found.items())


_BY_HINT = _by_hint()


def hinted_in(data: bytes) -> Hinted:
    """The kinds of which some line of a block can be: those whose hint stands in it at all."""
    present = _finder()(data)
    return tuple(each for number, each in enumerate(_BY_HINT) if number in present)


@cache
def _finder() -> Callable[[bytes], frozenset[int]]:
    return which_of([hint.encode() for hint, _ in _BY_HINT])


def line_record(text: str, start: int = 0, hinted: Hinted = _BY_HINT) -> LineRecord | None:
    """The line as a record of the first kind whose mark it shows; None where it shows none.

    `start` is where what its program wrote begins, behind the header.
    """
    for kind in [kind for hint, kinds in hinted if hint in text for kind in kinds]:
        match = kind.find(text, 0, LONGEST)
        if match is None and kind.anchored and start:
            match = kind.find(text, start, LONGEST)
        if match is not None:
            fields = {name: value for name, value in _READ[kind.line.form](kind.line, match, text) if value not in ("", "-")}
            for finder, names in kind.finders:
                if found := finder.search(match[match.lastindex] if match.lastindex else text, 0, LONGEST):
                    fields.update({name: value for name, value in zip(names, found.groups(), strict=True) if value})
            if request := fields.get("request"):
                fields.update(request_fields(request))
            return LineRecord(kind.source, fields)
    return None


def request_fields(request: str) -> dict[str, str]:
    """A request line, `GET /path?query HTTP/1.1`, by the names of W3C logs; nothing where it is none."""
    match = _REQUEST.match(request)
    if match is None:
        return {}
    method, uri, version = match.groups()
    authority = _AUTHORITY.match(uri)
    path = uri[authority.end() :] or "/" if authority else uri
    stem, _, query = path.partition("?")
    found = {
        "cs-method": method,
        "cs-uri-stem": stem,
        "cs-uri-query": query,
        "cs-version": version,
        "cs-host": authority[1] if authority else "",
    }
    return {name: value for name, value in found.items() if value}


def _named(names: tuple[str, ...], values: Iterator[str | None]) -> Iterator[tuple[str, str]]:
    for name, value in zip(names, values, strict=False):
        if not name or value is None:
            continue
        first, both, second = name.partition("+")
        if not both:
            yield name, value
            continue
        before, found, after = ("", "", "") if _is_ipv6(value) else value.rpartition("/" if "/" in value else ":")
        yield first, (before if found else value).strip("[]")
        if found:
            yield second, after


def _is_ipv6(value: str) -> bool:
    """Whether it is an address with colons in it and no port behind."""
    if value.count(":") < 2:
        return False
    try:
        return bool(ipaddress.IPv6Address(value))
    except ValueError:
        return False


def _groups(line: Line, match: re.Match[str], _text: str) -> Iterator[tuple[str, str]]:
    return _named(line.names, iter(match.groups()))


def _blanks(line: Line, match: re.Match[str], text: str) -> Iterator[tuple[str, str]]:
    words = (
        word[1] if word[1] is not None else word[2] if word[2] is not None else word[3]
        for word in _WORD.finditer(text, match.start())
    )
    return _named(line.names, words)


def _commas(line: Line, match: re.Match[str], text: str) -> Iterator[tuple[str, str]]:
    text = text[match.start() :]
    try:
        values = next(csv.reader([text]), [])
    except csv.Error:
        values = text.split(",")
    return _named(line.names, iter(values))


def _pairs(_line: Line, _match: re.Match[str], text: str) -> Iterator[tuple[str, str]]:
    found = {name: quoted or plain for name, quoted, plain in _PAIR.findall(text)}
    if "date" in found and "time" in found:
        zone = found.get("tz", "")
        found["datetime"] = f"{found['date']}T{found['time']}{zone if zone[:1] in ('+', '-') else ''}"
    yield from found.items()


def _cef(_line: Line, match: re.Match[str], text: str) -> Iterator[tuple[str, str]]:
    parts = _CEF_BAR.split(text[match.end() :], 6)
    yield from zip(_CEF_HEAD, (_unescaped(part.strip()) for part in parts), strict=False)
    if len(parts) > 6:
        yield from _labelled(_extension(parts[6]))


def _extension(text: str) -> dict[str, str]:
    keys = list(_CEF_KEY.finditer(text))
    ends = [*(key.start() for key in keys[1:]), len(text)][: len(keys)]
    return {key[1]: _unescaped(text[key.end() : end].strip()) for key, end in zip(keys, ends, strict=True)}


def _labelled(fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The fields; one that another gives a name (`cs1=x cs1Label=Rule`) by that name as well."""
    for name, value in fields.items():
        yield name, value
        label = fields.get(name + _LABEL)
        if label:
            yield label, value


def _unescaped(text: str) -> str:
    return text if "\\" not in text else re.sub(r"\\([=|\\])", r"\1", text).replace("\\n", "\n")


def _leef(_line: Line, match: re.Match[str], text: str) -> Iterator[tuple[str, str]]:
    second = match[0].removeprefix("LEEF:").strip().startswith("2")
    parts = text[match.end() :].split("|", 5 if second else 4)
    yield from zip(("DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID"), parts, strict=False)
    delimiter = _delimiter(parts[4]) if second and len(parts) > 5 else "\t"
    for pair in parts[-1].split(delimiter):
        name, equals, value = pair.partition("=")
        if equals:
            yield name.strip(), value


def _delimiter(given: str) -> str:
    """LEEF 2 names its delimiter: a character, or its number as `0x09` or `x5E`."""
    if len(given) > 1 and given.lower().lstrip("0").startswith("x"):
        try:
            return chr(int(given.lower().lstrip("0")[1:], 16))
        except (ValueError, OverflowError):
            return "\t"
    return given or "\t"


_READ: dict[Form, Callable[[Line, re.Match[str], str], Iterator[tuple[str, str]]]] = {
    Form.GROUPS: _groups,
    Form.BLANKS: _blanks,
    Form.COMMAS: _commas,
    Form.PAIRS: _pairs,
    Form.CEF: _cef,
    Form.LEEF: _leef,
}
