"""The trained judge as ONNX files: what marks a window, its layers node by node, the heads as torch exports them.

`onnx_graph` makes the layers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from judge_network import WIDTH, Judge
from onnx import TensorProto, helper, numpy_helper
from onnx_graph import Graph
from torch import nn

from indicia.read.claims.score.judge import ANSWERS
from indicia.read.claims.score.pairs import PAIR_SIZE, PARTY_SIZE
from indicia.read.claims.score.windows import ABOUT, OUTSIDE

__all__ = ["export"]

SMALL = 10_000  # weights that stay in 32 bits


def export(model: Judge, folder: Path) -> None:
    """front.onnx (a window and its questions), upper.onnx (the layers), heads.onnx (probabilities, and scores of who speaks)."""
    model.eval()
    graph = Graph()
    axis = graph.weight("axis", np.array([0], dtype=np.int64))
    x = graph.node("Unsqueeze", ["given", axis], "batch")
    for number, layer in enumerate(model.layers):
        x = graph.layer(x, layer, f"layer{number}", "sight")
    graph.node("Squeeze", [x, axis], "after")
    given = helper.make_tensor_value_info("given", TensorProto.FLOAT, ["n", WIDTH])
    sight = helper.make_tensor_value_info("sight", TensorProto.FLOAT, [1, 1, "n", "n"])
    graph.save([given, sight], "after", folder / "upper.onnx")
    t, n, q = (
        torch.export.Dim("tokens", min=2, max=512),
        torch.export.Dim("n", min=1, max=64),
        torch.export.Dim("q", min=1, max=64),
    )
    pool, asked = (torch.rand(6, 40), {0: n, 1: t}), (torch.rand(5, 6), {0: q, 1: n})
    pair = (torch.zeros(5, 6 + OUTSIDE, PAIR_SIZE), {0: q, 1: n + OUTSIDE})
    front = {
        "hidden": (torch.randn(40, WIDTH), {0: t}), "segments": (torch.zeros(40, dtype=torch.long), {0: t}), "pool": pool,
        "party": (torch.zeros(6, PARTY_SIZE), {0: n}), "about": (torch.zeros(1, ABOUT), {}), "asked": asked, "pair": pair,
    }  # fmt: skip
    _trace(_Front(model), front, ["given"], folder / "front.onnx")
    heads = {
        "outside": (torch.randn(OUTSIDE, WIDTH), {}), "tokens": (torch.randn(40, WIDTH), {0: t}), "questions": (torch.randn(5, WIDTH), {0: q}),
        "pool": pool, "own": (torch.ones(40), {0: t}), "asked": asked, "pair": pair,
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
        about: torch.Tensor,
        asked: torch.Tensor,
        pair: torch.Tensor,
    ) -> torch.Tensor:
        return self.judge.front(*(one[None] for one in (hidden, segments, pool, party)), about, asked[None], pair[None])[0]


class _Heads(nn.Module):
    """Answers from what the layers give."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.judge = judge

    def forward(
        self,
        outside: torch.Tensor,
        tokens: torch.Tensor,
        questions: torch.Tensor,
        pool: torch.Tensor,
        own: torch.Tensor,
        asked: torch.Tensor,
        pair: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        answers, scores = self.judge.answers(*(one[None] for one in (outside, tokens, questions, pool, own, asked, pair)))
        return (*(torch.softmax(answers[name][0], 1) for name in ANSWERS), scores[0])


def _trace(module: nn.Module, inputs: dict[str, tuple[torch.Tensor, dict[int, Any]]], outputs: list[str], file: Path) -> None:
    program = torch.onnx.export(
        module.eval(), tuple(value for value, _ in inputs.values()), dynamo=True, input_names=list(inputs), output_names=outputs,
        dynamic_shapes=tuple(shape for _, shape in inputs.values()),
    )  # fmt: skip
    program.save(str(file), include_initializers=True, external_data=False)
    _halve(file)


def _halve(file: Path) -> None:
    """Lets large weights lie in 16 bits; they are widened when the file is opened."""
    model = onnx.load(str(file))
    for place, weight in enumerate(model.graph.initializer):
        value = numpy_helper.to_array(weight)
        if value.dtype == np.float32 and value.size > SMALL:
            half = numpy_helper.from_array(value.astype(np.float16), weight.name)
            wide = f"{weight.name}.wide"
            for node in model.graph.node:
                node.input[:] = [wide if name == weight.name else name for name in node.input]
            model.graph.initializer[place].CopyFrom(half)
            model.graph.node.insert(0, helper.make_node("Cast", [weight.name], [wide], to=TensorProto.FLOAT))
    onnx.save(model, str(file))
