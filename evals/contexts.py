"""How sentences of ours speak of a technique (stated, negated, hypothetical, recommended), against what we meant by them.

evals/data/contexts.tsv was written before the cues were extended, contexts-measured.tsv after; both have been looked at since.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from indicia.read.fronts import document_from_text
from indicia.read.techniques.contexts import SectionContext, context_of, passages

__all__ = ["FILES", "as_meant", "sentences"]

FILES = tuple(Path(__file__).parent / "data" / name for name in ("contexts.tsv", "contexts-measured.tsv"))


def sentences(path: Path) -> Iterator[tuple[str, str]]:
    """(context, sentence)"""
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            context, _, text = line.partition("\t")
            yield context, text


def as_meant(context: str, text: str) -> bool:
    """Whether the sentence is read as it was meant. Where a cue governs only a clause, the rest of the sentence is stated."""
    (passage,) = passages(document_from_text(text, name="eval"))
    got, _, rest = context_of(text, SectionContext().read(text, passage.kind))
    return got.value == context or (context == "stated" and rest != "")
