"""STIX 2.1 out, and our own bundles back in."""

from __future__ import annotations

from indicia.records import CASE_EXTENSION, TLP_IDS
from indicia.share.stix.bundle import bundle_objects, pieces, render
from indicia.share.stix.ids import CLAIM_EXTENSION
from indicia.share.stix.read import is_ours, read_bundle

__all__ = ["CASE_EXTENSION", "CLAIM_EXTENSION", "TLP_IDS", "bundle_objects", "is_ours", "pieces", "read_bundle", "render"]
