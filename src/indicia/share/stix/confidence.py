"""Firmness and confidence on STIX's scale of 0 to 100 (STIX 2.1, appendix A)."""

from __future__ import annotations

from indicia.records import Confidence, Firmness, Proposition

# Appendix A, "None / Low / Med / High": low 15, medium 50, high 85. A flat statement says nothing about confidence: left out.
_CONFIDENCE = {Confidence.LOW: 15, Confidence.MODERATE: 50, Confidence.HIGH: 85}
_FIRMNESS = {Firmness.CONFIRMED: 95, Firmness.HIGH: 85, Firmness.MODERATE: 50, Firmness.LOW: 15, Firmness.HEDGED: 30}


def confidence(said: Proposition) -> int | None:
    """The confidence that the source states of a deed or of a tie, else what its firmness words come to, else None."""
    if said.confidence is not None:
        return _CONFIDENCE[said.confidence]
    return _FIRMNESS.get(said.firmness)
