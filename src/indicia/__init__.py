"""Indicia: who accuses whom of a cyberattack, on what grounds, did it happen to us, and what to do.

    import indicia

    case = indicia.read("statement.txt", "advisory.pdf")     who says what: case.claims, case.mentions
    found = indicia.hunt("logs/", case=case)                 did it happen to us: found.verdict, found.sightings
    weighed = indicia.weigh(case)                            do the grounds hold: weighed.said, weighed.observed
    measures = indicia.advise(case)                          what to do, in order
    indicia.brief(case, "brief/")                            all of it as a page, a PDF, STIX, MISP ...

Tables (`case.claims` and so on) are sequences of records with `.to_arrow()`, `.to_pandas()` and `.to_polars()`. These names and
what docs/library.md says of them are what does not change without a warning a version before; everything else may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["Case", "__version__", "advise", "brief", "hunt", "open_store", "read", "weigh"]

if TYPE_CHECKING:
    from indicia.library import Case, advise, brief, hunt, open_store, read, weigh
else:
    from importlib import import_module

    # Four of our packages are called as what they do. They are loaded first (each is a docstring and no more), so that no later
    # import of a module in them takes the name of the function.
    for _stage in ("advise", "hunt", "read", "weigh"):
        import_module(f"indicia.{_stage}")
        globals().pop(_stage, None)

    def __getattr__(name: str) -> Any:  # nothing else is loaded before it is asked for
        if name not in __all__:
            raise AttributeError(f"module 'indicia' has no attribute {name!r}")
        return globals().setdefault(name, getattr(import_module("indicia.library"), name))

    def __dir__() -> list[str]:
        return sorted(__all__)
