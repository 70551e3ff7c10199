"""How an English sentence names a party, with an article or without, and how it begins."""

from __future__ import annotations

import re

__all__ = ["capital", "the"]

_ARTICLE = re.compile(
    r"(United (Kingdom|States|Nations|Arab)|European |Netherlands|Philippines|Czech Republic|Ministry |Department |National )"
    r"|(UK|US|North Atlantic) [A-Z]"
)


def the(name: str) -> str:
    """`name` as it stands in a sentence.

    >>> the("United Kingdom"), the("NATO")
    ('the United Kingdom', 'NATO')
    """
    return f"the {name}" if _ARTICLE.match(name) else name


def capital(text: str) -> str:
    """`text` with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]
