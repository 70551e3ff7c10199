"""Whether the words of a long text can tell of an attack on computers at all, so that the network need not read what cannot.

Of 4,316 annotated documents with a claim nearly all hold one of the words (and of those without a claim four in five); of 2,593
claims 4 stand in a place that holds none of the wider ones.
"""

from __future__ import annotations

import re

__all__ = ["may_claim", "of_computers"]

_COMPUTERS = (
    r"cyber|hack|malware|malicious|ransom|intru[ds]|breach|espionage|phish|botnet|wiper|\bworm|ddos|denial.of.service|computer|"
    r"network|server|exploit|\bAPT|\bUNC\d|spyware|backdoor|trojan|threat (?:actor|group)|infiltrat|compromis|vulnerab|e-?mail|"
    r"disinformation|online|digital|internet|software|web ?sites?|surveillance|\bleak|\bspy|\bspies|\bdata\b|meddl|interfer"
)
_CHARGED = (
    r"attack|attribut|operation|campaign|blackout|outage|crypto|bitcoin|sabotage|group|gang|responsib|stole|steal|theft|worm|data|"
    r"spying|leak|comput"
)
_OF_COMPUTERS = re.compile(_COMPUTERS, re.IGNORECASE)
_MAY_CLAIM = re.compile(f"{_COMPUTERS}|{_CHARGED}", re.IGNORECASE)


def of_computers(text: str) -> bool:
    """Whether a document says anything of computers, of what is on them or of those who break into them."""
    return _OF_COMPUTERS.search(text) is not None


def may_claim(text: str, start: int, end: int) -> bool:
    """Whether a part of such a document may tell of what was done."""
    return _MAY_CLAIM.search(text, start, end) is not None
