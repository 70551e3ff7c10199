"""How a text speaks of what was found: an attacker's trace, a victim's or a vendor's own, a reference, an example, a negation.

Every answer other than `stated` carries its reason in words. The cues are looked for in the hit's own sentence or table row.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.commonplace import USED, commonplace, is_document
from indicia.read.indicators.cues import (
    AFTER,
    BEFORE,
    LEAD,
    after_matches,
    before_matches,
    is_abused,
    is_denied,
    is_example,
    is_footnote,
    speaks_of_attack,
    speaks_of_ransom,
)
from indicia.read.indicators.handling import CREDITED, LEAD_FINE, LEAD_NAMES, ROW_FINE, WHERE_AFTER
from indicia.read.indicators.hit import FILES, HASHES, Hit
from indicia.read.indicators.hosts import host_of, known_role, registrable
from indicia.read.indicators.refang import Refanged
from indicia.read.indicators.sections import Sections
from indicia.records import Context, Document, MentionKind

__all__ = [
    "DENIED", "GIVEN", "IMITATED", "LEGITIMATE", "POINTED_TO", "PUBLISHERS", "SERVICES", "SINKHOLES", "TO_READ",
    "TO_WRITE_TO", "VICTIMS",
    "WELL_KNOWN", "Judge",
]  # fmt: skip

_NETWORK = frozenset(("domain-name", "url", "ipv4-addr", "ipv6-addr", "email-addr"))
_NAMES = frozenset(("domain-name", "url", "email-addr"))
_RULES = frozenset(("yara", "sigma"))
_REGISTERED = frozenset((MentionKind.WEAKNESS, MentionKind.VULNERABILITY))
_STATED = (Context.STATED, "")
TO_WRITE_TO, PUBLISHERS, VICTIMS = "an address to write to", "the publisher's own", "the victim's own"
IMITATED = "what the attacker's imitates"
ONLY_NAMED, DENIED = "the text only names it", "the sentence denies it"
VERSION, WELL_KNOWN, SERVICES = "version number", "well-known service", "a service's own"
TO_READ, POINTED_TO = "something to read", "the text points to it"
LEGITIMATE, GIVEN, SINKHOLES = "the text calls it legitimate", "given to the reader", "a sinkhole"
# Keys that every Windows has.
_SYSTEM_KEY = re.compile(
    r"HKEY_\w+\\(?:SOFTWARE\\(?:Microsoft|Policies|Classes)|SYSTEM\\(?:CurrentControlSet|ControlSet\d+)\\(?:Control|Enum)|"
    r"HARDWARE)\b",
    re.IGNORECASE,
)
# Within the signature of an e-mail.
_SIGNED = re.compile(
    r"\n(?:-- ?|(?i:(?:(?:kind|best|warm) )?(?:regards|wishes)|(?:yours )?(?:sincerely|faithfully)|cheers),?)\n"
    r"(?:[^\n]+\n){0,6}[^\n]*\Z"
)
_GOVERNMENT = re.compile(
    r"\.(?:gov|mil|gov\.[a-z]{2}|gouv\.[a-z]{2}|gob\.[a-z]{2}|go\.[a-z]{2}|govt\.[a-z]{2}|mil\.[a-z]{2})\Z"
)
_RECEIVED_BY = re.compile(r"(?i)[ \t>]*(?:to|cc|bcc|delivered-to|envelope-to|x-original-to|recipients?)\s{0,2}:")
_MESSAGE = re.compile(r"(?i)[ \t>]*(?:message-id|references|in-reply-to|content-id)\s{0,2}:")
_LETTER_HEAD = re.compile(r"(?:[A-Za-z][\w-]{1,30}:[^\n]{0,400}\n(?:[ \t][^\n]{0,400}\n){0,20}){0,30}")
_DESKS = frozenset(
    ("abuse", "cert", "csirt", "psirt", "hostmaster", "postmaster", "press", "media", "careers", "legal", "privacy", "soc")
)
_INTERNAL = frozenset(("corp", "intra", "intranet", "internal"))
# Addresses of what people publish to be read.
_READING = re.compile(
    r"\Ahttps?://(?:(?:blogs?|research|labs?|docs|support|news|learn|help|kb|wiki|forum)\.[^/]+/[^?#]+|"
    r"[^/]+/(?:[^?#]*/)?(?:blogs?|news|research|articles?|posts?|reports?|labs?|advisor(?:y|ies)|threat-research|"
    r"whitepapers?|publications?|20[0-2]\d/[01]?\d)/[^?#]*[a-z]{3}[^?#]*)\Z",
    re.IGNORECASE,
)
_OF_WINDOWS = re.compile(r"[\"'`”]?\s?[(–-]\s?(?:Windows|Microsoft|system|legitimate|benign|standard)\b")
_HASH = re.compile(r"\b[0-9a-fA-F]{32,64}\b")
_ITEM = re.compile(r"(?:\A|\n)[ \t]*(?:[-*•–]|\d{1,2}[.)])?[ \t]*[\"'`]?\Z")  # the hit begins its line or item
# "Norvik Shipping (norvik.example)": a name in capitals, and its site and nothing else in brackets.
_NAMED_SITE = re.compile(
    r"(?<![\w-])(?!(?:C2s?|C&C|CnC|IOCs?|IP|DNS|FQDN|URL|Domains?|Servers?|Hosts?|Panel|"
    r"Gate)\b)[A-Z][\w&.’'-]+ \(\Z"
)
_SENDS = re.compile(
    r"\b(?:senders?|reply-to|mails?|messages?|link(?:s|ed|ing)?|spread|resol\w+|reports? to|logs? on|following|"
    r"turned over|seized|curl|wget|CommandLine|->|"
    r"→)\b",
    re.I,
)
_STYLE = 1500  # characters within which an author writes attackers' names in one style
_BARE = 40  # a line of a list of indicators holds little but the indicator


class Judge:
    """Judges the hits of one document."""

    def __init__(self, document: Document, view: Refanged, anchors: Anchors) -> None:
        self.view = view
        self.starts = np.array(anchors.sentences, np.int64)
        self.cues = anchors.cues
        self.sections = Sections(document)
        # Whoever disguises addresses or lists them under such a heading presents them as an attacker's.
        self.is_report = view.any_defanged or self.sections.has("traces")
        head = _LETTER_HEAD.match(view.text)
        # Only a letter has a head that names who it is to; a sample's is quoted further down.
        self.head_end = head.end() if head is not None and re.search(r"(?mi)^to:", head[0]) else 0
        match = re.match(r"https?://([^/:?#\s]{1,253})", document.name)
        self.own = (registrable(match[1].lower()) or "") if match else ""

    def each(
        self, hits: list[Hit], ranges: npt.NDArray[np.int64], starts: list[int], disguised: list[bool]
    ) -> Iterator[tuple[Context, str]]:
        """The context of each hit and its reason. `ranges` has the hits' (start, end) in the refanged view, `starts` where
        they begin in the document, `disguised` whether the author disguised them."""
        lows, highs = self._sentences(ranges)
        near = self.cues.any_in(lows, highs)
        # Numbers that begin as a version number of the text does are versions of the same product.
        names = [hit for hit, hidden in zip(hits, disguised, strict=True) if hidden and hit.type in _NAMES and not hit.within]
        self.disguised = [hit.start for hit in names]
        self.theirs = {registrable(host) or host for hit in names if (host := host_of(hit.type, hit.value))}
        self.versions = {_series(hit) for hit in hits if hit.note == VERSION}
        for hit, start, hidden, low, high, spoken in zip(
            hits, starts, disguised, lows.tolist(), highs.tolist(), near, strict=True
        ):
            yield self._judge(hit, start, hidden, low, high, spoken)

    def _judge(self, hit: Hit, start: int, disguised: bool, low: int, high: int, near: bool) -> tuple[Context, str]:
        """[low, high) is the hit's sentence in the view; `near` says whether there is any cue in it."""
        if self.versions and hit.type == "ipv4-addr" and not hit.note and not disguised and _series(hit) in self.versions:
            return Context.BENIGN, VERSION
        documented = hit.note.startswith("documentation")
        if hit.note and not documented and not (hit.note == VERSION and disguised):
            return Context.BENIGN, hit.note
        if hit.within in _RULES:
            return Context.REFERENCE, "part of the rule around it"
        if hit.type in _RULES:
            return _STATED
        section = self.sections.at(start)
        if hit.kind in _REGISTERED and section == "references":
            return Context.REFERENCE, "in the list of references"
        if hit.kind is MentionKind.WEAKNESS:
            return _STATED
        defanged = disguised and hit.type in _NETWORK
        if hit.type in _NETWORK:
            verdict = self._network(hit, low, high, section, defanged)
            if verdict is not None:
                return verdict
        line = self.view.text.rfind("\n", max(0, hit.start - 500), hit.start) + 1
        if not disguised and (
            ROW_FINE.match(self.view.text, line, hit.start) or LEAD_FINE.match(self.view.text, line, hit.start)
        ):
            return Context.BENIGN, LEGITIMATE
        if section != "traces" and (verdict := self._handled(hit, low)) is not None:
            return verdict
        if near and not self._is_bare(hit) and (verdict := self._spoken_of(hit, low, high, disguised)) is not None:
            return verdict
        if hit.type in _NAMES and not defanged and section != "traces" and not hit.within and not self._is_tied(hit, low, high):
            return Context.REFERENCE, ONLY_NAMED
        if documented and not defanged and section != "traces" and not self._is_presented(hit, low, high):
            return Context.BENIGN, hit.note
        if section == "clean":
            return Context.BENIGN, "under a heading that says so"
        if hit.type in FILES:
            if reason := commonplace(hit):
                return Context.BENIGN, reason
            if section != "traces" and hit.type == "file-name" and is_document(hit) and not self._is_trace(hit, low, high):
                return Context.REFERENCE, "a document that the text only names"
        return _STATED

    def _sentences(self, ranges: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where the sentence of each hit begins and ends, but no further away than a cue could reach."""
        starts, ends = ranges[:, 0], ranges[:, 1]
        first = np.searchsorted(self.starts, starts, side="right")
        following = np.maximum(first, np.searchsorted(self.starts, ends, side="left"))
        lows = np.maximum(self.starts[first - 1], starts - BEFORE)
        highs = np.minimum(np.append(self.starts, len(self.view.text))[following], ends + AFTER)
        return lows, highs

    def _network(self, hit: Hit, low: int, high: int, section: str, defanged: bool) -> tuple[Context, str] | None:
        """What the host is known for, and whether the text only points to it. None: nothing speaks against a trace."""
        if section == "references" and not defanged:
            return Context.REFERENCE, TO_WRITE_TO if hit.type == "email-addr" else "in the list of references"
        host = host_of(hit.type, hit.value)
        role = known_role(host) if host else None
        if role is not None and (verdict := _by_role(hit, host, role, defanged)) is not None:
            return verdict
        if (
            host
            and "sinkhole" in host
            or self._stands_before("sinkhole", hit, low)
            or self._stands_after("sinkhole", hit, high)
        ):
            return Context.BENIGN, SINKHOLES
        if defanged:
            return None
        if host and _GOVERNMENT.search(host):
            return Context.REFERENCE, "a government's"
        if (letter := self._in_letter(hit)) is not None:
            return letter
        if self.own and host and (registrable(host) or host) == self.own:
            return Context.REFERENCE, PUBLISHERS
        text, start = self.view.text, hit.start
        if (
            hit.type == "email-addr"
            and (hit.value.split("@", 1)[0].lower() in _DESKS or self._stands_before("contact", hit, low))
            and not speaks_of_ransom(text[low:start])
        ):
            return Context.REFERENCE, TO_WRITE_TO
        if _SIGNED.search(text, max(0, start - 400), start):
            return Context.REFERENCE, PUBLISHERS
        if (
            hit.type == "domain-name"
            and text[hit.end : hit.end + 1] == ")"
            and _NAMED_SITE.search(text, max(0, start - 60), start)
        ):
            return Context.REFERENCE, "the site of whom the text names"
        if hit.type == "domain-name" and text[start - 1 : start] == "(" and CREDITED.match(text, hit.end):
            return Context.REFERENCE, POINTED_TO
        line = text.rfind("\n", max(0, start - 700), start) + 1
        if (
            LEAD_NAMES.match(text, line, start)
            and not host.endswith(".onion")
            and not speaks_of_ransom(text[line:start])
            and not speaks_of_attack(text[max(low, start - 60) : start])
        ):
            return Context.REFERENCE, POINTED_TO
        if self._stands_before("service", hit, low):
            return Context.REFERENCE, SERVICES
        if hit.type == "domain-name" and not _INTERNAL.isdisjoint(hit.value.split(".")[1:]):
            return Context.BENIGN, VICTIMS
        if self._stands_before("publisher", hit, low):
            return Context.REFERENCE, PUBLISHERS
        if section == "traces":
            return None
        if hit.type in {"url", "domain-name"} and self._stands_before("reference", hit, low):
            return Context.REFERENCE, POINTED_TO
        if hit.type == "url" and _READING.search(hit.value) and not speaks_of_attack(text[max(low, start - 60) : start]):
            return Context.REFERENCE, TO_READ
        if hit.type == "url" and is_footnote(text[max(0, start - 200) : start]) and not speaks_of_attack(text[low:start]):
            return Context.REFERENCE, "in a footnote"
        return None

    def _in_letter(self, hit: Hit) -> tuple[Context, str] | None:
        """What an address in the head of an e-mail is: who got it, a message's identifier, or whoever sent this text."""
        if hit.type != "email-addr":
            return None
        line = self.view.text.rfind("\n", max(0, hit.start - 500), hit.start) + 1
        if _RECEIVED_BY.match(self.view.text, line, hit.start):
            return Context.BENIGN, VICTIMS
        if _MESSAGE.match(self.view.text, line, hit.start):
            return Context.REFERENCE, "the identifier of a message"
        return (Context.REFERENCE, PUBLISHERS) if hit.end <= self.head_end else None

    def _stands_before(self, family: str, hit: Hit, low: int) -> bool:
        first = self.cues.first(family, low, hit.start)
        return first >= 0 and before_matches(family, self.view.text, max(low, first - LEAD), hit.start)

    def _stands_after(self, family: str, hit: Hit, high: int) -> bool:
        return self.cues.follows(family, hit.end, high) and after_matches(family, self.view.text, hit.end, high)

    def _spoken_of(self, hit: Hit, low: int, high: int, disguised: bool) -> tuple[Context, str] | None:
        """What the hit's own sentence says about it."""
        text = self.view.text
        if hit.type != "vulnerability":
            if self._stands_before("imitated", hit, low):
                return Context.BENIGN, IMITATED
            if self._stands_before("victim", hit, low) or self._stands_after("victim", hit, high):
                return Context.BENIGN, VICTIMS
            if hit.type == "domain-name" and not disguised and self._stands_after("hacked", hit, high):
                return Context.BENIGN, VICTIMS
            if (self._stands_before("stays", hit, low) or self._stands_after("stays", hit, high)) and not is_abused(
                text[low : hit.start]
            ):
                return Context.BENIGN, LEGITIMATE
            if (self._stands_before("benign", hit, low) and not is_abused(text[low : hit.start])) or self._stands_after(
                "benign", hit, high
            ):
                return Context.BENIGN, LEGITIMATE
        if hit.type not in FILES and (
            (self.cues.has("negated", low, hit.start) and is_denied(text[low : hit.start]))
            or self._stands_after("negated", hit, high)
        ):
            return Context.NEGATED, DENIED
        return None

    def _handled(self, hit: Hit, low: int) -> tuple[Context, str] | None:
        """What the reader is to do with a file, a key or a hash that is no trace, or whom a mail went to."""
        if hit.type in FILES:
            if self._stands_before("handed out", hit, low):
                return Context.REFERENCE, GIVEN
            if self._stands_before("spared", hit, low):
                return Context.BENIGN, "what the malware leaves out or ends"
            if WHERE_AFTER.match(self.view.text, hit.end) and self._stands_before("inspected", hit, low):
                return Context.REFERENCE, "a place to look in"
        elif hit.type in HASHES:
            if self._stands_before("correct", hit, low):
                return Context.BENIGN, LEGITIMATE
        elif hit.type == "mutex" and _OF_WINDOWS.match(self.view.text, hit.end):
            return Context.BENIGN, LEGITIMATE
        elif hit.type == "windows-registry-key":
            if _SYSTEM_KEY.match(hit.value) and self._stands_before("read only", hit, low):
                return Context.BENIGN, "only read"
        elif hit.type == "email-addr" and self._stands_before("recipient", hit, low):
            return Context.BENIGN, VICTIMS
        return None

    def _is_trace(self, hit: Hit, low: int, high: int) -> bool:
        """Whether a document or a source file stands as an attacker's would."""
        text = self.view.text
        sentence = f"{text[low : hit.start]} {text[hit.end : high]}"
        if USED.search(sentence) or speaks_of_attack(sentence) or _HASH.search(sentence):
            return True
        return self.is_report and (self._is_listed(hit) or _ITEM.search(text, max(0, hit.start - 12), hit.start) is not None)

    def _is_tied(self, hit: Hit, low: int, high: int) -> bool:
        """Whether anything ties an undisguised name to an attack: that no others near it are disguised, that its domain is an
        attacker's elsewhere, that it is listed or stands in code, or what its sentence says."""
        index = bisect_left(self.disguised, hit.start - _STYLE)
        if len(self.disguised) < index + 2 or self.disguised[index + 1] > hit.start + _STYLE:
            return True
        text, host = self.view.text, host_of(hit.type, hit.value)
        if text[hit.start - 1 : hit.start] in {'"', "'", "=", "`"} or (registrable(host) or host) in self.theirs:
            return True
        sentence = f"{text[max(low, hit.start - 200) : hit.start]} {text[hit.end : high]}"
        return speaks_of_attack(sentence) or _SENDS.search(sentence) is not None or self._is_listed(hit)

    def _is_presented(self, hit: Hit, low: int, high: int) -> bool:
        """Whether a value from a documentation range stands as an attacker's would: in a list, a table, or a sentence on
        an attack."""
        text = self.view.text
        sentence = f"{text[low : hit.start]} {text[hit.end : high]}"
        if self.cues.has("example", low, high) and is_example(sentence) and not speaks_of_attack(text[low : hit.start]):
            return False
        return self.is_report or speaks_of_attack(sentence) or self._is_listed(hit)

    def _is_listed(self, hit: Hit) -> bool:
        """Whether the line holds little but the hit, or is a table row."""
        text = self.view.text
        low = max(0, hit.start - 400)
        low = max(low, text.rfind("\n", low, hit.start) + 1)
        high = text.find("\n", hit.end, hit.end + 400)
        high = min(len(text), hit.end + 400) if high < 0 else high
        return (high - low) - (hit.end - hit.start) <= _BARE or "\t" in text[low:high] or text[low:high].count("|") >= 2

    def _is_bare(self, hit: Hit) -> bool:
        """Whether the hit is all of its line, marks of lists and quotes aside: nothing is said of it there."""
        text = self.view.text
        if hit.start and text[hit.start - 1] == "\n" and text[hit.end : hit.end + 1] in {"\n", ""}:
            return True
        low = text.rfind("\n", max(0, hit.start - 12), hit.start) + 1
        high = text.find("\n", hit.end, hit.end + 12)
        high = high if high >= 0 else hit.end if hit.end + 12 >= len(text) else -1
        return low > 0 and high >= 0 and not any(c.isalnum() for c in text[low : hit.start] + text[hit.end : high])


def _series(hit: Hit) -> str:
    """The first two of the numbers with dots between them."""
    return ".".join(hit.value.split(".", 2)[:2])


def _by_role(hit: Hit, host: str, role: str, defanged: bool) -> tuple[Context, str] | None:
    """What a host that is known for something is to the text."""
    if role == "schema":
        return Context.REFERENCE, "names an XML vocabulary"
    if role == "benign" and (hit.within or hit.type != "url" or not defanged):
        return Context.BENIGN, WELL_KNOWN
    if role == "reference" and not defanged:
        return Context.REFERENCE, "a place that reports point to"
    if role == "shared" and (hit.within or hit.type == "domain-name") and known_role(host.split(".", 1)[-1]) != "shared":
        return Context.BENIGN, "shared platform"
    return None
