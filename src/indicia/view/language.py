"""The language in which page one of a brief is written: its messages by gettext, names of states, lists and shares.

    with speaking("de"):
        tell("What is not known")   # what "Was wir nicht wissen" is in the catalogue

English is the language of the messages themselves. A sentence is one message with its names in braces, so that a translator can
put them in another order; `scripts/catalogues.py` gathers the messages and compiles the catalogues. Words of sources are never
translated.
"""

from __future__ import annotations

import gettext
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from pathlib import Path

from indicia.errors import UsageError
from indicia.records import Record

LANGUAGES = ("en", "de", "fr")
_spoken: ContextVar[str] = ContextVar("language", default="en")
_PLURAL = ("Staaten", "lande", "Emirate", "Philippinen", "Malediven", "Bahamas", "Nationen")  # of German names with "die"
_AND = {"en": " and ", "de": " und ", "fr": " et "}
_QUOTES = {"en": ("\u201c", "\u201d"), "de": ("\u201e", "\u201c"), "fr": ("\u00ab\u00a0", "\u00a0\u00bb")}


class Country(Record, frozen=True, kw_only=True):
    """How a language names a state: as a subject, after "to" and after "of", and as an adjective (empty where our table has
    none). `plural`: verbs agree with it as with several."""

    name: str
    to: str
    of: str
    adjective: str = ""
    plural: bool = False


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within it `tell` speaks this language. Raises: UsageError for one that there is no catalogue of."""
    if code not in LANGUAGES:
        raise UsageError(f"no language {code!r}", hint="one of: " + ", ".join(LANGUAGES))
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


def language() -> str:
    """The code of the language that is spoken now."""
    return _spoken.get()


def foreign() -> bool:
    """Whether another language than English is spoken."""
    return language() != "en"


def tell(message: str, **names: object) -> str:
    """The message in the language that is spoken, with the names filled in."""
    text = _catalogue(language()).gettext(message)
    return text.format(**names) if names else text


def tell_many(one: str, many: str, count: int, **names: object) -> str:
    """The form that fits the count, which is filled in as `{count}`."""
    return _catalogue(language()).ngettext(one, many, count).format(count=count, **names)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    folder = files("indicia.view").joinpath("locale")
    return gettext.translation("brief", localedir=Path(str(folder)), languages=[code])


def noted(message: str) -> str:
    """The message itself, which is told elsewhere: a sign for who gathers the messages."""
    return message


def forms(one: str, many: str) -> tuple[str, str]:
    """Two forms of a message that are told elsewhere by `tell_many`: a sign for who gathers the messages."""
    return one, many


def joined(names: Sequence[str]) -> str:
    """`A, B und C`."""
    return _AND[language()].join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def colon() -> str:
    """What stands between a name and what is said of it."""
    return "\u00a0: " if language() == "fr" else ": "


def quoted(words: str) -> str:
    """Words of a source in the quotation marks of the language; marks within them become single ones.

    >>> quoted("\u201cIt was APT31,\u201d said Norway.")
    '\u201c\u2018It was APT31,\u2019 said Norway.\u201d'
    """
    left, right = _QUOTES[language()]
    inner = words.replace("\u201c", "\u2018").replace("\u201d", "\u2019")
    return f"{left}{inner}{right}"


MONTHS = (
    noted("January"), noted("February"), noted("March"), noted("April"), noted("May"), noted("June"), noted("July"),
    noted("August"), noted("September"), noted("October"), noted("November"), noted("December"),
)  # fmt: skip


def month_words(iso: str) -> str:
    """An ISO date or month as month and year (`July 2021`); a year as it is."""
    year, _, rest = iso.partition("-")
    return f"{tell(MONTHS[int(rest[:2]) - 1])} {year}" if rest else year


def country(english: str) -> Country | None:
    """The state of this English name; None where our table has none."""
    row = _countries().get(english, {}).get(language())
    if row is None:
        return None
    name, adjective = row[0], row[1] if len(row) > 1 else ""
    return _german(name, adjective) if language() == "de" else _french(name, adjective)


def _german(name: str, adjective: str) -> Country:
    """Names bear their article where German gives them one: `die Schweiz`, `die Niederlande`."""
    article, _, rest = name.partition(" ")
    plural = article == "die" and rest.endswith(_PLURAL)
    if article not in {"die", "das"}:
        return Country(name=name, to=name, of=f"von {name}", adjective=adjective)
    article = "den" if plural else "dem" if article == "das" else "der"
    rest = rest.replace("Vereinigte ", "Vereinigten ", 1)
    return Country(name=name, to=f"{article} {rest}", of=f"von {article} {rest}", adjective=adjective, plural=plural)


def _french(name: str, adjective: str) -> Country:
    article, _, rest = name.partition(" ")
    if article == "le":
        return Country(name=name, to=f"au {rest}", of=f"du {rest}", adjective=adjective)
    if article == "les":
        return Country(name=name, to=f"aux {rest}", of=f"des {rest}", adjective=adjective, plural=True)
    of = f"d\u2019{name}" if name[0] in "AEIOU\u00c9" else f"de {name}"
    return Country(name=name, to=f"\u00e0 {name}", of=of, adjective=adjective)


@cache
def _countries() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(files("indicia.view").joinpath("locale", "countries.toml").read_text("utf-8"))
