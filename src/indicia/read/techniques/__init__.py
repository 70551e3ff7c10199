"""Techniques in text. literal: ids and exact ATT&CK names, which need no reading."""

from __future__ import annotations

from indicia.read.techniques.literal import find_literal

__all__ = ["find_literal"]
