"""Where the learned weights lie, in the folders `model` of `read`, and how their networks are opened. A clone has the
weights, a release has them in a second package."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from indicia.errors import ExtraError

PACKAGE = "indicia-models"
# The release that these weights first came with; the program requires exactly this one. A release whose weights are the same
# keeps it, so that an update of the program alone is small. `make release` stops where they changed and it did not.
VERSION = "0.1.0"
ROOMS = ("claims", "techniques")  # the rooms of `read` that have weights


def need_models() -> None:
    """Raises: ExtraError, where the weights are not installed: before anything is opened, read or told."""
    for room in ROOMS:
        model_folder(room)


def model_folder(room: str) -> Path:
    """The folder with the weights of one of ROOMS.

    Raises: ExtraError, where they are not installed.
    """
    folder = Path(__file__).parent / "read" / room / "model"
    if not folder.is_dir():
        raise ExtraError("the models that read texts are not installed", hint=f'pip install "{PACKAGE}=={VERSION}"')
    return folder


@cache
def open_network(file: Path) -> Any:
    """An onnxruntime session of a network on one thread, the same for all that read with it. Nothing of it calls anybody: what
    its makers count by themselves is turned off before it is loaded."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime  # here, because it is slow to load and not every command reads

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        str(file), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
    )
