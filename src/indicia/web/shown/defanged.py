"""Indicators as people paste them, made whole again."""

from __future__ import annotations

import re

__all__ = ["refang"]

_DEFANGED = re.compile(r"\[(\.|:|@)\]|\((\.)\)")


def refang(text: str) -> str:
    """The value behind a defanged one.

    >>> refang("hxxp://bad[.]example")
    'http://bad.example'
    """
    text = _DEFANGED.sub(lambda match: match[1] or match[2], text)
    return re.sub(r"^hxxp", "http", text, flags=re.IGNORECASE)
