"""Watching folders, feeds and TAXII collections that the user named, and saying what is new in an affair.

feeds      RSS and Atom as entries
rounds     one look at all sources: what is new becomes part of the case
digest     who joined, denied, hardened, changed
"""

from __future__ import annotations

from indicia.watch.digest import Digest, digest
from indicia.watch.rounds import Round, look

__all__ = ["Digest", "Round", "digest", "look"]
