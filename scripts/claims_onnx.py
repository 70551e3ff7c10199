"""The trained network as ONNX files: the two halves of the encoder written node by node, gate and heads as torch exports them.

`onnx_graph` makes the layers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from claims_network import HEADS_OUT, WIDTH, Reader, rounded_table
from onnx import TensorProto, helper, numpy_helper
from onnx_graph import Graph
from torch import nn

from indicia.read.claims.score.pairs import PAIR_SIZE, PARTY_SIZE

__all__ = ["export", "packaged_state"]


def export(model: Reader, folder: Path) -> None:
    """The four files in `folder`: lower.onnx (ids [tokens] -> hidden [tokens, WIDTH]), upper.onnx (hidden -> hidden), gate.onnx, heads.onnx."""
    model.eval()
    encoder = model.encoder
    graph = Graph()
    whole, scale = rounded_table(encoder.words.weight.detach())
    words = graph.node("Gather", [graph.weight("words", whole.numpy()), "ids"], "words.whole")
    scales = graph.node("Gather", [graph.weight("words.scale", scale.numpy()), "ids"], "words.scales")
    x = graph.node("Mul", [graph.node("Cast", [words], "words.float", to=TensorProto.FLOAT), scales], "words.scaled")
    first = graph.weight("first", np.array([0], dtype=np.int64))
    places = graph.weight("places", encoder.places.weight.detach().numpy())
    used = graph.node("Slice", [places, first, graph.node("Shape", ["ids"], "size"), first], "places.used")
    x = graph.norm(graph.node("Add", [x, used], "embedded"), encoder.norm, "embedded.norm")
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["tokens"])
    _save(graph, encoder.layers[: encoder.middle], x, ids, folder / "lower.onnx")
    given = helper.make_tensor_value_info("given", TensorProto.FLOAT, ["tokens", WIDTH])
    _save(Graph(), encoder.layers[encoder.middle :], "given", given, folder / "upper.onnx")
    _trace(_Heads(model), ["hidden", "pool", "nobody", "party", "pair"], list(HEADS_OUT), folder / "heads.onnx")
    _trace(_Gate(model), ["hidden", "pool", "party", "pair"], ["odds"], folder / "gate.onnx")


_PRODUCTS = (  # of heads.onnx, in its order: linear layers whose weights its optimiser turned and renamed
    "source", "accused", "pair", "left", "right", "stance", "firmness", "basis", "source_type", "accused_type",
)  # fmt: skip


def packaged_state(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of a `Reader` out of packaged files: those of the encoder as whole numbers times their scales; no `tags`."""
    lower, upper, gate, heads = (onnx.load(folder / f"{name}.onnx").graph for name in ("lower", "upper", "gate", "heads"))
    first = _weights(lower)
    out = {
        "encoder.words.weight": first["words"] * first["words.scale"], "encoder.places.weight": first["places"],
        "encoder.norm.weight": first["embedded.norm.weight"], "encoder.norm.bias": first["embedded.norm.bias"],
    }  # fmt: skip
    number = 0
    for known in (first, _weights(upper)):
        for at in range(sum(name.endswith(".widen.weight") for name in known)):
            for part in ("inward", "outward", "norm", "widen", "narrow", "last_norm"):
                weight = known[f"layer{at}.{part}.weight"]
                if weight.dtype == np.int8:
                    weight = (weight * known[f"layer{at}.{part}.scale"]).T
                out[f"encoder.layers.{number}.{part}.weight"] = weight
                out[f"encoder.layers.{number}.{part}.bias"] = known[f"layer{at}.{part}.bias"]
            number += 1
    for graph, names in ((heads, _PRODUCTS), (gate, ("gate.party",))):
        known = _weights(graph)
        turned = [node.input[1] for node in graph.node if node.op_type == "MatMul" and node.input[1] in known]
        out |= {f"{name}.weight": known[weight].T for name, weight in zip(names, turned, strict=True)}
        out |= {name.removeprefix("reader."): value for name, value in known.items() if not name.startswith("val_")}
    return {name: torch.tensor(value, dtype=torch.float32) for name, value in out.items()}


def _weights(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    return {weight.name: numpy_helper.to_array(weight) for weight in graph.initializer}


def _save(graph: Graph, layers: nn.ModuleList, x: str, given: onnx.ValueInfoProto, file: Path) -> None:
    axis = graph.weight("axis", np.array([0], dtype=np.int64))
    x = graph.node("Unsqueeze", [x, axis], "batch")
    for number, layer in enumerate(layers):
        x = graph.layer(x, layer, f"layer{number}")
    graph.node("Squeeze", [x, axis], "hidden")
    graph.save([given], "hidden", file)


class _Heads(nn.Module):
    """The heads over one sentence, without the axis of batches."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(
        self, hidden: torch.Tensor, pool: torch.Tensor, nobody: torch.Tensor, party: torch.Tensor, pair: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        out = self.reader.heads(hidden[None], pool[None], nobody[None], party[None], pair[None])
        return tuple(torch.softmax(out[name][0], -1) for name in HEADS_OUT)


class _Gate(nn.Module):
    """The gate over one sentence."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.gate = reader.gate

    def forward(self, hidden: torch.Tensor, pool: torch.Tensor, party: torch.Tensor, pair: torch.Tensor) -> torch.Tensor:
        return self.gate(hidden[None], pool[None], party[None], pair[None])[0]


def _trace(module: nn.Module, inputs: list[str], outputs: list[str], file: Path) -> None:
    """A small graph: NumPy's own threads fight with others on a busy machine."""
    tokens, m = torch.export.Dim("tokens", min=2, max=512), torch.export.Dim("m", min=2, max=64)
    values: dict[str, tuple[torch.Tensor, dict[int, Any]]] = {
        "hidden": (torch.randn(40, WIDTH), {0: tokens}), "pool": (torch.rand(8, 40), {0: m + 2, 1: tokens}),
        "nobody": (torch.zeros(6, 1), {0: m}), "party": (torch.zeros(6, PARTY_SIZE), {0: m}),
        "pair": (torch.zeros(6, 6, PAIR_SIZE), {0: m, 1: m}),
    }  # fmt: skip
    program = torch.onnx.export(
        module.eval(), tuple(values[name][0] for name in inputs), dynamo=True, input_names=inputs, output_names=outputs,
        dynamic_shapes=tuple(values[name][1] for name in inputs),
    )  # fmt: skip
    program.save(str(file), include_initializers=True, external_data=False)
