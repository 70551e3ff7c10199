"""Which files hold the rules: those of our own pack, and those in folders of others."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from indicia.errors import InputError
from indicia.hunt.rules import cache
from indicia.hunt.rules.stix import is_bundle
from indicia.records import Problem, Severity
from indicia.walking import kind_of, open_file, reason_of, told_path

PACK = Path(__file__).parent / "pack"
SUFFIXES = (".yml", ".yaml")
LARGEST = 4 << 20  # bytes of one rule file
SETTLED = 2.0  # seconds

RuleFile = tuple[str, str, os.stat_result]  # what it is told by, its path, its status


def rule_files(paths: Sequence[Path], builtin: bool) -> Iterator[RuleFile | Problem]:
    """Each rule file once, with the name that it is told by: the path as given, or one below the package for ours.

    What can be no rule file, as a pipe or a link that leads nowhere, is a problem.
    """
    seen: set[tuple[int, int]] = set()
    for top in ((PACK,) if builtin and PACK.is_dir() else ()) + tuple(paths):
        if not top.exists():
            raise InputError("no such file or folder of rules", where=told_path(top))
        problems: list[Problem] = []
        for name in sorted(_below(str(top), problems)) if top.is_dir() else [str(top)]:
            try:
                status = os.stat(name)  # noqa: PTH116 (thousands of files: a Path for each costs more than reading it)
            except OSError as error:
                problems.append(_passed(name, f"cannot be read: {reason_of(error)}"))
                continue
            if not stat.S_ISREG(status.st_mode):
                problems.append(_passed(name, f"is {kind_of(status.st_mode)}, not a file of rules"))
                continue
            identity = (status.st_dev, status.st_ino)
            if identity not in seen:
                seen.add(identity)
                yield (f"indicia/{Path(name).name}" if top == PACK else told_path(name)), name, status
        yield from problems


def bundles_among(paths: Iterable[Path]) -> list[Path]:
    """Those of some files that are STIX bundles: their patterns on conduct are rules."""
    found = []
    for path in paths:
        try:
            if path.is_file():
                with open_file(path) as stream:
                    if is_bundle(stream.read(1 << 16)):
                        found.append(path)
        except OSError:
            continue  # told by whoever reads it
    return found


def _passed(name: str, what: str) -> Problem:
    return Problem(where=told_path(name), what=what, severity=Severity.FAILED)


def _below(folder: str, problems: list[Problem]) -> Iterator[str]:
    """The files in a folder and those below it that are called as rules are, and what cannot be looked into.

    A link to a folder is followed where it is given itself, and not where it stands in one.
    """
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _below(entry.path, problems)
                elif entry.name.endswith(SUFFIXES):
                    yield entry.path
                elif entry.is_symlink() and entry.is_dir():
                    problems.append(_passed(entry.path, "is a link to a folder, and was not followed"))
    except (OSError, RecursionError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "it is nested too deeply"
        problems.append(_passed(folder, f"cannot be opened: {reason}"))


def signature_of(files: Sequence[RuleFile]) -> str:
    """What changes with any change to a rule file, without reading it: names, places, sizes and times of change."""
    parts = [
        f"{name}\0{path}\0{at.st_dev} {at.st_ino} {at.st_size} {at.st_mtime_ns} {at.st_ctime_ns}" for name, path, at in files
    ]
    return cache.key_of([("files", "\n".join(parts).encode("utf-8", "surrogateescape"))])


def settled(files: Sequence[RuleFile]) -> bool:
    """Whether the last change is so long ago that another one would have another time."""
    newest = max((max(at.st_mtime, at.st_ctime) for _, _, at in files), default=0.0)
    return time.time() - newest > SETTLED
