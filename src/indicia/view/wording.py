"""Small words of a brief: counts, sentences, capitals."""

from __future__ import annotations

__all__ = ["capital", "many", "sentence"]


def many(count: int, word: str, words: str = "") -> str:
    """`1 text`, `3 texts`, `2 duties`."""
    return f"{count} {word}" if count == 1 else f"{count} {words or f'{word}s'}"


def capital(text: str) -> str:
    """`text` with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """`text` as a sentence: a capital first, a stop at the end."""
    text = text.strip()
    return capital(text if text.endswith((".", "!", "?", "\u2026")) else f"{text}.") if text else ""
