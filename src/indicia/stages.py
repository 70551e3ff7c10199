"""What makes the package of a stage callable: `indicia.read("statement.txt")` beside `from indicia.read import ...`.

A package's own name is the best name for what it does, and the public library has no other names for the same things. What is
called stands in `indicia.library`.
"""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["STAGES", "callable_stage"]

STAGES = ("read", "hunt", "weigh", "advise")


class _Stage(ModuleType):
    """A package that can be called as the function of the same name in `indicia.library`."""

    @property
    def _function(self) -> Any:
        library = import_module("indicia.library")  # by name: it stands above the stages, and is there when one is called
        return getattr(library, self.__name__.rpartition(".")[2])

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._function(*args, **options)

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self._function)


def callable_stage(name: str) -> None:
    """Makes the package with this name callable. For the `__init__` of a stage."""
    sys.modules[name].__class__ = _Stage
