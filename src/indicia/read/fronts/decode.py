"""Bytes to text: byte order marks first, then UTF-8, then UTF-16 by its NULs, then Windows-1252. Never raises."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD = 8192
# Control characters that no text file holds: everything below a space but tab, line feed, form feed, carriage return and
# escape.
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 27}) + b"\x7f"
_NEWLINES = re.compile(r"\r\n?")


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: Latin text has a NUL at nearly every second byte."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    low, high = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if high > 0.7 * pairs and low < 0.05 * pairs:
        return "utf-16-le"
    if low > 0.7 * pairs and high < 0.05 * pairs:
        return "utf-16-be"
    return None


def looks_binary(data: bytes) -> bool:
    """Whether the first bytes are no text in any encoding that `decode` knows. A few stray NULs do not make a text binary.

    >>> looks_binary(bytes(range(256)) * 4), looks_binary(b"plain text"), looks_binary("text".encode("utf-16"))
    (True, False, False)
    """
    head = data[:_HEAD]
    if not head or any(head.startswith(mark) for mark, _ in _BOMS) or _wide(head):
        return False
    return len(head) - len(head.translate(None, _CONTROL)) > 0.03 * len(head)


def is_wide(head: bytes) -> bool:
    """Whether a text has two or four bytes a character, so that it cannot be cut at any line feed.

    >>> is_wide("text".encode("utf-16")), is_wide("text".encode("utf-8-sig"))
    (True, False)
    """
    return any(head.startswith(mark) for mark, name in _BOMS if name != "utf-8") or _wide(head[:_HEAD]) is not None


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text of `data` with line feeds as line ends and without NULs, and the encoding that was used.

    `declared` is what a header or a meta tag claims; it is tried after a byte order mark and after UTF-8, for pages lie.
    """
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    if encoding:
        mark = next(mark for mark, name in _BOMS if name == encoding and data.startswith(mark))
        text = data[len(mark) :].decode(encoding, "replace")
    elif (wide := _wide(data[:_HEAD])) is not None:
        encoding, text = wide, data.decode(wide, "replace")
    else:
        text, encoding = _narrow(data, declared)
    if "\r" in text:
        text = _NEWLINES.sub("\n", text)
    if "\0" in text:
        text = text.replace("\0", "")
    return text, encoding


def _narrow(data: bytes, declared: str | None) -> tuple[str, str]:
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if declared:
        try:
            return data.decode(codecs.lookup(declared).name), codecs.lookup(declared).name
        except (LookupError, UnicodeError, ValueError):
            pass
    try:
        return data.decode("cp1252"), "windows-1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "iso-8859-1"
