"""Weighing: evidence to an assessment that is calibrated, explains itself and can say "insufficient grounds"."""

from __future__ import annotations

from indicia.stages import callable_stage
from indicia.weigh.assess import weigh
from indicia.weigh.gather import from_ids, gather
from indicia.weigh.stress import Planted, Stress, ease_of_faking, plant, prior_range, strained
from indicia.weigh.whatif import Change, Changed, leaders_if, what_if

__all__ = [
    "Change",
    "Changed",
    "Planted",
    "Stress",
    "ease_of_faking",
    "from_ids",
    "gather",
    "leaders_if",
    "plant",
    "prior_range",
    "strained",
    "weigh",
    "what_if",
]

callable_stage(__name__)
