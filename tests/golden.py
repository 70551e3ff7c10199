"""Golden files: what an output was when a person last looked at it. `INDICIA_GOLDEN=write` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["check"]

FOLDER = Path(__file__).parent / "golden"


def check(name: str, made: bytes) -> None:
    """Fails where `made` differs from `tests/golden/NAME`, at the first line that does."""
    path = FOLDER / name
    if os.environ.get("INDICIA_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made)
        return
    assert path.is_file(), f"no golden file {name}: run `make golden` and look at it"
    kept = path.read_bytes()
    if made != kept:
        pairs = zip(made.decode().splitlines(), kept.decode().splitlines(), strict=False)
        at, (new, old) = next(
            ((n, pair) for n, pair in enumerate(pairs, 1) if pair[0] != pair[1]), (0, ("more lines", "fewer lines"))
        )
        raise AssertionError(f"{name}:{at} differs\n  was  {old[:300]}\n  is   {new[:300]}\nrun `make golden` if that is right")
