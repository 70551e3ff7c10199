"""A folder of rules brought up to date from newer ones: a rule stays where it lies, and what changed is told.

Rules are the same by their id, or by their title where they have none. What is only in the folder stays, as a person may have
put it there, and nothing is written over that is not newer word of the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from indicia.errors import RuleError, UsageError
from indicia.hunt.rules.files import LARGEST, rule_files
from indicia.hunt.rules.sigma import read_documents
from indicia.records import Problem, Severity
from indicia.rulefile import bounded
from indicia.walking import reason_of
from indicia.writing import write_atomically

_FIRST = ("level", "status", "title")  # told with what they were


class Kind(StrEnum):
    """What became of a rule."""

    NEW = "new"
    CHANGED = "changed"
    LEFT = "only there"


class Change(NamedTuple):
    """A rule that is not what it was; `what` changed in it, `file` is where it lies now."""

    kind: Kind
    title: str
    level: str
    file: str
    what: str = ""


class Updated(NamedTuple):
    """The changes in the order of their files, how many rules are as they were, and what could not be taken over."""

    changes: tuple[Change, ...]
    same: int
    problems: tuple[Problem, ...]


class _File(NamedTuple):
    path: Path
    content: bytes
    rules: Mapping[str, Mapping[str, Any]]


def update(newer: Path, folder: Path, *, write: bool = True) -> Updated:
    """Takes the rules in a file or folder over into `folder`; without `write` it is only told what would become of them.

    Raises: UsageError for a folder that is none, or the same; InputError where `newer` is not there.
    """
    if folder.exists() and (not folder.is_dir() or folder.resolve() == newer.resolve()):
        raise UsageError(
            f"{folder} is {'where the rules come from' if folder.is_dir() else 'no folder'}", hint="name a folder of rules"
        )
    problems: list[Problem] = []
    before = list(_files(folder, problems)) if folder.exists() else []
    lies_in = {identity: file for file in before for identity in file.rules}
    changes: list[Change] = []
    same, seen = 0, dict[str, Path]()
    for file in _files(newer, problems):
        where = _place_of(file, lies_in, folder / (file.path.relative_to(newer) if newer.is_dir() else file.path.name), seen)
        if isinstance(where, str):
            problems.append(Problem(where=str(file.path), what=where, severity=Severity.FAILED))
            continue
        seen |= dict.fromkeys(file.rules, file.path)
        for identity, rule in file.rules.items():
            old = lies_in[identity].rules[identity] if identity in lies_in else None
            if old == rule:
                same += 1
            else:
                changes.append(_change(old, rule, where))
        if write and not (where.exists() and where.read_bytes() == file.content):
            write_atomically(where, file.content)
    if newer.is_dir():
        left = ((rule, file) for file in before for identity, rule in file.rules.items() if identity not in seen)
        changes += (Change(Kind.LEFT, _told(rule, "title"), _told(rule, "level"), str(file.path)) for rule, file in left)
    return Updated(tuple(changes), same, tuple(problems))


def _files(top: Path, problems: list[Problem]) -> Iterator[_File]:
    """The files of rules that can be read as such, whole; what is wrong with others is added to `problems`."""
    for item in rule_files([top], builtin=False):
        if isinstance(item, Problem):
            problems.append(item)
            continue
        name, path, status = item
        try:
            if status.st_size > LARGEST:
                raise RuleError(f"is a rule file of more than {LARGEST >> 20} MB")
            content = Path(path).read_bytes()
            documents, refused = read_documents(content, name)
            if refused or not documents:
                raise RuleError(refused[0].reason if refused else "holds no rule")
            rules = {str(rule.get("id") or rule.get("title") or "").lower(): bounded(rule) for rule in documents}
            if len(rules) < len(documents) or "" in rules:
                raise RuleError("holds rules without an id or a title, or two of the same")
            yield _File(Path(path), content, rules)
        except (OSError, RuleError) as error:
            what = f"cannot be read: {reason_of(error)}" if isinstance(error, OSError) else str(error)
            problems.append(Problem(where=name, what=what, severity=Severity.FAILED))


def _place_of(file: _File, lies_in: Mapping[str, _File], fresh: Path, seen: Mapping[str, Path]) -> Path | str:
    """Where a file of newer rules goes: where they lie, `fresh` where they lie nowhere; or why nowhere."""
    if twice := [seen[identity] for identity in file.rules if identity in seen]:
        return f"holds a rule that {twice[0]} holds, too: it was left out"
    old = {lies_in[identity].path: lies_in[identity] for identity in file.rules if identity in lies_in}
    if not old:
        return f"was left out: {fresh} holds something else" if fresh.exists() else fresh
    (path, there), *others = old.items()
    if others or not there.rules.keys() <= file.rules.keys():
        return f"was left out: its rules lie in several files, or together with others ({', '.join(map(str, old))})"
    return path


def _change(old: Mapping[str, Any] | None, rule: Mapping[str, Any], where: Path) -> Change:
    title, level = _told(rule, "title"), _told(rule, "level")
    if old is None:
        return Change(Kind.NEW, title, level, str(where))
    names = sorted(
        {name for name in (*old, *rule) if old.get(name) != rule.get(name)}, key=lambda name: (name not in _FIRST, str(name))
    )
    parts = (f"{name} {_told(old, name)} -> {_told(rule, name)}" if name in _FIRST else str(name) for name in names)
    return Change(Kind.CHANGED, title, level, str(where), ", ".join(parts))


def _told(rule: Mapping[str, Any], name: str) -> str:
    return " ".join(str(rule.get(name) or "none").split())
