"""JSON that others wrote, as objects: quickly where it is as the standard has it, and leniently where it is nearly so.

One odd value must not cost the record in which it stands: whoever is logged may have chosen that value.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec

_MOST_DIGITS = 4_000  # of an integer; Python makes none of more than 4,300
_ESCAPED = re.compile(r"\\(?:u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|(u[dD][89a-fA-F]\w\w)|.)", re.DOTALL | re.ASCII)
_decoder = msgspec.json.Decoder()


def json_of(text: bytes | memoryview | msgspec.Raw | str) -> Any:
    """JSON as objects. Half a surrogate pair becomes U+FFFD; numbers beyond all bounds, NaN and infinities stay texts; control
    characters may stand in texts. Raises: ValueError or RecursionError for what is none."""
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as error:
        words = text if isinstance(text, str) else bytes(text).decode("utf-8", "replace")
        try:
            return _lenient.decode(_whole_pairs(words))
        except ValueError:
            raise error from None  # which says it better


def json_at(text: str, at: int) -> tuple[Any, int]:
    """The JSON that begins there, as `json_of` gives it, and where it ends. Raises: ValueError or RecursionError."""
    value, end = _lenient.raw_decode(text, at)
    given = text[at:end]
    whole = _whole_pairs(given)
    return (value if whole is given else _lenient.decode(whole)), end


def _whole_pairs(words: str) -> str:
    """JSON with U+FFFD in place of each escape that is half a surrogate pair."""
    if "\\ud" not in words and "\\uD" not in words:
        return words
    return _ESCAPED.sub(lambda found: "\\ufffd" if found[1] else found[0], words)


def _int(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _float(digits: str) -> float | str:
    return number if math.isfinite(number := float(digits)) else digits


_lenient = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=str, strict=False)
