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
    after_matches,
    is_abused,
    is_example,
    is_footnote,
    is_taken_back,
    speaks_of_attack,
    speaks_of_ransom,
)
from indicia.read.indicators.handling import CREDITED, LEAD_FINE, LEAD_NAMES, ROW_FINE, WHERE_AFTER
from indicia.read.indicators.hit import FILES, HASHES, Hit
from indicia.read.indicators.hosts import is_government, known_role, registrable
from indicia.read.indicators.refang import Refanged
from indicia.read.indicators.spots import BEFORE, Columns, Sections, Spot, is_bare, is_listed, spots
from indicia.read.indicators.stems import AFTER_BIT, BEFORE_BIT
from indicia.read.indicators.whose import (
    BY_COLUMN,
    DENIED,
    GIVEN,
    IMITATED,
    LEGITIMATE,
    ONLY_NAMED,
    POINTED_TO,
    PROVIDERS,
    PUBLISHERS,
    SERVICES,
    SINKHOLES,
    SITE_NAMED,
    TO_READ,
    TO_WRITE_TO,
    VERSION,
    VICTIMS,
    WEAK,
    by_role,
    imitated_by,
    is_of_victim,
    is_titled,
)
from indicia.records import Context, Document, MentionKind

_NETWORK = frozenset(("domain-name", "url", "ipv4-addr", "ipv6-addr", "email-addr"))
_NAMES = frozenset(("domain-name", "url", "email-addr"))
_RULES = frozenset(("yara", "sigma"))
_REGISTERED = frozenset((MentionKind.WEAKNESS, MentionKind.VULNERABILITY))
_STATED = (Context.STATED, "")
# Keys that every Windows has.
_SYSTEM_KEY = re.compile(
    r"HKEY_\w+\\(?:SOFTWARE\\(?:Microsoft|Policies|Classes)|SYSTEM\\(?:CurrentControlSet|ControlSet\d+)\\(?:Control|Enum)|"
    r"HARDWARE)\b",
    re.IGNORECASE,
)
# What the signature of an e-mail begins with, and what stands within it.
_SIGNATURE = re.compile(
    r"\n(?:-- ?|(?i:(?:(?:kind|best|warm) )?(?:regards|wishes)|(?:yours )?(?:sincerely|faithfully)|cheers),?)(?=\n)"
)
_SIGNED = re.compile(_SIGNATURE.pattern + r"\n(?:[^\n]+\n){0,6}[^\n]*\Z")
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
# The families of cues that `Judge._handled` and `Judge._spoken_of` ask for.
_HANDLED_BEFORE = sum(
    BEFORE_BIT[family] for family in ("handed out", "spared", "inspected", "correct", "read only", "recipient")
)
_SAID_BEFORE = sum(BEFORE_BIT[family] for family in ("imitated", "victim", "stays", "benign", "negated"))
_SAID_AFTER = sum(AFTER_BIT[family] for family in ("victim", "hacked", "stays", "benign", "negated"))
_NO_LEAD = (-1, False, False)
# "downloads it from https://...", "C2: https://..."
_FETCHED = re.compile(
    r"\b(?:from|to|C2s?|C&C|servers?|panel|contact(?:s|ed)|GET|POST|curl|wget|via|host(?:s|ed)?(?: on| at)?)[\s:]{1,3}\Z",
    re.IGNORECASE,
)
# "[the full list](https://...": a live link is there to be followed, unless its words are the address itself.
_LINKED = re.compile(r"\[([^\[\]\n]{1,200})\]\(<?\Z")
# "shared a.example nameservers": whoever sells names runs those.
_NAME_SERVERS = re.compile(r"[\"'`”’)]?(?: parking)? name ?servers?\b", re.IGNORECASE)
_HABIT = 3  # domains that an author disguises by habit
_STYLE = 1500  # characters within which an author writes attackers' names in one style


class Judge:
    """Judges the hits of one document."""

    def __init__(self, document: Document, view: Refanged, anchors: Anchors) -> None:
        self.text = view.text
        self.anchors = anchors
        self.sections, self.columns = Sections(document), Columns(document)
        # Whoever disguises addresses or lists them under such a heading presents them as an attacker's.
        self.is_report = view.any_defanged or self.sections.has("traces")
        head = _LETTER_HEAD.match(view.text)
        # Only a letter has a head that names who it is to; a sample's is quoted further down.
        self.head_end = head.end() if head is not None and re.search(r"(?mi)^to:", head[0]) else 0
        match = re.match(r"https?://([^/:?#\s]{1,253})", document.name)
        self.own = (registrable(match[1].lower()) or "") if match else ""
        self.signatures = [at for at in anchors.closings if _SIGNATURE.match(view.text, at)]
        self.lead = _NO_LEAD

    def each(
        self, hits: list[Hit], ranges: npt.NDArray[np.int64], starts: list[int], disguised: list[bool]
    ) -> Iterator[tuple[Context, str]]:
        """The context of each hit and its reason. `ranges` has the hits' (start, end) in the refanged view, `starts` where
        they begin in the document, `disguised` whether the author disguised them."""
        places, self.cues = spots(hits, self.anchors, self.sections, self.columns, ranges, starts, disguised)
        # Numbers that begin as a version number of the text does are versions of the same product.
        names = [spot for spot in places if spot.disguised and spot.hit.type in _NETWORK and not spot.hit.within]
        self.disguised = [spot.start for spot in names]
        self.theirs = {registrable(spot.host) or spot.host for spot in names if spot.host}
        self.versions = {_series(hit) for hit in hits if hit.note == VERSION}
        self.disguises = self._is_style(places)
        around = _STATED
        for spot in places:
            if not spot.hit.within:
                around = self._weighed(spot)
                yield around
            else:  # what stands in an address that is only to be read is no trace either
                yield around if spot.hit.within == "url" and around[0] is Context.REFERENCE else self._weighed(spot)

    def _weighed(self, spot: Spot) -> tuple[Context, str]:
        """The judgement, unless it rests on a word nearby and the host's own name says that it is an attacker's."""
        verdict = self._judge(spot)
        return _STATED if verdict[1] in WEAK and spot.host and imitated_by(spot.host) else verdict

    def _is_style(self, places: list[Spot]) -> bool:
        """Whether the author disguises attackers' addresses as a habit, so that one with a plain `https://` is to be read."""
        return len(self.theirs) >= _HABIT

    def _judge(self, spot: Spot) -> tuple[Context, str]:
        hit, disguised, section = spot.hit, spot.disguised, spot.section
        if self.versions and hit.type == "ipv4-addr" and not hit.note and not disguised and _series(hit) in self.versions:
            return Context.BENIGN, VERSION
        documented = hit.note.startswith("documentation")
        if hit.note and not documented and not (hit.note == VERSION and disguised):
            return Context.BENIGN, hit.note
        if hit.within in _RULES:
            return Context.REFERENCE, "part of the rule around it"
        if hit.type in _RULES:
            return _STATED
        if hit.kind in _REGISTERED and section == "references":
            return Context.REFERENCE, "in the list of references"
        if hit.kind is MentionKind.WEAKNESS:
            return _STATED
        defanged = disguised and hit.type in _NETWORK
        if hit.type in _NETWORK and (verdict := self._network(spot, defanged)) is not None:
            return verdict
        if not disguised and self._leads(spot.line_within(500))[1] and self._is_led_fine(spot):
            return Context.BENIGN, LEGITIMATE
        handled = spot.before & _HANDLED_BEFORE or hit.type == "mutex"
        if handled and section != "traces" and (verdict := self._handled(spot)) is not None:
            return verdict
        said = spot.before & _SAID_BEFORE or spot.after & _SAID_AFTER
        if said and not is_bare(self.text, spot) and (verdict := self._spoken_of(spot)) is not None:
            return verdict
        if hit.type in _NAMES and not defanged and section != "traces" and not hit.within and not self._is_tied(spot):
            return Context.REFERENCE, ONLY_NAMED
        if documented and not defanged and section != "traces" and not self._is_presented(spot):
            return Context.BENIGN, hit.note
        if section == "clean":
            return Context.BENIGN, "under a heading that says so"
        if hit.type in FILES:
            if reason := commonplace(hit):
                return Context.BENIGN, reason
            if section != "traces" and hit.type == "file-name" and is_document(hit) and not self._is_trace(spot):
                return Context.REFERENCE, "a document that the text only names"
        return _STATED

    def _leads(self, line: int) -> tuple[int, bool, bool]:
        """The line that begins there, whether it may begin as one does on what is no trace, and as one on whom to read or ask.
        Most hits stand in the line of the hit before."""
        if line < 0:
            return _NO_LEAD
        if line != self.lead[0]:
            fine = LEAD_FINE.match(self.text, line) or ROW_FINE.match(self.text, line)
            self.lead = (line, fine is not None, LEAD_NAMES.match(self.text, line) is not None)
        return self.lead

    def _is_led_fine(self, spot: Spot) -> bool:
        line = spot.line_within(500)
        return (ROW_FINE.match(self.text, line, spot.start) or LEAD_FINE.match(self.text, line, spot.start)) is not None

    def _network(self, spot: Spot, defanged: bool) -> tuple[Context, str] | None:
        """What the host is known for, and whether the text only points to it. None: nothing speaks against a trace."""
        hit, host = spot.hit, spot.host
        if spot.section == "references" and not defanged:
            return Context.REFERENCE, TO_WRITE_TO if hit.type == "email-addr" else "in the list of references"
        role = known_role(host) if host else None
        if role is not None and (verdict := by_role(hit, host, role, defanged)) is not None:
            return verdict
        if "sinkhole" in host or self._stands_before("sinkhole", spot) or self._stands_after("sinkhole", spot):
            return Context.BENIGN, SINKHOLES
        if defanged:
            return None
        if self._is_lost(spot):
            return Context.BENIGN, VICTIMS
        if spot.column and (hit.type in _NAMES or spot.column == "victim"):
            return BY_COLUMN[spot.column]
        if host and is_government(host):
            return Context.REFERENCE, "a government's"
        if (letter := self._in_letter(spot)) is not None:
            return letter
        if self.own and host and (registrable(host) or host) == self.own:
            return Context.REFERENCE, PUBLISHERS
        text, start = self.text, spot.start
        if hit.type == "email-addr":
            desk = not _DESKS.isdisjoint(re.split(r"[-._]", hit.value.split("@", 1)[0].lower()))
            asked = desk or self._stands_before("contact", spot)
            if asked and (hit.value.startswith(PROVIDERS) or not speaks_of_ransom(text[spot.low : start])):
                return Context.REFERENCE, TO_WRITE_TO
        if self._is_signed(start):
            return Context.REFERENCE, PUBLISHERS
        if hit.type == "domain-name":
            if spot.section != "traces" and is_titled(text[start : spot.end]):
                return Context.REFERENCE, SITE_NAMED
            if text[hit.end : hit.end + 1] == ")" and _NAMED_SITE.search(text, max(0, start - 60), start):
                return Context.REFERENCE, "the site of whom the text names"
            if text[start - 1 : start] == "(" and CREDITED.match(text, hit.end):
                return Context.REFERENCE, POINTED_TO
        line = spot.line_within(700)
        if (
            self._leads(line)[2]
            and LEAD_NAMES.match(text, line, start)
            and not host.endswith(".onion")
            and not speaks_of_ransom(text[line:start])
            and not speaks_of_attack(text[max(spot.low, start - 60) : start])
        ):
            return Context.REFERENCE, POINTED_TO
        if self._stands_before("service", spot) or (hit.type == "domain-name" and _NAME_SERVERS.match(text, hit.end)):
            return Context.REFERENCE, SERVICES
        if hit.type == "url" and self._is_linked(spot):
            return Context.REFERENCE, TO_READ
        if hit.type == "domain-name" and not _INTERNAL.isdisjoint(hit.value.split(".")[1:]):
            return Context.BENIGN, VICTIMS
        if self._stands_before("publisher", spot):
            return Context.REFERENCE, PUBLISHERS
        if self.disguises and _is_plain(spot) and self._is_apart(spot):
            return Context.REFERENCE, TO_READ
        return None if spot.section == "traces" else self._pointed_to(spot)

    def _is_lost(self, spot: Spot) -> bool:
        """Whether the host is a firm's server of which the sentence tells that it was attacked."""
        if spot.hit.type != "domain-name" or spot.section == "traces":
            return False
        return is_of_victim(spot.host, self._sentence(spot))

    def _is_apart(self, spot: Spot) -> bool:
        """Whether nothing makes a plain address an attacker's all the same: a domain that is one elsewhere, code, or what is
        said right before it."""
        before = self.text[max(spot.low, spot.start - 40) : spot.start]
        return (
            (registrable(spot.host) or spot.host) not in self.theirs
            and before[-1:] not in {'"', "'", "=", "`", "("}
            and not _FETCHED.search(before)
        )

    def _is_linked(self, spot: Spot) -> bool:
        """Whether a plain address is what words of a Markdown text lead to, and those are not the address."""
        link = _LINKED.search(self.text, max(0, spot.start - 210), spot.start) if _is_plain(spot) else None
        return link is not None and spot.host not in link[1].lower() and (registrable(spot.host) or "") not in self.theirs

    def _pointed_to(self, spot: Spot) -> tuple[Context, str] | None:
        """Whether the text gives a site or a page to read."""
        hit, text, start = spot.hit, self.text, spot.start
        if hit.type in {"url", "domain-name"} and self._stands_before("reference", spot):
            return Context.REFERENCE, POINTED_TO
        if hit.type != "url":
            return None
        if _READING.search(hit.value) and not speaks_of_attack(text[max(spot.low, start - 60) : start]):
            return Context.REFERENCE, TO_READ
        if is_footnote(text[max(0, start - 200) : start]) and not speaks_of_attack(text[spot.low : start]):
            return Context.REFERENCE, "in a footnote"
        return None

    def _is_signed(self, start: int) -> bool:
        """Whether `start` is within the signature of an e-mail."""
        index = bisect_left(self.signatures, start - 400)
        return (
            index < len(self.signatures)
            and self.signatures[index] < start
            and _SIGNED.search(self.text, max(0, start - 400), start) is not None
        )

    def _in_letter(self, spot: Spot) -> tuple[Context, str] | None:
        """What an address in the head of an e-mail is: who got it, a message's identifier, or whoever sent this text."""
        if spot.hit.type != "email-addr":
            return None
        line = spot.line_within(500)
        if line >= 0 and _RECEIVED_BY.match(self.text, line, spot.start):
            return Context.BENIGN, VICTIMS
        if line >= 0 and _MESSAGE.match(self.text, line, spot.start):
            return Context.REFERENCE, "the identifier of a message"
        return (Context.REFERENCE, PUBLISHERS) if spot.end <= self.head_end else None

    def _stands_before(self, family: str, spot: Spot) -> bool:
        return bool(spot.before & BEFORE_BIT[family]) and self.cues.find(family, spot.low, spot.start) is not None

    def _stands_after(self, family: str, spot: Spot) -> bool:
        return bool(spot.after & AFTER_BIT[family]) and after_matches(family, self.text, spot.end, spot.high)

    def _spoken_of(self, spot: Spot) -> tuple[Context, str] | None:
        """What the hit's own sentence says about it."""
        hit = spot.hit
        if hit.type != "vulnerability":
            if self._stands_before("imitated", spot):
                return Context.BENIGN, IMITATED
            if self._stands_before("victim", spot) or self._stands_after("victim", spot):
                return Context.BENIGN, VICTIMS
            if hit.type == "domain-name" and not spot.disguised and self._stands_after("hacked", spot):
                return Context.BENIGN, VICTIMS
            if (self._stands_before("stays", spot) or self._stands_after("stays", spot)) and not self._is_abused(spot):
                return Context.BENIGN, LEGITIMATE
            if self._stands_before("benign", spot) and not self._is_abused(spot) or self._stands_after("benign", spot):
                return Context.BENIGN, LEGITIMATE
        if hit.type not in FILES and (self._is_denied(spot) or self._stands_after("negated", spot)):
            return Context.NEGATED, DENIED
        return None

    def _is_abused(self, spot: Spot) -> bool:
        return is_abused(self.text[spot.low : spot.start])

    def _is_denied(self, spot: Spot) -> bool:
        """Whether a denial earlier in the sentence reaches the hit."""
        if not spot.before & BEFORE_BIT["negated"]:
            return False
        denial = self.cues.find("negated", spot.low, spot.start)
        return denial is not None and not is_taken_back(denial, spot.start)

    def _handled(self, spot: Spot) -> tuple[Context, str] | None:
        """What the reader is to do with a file, a key or a hash that is no trace, or whom a mail went to."""
        hit = spot.hit
        if hit.type in FILES:
            if self._stands_before("handed out", spot):
                return Context.REFERENCE, GIVEN
            if self._stands_before("spared", spot):
                return Context.BENIGN, "what the malware leaves out or ends"
            if self._stands_before("inspected", spot) and WHERE_AFTER.match(self.text, hit.end):
                return Context.REFERENCE, "a place to look in"
        elif hit.type in HASHES:
            if self._stands_before("correct", spot):
                return Context.BENIGN, LEGITIMATE
        elif hit.type == "mutex" and _OF_WINDOWS.match(self.text, hit.end):
            return Context.BENIGN, LEGITIMATE
        elif hit.type == "windows-registry-key":
            if self._stands_before("read only", spot) and _SYSTEM_KEY.match(hit.value):
                return Context.BENIGN, "only read"
        elif hit.type == "email-addr" and self._stands_before("recipient", spot):
            return Context.BENIGN, VICTIMS
        return None

    def _sentence(self, spot: Spot, reach: int = BEFORE) -> str:
        """The hit's sentence without the hit, from at most `reach` characters before it on."""
        return f"{self.text[max(spot.low, spot.start - reach) : spot.start]} {self.text[spot.end : spot.high]}"

    def _is_trace(self, spot: Spot) -> bool:
        """Whether a document or a source file stands as an attacker's would."""
        sentence = self._sentence(spot)
        if USED.search(sentence) or speaks_of_attack(sentence) or _HASH.search(sentence):
            return True
        return self.is_report and (
            is_listed(self.text, spot) or _ITEM.search(self.text, max(0, spot.start - 12), spot.start) is not None
        )

    def _is_tied(self, spot: Spot) -> bool:
        """Whether anything ties an undisguised name to an attack: that no others near it are disguised, that its domain is an
        attacker's elsewhere, that it is listed or stands in code, or what its sentence says."""
        index = bisect_left(self.disguised, spot.start - _STYLE)
        if len(self.disguised) < index + 2 or self.disguised[index + 1] > spot.start + _STYLE:
            return True
        before = self.text[spot.start - 1 : spot.start]
        if before in {'"', "'", "=", "`"} or (registrable(spot.host) or spot.host) in self.theirs:
            return True
        sentence = self._sentence(spot, 200)
        return speaks_of_attack(sentence) or _SENDS.search(sentence) is not None or is_listed(self.text, spot)

    def _is_presented(self, spot: Spot) -> bool:
        """Whether a value from a documentation range stands as an attacker's would: in a list, a table, or a sentence on
        an attack."""
        sentence = self._sentence(spot)
        if is_example(sentence) and not speaks_of_attack(self.text[spot.low : spot.start]):
            return False
        return self.is_report or speaks_of_attack(sentence) or is_listed(self.text, spot)


def _series(hit: Hit) -> str:
    """The first two of the numbers with dots between them."""
    return ".".join(hit.value.split(".", 2)[:2])


def _is_plain(spot: Spot) -> bool:
    """Whether the hit is a web address of a name that is written as it is typed."""
    hit = spot.hit
    return (
        hit.type == "url"
        and not spot.disguised
        and hit.value.startswith("http")
        and not spot.host[-1:].isdigit()
        and not spot.host.endswith(".onion")
    )
