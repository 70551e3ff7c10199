"""Conditions as SQL, for engines that keep events in tables of their own. The dialect is DuckDB's.

Two-valued throughout, like the matcher: a test on a missing value is FALSE, never NULL, so that NOT means what a rule says.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from indicia.errors import RuleError
from indicia.hunt.rules.ir import And, How, Node, Not, Or, Same, Test, Wild
from indicia.hunt.rules.names import field_key

__all__ = ["to_sql"]

_NUMBERS = {How.LESS: "<", How.AT_MOST: "<=", How.GREATER: ">", How.AT_LEAST: ">="}


def to_sql(node: Node, columns: Iterable[str]) -> str:
    """A boolean expression over a table with these (text) columns. Raises: RuleError for what SQL cannot say exactly.

    >>> to_sql(Test("Image", How.ENDS, "\\\\cmd.exe"), ["Image"])
    'coalesce(suffix(lower("Image"), \\'\\\\cmd.exe\\'), FALSE)'
    """
    return _Writer(columns).write(node)


class _Writer:
    def __init__(self, columns: Iterable[str]) -> None:
        self._names = {field_key(name): name for name in columns}

    def write(self, node: Node) -> str:
        match node:
            case And():
                return self._joined("AND", "TRUE", [self.write(item) for item in node.items])
            case Or():
                return self._joined("OR", "FALSE", [self.write(item) for item in node.items])
            case Not():
                return f"NOT ({self.write(node.item)})"
            case Same():
                return self._same(node)
        return self._test(node)

    @staticmethod
    def _joined(operator: str, empty: str, items: list[str]) -> str:
        if not items:
            return empty
        return items[0] if len(items) == 1 else f"({f' {operator} '.join(items)})"

    def _column(self, field: str) -> str | None:
        if not field:
            texts = ", ".join(_name(name) for name in self._names.values())
            return f"concat_ws(chr(10), {texts})" if texts else None
        own = self._names.get(field_key(field))
        return None if own is None else _name(own)

    def _same(self, node: Same) -> str:
        one, other = self._column(node.field), self._column(node.other)
        if one is None or other is None:
            return "FALSE"
        left, right = f"lower({one})", f"lower({other})"
        functions = {How.STARTS: "starts_with", How.ENDS: "suffix", How.CONTAINS: "contains"}
        said = f"{functions[node.how]}({left}, {right})" if node.how in functions else f"{left} = {right}"
        return f"coalesce({said}, FALSE)"

    def _test(self, test: Test) -> str:
        column = self._column(test.field)
        if column is None:
            return "TRUE" if test.how is How.NULL else "FALSE"
        if test.how is How.NULL:
            return f"({column} IS NULL OR {column} = '')"
        if test.how is How.EXISTS:
            return f"({column} IS NOT NULL)"
        return f"coalesce({self._said(test, column)}, FALSE)"

    def _said(self, test: Test, column: str) -> str:
        text = column if test.cased else f"lower({column})"
        match test.how:
            case How.EQUALS:
                return f"{text} = {_text(test.value)}"
            case How.CONTAINS:
                return f"contains({text}, {_text(test.value)})"
            case How.STARTS:
                return f"starts_with({text}, {_text(test.value)})"
            case How.ENDS:
                return f"suffix({text}, {_text(test.value)})"
            case How.WILD:
                return f"{text} LIKE {_text(_like(test.parts))} ESCAPE '\\'"
            case How.REGEX:
                return f"regexp_matches({column}, {_text(_expression(test))})"
            case How.CIDR:
                return _inside(column, test.value)
            case How.TIME_PART:
                return f"date_part('{test.flags}', TRY_CAST({column} AS TIMESTAMP)) = {int(float(test.value))}"
        return f"TRY_CAST({column} AS DOUBLE) {_NUMBERS[test.how]} {float(test.value)!r}"


def _name(name: str) -> str:
    quoted = name.replace('"', '""')
    return f'"{quoted}"'


def _text(value: str) -> str:
    quoted = value.replace("'", "''")
    return f"'{quoted}'"


def _like(parts: tuple[str | int, ...]) -> str:
    written = []
    for part in parts:
        if part == Wild.MANY:
            written.append("%")
        elif part == Wild.ONE:
            written.append("_")
        else:
            written.append(str(part).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))
    return "".join(written)


def _expression(test: Test) -> str:
    if any(group in test.value for group in ("(?=", "(?!", "(?<=", "(?<!")):
        raise RuleError(f"the expression {test.value[:60]!r} looks around, which SQL cannot")
    # Python's dot stops at a line end unless told otherwise; RE2's does so too when the flag says nothing.
    return f"(?{test.flags}){test.value}" if test.flags else test.value


def _inside(column: str, network: str) -> str:
    parsed = ipaddress.ip_network(network)
    if parsed.version != 4:
        raise RuleError(f"the network {network} is IPv6, which is not written as SQL")
    octets = "+".join(f"CAST(split_part({column}, '.', {place}) AS BIGINT)*{256 ** (4 - place)}" for place in range(1, 5))
    first, last = int(parsed.network_address), int(parsed.broadcast_address)
    shape = r"'\d{1,3}(\.\d{1,3}){3}'"
    return f"CASE WHEN regexp_full_match({column}, {shape}) THEN {octets} BETWEEN {first} AND {last} ELSE FALSE END"
