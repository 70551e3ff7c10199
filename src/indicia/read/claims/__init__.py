"""Claims: who takes which stance toward whom, for what, how firmly, on what grounds (`docs/claims.md`)."""

from __future__ import annotations

from indicia.read.claims.grounding import ground
from indicia.read.claims.reader import THRESHOLD, WhatIsSaid, claims_of, read_claims, read_said
from indicia.read.claims.rows import claim_row
from indicia.read.claims.together import compared, together

__all__ = ["THRESHOLD", "WhatIsSaid", "claim_row", "claims_of", "compared", "ground", "read_claims", "read_said", "together"]
