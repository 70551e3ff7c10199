"""How the tests' cases name a party: by whole words of what was found."""

from __future__ import annotations

import re

__all__ = ["names"]


def names(said: str | None, whole: str | None) -> bool:
    """Whether `said` stands in a name as whole words: "US" is in "US officials" and not in "Russia".

    >>> names("US", "the US military"), names("US", "Russia"), names("US", None)
    (True, False, False)
    """
    return bool(said and whole and re.search(rf"(?<!\w){re.escape(said)}(?!\w)", whole, re.IGNORECASE))
