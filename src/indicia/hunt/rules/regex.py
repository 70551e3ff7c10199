"""Regular expressions of strangers: as RE2 has them, which never goes back, and which of the others may be tried still."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from indicia.errors import RuleError

LONGEST_PATTERN = 4096
LONGEST_VALUE = 32_768  # of a longer value, expressions see this many characters
_parser: Any = re._parser  # type: ignore[attr-defined]
_constants: Any = re._constants  # type: ignore[attr-defined]
_REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT}
_MANY = 64  # a bound of this many repeats is as good as none


def compiled(pattern: str, flags: str) -> re.Pattern[str]:
    """The expression with Sigma's flags (a subset of "ims"). Raises: RuleError."""
    value = 0
    for flag in flags:
        value |= {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}[flag]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(pattern, value)
    except (re.error, OverflowError, RecursionError) as error:
        raise RuleError(f"the regular expression {pattern[:80]!r} does not compile: {error}") from error


_ABSORBING = re.compile(r"\(\?:(\.\*(?:\\[^\w\s]|[^\\()\[\]*+?{}|^$.]))\)(?:\{1,\}|\+)\??")


def tamed(pattern: str) -> str:
    """The same expression without repeats that add nothing: any number of rounds of `.*x` is `.*x`.

    >>> tamed(r"a(?:.*\\)){1,}b")
    'a.*\\\\)b'
    """
    return _ABSORBING.sub(lambda match: match[1], pattern)


_TOKEN = re.compile(r"\\(.)|\{,(?=\d+\})|\[\^?\]?|\[:\w+:\]|\]", re.DOTALL)
_OF_ALL_SCRIPTS = {  # what Python means by them, of which RE2 knows the ASCII part
    "w": r"\pL\pN_",
    "d": r"\p{Nd}",
    "s": r"\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}",
}
_IN_ASCII = {"s": r"\t-\r\x1c-\x20"}


@lru_cache(4096)
def in_re2(pattern: str, flags: str) -> tuple[str, str] | None:
    """The expression as RE2 takes it: for texts in ASCII, and for others, in which `\\w`, `\\d` and `\\s` know all scripts, as
    far as RE2 can hold that. `\\b` knows ASCII alone. None where it holds what RE2 cannot say.

    >>> in_re2(r"\\d{,3}x", "i")
    ('(?i)\\\\d{0,3}x', '(?i)[\\\\p{Nd}]{0,3}x')
    """
    ascii, others = (f"(?{flags})" * bool(flags) + _rewritten(pattern, table) for table in (_IN_ASCII, _OF_ALL_SCRIPTS))
    try:
        pc.match_substring_regex(pa.array([""]), ascii)
    except pa.ArrowInvalid:
        return None
    try:
        pc.match_substring_regex(pa.array([""]), others)
    except pa.ArrowInvalid:
        return ascii, ascii
    return ascii, others


def weight(pattern: str) -> int:
    """How many characters the expression is long once its counted repeats are written out, which is how RE2 holds it.

    >>> weight("ab{3}c"), weight("(?:a.{0,900}){20}")
    (5, 18020)
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return max(1, _weight(_parser.parse(pattern)))


def _weight(items: Any) -> int:
    found = 0
    for operator, argument in items:
        if operator in _REPEATS:
            least, most, body = argument
            found += _weight(body) * max(1, least if most == _constants.MAXREPEAT else most)
        else:
            found += sum(map(_weight, _branches(operator, argument))) or 1
    return found


def _rewritten(pattern: str, table: dict[str, str]) -> str:
    """The expression with classes spelled as in a table, and what Python writes otherwise as RE2 does."""
    out = []
    at, within = 0, False
    for token in _TOKEN.finditer(pattern):
        out.append(pattern[at : token.start()])
        at = token.end()
        text, escaped = token[0], token[1]
        if escaped and escaped.lower() in table and (escaped.islower() or not within):
            inner = table[escaped.lower()]
            out.append(inner if within else f"[{'^' * escaped.isupper()}{inner}]")
        elif escaped == "Z" and not within:
            out.append(r"\z")
        elif text == "{,":
            out.append("{," if within else "{0,")
        else:
            if text.startswith("["):  # within a class it is a sign like any other, and "]" behind it the end
                within = not within or not text.endswith("]") or text.startswith("[:")
            elif text == "]":
                within = False
            out.append(text)
    return "".join((*out, pattern[at:]))


def check_regex(pattern: str, flags: str) -> None:
    """Refuses an expression that no engine here can bear. Raises: RuleError.

    RE2 bears all that it can say. Of the others: an unbounded repeat of something that itself holds an unbounded repeat, and
    can begin where the inner one ends, has exponentially many ways to fail: `(a+)+`. If a mandatory literal that the inner
    repeat cannot match stands between two rounds, there is only one way: `(\\w+;)+`.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise RuleError(f"a regular expression of {len(pattern)} characters, more than {LONGEST_PATTERN}")
    compiled(pattern, flags)
    if in_re2(pattern, flags) is not None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        tree = _parser.parse(pattern)
    if _explodes(tree, re.IGNORECASE if "i" in flags else 0):
        raise RuleError(f"the regular expression {pattern[:80]!r} could run for ages", hint="it repeats a repeat")


def _explodes(items: Any, flags: int) -> bool:
    for operator, argument in items:
        if operator in _REPEATS:
            _least, most, body = argument
            if most >= _MANY and _ambiguous(list(body)):
                return True
            if _explodes(body, flags):
                return True
        elif any(_explodes(branch, flags) for branch in _branches(operator, argument)):
            return True
    return False


def _branches(operator: Any, argument: Any) -> list[Any]:
    if operator is _constants.SUBPATTERN:
        return [argument[3]]
    if operator is _constants.BRANCH:
        return list(argument[1])
    if operator in (_constants.ASSERT, _constants.ASSERT_NOT):
        return [argument[1]]
    if operator is getattr(_constants, "ATOMIC_GROUP", None):
        return [argument]
    if operator is _constants.GROUPREF_EXISTS:
        return [branch for branch in argument[1:] if branch]
    return []


def flat(items: list[Any]) -> list[Any]:
    """Groups dissolved, so that what stands side by side is seen side by side."""
    found: list[Any] = []
    for operator, argument in items:
        if operator is _constants.SUBPATTERN:
            found += flat(list(argument[3]))
        else:
            found.append((operator, argument))
    return found


def _ambiguous(body: list[Any]) -> bool:
    """Whether a repeated `body` can be cut into rounds in many ways."""
    items = flat(body)
    for index, (operator, argument) in enumerate(items):
        if operator is _constants.BRANCH and any(_ambiguous(list(branch)) for branch in argument[1]):
            return True
        if operator in _REPEATS and argument[1] >= _MANY:
            inner = _characters(list(argument[2]))
            around = items[index + 1 :] + items[:index]
            if not any(_separates(item, inner) for item in around):
                return True
    return False


def _separates(item: Any, inner: set[int] | None) -> bool:
    """Whether `item` is a mandatory character that `inner` cannot match."""
    mine = _characters([item])
    return inner is not None and mine is not None and bool(mine) and not (mine & inner)


def _characters(items: list[Any]) -> set[int] | None:
    """The ASCII characters that `items` can match, None when that is hard to say or when they can match nothing at all."""
    found: set[int] = set()
    for operator, argument in items:
        if operator is _constants.LITERAL:
            found.add(argument)
            found.update((ord(chr(argument).lower()[0]), ord(chr(argument).upper()[0])))
        elif operator is _constants.NOT_LITERAL:
            found |= set(range(128)) - {argument}
        elif operator is _constants.IN:
            members = _members(argument)
            if members is None:
                return None
            found |= members
        elif operator is _constants.ANY:
            found |= set(range(128))
        elif operator is _constants.SUBPATTERN:
            inner = _characters(list(argument[3]))
            if inner is None:
                return None
            found |= inner
        elif operator in _REPEATS and argument[0] >= 1:
            inner = _characters(list(argument[2]))
            if inner is None:
                return None
            found |= inner
        else:
            return None
    return found


def _members(argument: Any) -> set[int] | None:
    found: set[int] = set()
    negated = False
    classes = {
        _constants.CATEGORY_DIGIT: r"\d",
        _constants.CATEGORY_NOT_DIGIT: r"\D",
        _constants.CATEGORY_SPACE: r"\s",
        _constants.CATEGORY_NOT_SPACE: r"\S",
        _constants.CATEGORY_WORD: r"\w",
        _constants.CATEGORY_NOT_WORD: r"\W",
    }
    for operator, value in argument:
        if operator is _constants.NEGATE:
            negated = True
        elif operator is _constants.LITERAL:
            found.add(value)
        elif operator is _constants.RANGE:
            found |= set(range(value[0], min(value[1], 127) + 1))
        elif operator is _constants.CATEGORY and value in classes:
            expression = re.compile(classes[value])
            found |= {code for code in range(128) if expression.match(chr(code))}
        else:
            return None
    return set(range(128)) - found if negated else found
