"""Detection rules: Sigma files in, a small intermediate form out.

ir       the form itself            sigma       Sigma through pySigma, into the form
fields   a log family's own names   logsources  which logs a rule is for (tables)
regex    what may be run            cache       compiled rules on disk            sql    the form as SQL
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from indicia.errors import InputError
from indicia.hunt.rules import cache
from indicia.hunt.rules.ir import RuleSet
from indicia.records import Problem

__all__ = ["BUILT_IN", "load_rules"]

BUILT_IN = Path(__file__).parent.parent / "rules_pack"
SUFFIXES = (".yml", ".yaml")
LARGEST = 4 << 20  # bytes of one rule file

Progress = Callable[[str, float, float | None], None]


def load_rules(
    paths: Sequence[Path], *, builtin: bool = True, cached: bool = True, progress: Progress | None = None
) -> tuple[RuleSet, tuple[Problem, ...]]:
    """All rules in the files and folders of `paths`, the built-in ones first, and what could not be read.

    Raises: InputError for a path that is not there.
    """
    problems: list[Problem] = []
    files = []
    for name, path in _files(paths, builtin):
        try:
            if path.stat().st_size > LARGEST:
                problems.append(Problem(where=name, what=f"a rule file of more than {LARGEST >> 20} MB"))
                continue
            files.append((name, path.read_bytes()))
        except OSError as error:
            problems.append(Problem(where=name, what=f"cannot be read: {error.strerror or error}"))
    key = cache.key_of(files)
    if cached and (found := cache.load(key)) is not None:
        return found, tuple(problems)
    found = _compile(files, progress)
    if cached:
        cache.store(key, found)
    return found, tuple(problems)


def _files(paths: Sequence[Path], builtin: bool) -> Iterator[tuple[str, Path]]:
    """Each rule file once, with the name that it is told by: the path as given, or one below the package for ours."""
    seen = set()
    for top in ((BUILT_IN,) if builtin and BUILT_IN.is_dir() else ()) + tuple(paths):
        if not top.exists():
            raise InputError("no such file or folder of rules", where=str(top))
        found = [top] if top.is_file() else sorted(path for suffix in SUFFIXES for path in top.rglob(f"*{suffix}"))
        for path in found:
            if path.is_file() and (real := path.resolve()) not in seen:
                seen.add(real)
                yield (f"indicia/{path.name}" if top == BUILT_IN else str(path)), path


def _compile(files: Sequence[tuple[str, bytes]], progress: Progress | None) -> RuleSet:
    from indicia.hunt.rules.sigma import compile_documents, read_documents  # pySigma takes a while to load

    documents, refused = [], []
    for number, (name, content) in enumerate(files):
        if progress is not None and number % 100 == 0:
            progress("reading rules", number, len(files))
        found, faults = read_documents(content, name)
        documents.append((name, found))
        refused += faults
    if progress is not None:
        progress("compiling rules", len(files), len(files))
    return compile_documents(documents) + RuleSet(refused=tuple(refused))
