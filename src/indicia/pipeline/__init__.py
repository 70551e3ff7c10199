"""The one place that joins the stages: sources and logs into a case. `cli` and `web` are skins over these functions."""

from __future__ import annotations

from indicia.pipeline.audience import for_audience
from indicia.pipeline.build import Delta, build, grown, read_new
from indicia.pipeline.concluding import conclude
from indicia.pipeline.corrections import Correction
from indicia.pipeline.folder import write_brief
from indicia.pipeline.saved import is_store, load_case, opened_case
from indicia.pipeline.sources import Piece, each_piece, read_sources
from indicia.pipeline.standing import Standing, as_left
from indicia.pipeline.stream import lines_of, read_lines

__all__ = [
    "Correction",
    "Delta",
    "Standing",
    "as_left",
    "Piece",
    "build",
    "conclude",
    "each_piece",
    "for_audience",
    "grown",
    "is_store",
    "lines_of",
    "load_case",
    "opened_case",
    "read_lines",
    "read_new",
    "read_sources",
    "write_brief",
]
