"""Indicators in text: everything that can be looked for in a log, and what the text says about it.

refang       the text without its disguises, with the way back to the original offsets
anchors      where something could begin             find       the searchers in turn
urls, mail, dotted, addresses, versions, hosts       network
hashes, paths, filenames, registry, mutexes, agents  traces on a machine
identifiers  CVE, CWE, ASN, coins                    rules      YARA and Sigma
judge, cues, sections   stated, benign, reference, negated: with the reason
"""

from __future__ import annotations

from indicia.read.indicators.find import find_hits, find_indicators

__all__ = ["find_hits", "find_indicators"]
