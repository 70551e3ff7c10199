"""What an attack was for, as words tell it."""

from __future__ import annotations

import re

from indicia.read.names.lexicon import lowered
from indicia.records import Motive

__all__ = ["motives_of"]

_MOTIVES = (
    (Motive.IP_THEFT, re.compile(r"intellectual property|trade secrets?|industrial espionage|proprietary")),
    (Motive.ESPIONAGE, re.compile(r"espionage|\bspy|\bspies|spied|intelligence[- ]gather|surveil|eavesdrop|cyberspies")),
    (
        Motive.FINANCIAL,
        re.compile(
            r"ransom|extort|\bmoney\b|cryptocurrenc|\bcrypto\b|bitcoin|heist|launder|financial gain|for profit|"
            r"stole \$|theft of \$|fraud|robbed",
        ),
    ),
    (
        Motive.DISRUPTION,
        re.compile(
            r"sabotag|disrupt|wiper|wiped|destructive|denial[- ]of[- ]service|ddos|paralys|cripple|blackout|"
            r"outage|knocked|defac",
        ),
    ),
    (
        Motive.INFLUENCE,
        re.compile(
            r"disinformation|influence operation|interfer\w+ (?:in|with) .{0,20}election|hack-and-leak|meddl|"
            r"propaganda|smear",
        ),
    ),
)


def motives_of(text: str, start: int, end: int) -> tuple[Motive, ...]:
    """What an attack was for, as its sentence tells, in the order of the table."""
    low = lowered(text[start:end])
    return tuple(motive for motive, pattern in _MOTIVES if pattern.search(low))
