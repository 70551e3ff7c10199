"""Small words of a brief: counts and sentences."""

from __future__ import annotations

from indicia.knowledge.articles import capital

__all__ = ["because", "in_quotes", "many", "sentence"]


def in_quotes(text: str) -> str:
    """
    >>> in_quotes("\u201cIt was APT31,\u201d said Norway.")
    '\u201c\u2018It was APT31,\u2019 said Norway.\u201d'
    """
    return "\u201c{}\u201d".format(text.replace("\u201c", "\u2018").replace("\u201d", "\u2019"))


def many(count: int, word: str, words: str = "") -> str:
    """`1 text`, `3 texts`, `2 duties`."""
    return f"{count} {word}" if count == 1 else f"{count} {words or f'{word}s'}"


def because(text: str) -> str:
    """What is missing, and why in a sentence of its own.

    >>> because("software: no malware is identified")
    'software. No malware is identified.'
    """
    what, _, why = text.partition(": ")
    return f"{what}. {sentence(why)}" if why else f"{what}."


def sentence(text: str) -> str:
    """`text` as a sentence: a capital first, a stop at the end."""
    text = text.strip()
    return capital(text if text.endswith((".", "!", "?", "\u2026")) else f"{text}.") if text else ""
