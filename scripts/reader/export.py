"""Writes a taught network as the files that the package runs: `python -m scripts.reader.export MODEL -o FOLDER`.

Weights of the encoder's layers are stored as 8-bit integers, one scale for each BLOCK of them, and are multiplied by activations that
are rounded in blocks too: with one scale for all activations of a layer, as in dynamic quantisation, a few large ones drown the
rest (cosine to the exact result .88; in blocks .9998). The encoder is cut into files below fifty megabytes.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from torch import nn

from indicia.read.claims.network import FIELDS
from scripts.reader.network import WIDTH, Encoder, Reader

CUTS = ((0, 4), (4, 8), (8, 12))  # layers of a file; the words stand in a file before them
BLOCK = 64  # weights, and activations, that share a scale


class Words(nn.Module):
    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, ids: torch.Tensor, shapes: torch.Tensor, zones: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.reader.embedded(ids, shapes, zones), self.reader.enc.bias(ids.shape[1])


class Layers(nn.Module):
    def __init__(self, reader: Reader, first: int, last: int) -> None:
        super().__init__()
        self.layers = reader.enc.layers[first:last]

    def forward(self, hidden: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return hidden


class Spans(nn.Module):
    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        tags = self.reader.tags(hidden)
        return self.reader.spans(hidden), tags.view(tags.shape[0], -1, 2)


class Pairs(nn.Module):
    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(
        self,
        hidden: torch.Tensor,
        accused: torch.Tensor,
        speakers: torch.Tensor,
        sentences: torch.Tensor,
        at: torch.Tensor,
        distance: torch.Tensor,
        where: torch.Tensor,
        accused_distance: torch.Tensor,
        speakers_distance: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        net = self.reader
        said = net.sentences(hidden, sentences)
        named, talking = net.parties(hidden, 0, accused), net.parties(hidden, 1, speakers)
        anchors = torch.cat([named, said], 0)
        z = net.pairs(hidden, anchors, said[at], torch.cat([talking, net.unnamed[None]], 0), distance, where)
        fields = torch.cat([net.fields[name](z) for name in FIELDS], 2)
        leads = net.led(0, named, named, accused_distance), net.led(1, talking, talking, speakers_distance)
        return net.stance(z), fields, *leads, net.facts(said)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.json of all-mpnet-base-v2")
    options = parser.parse_args(arguments)
    reader = Reader(Encoder())
    reader.load_state_dict(torch.load(options.model)["mean"])
    export(reader.eval(), options.out)
    shutil.copyfile(options.tokenizer, options.out / "tokenizer.json")
    return 0


def export(reader: Reader, folder: Path) -> None:
    """All files of the network, in `folder`."""
    logging.getLogger("onnxruntime").setLevel(logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    t, a, s, n = 40, 3, 2, 4
    ids = torch.randint(5, 3000, (1, t))
    small = torch.zeros(1, t, dtype=torch.long)
    hidden, bias = torch.randn(1, t, WIDTH), reader.enc.bias(t)
    spans = torch.tensor([[k, k + 2] for k in range(a)])
    tokens = torch.export.Dim("tokens", min=2, max=512)
    _written(Words(reader), (ids, small, small), ("ids", "shapes", "zones"), [{1: tokens}] * 3, folder / "encoder-0.onnx")
    for number, (first, last) in enumerate(CUTS, 1):
        shapes = [{1: tokens}, {2: tokens, 3: tokens}]
        _written(Layers(reader, first, last), (hidden, bias), ("hidden", "bias"), shapes, folder / f"encoder-{number}.onnx")
    _written(Spans(reader), (hidden[0],), ("hidden",), [{0: tokens}], folder / "spans.onnx")
    accused, speakers, own = (torch.export.Dim(name, min=1, max=256) for name in ("accused", "speakers", "sentences"))
    anchors, voices = torch.export.Dim("anchors", min=1, max=512), torch.export.Dim("voices", min=1, max=257)
    _written(
        Pairs(reader),
        (
            hidden[0], spans, spans[:s], torch.tensor([[k * 10, k * 10 + 9] for k in range(n)]), torch.zeros(a + n, dtype=torch.long),
            torch.zeros(a + n, s + 1, dtype=torch.long), torch.zeros(a + n, s + 1, dtype=torch.long),
            torch.zeros(a, a, dtype=torch.long), torch.zeros(s, s, dtype=torch.long),
        ),
        ("hidden", "accused", "speakers", "sentences", "at", "distance", "where", "accused_distance", "speakers_distance"),
        [{0: tokens}, {0: accused}, {0: speakers}, {0: own}, {0: anchors}, {0: anchors, 1: voices}, {0: anchors, 1: voices},
         {0: accused, 1: accused}, {0: speakers, 1: speakers}],
        folder / "pairs.onnx",
    )  # fmt: skip


def _written(
    module: nn.Module,
    example: tuple[torch.Tensor, ...],
    names: tuple[str, ...],
    shapes: list[dict[int, object]],
    file: Path,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            module.eval(),
            example,
            str(plain),
            input_names=list(names),
            dynamic_shapes=tuple(shapes),
            dynamo=True,
            external_data=False,
        )
        if isinstance(module, Words):
            quantize_dynamic(
                str(plain), str(file), per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["Gather"]
            )
        else:
            stored = MatMulNBitsQuantizer(onnx.load(plain), block_size=BLOCK, is_symmetric=True, bits=8, accuracy_level=4)
            stored.process()
            stored.model.save_model_to_file(str(file), False)
    _without_traces(file)
    print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB")


def _without_traces(file: Path) -> None:
    """Takes out what the exporter notes of where it ran."""
    model = onnx.load(file)
    graphs = [model.graph]
    for part in (model, *graphs, *model.functions, *model.graph.node, *(node for one in model.functions for node in one.node)):
        part.doc_string = ""
        if hasattr(part, "metadata_props"):
            del part.metadata_props[:]
    for value in (*model.graph.input, *model.graph.output, *model.graph.value_info, *model.graph.initializer):
        value.doc_string = ""
        if hasattr(value, "metadata_props"):
            del value.metadata_props[:]
    onnx.save(model, file)


if __name__ == "__main__":
    raise SystemExit(main())
