"""A condition in a log family's own field names."""

from __future__ import annotations

from indicia.hunt.names import JOINED_URI
from indicia.hunt.rules.ir import And, How, Node, Not, Or, Same, Test, Wild, fold, tests_of
from indicia.hunt.rules.logsources import WEB_FAMILIES, LogSource
from indicia.hunt.sources.windows import RIGHTS

# Values that one Windows event has in two spellings: as the log keeps them, and as viewers and some shippers show them.
#
# The Security log keeps rights as numbers of messages (`%%4417`), which a viewer shows as words ("WriteData (or AddFile)"), and
# shares with their server (`\\*\ADMIN$`). Rules are written in either; each is sought in both.
#
# Reference: Microsoft, "4656(S, F): A handle to an object was requested", "4663", "4661", "5140", access rights tables.
_WORDS = {f"%%{number}": fold(word) for number, word in RIGHTS.items()}
_ASKED = frozenset({How.EQUALS, How.CONTAINS, How.STARTS, How.ENDS})


def in_all_spellings(test: Test) -> Node:
    """`test` and the same in the other spelling of its value; `test` itself where there is but one.

    >>> in_all_spellings(Test("AccessList", How.CONTAINS, "writedata")).items[1].value
    '%%4417'
    """
    if test.how not in _ASKED or test.cased:
        return test
    match test.field.lower():
        case "accesslist":
            others = _rights(test)
        case "sharename" if test.how is How.EQUALS and "\\" not in test.value and test.value:
            others = [Test(test.field, How.EQUALS, f"\\\\*\\{test.value}")]
        case _:
            return test
    return Or((test, *others)) if others else test


def _rights(test: Test) -> list[Test]:
    """The list holds several rights, so that one of them is sought within it."""
    if test.value in _WORDS:
        return [Test(test.field, How.CONTAINS, _WORDS[test.value])]
    if len(test.value) < 4:
        return []
    return [Test(test.field, How.CONTAINS, number) for number, word in _WORDS.items() if word.startswith(test.value)]


_AGENTS = frozenset({"cs(user-agent)", "cs(referer)", "cs(cookie)"})


def mapped(node: Node, source: LogSource) -> Node:
    """`node` with every field named as in the logs of `source`, `node` itself where nothing differs.

    Where one Sigma field can be several columns, or one value has several spellings, any may match.
    """
    if not source.fields and source.family not in WEB_FAMILIES and not _is_spelled(node, source):
        return node
    match node:
        case And():
            return And(tuple(mapped(item, source) for item in node.items))
        case Or():
            return Or(tuple(mapped(item, source) for item in node.items))
        case Not():
            return Not(mapped(node.item, source))
        case Same():
            pairs = [
                Same(field, other, node.how)
                for field in source.fields.get(node.field.lower(), (node.field,))
                for other in source.fields.get(node.other.lower(), (node.other,))
            ]
            return pairs[0] if len(pairs) == 1 else Or(tuple(pairs))
    return _any_column(node, source)


def _is_spelled(node: Node, source: LogSource) -> bool:
    """Whether a condition on Windows events asks for a value that has several spellings."""
    return source.family == "windows" and any(
        isinstance(each, Test) and in_all_spellings(each) is not each for each in tests_of(node)
    )


def _any_column(test: Test, source: LogSource) -> Node:
    columns = source.fields.get(test.field.lower(), (test.field,))
    if test.how is How.NULL and len(columns) > 1:
        return And(tuple(_in_column(test, column, source) for column in columns))  # empty means: none of them is filled
    # The joined URI adds something only to a test that can reach across the "?", and costs a column of its own.
    reaching = test.how in (How.REGEX, How.WILD) or "?" in test.value
    found = [_in_column(test, column, source) for column in columns if column != JOINED_URI or reaching]
    return found[0] if len(found) == 1 else Or(tuple(found))


def _in_column(test: Test, column: str, source: LogSource) -> Node:
    named = _renamed(test, column)
    if source.family == "windows":
        return in_all_spellings(named)
    if source.family not in WEB_FAMILIES or not column:
        return named
    if test.how is How.NULL:
        return Or((named, Test(column, How.EQUALS, "-")))  # W3C writes a dash for nothing
    if source.family == "iis" and column.lower() in _AGENTS and _has_blank(test):
        return Or((named, _with_plus(named)))  # IIS writes blanks as plus signs
    return named


def _renamed(test: Test, column: str) -> Test:
    return Test(column, test.how, test.value, test.cased, test.flags, test.parts)


def _has_blank(test: Test) -> bool:
    return test.how is not How.REGEX and any(" " in str(part) for part in (test.value, *test.parts))


def _with_plus(test: Test) -> Test:
    parts = tuple(part.replace(" ", "+") if isinstance(part, str) else Wild(part).value for part in test.parts)
    return Test(test.field, test.how, test.value.replace(" ", "+"), test.cased, test.flags, parts)
