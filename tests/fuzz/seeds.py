"""What the fuzzer begins with: the kept corpus, the bundled example, and real files of others where they are at hand."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.shared import ROOT

__all__ = ["CORPUS", "Real", "seeds"]

CORPUS = Path(__file__).parent / "corpus"
OURS = Path(__file__).parents[2]
LARGEST = 1 << 14  # bytes of a text: longer ones are cut at a line, their lists of JSON shortened
BINARY = 80 << 10  # bytes of what cannot be cut
FEW = 60  # files of one pattern, spread over all of them


class Real(NamedTuple):
    """Files of others (in the shared data) or of the example (`ours`) as seeds: `hint` is what the target is told of them."""

    pattern: str
    hint: str
    ours: bool = False


def seeds(kept: str, real: Sequence[Real]) -> list[tuple[str, bytes]]:
    """Name and bytes of the files in the corpus that match, and of real files; those of others only where they are."""
    found = [(file.name, file.read_bytes()) for file in sorted(CORPUS.glob(kept))]
    for one in real:
        files = sorted((OURS if one.ours else ROOT).glob(one.pattern))
        for file in files[:: max(1, len(files) // FEW)]:
            found += [(f"real-{one.hint}{file.suffix}", data) for data in _short(file)]
    return found


def _short(file: Path) -> Iterator[bytes]:
    if file.suffix == ".evtx":
        if file.stat().st_size <= BINARY:
            yield file.read_bytes()
        return
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    if len(data) >= LARGEST and data[:1] in (b"{", b"["):
        with contextlib.suppress(ValueError):
            yield _shortened(json.loads(data))
            return
    yield data if len(data) < LARGEST else data[: data.rfind(b"\n", 0, LARGEST) + 1 or LARGEST]


def _shortened(value: Any) -> bytes:
    """JSON with few items in its lists, one of each type."""
    return next((short for most in (12, 4, 2) if len(short := json.dumps(_few(value, most)).encode()) <= 4 * LARGEST), b"{}")


def _few(value: Any, most: int) -> Any:
    if isinstance(value, dict):
        return {key: _few(inner, most) for key, inner in list(value.items())[:50]}
    if isinstance(value, list):
        by_kind: dict[str, Any] = {}
        for number, inner in enumerate(value):
            kind = str(inner.get("type", number)) if isinstance(inner, dict) else str(number)
            if len(by_kind) < most:
                by_kind.setdefault(kind, inner)
        return [_few(inner, most) for inner in by_kind.values()]
    return value[:2000] if isinstance(value, str) else value
