"""Markings of states, alliances and firms that are no TLP, and what they forbid at least, in the terms of TLP.

What a state or an alliance calls secret or confidential counts as RED. What is restricted, or confidential to a firm, counts as
AMBER+STRICT, and where a TLP label stands in the same document that label says it more exactly. Only a line or a cell that is
nothing else counts, or a mark before a paragraph as in (S//NF): prose has secrets of its own. To know another marking, add its
words below.

References: 32 CFR 2001 and 2002; NATO C-M(2002)49; Council Decision 2013/488/EU; UK Government Security Classifications Policy;
German VSA; French IGI 1300.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from indicia.records import Tlp


class Classified(NamedTuple):
    """What a marking amounts to, and whether a TLP label in the same document says it better."""

    marking: Tlp
    yields: bool


_RED = Classified(Tlp.RED, yields=False)
_STRICT = Classified(Tlp.AMBER_STRICT, yields=True)

# Small letters without accents, signs and numbers; of a line in parts (SECRET//NOFORN) one of the first two parts.
_FORMS = {
    _RED: """
        top secret; secret; uk top secret; uk secret; us top secret; us secret; us confidential; uk confidential
        uk top secret strap; cosmic top secret; cosmic top secret atomal; focal top secret; nato secret; nato secret atomal
        nato confidential; eu top secret; eu secret; eu confidential; tres secret ue; tres secret ue eu top secret; secret ue
        secret ue eu secret; confidentiel ue; confidentiel ue eu confidential; tres secret; tres secret defense; secret defense
        confidentiel defense; streng geheim; geheim; vs geheim; vs vertraulich; segretissimo; segreto; riservatissimo; secreto
        scisle tajne; tajne
    """,
    _STRICT: """
        nato restricted; restricted; uk restricted; eu restricted; restreint ue; restreint ue eu restricted; limite
        diffusion restreinte; diffusion restreinte special france; special france; confidentiel; vertraulich
        streng vertraulich; vs nfd; vs nur fur den dienstgebrauch; nur fur den dienstgebrauch
        nur fur den internen gebrauch; uk eyes only; official sensitive; uk official sensitive; official sensitive personal
        official sensitive commercial; protected; confidential; strictly confidential; private and confidential
        company confidential; commercial in confidence; in confidence; internal use only; for internal use only
        for official use only; unclassified for official use only; fouo; unclassified fouo; u fouo; cui; cui basic
        controlled unclassified information; unclassified cui; law enforcement sensitive; sensitive but unclassified
    """,
}
_LEVEL_OF = {form: level for level, forms in _FORMS.items() for form in re.split(r"\s*[;\n]\s*", forms.strip())}
_HINT = re.compile(
    "secret|segret|geheim|tajne|confiden|vertraul|riserv|restri|restrei|france|gebrauch|nfd|sensitive|fouo|cui|limite|protected"
    r"|internal|official|eyes|[(\[](?:ts|s|c|u)//",
    re.IGNORECASE,
)
_PORTION = re.compile(r"\s*[(\[](?P<level>TS|S|C|U)//[A-Z][A-Z/ ,-]{1,60}[)\]]")
_CELLS = re.compile("[|\t\u2022\u00b7]| {3,}")
_NAMED = re.compile(
    r"\s*(?:(?:overall|document|security|protective) )?(?:classification|marking|einstufung)(?: level)? ?[:=] ?", re.IGNORECASE
)
_BESIDE = re.compile(r"\b(?:page|p|seite|von|of|sur|copy)\b|[\d\W_]+")
_LONGEST = 120  # characters of a line that are looked at


def classified_text(text: str) -> Classified | None:
    """The strictest such marking that stands in a line or a cell of its own, or before a paragraph.

    >>> classified_text("NATO SECRET\\n\\nThe intruders were in."), classified_text("Norway kept it secret.")
    (Classified(marking=<Tlp.RED: 'red'>, yields=False), None)
    """
    return _strictest({_of_line(line) for line in _lines(text)})


def classified_field(value: str) -> Classified | None:
    """What the value of a field for markings says, in whatever letters.

    >>> classified_field("Official - Sensitive")
    Classified(marking=<Tlp.AMBER_STRICT: 'amber+strict'>, yields=True)
    """
    return _of_words(value[:_LONGEST])


def _strictest(found: set[Classified | None]) -> Classified | None:
    return next((level for level in _FORMS if level in found), None)


def _lines(text: str) -> Iterator[str]:
    """The beginnings of the lines that may hold such a marking."""
    end = -1
    for hint in _HINT.finditer(text):
        if hint.start() < end:
            continue
        start = text.rfind("\n", max(0, hint.start() - _LONGEST), hint.start()) + 1
        if not start and hint.start() > _LONGEST:
            continue  # far into a long line
        end = text.find("\n", hint.end(), start + _LONGEST)
        end = start + _LONGEST if end < 0 else end
        yield text[start:end]


@lru_cache(4096)
def _of_line(line: str) -> Classified | None:
    if (portion := _PORTION.match(line)) is not None:
        return _STRICT if portion["level"] == "U" else _RED
    return _strictest({_of_cell(cell) for cell in _CELLS.split(line) if cell and "://" not in cell})


def _of_cell(cell: str) -> Classified | None:
    """A marking is written in capitals; of several words perhaps with one each, as in Company Confidential."""
    if (name := _NAMED.match(cell)) is not None:
        return _of_words(cell[name.end() :])
    found = _of_words(cell)
    if found is None or cell.isupper():
        return found
    words = re.findall(r"\w+", cell)
    capitals = all(word[0].isupper() or len(word) < 4 for word in words)
    return found if len(words) > 1 and capitals and (words[0].isupper() or found.yields) else None


def _of_words(words: str) -> Classified | None:
    parts = [_plain(part) for part in words.split("//")[:3]]
    if len(parts) > 1 and parts[0] == "confidential":
        return _RED  # with what states add; alone it is any firm's word
    return _strictest({_LEVEL_OF.get(part) for part in parts})


def _plain(words: str) -> str:
    words = "".join(letter for letter in unicodedata.normalize("NFKD", words) if not unicodedata.combining(letter)).lower()
    return " ".join(_BESIDE.sub(" ", words).split())
