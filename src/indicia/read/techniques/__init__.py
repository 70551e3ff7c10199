"""Techniques in text.

literal: ids and exact ATT&CK names, which need no reading. features, scorer: sentences against every technique, by shipped
weights. passages, contexts: what is judged, and whether it is told as use, denied, possible or advised. find: all of it
together.
"""

from __future__ import annotations

from indicia.read.techniques.find import find_techniques
from indicia.read.techniques.literal import find_literal

__all__ = ["find_literal", "find_techniques"]
