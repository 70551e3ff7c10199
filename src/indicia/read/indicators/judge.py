"""How a text speaks of what was found: an attacker's trace, a victim's or a vendor's own, a reference, an example, a negation.

Every answer other than `stated` carries its reason in words. The cues are looked for in the hit's own sentence or table row.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from indicia.read.indicators.hit import Hit
from indicia.read.indicators.hosts import known_role, registrable
from indicia.read.indicators.refang import Refanged
from indicia.records import BlockKind, Context, Document

__all__ = ["Judge"]

_REFERENCES = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?(?:references?|sources?|bibliography|further reading|read more|related (?:reading|articles|posts|content|links|reports?)|"
    r"see also|footnotes?|endnotes?|notes|resources|additional (?:resources|information|reading)|external links|works cited|citations?|"
    r"contact(?: us| information)?|reporting|about (?:us|the authors?)|acknowledge?ments?|feedback|disclaimer|credits)\s*:?",
    re.IGNORECASE,
)
_TRACES = re.compile(
    r"[^.\n]{0,60}\b(?:indicators?(?: of (?:compromise|attack))?|iocs?|hashes|network (?:indicators|infrastructure)|c2s?|command[- ]and[- ]control|observables|artifacts|artefacts|"
    r"malicious (?:domains?|ips?|addresses|files|urls?))\b[^.\n]{0,60}",
    re.IGNORECASE,
)
_OTHER_HEADING = re.compile(
    r"(?:#{1,6}\s+\S[^\n]{0,100}|(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.|Appendix [A-Z]:?)\s+[A-Z][^\n.]{2,80}|[A-Z][A-Za-z]+(?: [A-Za-z&/-]+){0,6}:?)"
)

_BAD = re.compile(
    r"\b(?:malicious|attackers?|adversar(?:y|ies)|threat actors?|actors?|intruders?|c2|c&c|cnc|command[- ]and[- ]control|beacon(?:s|ed|ing)?|exfiltrat\w+|payloads?|"
    r"phishing|backdoors?|implants?|trojans?|malware|ransomware|web ?shells?|droppers?|loaders?|downloaders?|compromised?|exploit(?:ed|s|ation|ing)?|"
    r"callbacks?|staging|hosted|resolved|resolves|dropped?|drops|dropping|attacks?|infect(?:ed|ion|s)|operators?|scann(?:ed|ing)|botnet|"
    r"observed|indicators?|iocs?|blocklist|block(?:ed|ing)?|sinkholed?|campaign|tunnel\w*|stolen|steal\w*|domains? used|contacted|connect(?:s|ed|ing)? to|"
    r"communicat\w+|download(?:s|ed|ing)? from|sent to|posts? to|registered|wallet|ransom|malspam|spear\w*|lure|sample|hashes|hash)\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"\b(?:for example|e\.g\.|such as|placeholder|for instance|for documentation|in the examples?|example (?:address|domain|host|configuration|range)|replace .{0,40}|your[- ](?:domain|server|own)|"
    r"documentation (?:address|range|prefix|domain)s?|reserved for|lab (?:network|setup|environment)|test (?:network|environment|bed|lab)|configuration|configure|in our (?:lab|test))\b",
    re.IGNORECASE,
)
_BENIGN_BEFORE = re.compile(
    r"(?:\b(?:legitimate|benign|harmless|genuine|clean|trusted|official|unmodified|signed and legitimate|legit|whitelisted|allow-?listed|built-in|"
    r"non-malicious|not malicious|innocuous|real)\b(?:[\s,/-]+(?!not\b|but\b|and\b|which\b|that\b|malicious\b|was\b|is\b|loads?\b|to\b|of\b)[\w./()'-]{1,24}){0,5}[\s\"'(:`“]{1,3}"
    r"|\b(?:false positives?|allow-?list(?:ed)?|whitelist(?:ed)?|exclu(?:de[ds]?|ding|sions?)|ignore[ds]?)(?:[\s:(]+(?:\w+\s+){0,3}|\s)[\"'`“]?)\Z",
    re.IGNORECASE,
)
_BENIGN_AFTER = re.compile(
    r"[\"'`”)]{0,2}\s*(?:[,(–—-]\s*)?(?:(?:which|that|it|this|all|both|they|these)\s+)?(?:(?:is|are|was|were|being)\s+)?(?:itself\s+|themselves\s+)?(?:an?\s+|the\s+)?"
    r"(?:(?:entirely|completely|perfectly|known|otherwise|itself)\s+)?(?:legitimate|benign|harmless|not malicious|non-malicious|not an? (?:ioc|indicator)|"
    r"not (?:an )?indicators?|(?:a )?false positives?|clean\b|genuine|official|not (?:part of|related to|associated with) (?:the|this|any) (?:attack|campaign|intrusion|activity))",
    re.IGNORECASE,
)
_VICTIM_BEFORE = re.compile(
    r"(?:\b(?:victim(?:'s|s'|s|’s)?|victim organi[sz]ation(?:'s)?|customers?(?:'s|s'|’s)?|targeted (?:organi[sz]ation|compan(?:y|ies)|entity|site|portal|domain|website)s?(?:'s|’s)?|compan(?:y|ies)(?:'s|’s)|"
    r"ministry(?:'s|’s)|organi[sz]ation(?:'s|’s)|university(?:'s|’s)|bank(?:'s|’s)|agency(?:'s|’s)|our (?:own )?)\s*(?:(?:own|public|official|internal|legitimate|e?-?mail|mail|web|website|site|domains?|server|servers|portal|network|"
    r"range|address(?:es)?|exchange|vpn|gateway|host|name|intranet|corporate|addresses|at|was|is|of|,)\s*){0,6}[\s(:\"'`“]{0,3})\Z",
    re.IGNORECASE,
)
_VICTIM_AFTER = re.compile(
    r"[\"'`”)]{0,2}\s*(?:[,(–—-]\s*)?(?:which\s+)?(?:belong(?:s|ing|ed)? to the (?:victim|target|customer)|(?:is|was) (?:the )?(?:victim|target)(?:'s|’s)?\b|\((?:the )?victim|(?:is )?owned by the (?:victim|target))",
    re.IGNORECASE,
)
_IMITATED_BEFORE = re.compile(
    r"\b(?:impersonat(?:es?|ed|ing)|mimic(?:s|ked|king)?|spoof(?:s|ed|ing)?|typo-?squat(?:s|ted|ting)?(?: of| on)?|look-?alikes?(?: of| for| domain of)?|masquerad(?:es?|ed|ing) as|imitat(?:es?|ed|ing|ions? of)|resembl(?:es?|ed|ing)|"
    r"similar to|variants? of|pos(?:es?|ed|ing) as|pretend(?:s|ed|ing)? to be|instead of|in place of|in imitation of|disguised as|the real|confus(?:ed|able) with|homoglyphs? of)\s+(?:the\s+|an?\s+|that of\s+)?(?:(?:legitimate|real|genuine|official|domain|site|website|address|portal|file|process|name|windows|binary|of)\s+){0,4}[\"'`“(]?\Z",
    re.IGNORECASE,
)
_REFERENCE_BEFORE = re.compile(
    r"(?:\b(?:see|see also|read|read more(?: at| here)?|visit|refer to|available (?:at|from|here|on|online at)|available for download (?:at|from)|published (?:at|on|here)|documented (?:at|in|on)|described (?:at|in|on)|more (?:information|details?|info)(?: (?:at|on|is|can be found|available))*(?: at| on| here)?|"
    r"further (?:information|details?|reading)(?: at| on)?|details? (?:at|are at|can be found at)|according to|source|sources|via|reported (?:at|by|on)|reference|references|ref|link|links|advisory|blog(?: ?post)?|article|report|post|write-?up|guidance|documentation|"
    r"learn more(?: at| about)?|found at|can be found (?:at|on|here)|hosted by us at|our (?:website|site|blog|page|repository|repo|github)|follow us(?: on| at)?|download (?:our|the) (?:report|tool|script|guide|full report|rules?|ioc list|indicators)(?: from| at| here)?|"
    r"url of this (?:page|report)|originally published(?: at| on)?|cited (?:in|at)|accessed|retrieved from|patch(?:es)? (?:is |are )?available (?:at|from)|website|homepage)\s*(?::|\bat\b|\bon\b|\bhere\b|-|–|\()?\s*[\"'`“(<]{0,2})\Z",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"(?:^|\n)[ \t]*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3}|\d{1,3}[.)]|[¹²³⁴⁵⁶⁷⁸⁹]+)[ \t]{0,3}[^\n]{0,160}\Z")
_CONTACT_BEFORE = re.compile(
    r"\b(?:contact(?:ed|ing)?(?: us)?(?: at| via)?|e-?mail us(?: at)?|report(?:ed|ing|s)?(?: (?:it|this|incidents?|suspicious activity|anything|such|them|activity))*(?: to| at| via)?|reach (?:us|out)(?: to us)?(?: at| via)?|write to(?: us(?: at)?)?|questions?(?: to| at)?|"
    r"get in touch(?: at| with)?|send (?:us )?(?:feedback|samples?|questions|information|tips|them)(?: to| at)?|media enquir(?:y|ies)(?: to)?|press(?: office| contact)?|call|subscribe(?: at)?|hotline|notify|inquiries|author)\b[^.!?\n]{0,40}\Z",
    re.IGNORECASE,
)
_NEGATED_BEFORE = re.compile(
    r"\b(?:no (?:evidence|indication|sign|trace)s?(?: (?:of|that|for))?|(?:did|does|do|was|were|is|are|has|have|could) not|didn['’]t|doesn['’]t|wasn['’]t|isn['’]t|aren['’]t|never|unaffected by|not affected by|not vulnerable to|unrelated to|rather than|without)\s"
    r"[^.!?;\n]{0,60}\Z",
    re.IGNORECASE,
)
_RECOVERS = re.compile(r"\b(?:but|instead|however|only|until|yet|rather)\b[^.!?\n]*\Z", re.IGNORECASE)
_PATCH_DOWNLOAD = re.compile(r"\bdownload\w*\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?][\"'”)]?\s+(?=[A-Z0-9\"“(])|\n\s*\n|\n(?=\s*(?:[-*•]|\d{1,3}[.)])\s)")
_NAMES = frozenset(("domain-name", "url", "ipv4-addr", "ipv6-addr", "email-addr"))
_FILES = frozenset(("file-name", "file-path"))
_SYSTEM_FILES = frozenset(
    (
        "svchost.exe", "explorer.exe", "cmd.exe", "powershell.exe", "rundll32.exe", "regsvr32.exe", "mshta.exe", "wscript.exe", "cscript.exe", "lsass.exe",
        "services.exe", "winlogon.exe", "csrss.exe", "smss.exe", "wininit.exe", "taskhostw.exe", "conhost.exe", "dllhost.exe", "spoolsv.exe", "w3wp.exe",
        "msiexec.exe", "certutil.exe", "bitsadmin.exe", "schtasks.exe", "net.exe", "net1.exe", "netsh.exe", "ipconfig.exe", "whoami.exe", "tasklist.exe",
        "reg.exe", "sc.exe", "wmic.exe", "vssadmin.exe", "wevtutil.exe", "nltest.exe", "systeminfo.exe", "msbuild.exe", "installutil.exe", "makecab.exe",
        "expand.exe", "ntdsutil.exe", "comsvcs.dll", "kernel32.dll", "kernelbase.dll", "ntdll.dll", "user32.dll", "advapi32.dll", "ws2_32.dll", "wininet.dll",
        "winhttp.dll", "shell32.dll", "ole32.dll", "msvcrt.dll", "crypt32.dll", "mscoree.dll", "clr.dll", "amsi.dll", "gdi32.dll", "shlwapi.dll",
        "ntoskrnl.exe", "userinit.exe", "winword.exe", "excel.exe", "outlook.exe", "iexplore.exe", "chrome.exe", "firefox.exe", "msedge.exe", "notepad.exe",
        "calc.exe", "taskmgr.exe", "wuauclt.exe", "sihost.exe", "searchindexer.exe", "umworkerprocess.exe", "msexchangeowaapppool", "ntds.dit", "web.config",
        "hosts", "autorun.inf", "desktop.ini", "boot.ini", "win.ini", "system.ini", "readme.txt", "readme.md", "license.txt", "robots.txt", "index.html",
    )
)  # fmt: skip
# The line of a list of indicators holds little but the indicator.
_BARE_LINE = 40


@dataclass(slots=True)
class _Section:
    start: int  # in the document
    kind: str  # references | traces | other


def _sections(document: Document) -> list[_Section]:
    """Headings that change how things are to be read, in order. Blocks say what is a heading; plain lines are tried as well."""
    found = []
    for block in document.blocks:
        if block.kind is not BlockKind.HEADING and (block.end - block.start > 80 or block.kind is BlockKind.ROW):
            continue
        line = document.text[block.start : block.end].strip().strip("#*_ ")
        is_heading = block.kind is BlockKind.HEADING
        if _REFERENCES.fullmatch(line):
            found.append(_Section(block.start, "references"))
        elif is_heading or line.endswith(":"):
            if _TRACES.fullmatch(line.rstrip(":")):
                found.append(_Section(block.start, "traces"))
            elif is_heading and _OTHER_HEADING.fullmatch(line):
                found.append(_Section(block.start, "other"))
    return found


class Judge:
    """Judges the hits of one document."""

    def __init__(self, document: Document, view: Refanged) -> None:
        self.document = document
        self.view = view
        self.sections = _sections(document)
        self._section_starts = [section.start for section in self.sections]
        self.own = _own_host(document)

    def section(self, offset: int) -> str:
        index = bisect_right(self._section_starts, offset) - 1
        return self.sections[index].kind if index >= 0 else ""

    def judge(self, hit: Hit, start: int) -> tuple[Context, str]:
        """The context and its reason; `start` is the offset in the document, the hit's own are in the view."""
        text = self.view.text
        before, after = self._around(hit)
        section = self.section(start)
        defanged = self.view.is_defanged(hit.start, hit.end)
        if hit.note:
            verdict = self._noted(hit, before, after, section, defanged)
            if verdict is not None:
                return verdict
        if hit.type == "vulnerability":
            return self._vulnerability(before)
        if hit.type in {"weakness", "yara", "sigma"}:
            return Context.STATED, ""
        if section == "references" and hit.type in _NAMES and not defanged:
            return Context.REFERENCE, "in the list of references"
        near = before[-90:]
        if hit.type in _NAMES:
            verdict = self._network(hit, near, before, text, section, defanged)
            if verdict is not None:
                return verdict
        if _IMITATED_BEFORE.search(near):
            return Context.BENIGN, "what the attacker's imitates"
        if _VICTIM_BEFORE.search(near) or _VICTIM_AFTER.match(after):
            return Context.BENIGN, "the victim's own"
        if (_BENIGN_BEFORE.search(near) and not _masked(near)) or _BENIGN_AFTER.match(after):
            return Context.BENIGN, "the text calls it legitimate"
        if hit.type in _FILES and _name_of(hit.value) in _SYSTEM_FILES and (hit.type == "file-name" or _usual_place(hit.value)):
            return Context.BENIGN, "part of the system or a common program"
        if _NEGATED_BEFORE.search(before) and not _RECOVERS.search(before[-60:]):
            return Context.NEGATED, "the sentence denies it"
        return Context.STATED, ""

    def _around(self, hit: Hit) -> tuple[str, str]:
        """The rest of the hit's sentence before it and after it."""
        text = self.view.text
        low = max(0, hit.start - 240)
        before = text[low : hit.start]
        for match in _SENTENCE_END.finditer(before):
            low_cut = match.end()
            before_cut = low_cut
            low = before_cut
        before = text[max(0, hit.start - 240) : hit.start][low:] if low <= 240 and low != hit.start - 240 else before
        after = text[hit.end : hit.end + 160]
        end = _SENTENCE_END.search(after)
        return before, after[: end.start() + 1] if end is not None else after

    def _noted(self, hit: Hit, before: str, after: str, section: str, defanged: bool) -> tuple[Context, str] | None:
        """A hit that by its own form is no indicator. Documentation values are, where the text presents them as an attacker's."""
        if not hit.note.startswith("documentation"):
            return Context.BENIGN, hit.note
        if section == "references":
            return None
        if defanged or section == "traces":
            return None
        sentence = before[-200:] + " " + after[:120]
        if _EXAMPLE.search(sentence) and not _BAD.search(before):
            return Context.BENIGN, hit.note
        if _BAD.search(sentence) or self.view.any_defanged or self._bare(hit) or self._in_row(hit):
            return None
        return Context.BENIGN, hit.note

    def _bare(self, hit: Hit) -> bool:
        """Whether the line holds little but the hit."""
        text = self.view.text
        low = text.rfind("\n", 0, hit.start) + 1
        high = text.find("\n", hit.end)
        high = len(text) if high < 0 else high
        return (high - low) - (hit.end - hit.start) <= _BARE_LINE

    def _in_row(self, hit: Hit) -> bool:
        text = self.view.text
        low = text.rfind("\n", max(0, hit.start - 400), hit.start) + 1
        high = text.find("\n", hit.end, hit.end + 400)
        return "\t" in text[low : hit.start] or "\t" in text[hit.end : high if high >= 0 else hit.end + 400]

    def _vulnerability(self, before: str) -> tuple[Context, str]:
        if _NEGATED_BEFORE.search(before) and not _RECOVERS.search(before[-60:]):
            return Context.NEGATED, "the sentence denies it"
        return Context.STATED, ""

    def _network(self, hit: Hit, near: str, before: str, text: str, section: str, defanged: bool) -> tuple[Context, str] | None:
        host = _host_of(hit)
        if host:
            role = known_role(host)
            if role == "schema":
                return Context.REFERENCE, "names an XML vocabulary"
            if role == "benign" and (hit.type != "url" or not defanged):
                return Context.BENIGN, "well-known service"
            if role == "benign" and hit.within:
                return Context.BENIGN, "well-known service"
            if role == "reference" and not defanged:
                return Context.REFERENCE, "a place that reports point to"
            if role == "shared" and (hit.within or hit.type == "domain-name") and registrable(host) == host:
                return Context.BENIGN, "shared platform"
            if self.own and (registrable(host) or host) == self.own and not defanged:
                return Context.REFERENCE, "the publisher's own"
        if hit.type == "email-addr" and _CONTACT_BEFORE.search(near):
            return Context.REFERENCE, "an address to write to"
        if section == "traces" or defanged:
            return None
        if _REFERENCE_BEFORE.search(near):
            return Context.REFERENCE, "the text points to it"
        if hit.type == "url" and _FOOTNOTE.search(text, max(0, hit.start - 200), hit.start) and not _BAD.search(before):
            return Context.REFERENCE, "in a footnote"
        return None


def _masked(near: str) -> bool:
    """ "masquerading as the legitimate X" is about X; "abused the legitimate tool X" is about use: X stays an attacker's trace."""
    return bool(
        re.search(
            r"\b(?:abus\w+|misus\w+|using|used|uses|leverag\w+|weaponi[sz]\w+|trojani[sz]ed|backdoored|compromis\w+|hijack\w+)\b[^.;]{0,40}\Z",
            near[:-1],
            re.I,
        )
    ) and not re.search(r"\b(?:imitat|mimic|impersonat)", near, re.I)


def _host_of(hit: Hit) -> str:
    if hit.type == "domain-name":
        return hit.value
    if hit.type == "email-addr":
        return hit.value.rsplit("@", 1)[1]
    if hit.type == "url":
        rest = hit.value.split("://", 1)[-1]
        return re.split(r"[/:?#]", rest.rsplit("@", 1)[-1] if "@" in rest.split("/", 1)[0] else rest, maxsplit=1)[0]
    return ""


def _own_host(document: Document) -> str:
    """The registrable domain of the address that the document was given under, if it was one."""
    match = re.match(r"https?://([^/:?#\s]{1,253})", document.name)
    return registrable(match[1].lower()) or "" if match else ""


def _name_of(path: str) -> str:
    return re.split(r"[\\/]", path)[-1].lower()


def _usual_place(path: str) -> bool:
    return bool(re.match(r"(?i)(?:c:|%systemroot%|%windir%)\\(?:windows\\)?(?:system32|syswow64|explorer)", path))
