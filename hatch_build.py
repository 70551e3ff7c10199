"""What hatchling asks when it builds a wheel of Indicia: which learned weights go into it.

A wheel made from the source (`pip install .`) has everything. With INDICIA_MODELS=apart, as `scripts/release.py` sets it, the
weights stay out and the wheel requires exactly the version of `indicia-models` that the program was measured with.
"""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

APART = "INDICIA_MODELS"


def weights(root: Path) -> list[Path]:
    """The files under the folders `model`, in order."""
    return sorted(
        file for file in (root / "src/indicia/read").glob("**/model/**/*") if file.suffix in {".onnx", ".npz", ".json"}
    )


class Weights(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the weights, which pyproject.toml leaves out, or the requirement."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version == "editable":  # which runs from the source itself
            return
        if os.environ.get(APART) == "apart":
            models = runpy.run_path(str(root / "src/indicia/models.py"))
            build_data["dependencies"].append(f"{models['PACKAGE']}=={models['VERSION']}")
        else:
            build_data["force_include"] |= {str(file): str(file.relative_to(root / "src")) for file in weights(root)}
