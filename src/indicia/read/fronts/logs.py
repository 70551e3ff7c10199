"""Telling a log from a text, so that a log that was given as a source is sent to the hunt and not read as prose."""

from __future__ import annotations

import re

__all__ = ["looks_like_log"]

_DIRECTIVE = re.compile(rb"^#(?:Software|Version|Fields|Log-type|separator):", re.MULTILINE)
_DATED = re.compile(
    rb"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d"  # ISO
    rb"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d "  # syslog
    rb"|\S{2,60} \S{1,60} \S{1,60} \[\d{1,2}/[A-Z][a-z]{2}/\d{4}:"  # access log
    rb"|type=[A-Z_]+ msg=audit\()"
)
_LINES = 20  # fewer dated lines may be a timeline that somebody wrote


def looks_like_log(head: bytes) -> bool:
    """Whether the first bytes of a file are a log's: W3C directives, or nine of ten lines that begin with a time.

    >>> looks_like_log(b"#Software: Microsoft Internet Information Services 10.0\\n#Fields: date time s-ip\\n")
    True
    >>> looks_like_log(b"2021-03-02 Microsoft named HAFNIUM.\\n")
    False
    """
    if len(_DIRECTIVE.findall(head[:4096])) >= 2:
        return True
    lines = [line for line in head.split(b"\n")[:200] if line.strip()][:-1]
    return len(lines) >= _LINES and sum(1 for line in lines if _DATED.match(line)) >= 0.9 * len(lines)
