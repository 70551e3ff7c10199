"""Banners of the Traffic Light Protocol in a text: they mark what may be passed on, and say nothing else."""

from __future__ import annotations

import re

from indicia.records import Tlp

__all__ = ["banner", "without_banners"]

_BANNER = re.compile(
    r"^[^\w\n]*TLP\s?:\s?(CLEAR|WHITE|GREEN|AMBER\s?\+\s?STRICT|AMBER|RED)[^\w\n]*$", re.MULTILINE | re.IGNORECASE
)
_HEAD, _TAIL = 3000, 1000  # characters in which a banner stands


def banner(text: str) -> Tlp:
    """The strictest TLP label that stands on a line of its own near the top or the foot; CLEAR without one.

    >>> banner("TLP:AMBER+STRICT\\n\\nFindings"), banner("We share this as TLP:RED with you.")
    (<Tlp.AMBER_STRICT: 'amber+strict'>, <Tlp.CLEAR: 'clear'>)
    """
    found = (match[1] for part in (text[:_HEAD], text[_HEAD:][-_TAIL:]) for match in _BANNER.finditer(part))
    return Tlp.strictest(Tlp.read(label) for label in found)


def without_banners(text: str) -> str:
    """The text with blanks in place of every such line, so that offsets stay: `TLP:GREEN` is nobody's word on GREEN.

    >>> without_banners("TLP:GREEN\\nA state accuses another.")
    '         \\nA state accuses another.'
    """
    return _BANNER.sub(lambda match: re.sub(r"[^\r]", " ", match.group()), text)
