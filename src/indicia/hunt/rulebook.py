"""All rules of a hunt: read, compiled, kept on disk, and planned for one log family at a time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from indicia.errors import InputError
from indicia.hunt.matching.plan import Plan, plan_of
from indicia.hunt.rules import cache
from indicia.hunt.rules.ir import And, Correlation, Node, Or, Refused, Rule, RuleSet
from indicia.records import Problem

__all__ = ["BUILT_IN", "RuleBook", "RuleHead", "conditions_for", "load_rules"]

BUILT_IN = Path(__file__).parent / "rules_pack"
SUFFIXES = (".yml", ".yaml")
LARGEST = 4 << 20  # bytes of one rule file
SETTLED = 2.0  # seconds

Progress = Callable[[str, float, float | None], None]


_RuleFile = tuple[str, str, os.stat_result]  # what it is told by, its path, its status


class RuleHead(msgspec.Struct, frozen=True, array_like=True):
    """What is said of a rule, without what it does."""

    id: str
    name: str
    title: str
    level: str
    file: str
    author: str
    license: str
    tags: tuple[str, ...]
    silent: bool


class _Heads(msgspec.Struct, frozen=True, array_like=True):
    rules: tuple[RuleHead, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    refused: tuple[Refused, ...] = ()


class RuleBook:
    """Rules by number. Heads are at hand; conditions are read from disk, or compiled, when they are needed."""

    def __init__(self, key: str, heads: _Heads, full: RuleSet | None) -> None:
        self.rules = heads.rules
        self.correlations = heads.correlations
        self.refused = heads.refused
        self._key = key
        self._full = full

    @property
    def key(self) -> str:
        """The name under which the rules are kept on disk; "" when they are not."""
        return self._key if self._key and cache.has(f"{self._key}.rules") and cache.has(f"{self._key}.heads") else ""

    @classmethod
    def kept(cls, key: str) -> RuleBook:
        """The book kept under a key. Raises: InputError when it is gone."""
        heads = cache.load(f"{key}.heads", _Heads)
        if heads is None:
            raise InputError("the compiled rules were removed while they were in use", where=str(cache.cache_folder()))
        return cls(key, heads, None)

    @classmethod
    def of(cls, rules: RuleSet) -> RuleBook:
        """A book that nothing is kept of."""
        return cls("", _heads_of(rules), rules)

    def plan(self, family: str) -> Plan:
        """The rules for one log family."""
        if self._key and (found := cache.load(f"{self._key}.{family}", Plan)) is not None:
            return found
        made = plan_of(conditions_for(self.compiled(), family))
        if self._key:
            cache.store(f"{self._key}.{family}", made)
        return made

    def conditions(self, family: str) -> tuple[Node, ...]:
        """What the rules for one log family ask."""
        name = f"{self._key}.{family}.conditions"
        if self._key and (found := cache.load(name, tuple[Node, ...])) is not None:
            return found
        made = tuple(node for _, node in conditions_for(self.compiled(), family))
        if self._key:
            cache.store(name, made)
        return made

    def compiled(self) -> RuleSet:
        """The rules with their conditions."""
        if self._full is None:
            self._full = cache.load(f"{self._key}.rules", RuleSet)
        if self._full is None:
            raise InputError("the compiled rules were removed while they were in use", where=str(cache.cache_folder()))
        return self._full


def conditions_for(rules: RuleSet, family: str) -> Iterator[tuple[int, Node]]:
    """(number of the rule, what it asks of events of `family`, guards included) for every rule that applies there."""
    for number, rule in enumerate(rules.rules):
        cases = [
            And((source.guard, source.condition if source.condition is not None else rule.condition))
            for source in rule.sources
            if source.family == family
        ]
        if cases:
            yield number, cases[0] if len(cases) == 1 else Or(tuple(cases))


def load_rules(
    paths: Sequence[Path], *, builtin: bool = True, cached: bool = True, progress: Progress | None = None
) -> tuple[RuleBook, tuple[Problem, ...]]:
    """All rules in the files and folders of `paths`, the built-in ones first, and what could not be read.

    Raises: InputError for a path that is not there.
    """
    listed = list(_files(paths, builtin))
    signature = _signature(listed) if cached else ""
    if signature and (key := cache.load(f"{signature}.key", str)) is not None:
        heads = cache.load(f"{key}.heads", _Heads)
        if heads is not None and cache.has(f"{key}.rules"):
            return RuleBook(key, heads, None), ()
    problems: list[Problem] = []
    files = []
    for name, path, _ in listed:
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            problems.append(Problem(where=name, what=f"cannot be read: {error.strerror or error}"))
            continue
        if len(content) > LARGEST:
            problems.append(Problem(where=name, what=f"a rule file of more than {LARGEST >> 20} MB"))
        else:
            files.append((name, content))
    key = cache.key_of(files) if cached else ""
    if signature and not problems and _settled(listed):
        cache.store(f"{signature}.key", key)
    if key and (heads := cache.load(f"{key}.heads", _Heads)) is not None and cache.has(f"{key}.rules"):
        return RuleBook(key, heads, None), tuple(problems)
    found = _compile(files, progress)
    heads = _heads_of(found)
    if key:
        cache.store(f"{key}.rules", found)
        cache.store(f"{key}.heads", heads)
    return RuleBook(key, heads, found), tuple(problems)


def _signature(files: Sequence[_RuleFile]) -> str:
    """What changes with any change to a rule file, without reading it: names, places, sizes and times of change."""
    parts = [
        f"{name}\0{path}\0{at.st_dev} {at.st_ino} {at.st_size} {at.st_mtime_ns} {at.st_ctime_ns}" for name, path, at in files
    ]
    return cache.key_of([("files", "\n".join(parts).encode("utf-8", "surrogateescape"))])


def _settled(files: Sequence[_RuleFile]) -> bool:
    """Whether the last change is so long ago that another one would have another time."""
    newest = max((max(at.st_mtime, at.st_ctime) for _, _, at in files), default=0.0)
    return time.time() - newest > SETTLED


def _heads_of(rules: RuleSet) -> _Heads:
    return _Heads(tuple(_head(rule) for rule in rules.rules), rules.correlations, rules.refused)


def _head(rule: Rule) -> RuleHead:
    return RuleHead(rule.id, rule.name, rule.title, rule.level, rule.file, rule.author, rule.license, rule.tags, rule.silent)


def _files(paths: Sequence[Path], builtin: bool) -> Iterator[_RuleFile]:
    """Each rule file once, with the name that it is told by: the path as given, or one below the package for ours."""
    seen: set[tuple[int, int]] = set()
    for top in ((BUILT_IN,) if builtin and BUILT_IN.is_dir() else ()) + tuple(paths):
        if not top.exists():
            raise InputError("no such file or folder of rules", where=str(top))
        for name in [str(top)] if top.is_file() else sorted(_below(str(top))):
            try:
                status = os.stat(name)  # noqa: PTH116 (thousands of files: a Path for each costs more than reading it)
            except OSError:
                continue
            identity = (status.st_dev, status.st_ino)
            if identity not in seen:
                seen.add(identity)
                yield (f"indicia/{Path(name).name}" if top == BUILT_IN else name), name, status


def _below(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path)
            elif entry.name.endswith(SUFFIXES):
                yield entry.path


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
