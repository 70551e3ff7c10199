"""Layers of a BERT as ONNX, node by node: at 30 tokens a run, small nodes would cost as much as the products.

Weights may be whole numbers: DynamicQuantizeMatMul of onnxruntime rounds what flows in to eight bits and multiplies by weights of seven.
Sums of such products are exact on every processor: with weights of eight bits, those without VNNI overflow the 16 bits that they add in.
Only a network that was trained so bears the rounding (`claims_network.Rounded`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn

__all__ = ["ATTENTION", "LEVELS", "WIDTH", "Graph"]

WIDTH = 384
ATTENTION = 12  # heads of attention
LEVELS = 63  # weights are whole numbers of -63 to 63, times a scale for each column
OURS = "com.microsoft"  # onnxruntime's own operators


class Graph:
    """Nodes and weights in the making."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, value: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, domain: str = "", **settings: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **settings))
        return output

    def norm(self, x: str, norm: nn.LayerNorm, output: str) -> str:
        scale = self.weight(f"{output}.weight", norm.weight.detach().numpy())
        bias = self.weight(f"{output}.bias", norm.bias.detach().numpy())
        return self.node("LayerNormalization", [x, scale, bias], output, axis=-1, epsilon=norm.eps)

    def product(self, x: str, linear: nn.Linear, output: str) -> str:
        """`x` rounded to eight bits, times whole-number weights, plus the bias."""
        weight = linear.weight.detach().numpy()
        scale = np.maximum(np.abs(weight).max(1), 1e-9).astype(np.float32) / np.float32(LEVELS)
        whole = np.rint(weight / scale[:, None]).astype(np.int8)
        assert np.abs(whole).max() <= LEVELS
        inputs = [
            x, self.weight(f"{output}.weight", whole.T), self.weight(f"{output}.scale", scale),
            self.weight(f"{output}.zero", np.zeros(len(scale), dtype=np.int8)), self.weight(f"{output}.bias", linear.bias.detach().numpy()),
        ]  # fmt: skip
        return self.node("DynamicQuantizeMatMul", inputs, output, OURS)

    def layer(self, x: str, layer: Any, name: str, sight: str = "") -> str:
        """A layer of a BERT: `inward`, `outward`, `norm`, `widen`, `narrow`, `last_norm`. `sight`: what is added to attention."""
        parts = self.product(x, layer.inward, f"{name}.inward")
        thirds = [f"{name}.{part}" for part in ("query", "key", "value")]
        self.nodes.append(helper.make_node("Split", [parts], thirds, name=f"{name}.split", axis=2, num_outputs=3))
        beside = ["", "", sight] if sight else []  # neither a bias nor padding
        seen = self.node("MultiHeadAttention", [*thirds, *beside], f"{name}.seen", OURS, num_heads=ATTENTION)
        x = self.norm(
            self.node("Add", [x, self.product(seen, layer.outward, f"{name}.outward")], f"{name}.sum"),
            layer.norm,
            f"{name}.norm",
        )
        inner = self.node("Gelu", [self.product(x, layer.widen, f"{name}.widen")], f"{name}.gelu", OURS)
        more = self.product(inner, layer.narrow, f"{name}.narrow")
        return self.norm(self.node("Add", [x, more], f"{name}.last"), layer.last_norm, f"{name}.last_norm")

    def save(self, given: Sequence[onnx.ValueInfoProto], output: str, file: Path) -> None:
        """The graph as a file; its output has [tokens, WIDTH]."""
        result = helper.make_tensor_value_info(output, TensorProto.FLOAT, ["tokens", WIDTH])
        made = helper.make_graph(self.nodes, "encoder", list(given), [result], self.weights)
        opsets = [helper.make_opsetid("", 20), helper.make_opsetid(OURS, 1)]
        onnx.save(helper.make_model(made, opset_imports=opsets, ir_version=9), str(file))
