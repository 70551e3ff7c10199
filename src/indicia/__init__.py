"""Indicia: who accuses whom of a cyberattack, on what grounds, did it happen to us, and what to do.

    import indicia

    case = indicia.read("statement.txt", "advisory.pdf")     who says what: case.claims, case.mentions
    found = indicia.hunt("logs/", case=case)                 did it happen to us: found.verdict, found.sightings
    weighed = indicia.weigh(case)                            do the grounds hold: weighed.said, weighed.observed
    measures = indicia.advise(case)                          what to do, in order

Tables (`case.claims` and so on) are sequences of records with `.to_arrow()`, `.to_pandas()` and `.to_polars()`. These names and
what docs/library.md says of them are what does not change without a warning a version before; everything else may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["Case", "__version__", "advise", "hunt", "read", "weigh"]

if TYPE_CHECKING:
    from indicia.library import Case, advise, hunt, read, weigh
else:

    def __getattr__(name: str) -> Any:  # nothing is loaded before it is asked for
        from importlib import import_module

        from indicia.stages import STAGES

        if name == "Case":
            return import_module("indicia.library").Case
        if name in STAGES:
            return import_module(f"indicia.{name}")
        raise AttributeError(f"module 'indicia' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted(__all__)
