"""How an English sentence names a party, with an article or without, and how it begins."""

from __future__ import annotations

import re

_ARTICLE = re.compile(
    r"(United (Kingdom|States|Nations|Arab)|European |Netherlands|Philippines|Czech Republic|Ministry |Department |National )"
    r"|(UK|US|North Atlantic) [A-Z]"
    r"|(UK|US|EU|UN|FBI|CIA|NSA|NCSC|GCHQ|GRU|FSB|SVR|PLA|MSS|Kremlin|Pentagon|White House)$"
    r"|(?!Amazon |Google |IBM |Microsoft ).*\b(Agency|Bureau|Commission|Directorate|Embassy|Ministry|Parliament|Union)$"
    r"|.*\b(Intelligence|Secret|Security) Service$"
)
_COMMON = re.compile(r"(The|This|These|That|Those|A|An|Some|Its|Their) (?=[a-z])")


def the(name: str) -> str:
    """`name` as it stands in a sentence.

    >>> the("United Kingdom"), the("NATO"), the("FBI"), the("The threat actors"), the("The Washington Post")
    ('the United Kingdom', 'NATO', 'the FBI', 'the threat actors', 'The Washington Post')
    """
    if _COMMON.match(name):
        return name[:1].lower() + name[1:]
    return f"the {name}" if _ARTICLE.match(name) else name


def capital(text: str) -> str:
    """`text` with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]
