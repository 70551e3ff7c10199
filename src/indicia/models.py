"""Where the learned weights lie: in the folders `model` of `read`. A clone has them, a release has them in a second package."""

from __future__ import annotations

from pathlib import Path

from indicia.errors import ExtraError

__all__ = ["PACKAGE", "ROOMS", "VERSION", "model_folder", "need_models"]

PACKAGE = "indicia-models"
# The release that these weights first came with; the program requires exactly this one. A release whose weights are the same
# keeps it, so that an update of the program alone is small. `make release` stops where they changed and it did not.
VERSION = "0.1.0"
ROOMS = {"claims": "claims/score", "techniques": "techniques"}  # what is read with weights -> the room of `read` that has them


def need_models() -> None:
    """Raises: ExtraError, where the weights are not installed: before anything is opened, read or told."""
    for room in ROOMS.values():
        model_folder(room)


def model_folder(room: str) -> Path:
    """The folder with the weights of a room of `read`: "techniques" or "claims/score".

    Raises: ExtraError, where they are not installed.
    """
    folder = Path(__file__).parent / "read" / room / "model"
    if not folder.is_dir():
        raise ExtraError("the models that read texts are not installed", hint=f'pip install "{PACKAGE}=={VERSION}"')
    return folder
