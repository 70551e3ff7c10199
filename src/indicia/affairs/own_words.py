"""What a text says of its own deeds: "That campaign is not the compromise of Microsoft Exchange Server". Such a word goes
before anything that the joining would gather from the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from indicia.knowledge import Knowledge
from indicia.records import Document

_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\w)[^.!?\n]+)*")
# The subject leads back to what was told before; "not X" then says which known deed it is not.
_DEED = (
    r"campaigns?|operations?|activit(?:y|ies)|attacks?|intrusions?|incidents?|hack(?:s|ing)?|breach(?:es)?|compromises?|charges|"
    r"indictments?|conduct|wave|case|matter|affair|offences|crimes|acts?"
)
_IS_NOT = re.compile(
    rf"^\W*(?:(?:that|this|these|those|the|both)\s+(?:[\w-]+\s+){{0,3}}?(?:{_DEED})|it|they|that|this)\s+"
    r"(?:(?:is|are|was|were)(?:\s+not|n['’]t)\s+(?:(?:a\s+)?part\s+of|(?:related|connected|linked|tied)\s+(?:to|with)|the\s+same"
    r"(?:\s+(?:thing|one|campaign|operation|attack))?\s+as)?"
    r"|(?:is|are|was|were)\s+(?:(?:entirely|wholly|quite)\s+)?(?:unrelated\s+to|unconnected\s+(?:to|with)|separate\s+from|distinct\s+"
    r"from|different\s+from|other\s+than)"
    r"|(?:has|have|had)\s+nothing\s+to\s+do\s+with)\s*(?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


class SetApart(NamedTuple):
    """What stands in [start, end) of a document is not about `incident`, a known one."""

    start: int
    end: int
    incident: str


def set_apart(document: Document, knowledge: Knowledge, incidents: Iterable[str]) -> tuple[SetApart, ...]:
    """Where a text says that the deed it has just told, in the same paragraph, is not one of `incidents`."""
    wanted, found = frozenset(incidents), []
    if not wanted:
        return ()
    starts = [0, *(at.end() for at in _PARAGRAPH.finditer(document.text))]
    for sentence in _SENTENCE.finditer(document.text):
        told = _IS_NOT.match(sentence.group())
        if told is None:
            continue
        start = starts[bisect_right(starts, sentence.start()) - 1]
        found += [
            SetApart(start, sentence.start(), one.incident.id)
            for one in knowledge.affairs.find(told["what"])
            if one.incident.id in wanted
        ]
    return tuple(found)
