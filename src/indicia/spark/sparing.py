"""What a worker holds as long as it lives is not looked through for garbage behind each task, as Spark has it done."""

from __future__ import annotations

import gc
from functools import lru_cache

__all__ = ["spare"]


@lru_cache(1)
def spare(what: str) -> None:
    """To be called when rules or models, millions of objects, are loaded and were used. The first call for them counts."""
    gc.freeze()
