"""Headings that change how what follows is to be read: references, lists of indicators, and lists of what is no indicator."""

from __future__ import annotations

import re

import numpy as np

from indicia.records import BlockKind, Document

__all__ = ["Sections"]

_REFERENCES = re.compile(
    r"(?:references?|sources?|bibliography|further reading|read more|related (?:reading|articles|posts|content|links|"
    r"reports?)|see also|footnotes?|endnotes?|"
    r"notes|(?:additional )?(?:resources|information|reading)|external links|works cited|citations?|contact(?: us|"
    r" information)?|reporting|"
    r"about (?:us|the authors?)|acknowledge?ments?|feedback|disclaimer|credits|"
    r"(?:tier[- ]?\d|primary|secondary|public|external|key|other|cited|data|(?:and|&) )*\s?(?:sources?|references?|citations?)"
    r"(?: (?:and|&) \w+)?(?: \([^()]{1,60}\))?)",
    re.IGNORECASE,
)
_TRACES = re.compile(
    r"\b(?:indicators?|iocs?|hashes|network (?:infrastructure|artifacts)|c2s?|command[- ]and[- ]control|observables|"
    r"artifacts|artefacts|"
    r"malicious (?:domains?|ips?|addresses|files|urls?)|samples)\b",
    re.IGNORECASE,
)
_CLEAN = re.compile(
    r"\b(?:benign|legitimate|clean|allow-?list|white-?list|exclu\w+|example|false[- ](?:positives?|flags?)|"
    r"(?:not|no|non)[- ](?:an? |to be )?(?:malicious|harmful|indicators?|iocs?|related|attacker\w*|part|block\w*|c2s?|"
    r"samples?))\b",
    re.IGNORECASE,
)
# "Legitimate files abused in this campaign (do not block)", "Tools that are not malicious"
_NO_TRACES = re.compile(
    r"(?:(?:known[- ]|some )?(?:legitimate|benign|clean|harmless|good|non-malicious|allow-?listed|"
    r"white-?listed) (?:\w+ )?(?:files?|"
    r"tools?|software|binaries|programs|domains?|hosts?|services?|hashes|addresses|infrastructure|indicators?)\b)",
    re.IGNORECASE,
)
_SAID_AFTER = re.compile(r"[^.]{3,60}(?:\(do not block\)|\bnot malicious|\bfalse positives?|\bnot indicators?)", re.IGNORECASE)
_SAID = re.compile("do not block|not malicious|false positive|not indicator")  # one is in every match
_NUMBER = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.|(?:Appendix|Annex) [A-Z0-9]\b[.:]?)\s*", re.IGNORECASE)
_NUMBERED = "0123456789IVXivxAa"  # what a number begins with
_LONGEST = 80


class Sections:
    """The kind of section at an offset: `references`, `traces`, `clean`, or nothing in particular."""

    def __init__(self, document: Document) -> None:
        self._starts: list[int] = []
        self._kinds: list[str] = []
        for block in document.blocks:
            if block.end - block.start > _LONGEST or block.kind is BlockKind.ROW:
                continue
            line = document.text[block.start : block.end].strip().strip("#*_ ")
            kind = _kind(line, block.kind is BlockKind.HEADING)
            if kind is not None:
                self._starts.append(block.start)
                self._kinds.append(kind)

    def each(self, offsets: list[int]) -> list[str]:
        """The kind of section at each offset."""
        kinds = ["", *self._kinds]
        indexes: list[int] = np.searchsorted(np.array(self._starts, np.int64), offsets, side="right").tolist()
        return [kinds[index] for index in indexes]

    def has(self, kind: str) -> bool:
        """Whether the document has a section of this kind."""
        return kind in self._kinds


def _kind(line: str, is_heading: bool) -> str | None:
    """None if the line opens no section."""
    bare = (_NUMBER.sub("", line) if line[:1] in _NUMBERED else line).rstrip(": ")
    if (
        bare
        and (_NO_TRACES.match(bare) or (_SAID.search(bare.lower()) and _SAID_AFTER.match(bare)))
        and not line.endswith((".", "!", "?"))
        and len(bare.split()) <= 12
    ):
        return "clean"
    if not bare or not (is_heading or line.endswith(":")):
        return "references" if bare and line[:1].isupper() and _REFERENCES.fullmatch(bare) else None
    if _REFERENCES.fullmatch(bare):
        return "references"
    if _TRACES.search(bare) and len(bare.split()) <= 9:
        return "clean" if _CLEAN.search(bare) else "traces"
    return "" if is_heading else None
