"""Patterns of STIX indicators on conduct (processes, registry, requests, connections, files) as Sigma rules.

What a pattern says of mere values (an address, a name, a hash) is sought by the indicator search. What cannot be asked of a log
is refused with the reason: several events in order, objects that no log of ours shows.

References: OASIS, "STIX Version 2.1", section 9 (patterning) and the SCOs that it names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<op>!=|<>|<=|>=|=|<|>)|(?P<mark>[\[\](),])"
    r"|(?P<word>[A-Za-z][\w-]*+(?::(?:[\w.*-]|'[^']{0,200}'|\[[^\]]{0,20}\])++)?))"
)
_VALUES = frozenset("ipv4-addr ipv6-addr domain-name url email-addr mutex autonomous-system".split())
_HIVE = re.compile(r"(?:HKEY_[A-Z_]+|HKLM|HKCU|HKU|HKCR)\\", re.IGNORECASE)
_REQUEST = "extensions.http-request-ext."
# Object and path -> the kind of event it is about, the field, and where in the field the value stands.
_PATHS: dict[str, tuple[str, str, str]] = {
    "process:command_line": ("process", "CommandLine", ""),
    "process:name": ("process", "Image", "file"),
    "process:image_ref.name": ("process", "Image", "file"),
    "process:binary_ref.name": ("process", "Image", "file"),
    "process:image_ref.parent_directory_ref.path": ("process", "Image", "begin"),
    "process:parent_ref.name": ("process", "ParentImage", "file"),
    "process:parent_ref.image_ref.name": ("process", "ParentImage", "file"),
    "process:parent_ref.command_line": ("process", "ParentCommandLine", ""),
    "process:cwd": ("process", "CurrentDirectory", ""),
    "process:creator_user_ref.account_login": ("process", "User", "end"),
    "process:creator_user_ref.user_id": ("process", "User", "end"),
    "windows-registry-key:key": ("registry", "TargetObject", "key"),
    "windows-registry-key:values.name": ("registry", "TargetObject", "file"),
    "windows-registry-key:values.data": ("registry", "Details", ""),
    f"network-traffic:{_REQUEST}request_value": ("request", "cs-uri", "within"),
    f"network-traffic:{_REQUEST}request_method": ("request", "cs-method", ""),
    f"network-traffic:{_REQUEST}request_header.user-agent": ("request", "cs-user-agent", ""),
    f"network-traffic:{_REQUEST}request_header.host": ("request", "cs-host", ""),
    f"network-traffic:{_REQUEST}request_header.referer": ("request", "cs-referer", ""),
    "network-traffic:dst_port": ("connection", "DestinationPort", ""),
    "network-traffic:src_port": ("connection", "SourcePort", ""),
    "network-traffic:dst_ref.value": ("connection", "DestinationIp", ""),
    "network-traffic:src_ref.value": ("connection", "SourceIp", ""),
    "file:name": ("file", "TargetFilename", "file"),
    "file:parent_directory_ref.path": ("file", "TargetFilename", "begin"),
    "directory:path": ("file", "TargetFilename", "begin"),
    "user-account:account_login": ("account", "TargetUserName", ""),
    "user-account:user_id": ("account", "TargetUserName", ""),
}
_VALUED = frozenset(
    {
        "file:name",
        "file:parent_directory_ref.path",
        "directory:path",
        "network-traffic:dst_ref.value",
        "network-traffic:src_ref.value",
    }
)
_SOURCES: dict[str, tuple[dict[str, str], ...]] = {
    "process": ({"product": "windows", "category": "process_creation"}, {"product": "linux", "category": "process_creation"}),
    "registry": ({"product": "windows", "category": "registry_event"},),
    "request": ({"category": "webserver"}, {"category": "proxy"}),
    "connection": ({"product": "windows", "category": "network_connection"},),
    "file": ({"product": "windows", "category": "file_event"},),
    "account": ({"product": "windows", "service": "security"},),
}


class _UnaskedError(Exception):
    """Why a pattern cannot be asked of logs."""


class _Atom(NamedTuple):
    kind: str  # "" for a mere value
    selection: dict[str, Any]
    negated: bool
    is_value: bool = False  # the search for indicators finds it as well


def is_bundle(data: bytes) -> bool:
    """Whether a file is a STIX bundle in JSON, by its beginning."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"{") and re.search(rb'"type"\s*:\s*"bundle"', data[: 1 << 16]) is not None


def documents_in(data: bytes) -> tuple[list[dict[str, Any]], list[tuple[dict[str, Any], str]]]:
    """The Sigma rules that a bundle's patterns are, and those indicators that cannot be asked, each with the reason.

    Patterns that are nothing but values are in neither. Raises: ValueError for what is no JSON.
    """
    bundle = json.loads(data)
    items = bundle.get("objects") if isinstance(bundle, dict) else None
    found: list[dict[str, Any]] = []
    refused: list[tuple[dict[str, Any], str]] = []
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict) or item.get("type") != "indicator" or not isinstance(item.get("pattern"), str):
            continue
        if item.get("pattern_type", "stix") != "stix" or item.get("revoked") is True or "benign" in _words(item):
            continue
        try:
            found += _rules(item)
        except _UnaskedError as reason:
            refused.append((_head(item, 0), str(reason)))
        except RecursionError:
            refused.append((_head(item, 0), "its pattern is nested too deeply"))
    return found, refused


def _words(item: Mapping[str, Any]) -> list[Any]:
    return [word for name in ("indicator_types", "labels") for word in _listed(item, name)]


def _listed(item: Mapping[str, Any], name: str) -> list[Any]:
    found = item.get(name)
    return found if isinstance(found, list) else []


def _head(item: Mapping[str, Any], number: int) -> dict[str, Any]:
    identity = str(item.get("id", "")).partition("--")[2]
    return {
        "title": str(item.get("name") or item["pattern"])[:200] + (f" ({number + 1})" if number else ""),
        "id": identity if not number else None,
        "level": "high",
        "tags": [
            f"attack.{phase['phase_name']}"
            for phase in _listed(item, "kill_chain_phases")
            if isinstance(phase, dict) and phase.get("kill_chain_name") == "mitre-attack" and phase.get("phase_name")
        ],
    }


def _rules(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    parser = _Parser(str(item["pattern"]))
    number = 0
    for atoms, condition in parser.observations():
        kinds = {atom.kind for atom in atoms}
        if all(atom.is_value and not atom.negated for atom in atoms):
            continue  # mere values: the search for indicators sees to them
        if len(kinds - {""}) > 1 or "" in kinds:
            raise _UnaskedError("it asks a single event for things that are in different ones")
        selections = {f"s{index}": atom.selection for index, atom in enumerate(atoms)}
        for source in _SOURCES[kinds.pop()]:
            document = {**_head(item, number), "logsource": source, "detection": {**selections, "condition": condition}}
            yield {name: value for name, value in document.items() if value is not None}
            number += 1


class _Parser:
    """Reads one pattern: its observations, each with its comparisons and what they must be together."""

    def __init__(self, pattern: str) -> None:
        self._tokens = []
        at = 0
        while at < len(pattern.rstrip()):
            match = _TOKEN.match(pattern, at)
            if match is None:
                raise _UnaskedError(f"its pattern cannot be read at {pattern[at : at + 20]!r}")
            self._tokens.append((str(match.lastgroup), match[0].strip()))
            at = match.end()
        self._at = 0

    def _next(self, *wanted: str) -> str:
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        if wanted and text.upper() not in wanted and kind not in wanted:
            raise _UnaskedError(f"its pattern has {text or 'its end'!r} where {' or '.join(wanted)} is due")
        self._at += 1
        return text

    def _peek(self) -> str:
        return self._tokens[self._at][1].upper() if self._at < len(self._tokens) else ""

    def observations(self) -> list[tuple[list[_Atom], str]]:
        found = []
        while True:
            opened = 0
            while self._peek() == "(":
                self._next()
                opened += 1
            self._next("[")
            atoms: list[_Atom] = []
            condition = self._any(atoms)
            self._next("]")
            while self._peek() == ")":
                self._next()
            found.append((atoms, condition))
            word = self._peek()
            if not word:
                return found
            if word != "OR":
                raise _UnaskedError(
                    "it asks for several events together" if word in ("AND", "FOLLOWEDBY") else f"it is bound by {word}"
                )
            self._next()

    def _any(self, atoms: list[_Atom]) -> str:
        parts = [self._all(atoms)]
        while self._peek() == "OR":
            self._next()
            parts.append(self._all(atoms))
        return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"

    def _all(self, atoms: list[_Atom]) -> str:
        parts = [self._one(atoms)]
        while self._peek() == "AND":
            self._next()
            parts.append(self._one(atoms))
        return parts[0] if len(parts) == 1 else f"({' and '.join(parts)})"

    def _one(self, atoms: list[_Atom]) -> str:
        if self._peek() == "(":
            self._next()
            inner = self._any(atoms)
            self._next(")")
            return inner
        atom = self._comparison()
        atoms.append(atom)
        name = f"s{len(atoms) - 1}"
        return f"not {name}" if atom.negated else name

    def _comparison(self) -> _Atom:
        path = self._next("word")
        negated = path.upper() == "NOT"
        if negated:
            path = self._next("word")
        operator = self._next().upper()
        if operator == "NOT":
            negated, operator = not negated, self._next().upper()
        if operator in ("!=", "<>"):
            negated, operator = not negated, "="
        if operator == "IN":
            self._next("(")
            values = [self._next("text", "number")]
            while self._next(",", ")") == ",":
                values.append(self._next("text", "number"))
        elif operator in ("=", "LIKE", "MATCHES", "<", ">", "<=", ">="):
            values = [self._next("text", "number")]
        else:
            raise _UnaskedError(f"it compares by {operator}" if operator else "its pattern ends too early")
        return _atom(path, operator, [_text(value) for value in values], negated)


def _text(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token.startswith("'") else token


def _atom(path: str, operator: str, values: Sequence[str], negated: bool) -> _Atom:
    folded = re.sub(r"\[[^\]]*\]", "", path.replace("'", "")).lower()
    if folded.partition(":")[0] in _VALUES or folded.startswith("file:hashes"):
        return _Atom("", {}, negated, is_value=operator == "=")
    if folded not in _PATHS:
        raise _UnaskedError(f"it asks for {path}, which no log here shows")
    kind, field, where = _PATHS[folded]
    if folded in _VALUED and operator == "=":
        return _atom(path, "IN", values, negated)._replace(is_value=True)
    if operator == "MATCHES":
        return _Atom(kind, {f"{field}|re": values[0]}, negated)
    if operator in _ORDERED:
        return _Atom(kind, {f"{field}|{_ORDERED[operator]}": values[0]}, negated)
    if where == "key":  # logs call the hives by other names
        values = [_HIVE.sub(r"\\", value, count=1) for value in values]
    plain = [_like(value) if operator == "LIKE" else _escaped(value) for value in values]
    if where == "key":
        return _Atom(kind, {f"{field}|contains": plain}, negated)
    if where == "file":
        return _Atom(kind, {f"{field}|endswith": [each for value in plain for each in (f"\\\\{value}", f"/{value}")]}, negated)
    if where == "begin":
        return _Atom(kind, {f"{field}|startswith": plain}, negated)
    if where == "end":
        return _Atom(kind, {f"{field}|endswith": plain}, negated)
    if where == "within":
        return _Atom(kind, {f"{field}|contains": plain}, negated)
    return _Atom(kind, {field: plain}, negated)


_ORDERED = {"<": "lt", ">": "gt", "<=": "lte", ">=": "gte"}


def _escaped(value: str) -> str:
    """A value as Sigma writes what is no wildcard."""
    return re.sub(r"([\\*?])", r"\\\1", value)


def _like(value: str) -> str:
    """A pattern of LIKE: % is anything, _ any one character."""
    return _escaped(value).replace("%", "*").replace("_", "?")
