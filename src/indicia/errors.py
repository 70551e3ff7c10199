"""Errors that a caller can do something about.

IndiciaError
├── UsageError        the call itself is wrong: an unknown option value, two things that exclude each other
├── ExtraError        it needs a part of the program that is not installed: says how to install it
├── InputError        a file or folder cannot be used at all: missing, unreadable, empty, of no known kind
│   └── FormatError   it is of a known kind and broken: says where
├── RuleError         a detection rule cannot be used: says which and why
├── LimitError        a bound that keeps hostile input harmless was reached
├── MarkingError      an export would lower a TLP marking
├── StoreError        the case cannot be opened or written
└── KnowledgeError    built-in or given knowledge is missing or does not fit

Bulk work does not raise: it collects `records.Problem`s and goes on.
"""

from __future__ import annotations


class IndiciaError(Exception):
    """An error that is worth a sentence to the user. `where` is a path with an optional `:line`; `hint` says what to do."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{advice}"


class UsageError(IndiciaError):
    """The call itself is wrong."""


class ExtraError(IndiciaError):
    """A part of the program that not everybody needs is not installed."""


class InputError(IndiciaError):
    """A file or folder cannot be used at all."""


class FormatError(InputError):
    """Input of a known kind is broken; `where` says at which place."""


class RuleError(IndiciaError):
    """A detection rule cannot be used."""


class LimitError(IndiciaError):
    """A bound that keeps hostile input harmless was reached."""


class MarkingError(IndiciaError):
    """An export would lower a TLP marking."""


class StoreError(IndiciaError):
    """The case cannot be opened or written."""


class KnowledgeError(IndiciaError):
    """Knowledge is missing or does not fit."""


def fault_of(error: Exception) -> str:
    """What is said where an input made the program fail in a way that nobody saw coming, and only that input was lost."""
    return f"a fault in Indicia ended its reading, please report it: {type(error).__name__}: {error}"[:500]
