"""Bytes flipped in a case file, what is told: `python -m bench.damage [--rounds N]`; last line `bench.damage: key=value ...`.

Each round takes a whole case file, flips one to sixteen bits at random places (a fixed seed) and reads all of it as the
commands do: the case, its history, its columns, a search, what is shared. `refused` rounds end with a sentence, `same` ones
read as before (the bytes were in free pages or indexes), `altered` ones read otherwise and nobody can tell (a letter in a
text: SQLite keeps no checksums). A `fault` is anything else, and is the only failure.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path

from indicia.case import open_store
from indicia.errors import IndiciaError
from indicia.knowledge import load
from indicia.pipeline import as_left
from indicia.share import pieces
from tests.sample_case import big_case, keep


def read_all(path: Path) -> str:
    """A digest of everything that the commands read. Raises: IndiciaError."""
    digest = hashlib.sha256()
    with open_store(path) as store:
        case = store.load()
        parts = [case, store.runs(), store.changes(), store.judgements(), store.columns().pack(), store.search("microsoft")]
        parts += [store.count("exch01"), store.sightings(limit=20), store.versions(case.claims[0].id if case.claims else "x")]
        for part in parts:
            digest.update(repr(part).encode("utf-8", "surrogatepass"))
        for form in ("md", "csv", "stix"):
            digest.update(b"".join(pieces(as_left(case, load()), form, load())))
    return digest.hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("-v", "--verbose", action="store_true", help="say what each refusal says")
    options = parser.parse_args()
    chance, counts = random.Random(17), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="indicia-damage-") as name:
        whole, damaged = Path(name) / "whole.indicia", Path(name) / "damaged.indicia"
        with open_store(whole) as store:
            keep(store, big_case(claims=40, sightings=200), author="bench", time="2026-11-24T12:00:00Z", what="made up")
            keep(store, big_case(claims=41, sightings=201), author="bench", time="2026-11-24T13:00:00Z", what="changed")
        expected, data = read_all(whole), whole.read_bytes()
        for number in range(options.rounds):
            flipped = bytearray(data)
            # Every fourth in the first page, which says what the file is.
            for _ in range(chance.randint(1, 16)):
                flipped[chance.randrange(4096 if number % 4 == 0 else len(data))] ^= 1 << chance.randrange(8)
            for path in damaged.parent.glob("damaged.indicia*"):
                path.unlink()
            damaged.write_bytes(flipped)
            try:
                counts["same" if read_all(damaged) == expected else "altered"] += 1
            except IndiciaError as error:
                counts["refused"] += 1
                if options.verbose:
                    print(f"round {number}: {error}", flush=True)
            except Exception:
                counts["fault"] += 1
                print(f"round {number}: FAULT", traceback.format_exc(limit=-3), flush=True)
    told = " ".join(f"{word}={counts[word]}" for word in ("refused", "same", "altered", "fault"))
    print(f"bench.damage: rounds={options.rounds} {told}")
    return 1 if counts["fault"] else 0


if __name__ == "__main__":
    sys.exit(main())
