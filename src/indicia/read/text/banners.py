"""Banners of the Traffic Light Protocol: the one place that tells a marking from talk about markings.

`banner` looks through a text, `aside` at a short one that stands beside it (a subject, a title, a running head), `field` at a
named value (a header, a property, a column). All look at what a reader sees: letters of other widths and scripts, accents and
characters without width make no difference.

A line is a banner surely (it is nothing else, or says "this document is marked TLP:RED"), doubtfully (it begins or ends with a
label), or not at all. A doubtful one counts where it is stricter than no marking would be. Three labels or more close together
explain the protocol; one that stands there more often than the others is a banner all the same. Markings of other schemes
(NATO SECRET, VS-NfD) are told by `classified`.

References: FIRST, Traffic Light Protocol version 2.0 and Standard Definitions and Usage Guidance.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from indicia.read.text.classified import Classified, classified_field, classified_text
from indicia.records import UNMARKED, Tlp

# Accents, once they stand apart, and what has no width.
_DROPPED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\u0300-\u036f\u20d0-\u20f0\U000e0000-\U000e007f]"
)
_BREAKS = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Letters of other scripts that look like ours.
_ALIKE = dict(
    zip(
        "\u0430\u0432\u0435\u0456\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0501\u04cf"
        "\u03b1\u03b2\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u1d1b\u029f\u1d18\u0280\u1d07\u1d05\u1d00\u1d0d\u0262\u0274"
        "\ua4d4\ua4e1\ua4d1\ua4e3\ua4f0\ua4d3\ua4ee\ua4df\ua4d0\ua4d6\ua4e0\ua4e2"
        "\u2236\u02d0\ua789\u05c3\u2010\u2011\u2012\u2212\u00a6",
        "abeikmhopctyxdlabeikvoptyxtlpredamgntlpredambgns::::----|",
        strict=True,
    )
)
_FOREIGN = re.compile(f"[{''.join(_ALIKE)}]")


def _folded(text: str) -> str:
    """The text as it looks: small letters without accents or marks of no width."""
    if not text.isascii():
        text = _DROPPED.sub("", unicodedata.normalize("NFKD", text))
    text = text.lower()
    if not text.isascii():
        text = _FOREIGN.sub(lambda match: _ALIKE[match[0]], text)
    return _BREAKS.sub("\n", text)


# What the labels are called, in the languages that translate them though FIRST asks not to.
_COLOURS = {
    Tlp.RED: """red rouge rot rojo rosso vermelho rood black rod rød czerwony cervena punainen piros kirmizi rosu
        красный червоний 红色 红 紅 赤色 赤 \U0001f534 \U0001f7e5""",
    Tlp.AMBER: """amber yellow orange ambre gelb ambar ambra amarelo amarillo gul zolty zluta keltainen sari galben
        желтый янтарный жовтий 黄色 黄 黃 琥珀色 琥珀 \U0001f7e0 \U0001f7e1 \U0001f7e7 \U0001f7e8""",
    Tlp.GREEN: """green vert grun gruen verde groen gron grønn grøn zielony zelena vihrea yesil
        зеленый зелений 绿色 绿 綠 緑 \U0001f7e2 \U0001f7e9""",
    Tlp.CLEAR: """clear white blanc weiss weis blanco bianco branco wit vit hvid hvit bialy bila valkoinen beyaz alb
        белый прозрачный білий 白色 白 \u26aa \u2b1c""",
}
_WORDS = {_folded(word): tlp for tlp, words in _COLOURS.items() for word in words.split()}
_LETTERS = "[ .]?"  # between letters that are set apart, as in T L P : R E D
_STRICT = r"(?:(?:[\s+_&/,(\u2013\u2014-]|plus|and){0,6}s[ .]?t[ .]?r[ .]?i[ .]?c[ .]?t(?![a-z0-9])\)?|\s?\+\s?s(?![a-z0-9]))"
_STRICT_BEFORE = r"(?P<before>strict[\s+_-]{1,3})?"
_COLOUR = f"(?:{'|'.join(_LETTERS.join(word) for word in sorted(_WORDS, key=len, reverse=True))})"
_BETWEEN = (
    r"(?:[\s:;=_./|\\>\"'`*()\[\]{}<+#~,\u00ae\u00b7\u00bb\u2013\u2014\u2022\u2190-\u21ff-]"
    r"|&(?:#58|#x3a|colon|nbsp);|%3a|%20){0,8}+"
)
_PROTOCOL = r"(?:t[ .]?l[ .]?p|traffic[\s-]?lights?(?:[\s-]protocol)?(?:\s?\(tlp\))?)"
_KIND = (
    r"(?:\s?\(?(?:v|version\s?)?[12](?:\.0)?(?![0-9])\)?"
    r"|[\s_-](?:level|classification|marking|label|colou?r|designation|rating|code|status)){0,2}"
)
_END = r"(?![a-z0-9@]|\.[a-z]{2})"  # a label, and no part of a word or of a name on the net
_HINT = re.compile(r"tlp|t[ .]l[ .]?p|tl[ .]p|traffic[\s-]?light")  # no label is without it
_FORWARD = re.compile(rf"{_PROTOCOL}{_KIND}{_BETWEEN}{_STRICT_BEFORE}(?P<colour>{_COLOUR})(?P<strict>{_STRICT})?{_END}")
_BACKWARD = re.compile(rf"(?<![a-z0-9])(?P<colour>{_COLOUR})(?P<strict>{_STRICT})?\s?[(\[/]\s?{_PROTOCOL}(?![a-z0-9])")
_BACK = 40  # characters in which a label stands before its protocol
_ALONE = re.compile(rf"\W*(?P<colour>{_COLOUR})(?P<strict>{_STRICT})?\W*")
_MARKED_FIELD = re.compile(
    r"(?:^|[\W_])(?:tlp|traffic[\W_]?light(?:[\W_]?protocol)?|(?:protective[\W_]?)?marking|classification|sensitivity|"
    r"dissemination|handling|sharing|distribution)s?(?:[\W_]?(?:level|label|marking|code|colou?r|name|value|caveat))?$"
)
_COLOUR_FIELD = re.compile(
    r"^(?:(?:re|fwd?|aw|wg): ?){0,3}[^\w\n]*"
    r"(?:(?:protective )?marking|classification|sensitivity|dissemination|handling|sharing)(?: level)? ?[:=]"
    rf"[^\w\n]*(?P<colour>{_COLOUR})(?P<strict>{_STRICT})?[^\w\n]*$",
    re.MULTILINE,
)

_LISTED = re.compile(r"[,;=\[\]|]")

_NEAR = 300  # characters of a line that are looked at before and after a label
_SHORT = 16  # words of a line that may be a head or a foot
_MOST = 2_000  # lines with a label that are looked at; of those beyond, every label counts
_CLOSE = 12  # lines between the labels of one explanation

_HERE = "\x00"  # stands for a label in a line that is looked at
# What may stand beside a label in a head, a foot or a subject and changes nothing.
_PAGE = re.compile(
    r"\b(?:page|p|seite|pagina|pag|of|von|de|sur|v|version|draft|re|fwd?|aw|wg|ext|external|confidential|noforn|unclassified|"
    r"restricted|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|ober)?)\b|\bv?\d+"
)
_TAG = re.compile(r"</?[a-z]{1,10}(?: [^<>]{0,100})?>")
_EXPLAINS = re.compile(
    r"\b(?:what|how|why|which|who|when|explain\w*|meaning|means?|defin\w+|understand\w*|guides?|guidance|versus|vs|faq|"
    r"examples?|e\.g|stands? for|instead of|such as|between|about|introduc\w+|history|difference)\b|\?"
)
_TELLS = re.compile(
    r"\b(?:is|are|was|were|be|been|may|can|could|should|would|must|shall|will|has|have|had|uses?|used|using|appl\w+|allows?|"
    r"permits?|requires?|prohibits?|indicates?|refers?|replace\w*|information|labels?|levels?|designations?|colou?rs?|"
    r"markings?|tags?|protocol|stricter|strictest)\b"
)
_KEY = re.compile(r"(?:^|[.;|\t])(?P<name>[^.;|\t\x00]{2,50})(?P<sign>[:=])[\s\"'`*(\[{<_]*$")
_PARTED = re.compile(r"^[\s\"'`*_]*(?:[\])}>|/\\:;.\u2022\u00b7\u2013\u2014]|-{1,3}(?!\w)|$)")
_PARTING = re.compile(r"(?:[\[({<|/\\:;\u2022\u00b7\u2013\u2014\t]|(?<!\w)-{1,3})[\s\"'`*_]*$")
_FILL = (
    r"(?:[\s:\"'(\[*_]|"
    r"\b(?:as|at|to|with|under|an?|the|our|be|levels?|labels?|classification|marking|category|strictly)\b){0,12}"
)
_MARKS = (
    r"(?:mark|classifi|label|labell|designat|tagg|rat|stamp|shar|distribut|disseminat|circulat|releas|provid|issu|publish|"
    r"handl|treat|consider|regard|restrict)ed"
)
_TREAT = r"(?:treat|handle|consider|regard|keep|share|distribute|mark|classify)"
_THINGS = (
    r"(?:documents?|reports?|e-?mails?|messages?|information|contents?|advisory|alerts?|bulletins?|notices?|notes?|memos?|"
    r"papers?|files?|attachments?|products?|briefings?|presentations?|data|indicators|slides?|findings)"
)
# "This document is marked LABEL"; "Please treat as LABEL"; "Marked LABEL".
_STATED = re.compile(
    rf"\b(?:this|these|(?:the )?(?:following|enclosed|attached|present|herein|above|below)|the contents?)\b[^.!?\x00]{{0,100}}?"
    rf"\b(?:{_MARKS}|is|are|be|remains?|contains?|under|as|sent|{_TREAT}){_FILL}\x00"
    rf"|(?:^\W*|[.!?:;,(>*\-]\s*|\bplease )(?:{_MARKS}|{_TREAT}|contains|classification|marking|distribution|sensitivity)"
    rf"(?: (?:this|it|all|information|content|is|are|limited|restricted)){{0,3}}{_FILL}\x00"
)
# Perhaps of another document, or of many.
_SAID = re.compile(
    rf"\b(?:the (?:\w+ )?|all (?:the )?){_THINGS} (?:is|are) (?:{_MARKS} )?{_FILL}\x00"
    rf"|\b(?:diese[rs]?|dit|deze|cet?te|ce|est[ea]|quest[oa]|esse)\b[^.!?\x00]{{0,100}}?"
    rf"\b(?:als|comme|como|come|(?:ge)?[ck]lassif\w+){_FILL}\x00"
    r"|\bfor\W+\x00[^.\x00]{0,40}\bonly\b"
)
_SENTENCES = re.compile(r"[.!]\s+\w")
_OWN_SENTENCE = re.compile(r"[.!?][\"'\u201d)\]]?\s+\W*$")
_OTHERWISE = re.compile(r"\bunless (?:otherwise \w+|\w+ otherwise)\b")  # a marking is one though parts have their own
_SUPPOSED = re.compile(
    r"\b(?:if|when|whether|unless|suppose|imagine|wenn|falls|would|could|might|had|not|never|no longer|rather than)\b"
)

_ADDRESS = re.compile(r"(?:\b[a-z]{2,10}://|\bwww\.)\S{0,2000}")


class _Found(NamedTuple):
    marking: Tlp
    line: int
    sure: bool


def banner(text: str) -> Tlp | None:
    """The strictest marking that a banner in the text gives; None without one.

    >>> banner("TLP:AMBER+STRICT\\n\\nFindings"), banner("Some reports are TLP:RED, others are not.")
    (<Tlp.AMBER_STRICT: 'amber+strict'>, None)
    """
    sure = Tlp.joined(one.marking for one in _found(text) if one.sure or one.marking.rank >= UNMARKED.rank)
    return _with(sure, classified_text(text))


def aside(text: str) -> Tlp | None:
    """The marking in a short text that stands beside the document and is no part of what it tells: there no form is doubtful.

    >>> aside("RE: [TLP:GREEN] Weekly report"), aside("What does TLP:RED mean?")
    (<Tlp.GREEN: 'green'>, None)
    """
    text = text[:10_000]
    return _with(Tlp.joined(one.marking for one in _found(text)), classified_text(text))


def _with(label: Tlp | None, other: Classified | None) -> Tlp | None:
    """The label, and the marking of another scheme where that is stricter and does not yield to it."""
    if other is None or (other.yields and label is not None):
        return label
    return Tlp.joined((label, other.marking))


def field(name: str, value: str) -> Tlp | None:
    """The marking in a named value: a colour alone says it where the name is that of a marking.

    >>> field("X-TLP", "red"), field("Classification", "TLP:AMBER"), field("Subject", "red alert")
    (<Tlp.RED: 'red'>, <Tlp.AMBER: 'amber'>, None)
    """
    value = value[:1000]
    parts = dict.fromkeys((value, *_LISTED.split(value)))  # a list of tags, or values with names of their own
    return Tlp.joined(_value(part, named=is_marking(name)) for part in parts)


def _value(value: str, *, named: bool) -> Tlp | None:
    if named:
        folded = _folded(value)
        _, labels = _shape(folded)
        if not labels and (match := _ALONE.fullmatch(folded)) is not None:
            labels = (_marking(match),)
        if labels:
            return Tlp.strictest(labels)
        if (other := classified_field(value)) is not None:
            return other.marking
    return aside(value)


def is_marking(name: str) -> bool:
    """Whether a field with this name holds a marking.

    >>> is_marking("x-tlp-level"), is_marking("Protective marking"), is_marking("subject")
    (True, True, False)
    """
    return _MARKED_FIELD.search(_folded(name[:100])) is not None


def may_mark(text: str) -> bool:
    """Whether the text could hold a banner at all: cheap."""
    folded = _folded(text)
    return _HINT.search(folded) is not None or _COLOUR_FIELD.search(folded) is not None or classified_text(text) is not None


def without_banners(text: str) -> str:
    """The text with blanks in place of every line that is a banner alone, so that offsets stay: `TLP:GREEN` is nobody's word
    on GREEN.

    >>> without_banners("TLP:GREEN\\nA state accuses another.")
    '         \\nA state accuses another.'
    """
    if not may_mark(text):
        return text
    return "\n".join(
        re.sub(r"[^\r]", " ", line) if len(line) < _NEAR and _is_alone(_folded(line)) else line for line in text.split("\n")
    )


def _is_alone(line: str) -> bool:
    shape, labels = _shape(line) if _HINT.search(line) else ("", ())
    return bool(labels) and re.search(r"\w", shape) is None


def _labels(folded: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
    """The labels between two places, in their order."""
    at = start
    for hint in _HINT.finditer(folded, start, len(folded) if end is None else end):
        if hint.start() and folded[hint.start() - 1].isalpha():  # a number may be that of a note
            continue
        match = _FORWARD.match(folded, hint.start())
        if match is None and folded[max(start, hint.start() - 2) : hint.start()].rstrip().endswith(("(", "[", "/")):
            match = _BACKWARD.search(folded, max(at, hint.start() - _BACK), hint.end() + _BACK)
        if match is not None and match.start() >= at:
            at = match.end()
            yield match


def _marking(match: re.Match[str]) -> Tlp:
    marking = _WORDS[re.sub(r"[ .]", "", match["colour"])]
    strict = any(match.groupdict().get(name) for name in ("strict", "before"))
    return Tlp.AMBER_STRICT if strict and marking is Tlp.AMBER else marking


def _found(text: str) -> list[_Found]:
    """The banners of a text, without those that explain the protocol."""
    folded = _folded(text)
    found: list[_Found] = []
    beyond: set[str] = set()
    line = at = lines = end = 0
    for match in _labels(folded):
        if match.start() < end:
            continue  # on a line that was looked at already
        line += folded.count("\n", at, match.start())
        at, lines = match.start(), lines + 1
        if lines > _MOST:
            beyond.add(match[0])
            continue
        start, end = _line(folded, match)
        shape, labels = _shape(folded[start:end])
        sure = _sureness(shape) if 0 < len(set(labels)) < 3 else None
        if sure is not None:
            found += [_Found(marking, line, sure) for marking in dict.fromkeys(labels)]
    lone = [_Found(_marking(match), -1, False) for match in _COLOUR_FIELD.finditer(folded)]
    lone += [_Found(_marking(match), -1, False) for match in map(_FORWARD.match, sorted(beyond)) if match]
    return [*_unexplained(found), *lone]


def _line(folded: str, match: re.Match[str]) -> tuple[int, int]:
    """Where the line of a label begins and ends; of a long line the part that is near. Two lines where a label is broken."""
    low, high = max(0, match.start() - _NEAR), min(len(folded), match.end() + _NEAR)
    start = folded.rfind("\n", low, match.start()) + 1 or low
    end = folded.find("\n", match.end(), high)
    return start, high if end < 0 else end


@lru_cache(4096)
def _shape(line: str) -> tuple[str, tuple[Tlp, ...]]:
    """The line with a mark in place of each label, and the labels; an address on the net holds none."""
    line = _ADDRESS.sub("x", line)
    labels = tuple(_labels(line))
    for match in reversed(labels):
        line = line[: match.start()] + _HERE + line[match.end() :]
    return _TAG.sub(" ", line).replace("_", " "), tuple(map(_marking, labels))


@lru_cache(4096)
def _sureness(shape: str) -> bool | None:
    """Whether the line is a banner surely (True) or doubtfully (False); None where it only talks of labels."""
    shape = _OTHERWISE.sub("", shape)
    before, after = shape.partition(_HERE)[0], shape.rpartition(_HERE)[2]
    rest = shape.replace(_HERE, " ")
    bare, bare_before, bare_after = (re.search(r"\w", _PAGE.sub("", part)) is None for part in (rest, before, after))
    if bare:
        return True
    if "\n" in rest.strip():
        return None
    for pattern, sure in ((_STATED, True), (_SAID, False)):
        said = pattern.search(shape)
        if said is not None and not _SUPPOSED.search(shape[: said.end()].rpartition(". ")[2]):
            return sure
    key = _KEY.search(before)
    if key is not None and bare_after and not _EXPLAINS.search(before):
        return key["sign"] == ":" and is_marking(key["name"].strip())
    if bare_after and _OWN_SENTENCE.search(before):
        return False
    explains = len(rest.split()) > _SHORT or _EXPLAINS.search(rest) is not None
    parted = _PARTED.match(after) is not None
    # It opens a paragraph, as a portion marking or a head does, or stands apart in a short line.
    if bare_before and parted and (not explains or len(rest.split()) > _SHORT or _SENTENCES.search(rest)):
        return False
    if not explains and parted and _PARTING.search(before):
        return False
    if not explains and (bare_before or bare_after) and not _TELLS.search(rest) and not _SENTENCES.search(rest):
        return False
    return None


def _unexplained(found: Iterable[_Found]) -> list[_Found]:
    """Without the lines of an explanation: three labels or more, close together, each as often as the others."""
    kept: list[_Found] = []
    cluster: list[_Found] = []

    def close() -> None:
        counts = Counter(one.marking for one in cluster)
        if len(counts) >= 3:
            least = min(counts.values())
            kept.extend(one for one in cluster if counts[one.marking] > least)
        else:
            kept.extend(cluster)
        cluster.clear()

    for one in found:
        if cluster and one.line - cluster[-1].line > _CLOSE:
            close()
        cluster.append(one)
    close()
    return kept
