"""All rules of a hunt: read, compiled, kept on disk, and planned for one log family at a time."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from indicia.errors import InputError
from indicia.hunt.match.plan import Plan, plan_of
from indicia.hunt.rules import cache
from indicia.hunt.rules.files import LARGEST, rule_files, settled, signature_of
from indicia.hunt.rules.ir import And, Correlation, How, Named, Node, Not, Refused, Rule, RuleSet, RuleSource, Test, either
from indicia.hunt.sources import FAMILIES, PRESENT
from indicia.hunt.sources.detections import DETECTIONS, SAID, Detection, Means
from indicia.records import Problem, RuleLevel, Severity


# The table of products' own detections (`hunt/sources/detections`) as rules, one for each product and level.
#
# So they are matched, counted, kept and silenced as all other rules are.
def detection_rules() -> RuleSet:
    """The rules, in the order of the table, the gravest first of each product."""
    sources: dict[tuple[str, RuleLevel], list[RuleSource]] = {}
    for detection in DETECTIONS:
        for level, condition in _by_level(detection):
            asked = sources.setdefault((detection.product, level), [])
            asked += [RuleSource(family, _all(detection.only), condition) for family in detection.families]
    return RuleSet(tuple(_rule(product, level, tuple(asked)) for (product, level), asked in sources.items()))


def _rule(product: str, level: RuleLevel, sources: tuple[RuleSource, ...]) -> Rule:
    return Rule(
        id=f"{SAID}{product}:{level.value}",
        name="",
        title=f"{product}: {level.value}",
        level=level.value,
        file="indicia/detections",
        author="Indicia",
        license="Apache-2.0",
        tags=(),
        condition=And(()),
        sources=sources,
        where=f"detections of {product}",
    )


def _by_level(detection: Detection) -> Iterator[tuple[RuleLevel, Node]]:
    """What a detection of each level says: the first meaning that fits counts."""
    for level in reversed(RuleLevel):
        cases = [
            And((_all(each.where), *(Not(_all(before.where)) for before in _others(detection.means[:number], level))))
            for number, each in enumerate(detection.means)
            if each.level is level
        ]
        if cases:
            yield level, either(cases)


def _others(before: Iterable[Means], level: RuleLevel) -> list[Means]:
    return [each for each in before if each.level is not level]


def _all(where: Mapping[str, tuple[str, ...]]) -> Node:
    return And(tuple(either([_holds(field.split(), value) for value in values]) for field, values in where.items()))


def _holds(names: list[str], value: str) -> Node:
    if not value:
        return And(tuple(Test(name, How.NULL) for name in names))
    return either([_test(name, value) for name in names])


def _test(name: str, value: str) -> Node:
    if value == PRESENT:
        return And((Test(name, How.EXISTS), Not(Test(name, How.NULL))))
    if value[:2] == ">=":
        return Test(name, How.AT_LEAST, value[2:])
    if value[0] == value[-1] == "*":
        return Test(name, How.CONTAINS, value[1:-1])
    if value[0] == "*":
        return Test(name, How.ENDS, value[1:])
    return Test(name, How.STARTS, value[:-1]) if value[-1] == "*" else Test(name, How.EQUALS, value)


Progress = Callable[[str, float, float | None], None]
T = TypeVar("T")


class RuleHead(Named, frozen=True, array_like=True):
    """What is said of a rule, without what it does."""

    silent: bool
    where: str
    asked_of: tuple[int, ...]  # numbers of the book's guards: the logs that it is for


class Guard(msgspec.Struct, frozen=True, array_like=True):
    """One kind of log that rules are for: events of a family that pass a condition."""

    family: str
    condition: Node


class _Heads(msgspec.Struct, frozen=True, array_like=True):
    rules: tuple[RuleHead, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    refused: tuple[Refused, ...] = ()
    guards: tuple[Guard, ...] = ()
    noted: tuple[tuple[str, str], ...] = ()


def _known(key: str) -> _Heads | None:
    """What is said of the rules that are kept on disk under a key."""
    return cache.load(f"{key}.heads", _Heads) if cache.has(f"{key}.rules") else None


class RuleBook:
    """Rules by number. Heads are at hand; conditions are read from disk, or compiled, when they are needed."""

    def __init__(self, key: str, heads: _Heads, full: RuleSet | None) -> None:
        self.rules = heads.rules
        self.correlations = heads.correlations
        self.refused = heads.refused
        self.guards = heads.guards
        self.noted = heads.noted
        self._key = key
        self._full = full
        self._declared: dict[str, Plan] | None = None

    @property
    def key(self) -> str:
        """The name under which the rules are kept on disk; "" when they are not."""
        return self._key if self._key and cache.has(f"{self._key}.rules") and cache.has(f"{self._key}.heads") else ""

    @property
    def name(self) -> str:
        """A name for its content."""
        return self._key or hashlib.sha256(msgspec.msgpack.encode(self.compiled())).hexdigest()[:40]

    @classmethod
    def kept(cls, key: str) -> RuleBook:
        """The book kept under a key. Raises: InputError when it is gone."""
        heads = cache.load(f"{key}.heads", _Heads)
        if heads is None:
            raise InputError("the compiled rules were removed while they were in use", where=str(cache.cache_folder()))
        return cls(key, heads, None)

    def sent(self) -> tuple[str, bytes]:
        """The book for another machine: a name for its content, and all of it."""
        return self.name, msgspec.msgpack.encode(self.compiled())

    @classmethod
    def received(cls, key: str, data: bytes) -> RuleBook:
        """The book that was sent so. It is kept here, where that can be done."""
        if (known := _known(key)) is not None:
            return cls(key, known, None)
        full = msgspec.msgpack.decode(data, type=RuleSet)
        heads = _heads_of(full)
        cache.store_bytes(f"{key}.rules", data)
        cache.store(f"{key}.heads", heads)
        return cls(key, heads, full)

    @classmethod
    def of(cls, rules: RuleSet) -> RuleBook:
        """A book that nothing is kept of."""
        return cls("", _heads_of(rules), rules)

    def plan(self, family: str) -> Plan:
        """The rules for one log family."""
        if family in FAMILIES:
            return self._declared_plans().get(family, Plan())
        return self._once(family, Plan, lambda: plan_of(self._for(family)))

    def _declared_plans(self) -> dict[str, Plan]:
        """The rules for all declared kinds of records, which are many and have few each: kept together."""
        if self._declared is None:
            plans = ((family, plan_of(self._for(family))) for family in FAMILIES)
            some = self._once("declared", dict[str, Plan], lambda: {family: plan for family, plan in plans if plan.rules})
            self._declared = some
        return self._declared

    def conditions(self, family: str) -> tuple[Node, ...]:
        """What the rules for one log family ask."""
        kind = tuple[Node, ...]
        return self._once(f"{family}.conditions", kind, lambda: tuple(node for _, node in self._for(family)))

    def _for(self, family: str) -> Iterator[tuple[int, Node]]:
        return conditions_for(self.compiled(), family)

    def _once(self, part: str, kind: type[T], make: Callable[[], T]) -> T:
        """What is made of the rules: as it is kept on disk, or made now and kept."""
        if self._key and (found := cache.load(f"{self._key}.{part}", kind)) is not None:
            return found
        made = make()
        if self._key:
            cache.store(f"{self._key}.{part}", made)
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
            yield number, either(cases)


def _left_out(name: str, what: str) -> Problem:
    return Problem(where=name, what=what, severity=Severity.FAILED)


def load_rules(
    paths: Sequence[Path], *, builtin: bool = True, cached: bool = True, progress: Progress | None = None
) -> tuple[RuleBook, tuple[Problem, ...]]:
    """All rules in the files and folders of `paths`, the built-in ones first, and what could not be read.

    Raises: InputError for a path that is not there.
    """
    found_files = list(rule_files(paths, builtin))
    problems = [each for each in found_files if isinstance(each, Problem)]
    listed = [each for each in found_files if not isinstance(each, Problem)]
    signature = signature_of(listed) if cached else ""
    if signature and (key := cache.load(f"{signature}.key", str)) is not None and (heads := _known(key)) is not None:
        return RuleBook(key, heads, None), (*problems, *_notes(heads))
    files = []
    for name, path, _ in listed:
        try:
            with Path(path).open("rb") as file:
                content = file.read(LARGEST + 1)
        except OSError as error:
            problems.append(_left_out(name, f"cannot be read: {error.strerror or error}"))
            continue
        if len(content) > LARGEST:
            problems.append(_left_out(name, f"is a rule file of more than {LARGEST >> 20} MB"))
        else:
            files.append((name, content))
    key = cache.key_of(files) if cached else ""
    if signature and len(files) == len(listed) and settled(listed):
        cache.store(f"{signature}.key", key)
    if key and (heads := _known(key)) is not None:
        return RuleBook(key, heads, None), (*problems, *_notes(heads))
    found = _compile(files, progress)
    if builtin:
        found = detection_rules() + found
    heads = _heads_of(found)
    if key:
        cache.store(f"{key}.rules", found)
        cache.store(f"{key}.heads", heads)
    return RuleBook(key, heads, found), (*problems, *_notes(heads))


def _notes(heads: _Heads) -> tuple[Problem, ...]:
    """What is wrong with rules that run all the same, each kind once, with the first file that has it."""
    first: dict[str, str] = {}
    for file, what in heads.noted:
        first.setdefault(what, file)
    counts = Counter(what for _, what in heads.noted)
    return tuple(Problem(where=file, what=what, severity=Severity.NOTE, count=counts[what]) for what, file in first.items())


def _heads_of(rules: RuleSet) -> _Heads:
    guards: dict[Guard, int] = {}
    heads = []
    for rule in rules.rules:
        asked_of = tuple(guards.setdefault(Guard(each.family, each.guard), len(guards)) for each in rule.sources)
        said = {name: getattr(rule, name) for name in Named.__struct_fields__}
        heads.append(RuleHead(**said, silent=rule.silent, where=rule.where, asked_of=asked_of))
    return _Heads(tuple(heads), rules.correlations, rules.refused, tuple(guards), rules.noted)


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
