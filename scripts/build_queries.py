"""Converts the rules that come with the program to queries: src/indicia/advise/data/queries.json.

python scripts/build_queries.py      run it after a change of a rule; a test says when it was forgotten
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from indicia.advise.hunts import convert, key_of, packed

OUT = Path(__file__).parent.parent / "src" / "indicia" / "advise" / "data" / "queries.json"


def main() -> None:
    rows = {key_of(text): convert(text) for text in packed().values()}
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(rows, order="deterministic"), indent=1) + b"\n")
    print(f"{len(rows)} rules in {OUT.name}")


if __name__ == "__main__":
    main()
