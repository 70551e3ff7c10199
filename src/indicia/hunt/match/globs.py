"""Sigma strings with wildcards over many values: linear in the text, however many stars there are."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.rules.ir import Wild


def glob_over(parts: tuple[str | int, ...]) -> Callable[[pa.StringArray], pa.BooleanArray]:
    """Which texts fit the parts from end to end; the engine behind it is RE2, which never goes back."""
    written = []
    for part in parts:
        if part == Wild.MANY:
            written.append(".*")
        elif part == Wild.ONE:
            written.append(".")
        else:
            written.append(re.sub(r"([^\w\s])", r"\\\1", str(part)))
    expression = f"(?s)\\A{''.join(written)}\\z"
    # Stars at the ends only say that the match may stand anywhere.
    expression = expression.replace("(?s)\\A.*", "(?s)", 1)
    expression = expression.removesuffix(".*\\z") if expression.endswith(".*\\z") else expression
    return lambda values: pc.match_substring_regex(values, expression)
