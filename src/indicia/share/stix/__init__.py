"""STIX 2.1 out."""

from __future__ import annotations

from indicia.share.stix.bundle import bundle_objects, render
from indicia.share.stix.ids import TLP_IDS

__all__ = ["TLP_IDS", "bundle_objects", "render"]
