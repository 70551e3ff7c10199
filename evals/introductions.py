"""Names that no table holds, in sentences that introduce them, and decoys that introduce none.

The sentences in evals/data/names are ours and were written before any of them was run. Odd ones are for development; the even
ones are the measured half.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from evals.marked import Marked, unmark
from indicia.knowledge import Knowledge
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.records import Mention, MentionKind

__all__ = ["Named", "ambiguous", "halves", "said", "tally"]

DATA = Path(__file__).parent / "data" / "names" / "introductions.txt"
Named = tuple[str, int, int]


def halves() -> tuple[list[Marked], list[Marked]]:
    """The development half and the measured half."""
    texts = _texts(DATA)
    return texts[::2], texts[1::2]


def ambiguous() -> list[Marked]:
    """Sentences with names that are words, or that a group and its software share; all for development."""
    return _texts(DATA.with_name("ambiguous.txt"))


def _texts(path: Path) -> list[Marked]:
    return [unmark(line) for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def said(mention: Mention) -> str:
    """What a mention is said to name: actor, malware, campaign; empty for what is not compared."""
    if mention.kind in {MentionKind.ACTOR, MentionKind.CAMPAIGN}:
        return str(mention.kind.value)
    return "malware" if mention.kind is MentionKind.SOFTWARE and mention.type == "malware" else ""


def tally(texts: Iterable[Marked], knowledge: Knowledge) -> tuple[Counter[str], list[str]]:
    """Exact spans with the right kind; spans alone; how many of the texts without a name had an answer; and what was wrong."""
    total: Counter[str] = Counter()
    wrong = []
    for text, wanted in texts:
        want = {(one.type, one.start, one.end) for one in wanted}
        found = find_names(document_from_text(text, name="eval"), knowledge)
        got = {(said(m), m.span.start, m.span.end) for m in found if said(m)}
        total.update(right=len(got & want), got=len(got), want=len(want))
        total["right_span"] += len({one[1:] for one in got} & {one[1:] for one in want})
        if not want:
            total.update(decoys=1, fooled=bool(got))
        missed = [f"missed {kind} {text[s:e]!r}" for kind, s, e in sorted(want - got)]
        extra = [f"wrong {kind} {text[s:e]!r}" for kind, s, e in sorted(got - want)]
        wrong += [f"{', '.join(missed + extra)}: {text}"] if missed or extra else []
    return total, wrong
