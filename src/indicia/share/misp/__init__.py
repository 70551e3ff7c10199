"""A case as a MISP event."""

from __future__ import annotations

from indicia.share.misp.event import render

__all__ = ["render"]
