"""Indicators in text: everything that can be looked for in a log, and what the text says about it.

refang       the text without its disguises, with the way back to the original offsets
network      addresses, hosts, URLs, e-mail      files        hashes, paths, keys, mutexes, user agents
identifiers  CVE, CWE, ASN, coins                rules        YARA and Sigma
hosts        suffixes and well-known hosts       judge        stated, benign, reference, negated: with the reason
"""

from __future__ import annotations

from indicia.read.indicators.find import find_hits, find_indicators

__all__ = ["find_hits", "find_indicators"]
