"""Text of others made harmless for a reader: control characters and direction marks become visible, addresses are defanged."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable

from indicia.unseen import UNSEEN

__all__ = ["Shown", "clip", "visible"]

# Not str.split(): it takes control characters for blanks and would lose them.
_BLANKS = re.compile("[ \t\r\n\u00a0\u2000-\u200a\u3000]+")
_SCHEME = re.compile(r"\b(h)tt(ps?://)", re.IGNORECASE)
MAX_NAME = 253  # characters of a domain name (RFC 1035)
# Possessive: a long run of letters is read once.
_HOST = re.compile(r"(?<![\w.-])[\w-]++(?:\.[\w-]++)+")
_IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f]{0,4}+(?::[0-9A-Fa-f]{0,4}+){2,8}(?![\w:])")
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IPV4 = re.compile(rf"(?<![\d.])({_OCTET}\.{_OCTET}\.{_OCTET})\.({_OCTET})(?![\d.]*\d)")


def _mark(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    if char == "\r":
        return ""
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if char in "\u2028\u2029":
        return " "
    return f"\u27e8U+{code:04X}\u27e9"


def visible(text: str) -> str:
    """`text` with everything that a screen would hide or obey made visible. Tabs and line ends stay.

    >>> visible("a\\x1b[31mb\\u202ec")
    'a\u27e8U+001B\u27e9[31mb\u27e8U+202E\u27e9c'
    """
    if text.isascii() and text.isprintable():
        return text
    return UNSEEN.sub(_mark, text)


def clip(text: str, most: int) -> str:
    """`text` on one line, cut at a word before `most` characters with an ellipsis."""
    text = " ".join(_BLANKS.split(text)).strip()
    if len(text) <= most:
        return text
    cut = text.rfind(" ", most // 2, most - 1)
    return text[: cut if cut > 0 else most - 1].rstrip(",;:. ") + "\u2026"


class Shown:
    """Makes text fit for people. Knows the indicators of a case, so that they are defanged wherever they stand.

    Names are looked up, not searched for: ten thousand indicators cost no more than ten.
    """

    def __init__(self, indicators: Iterable[str] = ()) -> None:
        self._hosts: set[str] = set()
        self._ipv6: set[str] = set()
        for value in indicators:
            host = value.partition("://")[2] or value
            host = host.partition("/")[0].rpartition("@")[2].lower()
            if host.count(":") > 1:
                self._ipv6.add(host)
            else:
                self._hosts.add(host.partition(":")[0])

    def __call__(self, text: str, most: int = 0) -> str:
        """`text` visible and defanged, clipped to `most` characters unless 0."""
        text = visible(clip(text, most) if most else text)
        if self._ipv6 and text.count(":") > 1:
            text = _IPV6.sub(lambda match: match[0].replace(":", "[:]") if match[0].lower() in self._ipv6 else match[0], text)
        if "." not in text:
            return text
        if self._hosts:
            text = _HOST.sub(self._host, text)
        if "://" in text:
            text = _SCHEME.sub(lambda match: f"{match[1]}xx{match[2]}", text)
        return _IPV4.sub(r"\1[.]\2", text)

    def _host(self, match: re.Match[str]) -> str:
        """The name, defanged when it or a domain that it belongs to is an indicator."""
        name = match[0].lower()[-MAX_NAME:]
        while "." in name:
            if name in self._hosts:
                return match[0].replace(".", "[.]")
            name = name.partition(".")[2]
        return match[0]


def defang(value: str) -> str:
    """An indicator that nobody clicks by accident.

    >>> defang("https://update.bad.example/a.b"), defang("198.51.100.7"), defang("me@bad.example")
    ('hxxps://update[.]bad[.]example/a.b', '198[.]51[.]100[.]7', 'me[@]bad[.]example')
    """
    scheme, mark, rest = value.partition("://")
    if not mark:
        scheme, rest = "", value
    host, slash, path = rest.partition("/")
    host = host.replace("@", "[@]").replace(".", "[.]")
    return _SCHEME.sub(lambda match: f"{match[1]}xx{match[2]}", scheme + mark) + host + slash + path


# Where a spreadsheet may begin a cell: at the start, and behind what is a separator in some country, also within quotes.
_BREAKS = ";\t|\r\n"
_CELL = re.compile(rf'(?:^|(?<=[{_BREAKS}]))([\s"]*+)(\S)')
_FORMULA = frozenset("=+-@−")  # how a formula begins, full-width and small forms folded


def inert_cell(cell: str) -> str:
    """`cell` as a spreadsheet shows it and does not run it, wherever it is opened: nothing unseen is left in it, and what
    starts like a formula, also behind a separator, gets an apostrophe in front.

    >>> inert_cell("=cmd|' /C calc'!A0"), inert_cell("x;=1"), inert_cell("198.51.100.7")
    ("'=cmd|' /C calc'!A0", "x;'=1", '198.51.100.7')
    """
    return _CELL.sub(_inert_start, visible(cell))


def _inert_start(match: re.Match[str]) -> str:
    blanks, first = match.groups()
    if unicodedata.normalize("NFKC", first)[:1] not in _FORMULA:
        return match[0]
    return f"'{blanks}{chr(39) if set(blanks) & set(_BREAKS) else ''}{first}"  # what breaks a cell may stand among the blanks


def inert_table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """CSV (RFC 4180) that is safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([inert_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8")
