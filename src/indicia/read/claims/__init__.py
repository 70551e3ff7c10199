"""Claims: who takes which stance toward whom, for what, how firmly, on what grounds (`docs/claims.md`)."""

from __future__ import annotations

from indicia.read.claims.reader import THRESHOLD, WhatIsSaid, read_claims, read_said
from indicia.read.claims.rows import claim_row

__all__ = ["THRESHOLD", "WhatIsSaid", "claim_row", "read_claims", "read_said"]
