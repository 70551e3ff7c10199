"""Trains the encoder of techniques: four layers of a MiniLM, with each fold's reports left out, then on all.

    python -m scripts.train_techniques_encoder --minilm FOLDER --held held         what the folds' encoders say, for train_techniques
    python -m scripts.train_techniques_encoder --minilm FOLDER --held held --folds -o src/indicia/read/techniques/model   what ships

Needs torch, transformers, onnx and onnxscript beside the project's own dependencies and those of scripts/train_techniques.py; none
of them is needed at run time. It starts from all-MiniLM-L6-v2 (Apache-2.0), whose weights are checked against the published
sha256 first. About ten minutes of one core for the first step, which all folds share and which stays in the folder of `--held`, and
six for each fold.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from scripts.techniques import encoder
from scripts.techniques.data import FOLDS, gather
from scripts.techniques.held import texts_of, write_held
from scripts.train_techniques import SHARED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--minilm",
        type=Path,
        required=True,
        help="folder with all-MiniLM-L6-v2's model.safetensors, config.json, tokenizer.json",
    )
    parser.add_argument(
        "--held", type=Path, required=True, help="the folder for the first step and what the folds' encoders say"
    )
    parser.add_argument("--folds", type=int, nargs="*", default=list(range(FOLDS)))
    parser.add_argument(
        "--without-cited", action="store_true", help="leave out the procedure examples that cite a marked report"
    )
    parser.add_argument("-o", "--output", type=Path, help="the folder for the encoder that is trained on all")
    options = parser.parse_args()
    torch.set_num_threads(1)
    texts = gather(SHARED, without_cited=options.without_cited)
    tokenizer = encoder.tokenizer_of(options.minilm)
    options.held.mkdir(parents=True, exist_ok=True)
    first = options.held / "first.pt"
    if not first.exists():
        torch.save(encoder.first_step(texts, options.minilm, tokenizer), first)
    taught = torch.load(first, weights_only=False)
    for fold in options.folds:
        model = encoder.second_step(taught, texts, tokenizer, fold)
        sentences, passages = (encoder.shares(model, tokenizer, part) for part in texts_of(texts, fold))
        write_held(options.held, texts, fold, sentences, passages)
    if options.output:
        encoder.export(encoder.second_step(taught, texts, tokenizer, None), options.output / "encoder.onnx")


if __name__ == "__main__":
    main()
