"""Makes a checkpoint of the network that the package brings, to go on teaching from: `python -m scripts.reader.restore -o FILE`.

The weights are those of 8 bits that were exported; what only teaching needs (`Reader.alone`) begins anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from indicia.models import model_folder
from indicia.read.claims.network import FIELDS
from scripts.reader.export import CUTS
from scripts.reader.network import Encoder, Reader

OF_A_LAYER = ("seen", "out", "widen", "narrow")  # what a layer multiplies by, in turn
# What the pairs' network multiplies by, in turn. The exporter gives these weights no name of theirs.
OF_PAIRS = (
    "four",
    "three",
    "lead.0",
    "lead.1",
    "leads.0",
    "leads.1",
    "ask",
    "got",
    "ff.0",
    "ff.2",
    *(f"fields.{one}" for one in FIELDS),
    "stance",
)


def restored(folder: Path) -> dict[str, torch.Tensor]:
    """The weights by name, of the files in `folder`. Raises: KeyError or ValueError, where a file is another network's."""
    state = dict(Reader(Encoder()).state_dict())
    words, _ = _weights(folder / "encoder-0.onnx")
    found = {name: value for name, value in words.items() if name.startswith("reader.")}
    for number, (first, last) in enumerate(CUTS, 1):
        named, multiplied = _weights(folder / f"encoder-{number}.onnx")
        for name, value in named.items():
            if name.startswith("layers."):
                _, at, rest = name.split(".", 2)
                found[f"enc.layers.{first + int(at)}.{rest}"] = value
        for at, weights in enumerate(multiplied):
            layer, kind = divmod(at, len(OF_A_LAYER))
            found[f"enc.layers.{first + layer}.{OF_A_LAYER[kind]}.weight"] = weights
        if len(multiplied) != (last - first) * len(OF_A_LAYER):
            raise ValueError(f"encoder-{number}.onnx holds another number of layers")
    pairs, multiplied = _weights(folder / "pairs.onnx")
    spans, _ = _weights(folder / "spans.onnx")
    found |= {f"{name}.weight": value for name, value in zip(OF_PAIRS, multiplied, strict=True)}
    found |= {name: value for name, value in (pairs | spans).items() if name.startswith("reader.")}
    found |= {"unnamed": pairs["unsqueeze_3"][0], "width.weight": spans["unsqueeze"][0].T}
    for name, value in found.items():
        own = name.removeprefix("reader.")
        state[own] = torch.tensor(np.ascontiguousarray(value), dtype=torch.float32).view(state[own].shape)
    return state


def _weights(file: Path) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """The weights of a file that have names, and those that something is multiplied by, in turn."""
    graph = onnx.load(file).graph
    held = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    named = dict(held)
    for name in [one for one in held if one.endswith("_quantized")]:
        own = name.removesuffix("_quantized")
        named[own] = (held[name].astype(np.float32) - held[f"{own}_zero_point"].astype(np.float32)) * held[f"{own}_scale"]
        del named[name], named[f"{own}_zero_point"], named[f"{own}_scale"]
    multiplied = []
    for node in graph.node:
        if node.op_type == "MatMulNBits":
            size = {one.name: one.i for one in node.attribute}
            rows = held[node.input[2]].reshape(size["N"], -1)
            blocks = held[node.input[1]].astype(np.float32).reshape(size["N"], rows.shape[1], -1) - 128
            multiplied.append((blocks * rows[:, :, None]).reshape(size["N"], -1)[:, : size["K"]])
    return named, multiplied


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    torch.save({"mean": restored(model_folder("claims"))}, options.out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
