"""Reports of publishers with answers that they give themselves, read from clones of their public repositories.

Nothing of them lies here: `SOURCES` points to repositories, commits and paths. A folder of the user's holds the clones (with or
without a work tree), named `owner+name`; the git directory may be `owner+name/repo` as well. What a clone lacks is left out.
Which publishers are developed on and which only measured was settled before any error was looked at.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

__all__ = ["SOURCES", "WHOLE_LISTS", "Clone", "Source", "clone_of", "clones_for", "part_of"]


class Source(NamedTuple):
    """Where one publisher's reports lie. `part` is `development`, `measured`, or `halves`: by the path's CRC-32, odd ones
    measured."""

    publisher: str
    repository: str
    commit: str
    paths: tuple[str, ...]
    part: str


SOURCES = (
    Source(
        "FBI/NSA/CISA",
        "BSafes-Publications/BSafes-Publications.github.io",
        "bf8677a2328f00cabac7a20edabaa01ed6557709",
        ("docs/fbi/*.md", "docs/nsa/*.md", "docs/cisa/*.md", "docs/treasury/*.md", "docs/state/*.md"),
        "development",
    ),
    Source(
        "Unit 42",
        "PaloAltoNetworks/Unit42-timely-threat-intel",
        "f4b409dcf438f99bba00ae4ae56a31a73663adc6",
        ("20*",),
        "development",
    ),
    Source("ESET", "eset/malware-ioc", "f9c1102417f469167bcb40f24e14badeeaf9dc70", ("*/README.adoc",), "measured"),
    Source("avast", "avast/ioc", "e385a6358edfd0d107b3bb53b384aa2926af22e1", ("*/README.md",), "measured"),
    Source(
        "StrangerealIntel",
        "StrangerealIntel/CyberThreatIntel",
        "08c96e4ce8577a89b63a3905849e7ecaab9c520d",
        ("*.md",),
        "halves",
    ),
    Source(
        "Hunters Ledger",
        "PixelatedContinuum/Threat-Intel-Reports",
        "79773991643e60d72d35a364c873a0cbde8919b3",
        ("reports/*.md",),
        "halves",
    ),
)


# Publishers whose own list beside a report holds all that they call an indicator, so that any other name or hash is wrong.
WHOLE_LISTS = frozenset(("Hunters Ledger",))


class Clone:
    """The files of one commit of a clone, read through git."""

    def __init__(self, folder: Path, commit: str) -> None:
        self.folder = folder
        listing = subprocess.run(
            ["git", "-C", str(folder), "ls-tree", "-rz", commit], capture_output=True, check=True
        ).stdout.split(b"\0")
        self._blobs: dict[str, str] = {}
        for entry in filter(None, listing):
            meta, _, name = entry.partition(b"\t")
            self._blobs[name.decode("utf-8", "replace")] = meta.split()[2].decode()

    def paths(self, *patterns: str) -> list[str]:
        return sorted(path for path in self._blobs if any(fnmatch(path, pattern) for pattern in patterns))

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None where the clone lacks them."""
        done = subprocess.run(
            ["git", "-C", str(self.folder), "cat-file", "blob", self._blobs[path]], capture_output=True, check=False
        )
        return done.stdout if done.returncode == 0 else None

    def beside(self, path: str) -> Iterator[str]:
        """The paths of the same folder and below."""
        folder = path.rpartition("/")[0] + "/"
        return (other for other in self._blobs if other.startswith(folder) and other != path)


def clones_for(name: str) -> Path | None:
    """The folder of clones that INDICIA_REPORTS names; where there is none, a line says that the evaluation is left out."""
    folder = Path(os.environ.get("INDICIA_REPORTS", ""))
    if folder != Path() and folder.is_dir():
        return folder
    print(f"{name}: skipped=1 (set INDICIA_REPORTS to a folder of clones; see evals/reports.py)")
    return None


def clone_of(folder: Path, source: Source) -> Clone | None:
    """The clone of a source in `folder`, or None."""
    base = folder / source.repository.replace("/", "+")
    for at in (base, base / "repo"):
        if (at / ".git").exists() or (at / "HEAD").exists():
            try:
                return Clone(at, source.commit)
            except subprocess.CalledProcessError:
                return None
    return None


def part_of(source: Source, path: str) -> str:
    """`development` or `measured`."""
    if source.part != "halves":
        return source.part
    return "measured" if crc32(path.encode()) % 2 else "development"
