"""Compares what two Pythons make of the bundled example: every format of the brief and of `share`, and the published schemas.

    python scripts/same_bytes.py PYTHON OTHER     (both with what requirements/run.txt lists; `make same-bytes` sees to that)

Ends with 1 at the first difference it can name. Each run has its own seed of hashes, so the order of sets may not matter either.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = "examples/exchange-2021"
FORMATS = "stix misp navigator csv md html pdf json timesketch".split()
SCHEMAS = "from indicia.share.stix.schema import schema_text as t; print(t('claim'), t('case'), sep='\\n')"


def make(python: str, out: Path, seed: str) -> None:
    """Writes all exports of the example into `out`."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": seed, "INDICIA_CACHE": str(out / "cache")}

    def run(*words: str) -> bytes:
        return subprocess.run([python, *words], cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE).stdout

    brief = out / "made" / "brief"
    run("-m", "indicia", "brief", f"{EXAMPLE}/texts", "--logs", f"{EXAMPLE}/logs", "-q", "-o", str(brief))
    for form in FORMATS:
        run("-m", "indicia", "share", str(brief), "--as", form, "-q", "-o", str(out / "made" / f"share.{form}"))
    (out / "made" / "schemas.jsonl").write_bytes(run("-c", SCHEMAS))


def difference(one: Path, other: Path) -> str:
    """Where two files differ: the path in the JSON, else the line."""
    a, b = one.read_bytes(), other.read_bytes()
    if one.suffix in {".json", ".stix", ".misp", ".navigator"}:
        return _in_json(json.loads(a), json.loads(b), "") or "the order of keys"
    rows = zip(a.splitlines(), b.splitlines(), strict=False)
    return next((f"line {n}: {x[:120]!r} | {y[:120]!r}" for n, (x, y) in enumerate(rows, 1) if x != y), "one is longer")


def _in_json(a: Any, b: Any, path: str) -> str:
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return next((said for key in a if (said := _in_json(a[key], b[key], f"{path}/{key}"))), "")
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return next((said for n, (x, y) in enumerate(zip(a, b, strict=True)) if (said := _in_json(x, y, f"{path}/{n}"))), "")
    return "" if a == b else f"{path}: {str(a)[:120]} | {str(b)[:120]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", nargs=2, metavar="PYTHON")
    with tempfile.TemporaryDirectory() as folder:
        sides = []
        for seed, python in enumerate(parser.parse_args().pythons):
            made = Path(folder, str(seed))
            make(python, made, str(seed))
            sides.append({str(path.relative_to(made)): path for path in sorted((made / "made").rglob("*")) if path.is_file()})
        one, other = sides
        for name in sorted(one.keys() ^ other.keys()):
            print(f"{name}: made by one of them only")
        differing = [name for name in sorted(one.keys() & other.keys()) if one[name].read_bytes() != other[name].read_bytes()]
        for name in differing:
            print(f"{name}: {difference(one[name], other[name])}")
        same = len(one.keys() & other.keys()) - len(differing)
        print(f"{same} files have the same bytes on both, {len(differing)} differ")
        return bool(differing or one.keys() != other.keys())


if __name__ == "__main__":
    sys.exit(main())
