"""The newest official files from their publishers, when the user asks for it: each into a file that `update` takes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from indicia.errors import FormatError, IndiciaError, InputError
from indicia.fetching import Fetcher, place_of
from indicia.knowledge.attack_bundle import MAX_BYTES
from indicia.knowledge.updating import Kind, kind_of
from indicia.writing import write_atomically

__all__ = ["PUBLISHERS", "addresses", "fetched"]

PUBLISHERS = Path(__file__).with_name("publishers.toml")
_SECONDS = 900.0  # for one file: a release of ATT&CK has some 50 MB


def addresses(path: Path = PUBLISHERS) -> dict[Kind, str]:
    """Where each kind of file lies. Raises: InputError, FormatError (no such kind, or no address)."""
    try:
        rows = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except ValueError as error:
        raise FormatError(f"no TOML: {error}", where=str(path)) from error
    kinds = {kind.value: kind for kind in Kind}
    for kind, url in rows.items():
        if kind not in kinds or not isinstance(url, str) or not place_of(url):
            hint = "one line each: " + ", ".join(f'"{name}" = "https://…"' for name in kinds)
            raise FormatError(f"not a kind of file with its address: {kind!r}", where=str(path), hint=hint)
    return {kinds[kind]: url for kind, url in rows.items()}


def fetched(folder: Path, wanted: Mapping[Kind, str], *, private: bool = False) -> tuple[list[Path], list[IndiciaError]]:
    """The files, laid into `folder`, and why others could not be had: one that fails costs itself alone. What comes has to be
    what its address promises. Only the hosts of `wanted` are asked; `private` says that the own network is meant."""
    fetcher = Fetcher(frozenset(map(place_of, wanted.values())), private=private, largest=MAX_BYTES, seconds=_SECONDS)
    files: list[Path] = []
    failed: list[IndiciaError] = []
    for number, (kind, url) in enumerate(wanted.items()):
        path = folder / f"{number}.json"
        try:
            if (found := fetcher.get(url)) is None:
                continue
            write_atomically(path, found.data)
            if (other := kind_of(path)) is not kind:
                raise FormatError(f"is no {kind.value}, but {other.value}", where=url)
        except IndiciaError as error:
            failed.append(error)
        else:
            files.append(path)
    return files, failed
