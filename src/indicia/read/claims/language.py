"""Which paragraphs of a text are in another language than English, so that it is told what was not read.

A paragraph with the common words of English is English, without asking further. Of the others a detector says what they are
(py3langid: a naive Bayes classifier over byte n-grams for 142 languages), and is believed where it is sure: names, headings
and tables are in no language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from indicia.read.claims.chunks import Place

__all__ = ["Foreign", "foreign_parts", "language_name", "without_parts"]

_PARAGRAPH = re.compile(r"[^\n]+")
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    (
        "the of and to in that is was for with as by it are on said has from be not this they which have at an or were had its "
        "their would been but who can will more after about he she we you his her our no than also into other"
    ).split()
)
_SPACELESS = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")  # scripts without spaces
ENGLISH_FROM = 0.12  # the share of common words from which a paragraph is English
FEWEST_WORDS, FEWEST_SIGNS = 4, 8  # of a paragraph that is looked at; signs where words have no spaces between them
SURE, OTHER_SCRIPT = 0.6, 0.2  # the probability from which the detector is believed; in other scripts it hardly matters
_NONE = frozenset({"zxx", "pcm", "la"})  # what names, lists of values and headings are taken for
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
LONGEST = 2000  # characters of a paragraph that are looked at

# The names of languages that texts of this field are in. Others are told by their code.
_NAMES = {
    "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali",
    "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "es": "Spanish",
    "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "ko": "Korean", "ku": "Kurdish",
    "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ms": "Malay", "mt": "Maltese", "my": "Burmese",
    "nb": "Norwegian", "nl": "Dutch", "nn": "Norwegian", "no": "Norwegian", "pl": "Polish", "ps": "Pashto",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian",
    "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "th": "Thai", "tl": "Tagalog", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


class Foreign(NamedTuple):
    """Paragraphs of a text that are not in English: where, and in which language (ISO 639)."""

    places: tuple[Place, ...] = ()
    languages: tuple[str, ...] = ()  # the commonest first
    whole: bool = False  # whether nothing of the text is in English

    def __str__(self) -> str:
        """
        >>> str(Foreign(((0, 60),), ("de",), True)), str(Foreign(((0, 60), (99, 140)), ("de", "fr")))
        ('it is in German', '2 paragraphs are in German and French')
        """
        named = " and ".join(language_name(code) for code in self.languages[:3])
        if self.whole:
            return f"it is in {named}"
        return f"{len(self.places)} paragraph{' is' if len(self.places) == 1 else 's are'} in {named}"


def language_name(code: str) -> str:
    """The name of a language in English."""
    return _NAMES.get(code, f"another language ({code})")


def foreign_parts(text: str) -> Foreign:
    """The paragraphs of a text that are surely in another language than English.

    >>> foreign_parts("Das Ministerium hat am Montag jede Beteiligung an dem Angriff bestritten.").languages
    ('de',)
    >>> foreign_parts("The ministry denied on Monday that it had any part in the attack.").places
    ()
    """
    places: list[Place] = []
    found: Counter[str] = Counter()
    english = 0
    for start, end in _paragraphs(text):
        words = text[start : min(end, start + LONGEST)]
        code = _language(words)
        if code == "en":
            english += 1
        elif code is not None:
            places.append((start, end))
            found[code] += end - start
    order = sorted(found, key=lambda code: (-found[code], code))
    return Foreign(tuple(places), tuple(order), bool(places) and not english)


def without_parts(text: str, parts: Foreign) -> str:
    """The text with empty lines in the place of those paragraphs: every other word stays where it is, and no sentence goes on
    across them."""
    kept, at = [], 0
    for start, end in parts.places:
        kept += [text[at:start], "\n" * (end - start)]
        at = end
    return "".join((*kept, text[at:]))


def _paragraphs(text: str) -> Iterator[Place]:
    return (match.span() for match in _PARAGRAPH.finditer(text))


def _language(words: str) -> str | None:
    """The language of a paragraph; None where it is too short, or nothing is sure."""
    spaceless = 0 if words.isascii() else len(_SPACELESS.findall(words))
    found = [word.lower() for word in _WORD.findall(words)]
    if len(found) < FEWEST_WORDS and spaceless < FEWEST_SIGNS:
        return None
    if sum(word in _ENGLISH for word in found) >= ENGLISH_FROM * len(found) and not spaceless:
        return "en"
    code, sure = _detector().classify(words)
    latin = 2 * len(_LATIN.findall(words)) > sum(map(str.isalpha, words))
    return str(code) if code not in _NONE and sure >= (SURE if latin else OTHER_SCRIPT) else None


@cache
def _detector() -> Any:
    """Loaded where the first paragraph is doubtful: it takes most of a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
