"""YARA and Sigma rules that a text holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit
from indicia.records import MentionKind

_YARA = re.compile(r"rule[ \t]+([A-Za-z_]\w{0,127})[ \t]*(?::[ \t\w]{1,200})?\s{0,4}\{")
_CONDITION = re.compile(r"\bcondition[ \t]*:")
_LONGEST = 200_000
_LONGEST_COMMENT = 10_000
_HEAD = r"[ \t>]{0,8}(?:(?:private|global)[ \t]+){0,2}"
_STRING_OR_BRACE = re.compile(r'"(?:[^"\\\n]|\\.){0,4096}"|//[^\n]*|/\*|[{}]|(^' + _HEAD + _YARA.pattern + ")", re.MULTILINE)
_SIGMA = re.compile(r"title:[ \t]*(\S[^\n]{0,300})\n")
_YARA_HEAD = re.compile(_HEAD)
_SIGMA_MARKS = (
    re.compile(r"^[ \t]*logsource:", re.M),
    re.compile(r"^[ \t]*detection:", re.M),
    re.compile(r"^[ \t]+condition:", re.M),
)
_SIGMA_KEYS = re.compile(
    r"(?:title|id|related|status|description|references|author|date|modified|tags|logsource|detection|correlation|fields|falsepositives|level|license|name|action|taxonomy|scope|customFields|custom_\w+)\s*:"
)


def find_rules(text: str, anchors: Anchors) -> Iterator[Hit]:
    """Rules with their whole text as span and their name or title as value, type `yara` or `sigma`."""
    if "condition" not in text:
        return
    done = -1
    for at in anchors.literals("rule ", "rule\t"):
        head = _line_before(text, at)
        match = _YARA.match(text, at) if at >= done and head is not None and _YARA_HEAD.fullmatch(head) else None
        if match is None or head is None:
            continue
        end = _yara_end(text, match.end())
        if end > 0 and _CONDITION.search(text, match.end(), end):
            yield Hit(at - len(head.lstrip(" \t>")), end, "yara", match[1], kind=MentionKind.RULE)
            done = end
    done = -1
    for at in anchors.literals("title:"):
        indent = _line_before(text, at)
        match = _SIGMA.match(text, at) if at >= done and indent is not None and not indent.strip() else None
        if match is None or indent is None or len(indent) > 12:
            continue
        end = _sigma_end(text, match.end(), indent)
        body = text[match.start() : end]
        if all(mark.search(body) for mark in _SIGMA_MARKS):
            title = match[1].strip().strip("'\"")
            yield Hit(at, end, "sigma", title, kind=MentionKind.RULE)
            done = end


def _line_before(text: str, at: int) -> str | None:
    """What stands before `at` in its line; None if that is more than any head of a rule."""
    low = max(0, at - 40)
    start = text.rfind("\n", low, at) + 1
    return text[start:at] if start or not low else None


def _yara_end(text: str, at: int) -> int:
    """The end of the rule whose opening brace ends at `at`; strings, comments and hex strings are stepped over. A brace
    right before the next rule ends it, too (one in an expression is open). -1 if it is open."""
    start = at
    depth = 1
    limit = min(len(text), at + _LONGEST)
    while depth:
        match = _STRING_OR_BRACE.search(text, at, limit)
        if match is None:
            return -1
        if match[1] is not None:
            end = start + len(text[start : match.start()].rstrip(" \t\n>"))
            return end if text[end - 1] == "}" else -1
        at = match.end()
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
        elif match[0] == "/*":
            close = text.find("*/", at, min(limit, at + _LONGEST_COMMENT))
            if close < 0:
                return -1
            at = close + 2
    return at


def _sigma_end(text: str, at: int, indent: str) -> int:
    """The end of the YAML document that goes on at `at`: lines further in, list items, blank lines, and known keys."""
    end = at
    limit = min(len(text), at + _LONGEST)
    while at < limit:
        close = text.find("\n", at, limit)
        close = limit if close < 0 else close
        line = text[at:close]
        bare = line[len(indent) :] if line.startswith(indent) else line.lstrip()
        if bare.strip():
            if not (bare[:1] in {" ", "\t", "#"} or bare.startswith("- ") or _SIGMA_KEYS.match(bare)) or bare.startswith(
                ("---", "title:")
            ):
                break
            end = close
        at = close + 1
    return end
