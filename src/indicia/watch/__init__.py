"""Watching folders, feeds and TAXII collections that the user named, and saying what is new in an affair.

feeds      RSS and Atom as entries
state      what was seen before
rounds     one look at all sources: what is new becomes part of the case
digest     who joined, denied, hardened, changed
"""

from __future__ import annotations

from indicia.watch.digest import Digest, digest
from indicia.watch.rounds import Round, look
from indicia.watch.state import Seen, Watched, load_state, save_state

__all__ = ["Digest", "Round", "Seen", "Watched", "digest", "load_state", "look", "save_state"]
