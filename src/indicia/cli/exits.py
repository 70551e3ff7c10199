"""Exit codes, named once. They are listed in docs/cli.md; scripts may rely on them."""

from __future__ import annotations

from indicia.errors import (
    ExtraError,
    IndiciaError,
    InputError,
    KnowledgeError,
    LimitError,
    MarkingError,
    RuleError,
    StoreError,
    UsageError,
)

E_OK = 0  # done, all of it
E_FAULT = 1  # a fault of ours
E_USAGE = 2  # the command line is wrong
E_PARTIAL = 10  # done, but some inputs could not be used; each is named on stderr and in the result
E_NOTHING = 11  # no input could be used
E_FOUND = 12  # --fail-on-hit, and something was found
E_RULE = 13  # a rule that was asked for cannot be used
E_LIMIT = 14  # a bound that keeps hostile input harmless was reached
E_MARKING = 15  # refused: it would lower a TLP marking
E_STORE = 16  # the case cannot be opened or written, or there is no room for the output
E_KNOWLEDGE = 17  # knowledge is missing or does not fit
E_EXTRA = 18  # it needs a part of the program that is not installed; the message says what to install
E_INTERRUPTED = 130  # Ctrl-C; nothing half-written is left

_CODES: tuple[tuple[type[IndiciaError], int], ...] = (
    (UsageError, E_USAGE),
    (InputError, E_NOTHING),
    (RuleError, E_RULE),
    (LimitError, E_LIMIT),
    (MarkingError, E_MARKING),
    (StoreError, E_STORE),
    (KnowledgeError, E_KNOWLEDGE),
    (ExtraError, E_EXTRA),
)


def code_for(error: IndiciaError) -> int:
    """The exit code that tells a script what kind of error this was."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), E_FAULT)
