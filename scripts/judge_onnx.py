"""The trained judge as ONNX files: what marks a window, its layers node by node, the heads as torch exports them.

In the layers products are of whole numbers: DynamicQuantizeMatMul of onnxruntime rounds what flows in to eight bits and multiplies by
weights of seven, so that the sums are exact on every processor: with eight, those without VNNI overflow the 16 bits that they add in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from judge_network import ATTENTION, WIDTH, Judge, Layer
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from indicia.read.claims.score.judge import ANSWERS
from indicia.read.claims.score.pairs import PAIR_SIZE, PARTY_SIZE
from indicia.read.claims.score.windows import ABOUT, OUTSIDE

__all__ = ["export"]

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
        inputs = [
            x, self.weight(f"{output}.weight", whole.T), self.weight(f"{output}.scale", scale),
            self.weight(f"{output}.zero", np.zeros(len(scale), dtype=np.int8)), self.weight(f"{output}.bias", linear.bias.detach().numpy()),
        ]  # fmt: skip
        return self.node("DynamicQuantizeMatMul", inputs, output, OURS)

    def layer(self, x: str, layer: Layer, name: str) -> str:
        parts = self.product(x, layer.inward, f"{name}.inward")
        thirds = [f"{name}.{part}" for part in ("query", "key", "value")]
        self.nodes.append(helper.make_node("Split", [parts], thirds, name=f"{name}.split", axis=2, num_outputs=3))
        seen = self.node("MultiHeadAttention", thirds, f"{name}.seen", OURS, num_heads=ATTENTION)
        x = self.norm(
            self.node("Add", [x, self.product(seen, layer.outward, f"{name}.outward")], f"{name}.sum"),
            layer.norm,
            f"{name}.norm",
        )
        inner = self.node("Gelu", [self.product(x, layer.widen, f"{name}.widen")], f"{name}.gelu", OURS)
        last = self.node("Add", [x, self.product(inner, layer.narrow, f"{name}.narrow")], f"{name}.last")
        return self.norm(last, layer.last_norm, f"{name}.last_norm")


def export(model: Judge, folder: Path) -> None:
    """front.onnx (a window with one party marked), upper.onnx (its layers), heads.onnx (probabilities, and scores of who speaks)."""
    model.eval()
    graph = Graph()
    axis = graph.weight("axis", np.array([0], dtype=np.int64))
    x = graph.node("Unsqueeze", ["given", axis], "batch")
    for number, layer in enumerate(model.layers):
        assert isinstance(layer, Layer)
        x = graph.layer(x, layer, f"layer{number}")
    graph.node("Squeeze", [x, axis], "after")
    ends = [[helper.make_tensor_value_info(name, TensorProto.FLOAT, ["tokens", WIDTH])] for name in ("given", "after")]
    made = helper.make_graph(graph.nodes, "layers", ends[0], ends[1], graph.weights)
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(OURS, 1)]
    onnx.save(helper.make_model(made, opset_imports=opsets, ir_version=9), str(folder / "upper.onnx"))
    t, n = torch.export.Dim("tokens", min=2, max=512), torch.export.Dim("n", min=1, max=64)
    pool, marked = (torch.rand(6, 40), {0: n, 1: t}), (torch.zeros(40), {0: t})
    front = {
        "hidden": (torch.randn(40, WIDTH), {0: t}), "segments": (torch.zeros(40, dtype=torch.long), {0: t}), "pool": pool,
        "party": (torch.zeros(6, PARTY_SIZE), {0: n}), "marked": marked, "about": (torch.zeros(1, ABOUT + PAIR_SIZE + 1), {}),
    }  # fmt: skip
    _trace(_Front(model), front, ["given"], folder / "front.onnx")
    heads = {
        "after": (torch.randn(40 + 1 + OUTSIDE, WIDTH), {0: t + 1 + OUTSIDE}), "pool": pool, "marked": marked, "own": marked,
        "pair": (torch.zeros(6 + OUTSIDE, PAIR_SIZE), {0: n + OUTSIDE}),
    }  # fmt: skip
    _trace(_Heads(model), heads, [*ANSWERS, "source"], folder / "heads.onnx")


class _Front(nn.Module):
    """What the layers get of one window."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.judge = judge

    def forward(
        self,
        hidden: torch.Tensor,
        segments: torch.Tensor,
        pool: torch.Tensor,
        party: torch.Tensor,
        marked: torch.Tensor,
        about: torch.Tensor,
    ) -> torch.Tensor:
        judge = self.judge
        x = hidden + judge.seg(segments) + (pool > 0).float().transpose(0, 1) @ judge.party(party)
        x = x + (marked > 0).float()[:, None] * judge.role
        return torch.cat([judge.special[:1] + judge.about(about), judge.special[1:], x], 0)


class _Heads(nn.Module):
    """Answers from what the layers give."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.judge = judge

    def forward(
        self, after: torch.Tensor, pool: torch.Tensor, marked: torch.Tensor, own: torch.Tensor, pair: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        judge = self.judge
        outside, tokens = after[1 : 1 + OUTSIDE], after[1 + OUTSIDE :]
        z = torch.relu(judge.z(torch.cat([after[:1], marked[None] @ tokens, own[None] @ tokens], 1)))
        scores = judge.speakers(torch.cat([pool @ tokens, outside], 0), z[0], pair)
        return (*(torch.softmax(judge.heads[name](z), 1)[0] for name in ANSWERS), scores)


def _trace(module: nn.Module, inputs: dict[str, tuple[torch.Tensor, dict[int, Any]]], outputs: list[str], file: Path) -> None:
    program = torch.onnx.export(
        module.eval(), tuple(value for value, _ in inputs.values()), dynamo=True, input_names=list(inputs), output_names=outputs,
        dynamic_shapes=tuple(shape for _, shape in inputs.values()),
    )  # fmt: skip
    program.save(str(file), include_initializers=True, external_data=False)
