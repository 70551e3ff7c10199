"""Weighing: evidence to an assessment that is calibrated, explains itself and can say "insufficient grounds"."""

from __future__ import annotations

from indicia.weigh.assess import weigh
from indicia.weigh.gather import from_ids, gather

__all__ = ["from_ids", "gather", "weigh"]
