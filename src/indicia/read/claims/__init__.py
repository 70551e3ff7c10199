"""Claims of attribution: who takes which stance toward whom, for what, how firmly, on what grounds.

sentences, words  text -> ranges          names, parties  known names, noun phrases that speak or are accused
lexicon, cues     the words of accusing   grammar, drafts subjects, objects, speech; draft claims by rule
firmness, grounds, dates, incidents       the fields      reader, rows    the claims of a document; their JSON form
"""

from __future__ import annotations

from indicia.read.claims.reader import THRESHOLD, read_claims
from indicia.read.claims.record.rows import claim_row

__all__ = ["THRESHOLD", "claim_row", "read_claims"]
