"""Where the bundled example lies: beside the code in a checkout, inside the package once it is installed."""

from __future__ import annotations

from pathlib import Path

import indicia
from indicia.errors import InputError

NAME = "exchange-2021"


def example_folder() -> Path:
    """The folder with `texts/` and `logs/`. Raises: InputError where neither place has it."""
    package = Path(indicia.__file__).parent
    for place in (package / "example", package.parents[1] / "examples" / NAME):
        if (place / "texts").is_dir():
            return place
    raise InputError("the bundled example is not part of this installation", hint="take it from the project's examples folder")
