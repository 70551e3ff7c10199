"""For processes that do nothing but hunt."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

import pyarrow as pa


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("not loaded in a process that hunts", name=fullname)


def without_pandas() -> None:
    """Keeps pyarrow from loading pandas, where that is installed: it does so at the first list it is given, for half a second.

    Afterwards pyarrow will not hand out data frames in this process. Does nothing where pandas is in use already.
    """
    if "pandas" in sys.modules:
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([""])
    finally:
        sys.meta_path.remove(finder)
