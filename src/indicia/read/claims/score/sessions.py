"""Networks as ONNX files, opened so that each runs on one thread."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["open_network"]


def open_network(file: Path) -> Any:
    """An onnxruntime session on one thread, without a fusion that cost time with graphs that torch exported (decision 21)."""
    import onnxruntime  # here, because it is slow to load and not every command reads

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        str(file), options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
    )
