"""How a text speaks of what was found: an attacker's trace, a victim's or a vendor's own, a reference, an example, a negation.

Every answer other than `stated` carries its reason in words. The cues are looked for in the hit's own sentence or table row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from indicia.read.indicators.anchors import Anchors
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
from indicia.read.indicators.hit import Hit
from indicia.read.indicators.hosts import host_of, known_role, registrable
from indicia.read.indicators.refang import Refanged
from indicia.read.indicators.sections import Sections
from indicia.records import Context, Document, MentionKind

__all__ = ["PUBLISHERS", "TO_WRITE_TO", "VICTIMS", "Judge"]

_NETWORK = frozenset(("domain-name", "url", "ipv4-addr", "ipv6-addr", "email-addr"))
_FILES = frozenset(("file-name", "file-path"))
_RULES = frozenset(("yara", "sigma"))
_REGISTERED = frozenset((MentionKind.WEAKNESS, MentionKind.VULNERABILITY))
_STATED = (Context.STATED, "")
TO_WRITE_TO, PUBLISHERS, VICTIMS = "an address to write to", "the publisher's own", "the victim's own"
_UNIX_SYSTEM = re.compile(
    r"/(?:dev/(?:null|zero|u?random|tcp|udp|std(?:in|out|err)|tty)|proc/(?:net|sys|self|cpuinfo|meminfo|mounts|"
    r"version)(?:/.*)?|"
    r"etc/(?:passwd|shadow|hosts|group|sudoers|resolv\.conf|os-release)|(?:usr/)?bin/(?:ba|da|z|k)?sh|"
    r"usr/bin/(?:env|python3?|perl|curl|wget|ssh|sudo))\Z"
)
_SYSTEM_FILES = frozenset(
    (
        "svchost.exe", "explorer.exe", "cmd.exe", "powershell.exe", "rundll32.exe", "regsvr32.exe", "mshta.exe",
        "wscript.exe", "cscript.exe", "lsass.exe",
        "services.exe", "winlogon.exe", "csrss.exe", "smss.exe", "wininit.exe", "taskhostw.exe", "conhost.exe",
        "dllhost.exe", "spoolsv.exe", "w3wp.exe",
        "msiexec.exe", "certutil.exe", "bitsadmin.exe", "schtasks.exe", "net.exe", "net1.exe", "netsh.exe", "ipconfig.exe",
        "whoami.exe", "tasklist.exe",
        "reg.exe", "sc.exe", "wmic.exe", "vssadmin.exe", "wevtutil.exe", "nltest.exe", "systeminfo.exe", "msbuild.exe",
        "installutil.exe", "makecab.exe",
        "expand.exe", "ntdsutil.exe", "comsvcs.dll", "kernel32.dll", "kernelbase.dll", "ntdll.dll", "user32.dll",
        "advapi32.dll", "ws2_32.dll", "wininet.dll",
        "winhttp.dll", "shell32.dll", "ole32.dll", "msvcrt.dll", "crypt32.dll", "mscoree.dll", "clr.dll", "amsi.dll",
        "gdi32.dll", "shlwapi.dll",
        "ntoskrnl.exe", "userinit.exe", "winword.exe", "excel.exe", "outlook.exe", "iexplore.exe", "chrome.exe",
        "firefox.exe", "msedge.exe", "notepad.exe",
        "calc.exe", "taskmgr.exe", "wuauclt.exe", "sihost.exe", "searchindexer.exe", "umworkerprocess.exe", "ntds.dit",
        "web.config", "autorun.inf",
        "desktop.ini", "boot.ini", "win.ini", "system.ini", "license.txt",
        "curl.exe", "tar.exe", "ssh.exe", "scp.exe", "sftp.exe", "ftp.exe", "robocopy.exe", "xcopy.exe",
        "nslookup.exe", "ping.exe", "arp.exe", "route.exe",
        "tracert.exe", "hostname.exe", "quser.exe", "query.exe", "dsquery.exe", "csvde.exe", "ldifde.exe",
        "wbadmin.exe", "bcdedit.exe", "fsutil.exe",
        "diskshadow.exe", "esentutl.exe", "odbcconf.exe", "mmc.exe", "pwsh.exe", "wsl.exe", "forfiles.exe",
        "cmstp.exe", "wusa.exe", "dism.exe",
        "taskkill.exe", "attrib.exe", "icacls.exe", "cacls.exe", "takeown.exe", "cipher.exe", "findstr.exe",
        "where.exe", "mofcomp.exe", "setspn.exe",
        "netstat.exe", "gpupdate.exe", "gpresult.exe", "klist.exe", "cmdkey.exe", "dnscmd.exe", "nbtstat.exe",
        "psr.exe", "regedit.exe", "robots.txt", "index.html",
        "hosts", "tcpip.sys", "http.sys", "ntfs.sys", "afd.sys", "ntuser.dat", "ntuser.ini", "usrclass.dat", "iconcache.db",
        "thumbs.db", "pagefile.sys", "hiberfil.sys", "swapfile.sys", "bootmgfw.efi", "bootsect.bak",
        "java.exe", "javaw.exe", "node.exe", "python.exe", "opera.exe", "brave.exe", "vivaldi.exe", "thunderbird.exe",
        "discord.exe", "teams.exe", "slack.exe", "zoom.exe", "onenote.exe", "powerpnt.exe", "acrobat.exe", "acrord32.exe",
        "sqlservr.exe", "tomcat.exe", "httpd.exe", "package.json", "package-lock.json", "tsconfig.json", "classes.dex",
        "androidmanifest.xml", "vcruntime140.dll", "msvcp140.dll",
    )
)  # fmt: skip
_SYSTEM_FOLDER = re.compile(r"(?i)(?:[a-z]:\\windows|%systemroot%|%windir%)\\(?:system32|syswow64|sysnative|explorer)")
# What a browser or a mail program keeps of its user: stolen from, no trace by itself.
_PROFILE = re.compile(
    r"(?i)\\(?:Google\\Chrome|Chromium|Microsoft\\Edge|BraveSoftware\\Brave-Browser|Mozilla\\Firefox|Thunderbird|"
    r"Opera Software)\\(?:User Data|Profiles)\b"
)
_SIGNED = re.compile(r"\n-- ?\n(?:[^\n]+\n){0,6}[^\n]*\Z")  # within the signature of an e-mail
_DESKS = frozenset(("abuse", "cert", "csirt", "psirt", "hostmaster", "postmaster"))
_INTERNAL = frozenset(("corp", "intra", "intranet", "internal"))
# Addresses of what people publish to be read.
_READING = re.compile(
    r"\Ahttps?://(?:(?:blogs?|research|labs?|docs|support|news|learn|help|kb|wiki|forum)\.[^/]+/[^?#]+|"
    r"[^/]+/(?:[^?#]*/)?(?:blogs?|news|research|articles?|posts?|reports?|labs?|advisor(?:y|ies)|threat-research|"
    r"whitepapers?|publications?|20[0-2]\d/[01]?\d)/[^?#]*[a-z]{3}[^?#]*)\Z",
    re.IGNORECASE,
)
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
        match = re.match(r"https?://([^/:?#\s]{1,253})", document.name)
        self.own = (registrable(match[1].lower()) or "") if match else ""

    def each(
        self, hits: list[Hit], ranges: npt.NDArray[np.int64], starts: list[int], disguised: list[bool]
    ) -> Iterator[tuple[Context, str]]:
        """The context of each hit and its reason. `ranges` has the hits' (start, end) in the refanged view, `starts` where
        they begin in the document, `disguised` whether the author disguised them."""
        lows, highs = self._sentences(ranges)
        near = self.cues.any_in(lows, highs)
        for hit, start, hidden, low, high, spoken in zip(
            hits, starts, disguised, lows.tolist(), highs.tolist(), near, strict=True
        ):
            yield self._judge(hit, start, hidden, low, high, spoken)

    def _judge(self, hit: Hit, start: int, disguised: bool, low: int, high: int, near: bool) -> tuple[Context, str]:
        """[low, high) is the hit's sentence in the view; `near` says whether there is any cue in it."""
        documented = hit.note.startswith("documentation")
        if hit.note and not documented and not (hit.note == "version number" and disguised):
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
        if near and not self._is_bare(hit) and (verdict := self._spoken_of(hit, low, high, disguised)) is not None:
            return verdict
        if documented and not defanged and section != "traces" and not self._is_presented(hit, low, high):
            return Context.BENIGN, hit.note
        if section == "clean":
            return Context.BENIGN, "under a heading that says so"
        if hit.type in _FILES and _is_system_file(hit):
            return Context.BENIGN, "part of the system or a common program"
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
            return Context.REFERENCE, "in the list of references"
        host = host_of(hit.type, hit.value)
        role = known_role(host) if host else None
        if role is not None and (verdict := _by_role(hit, host, role, defanged)) is not None:
            return verdict
        if defanged:
            return None
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
        if hit.type == "domain-name" and not _INTERNAL.isdisjoint(hit.value.split(".")[1:]):
            return Context.BENIGN, VICTIMS
        if self._stands_before("publisher", hit, low):
            return Context.REFERENCE, PUBLISHERS
        if section == "traces":
            return None
        if hit.type in {"url", "domain-name"} and self._stands_before("reference", hit, low):
            return Context.REFERENCE, "the text points to it"
        if hit.type == "url" and _READING.search(hit.value) and not speaks_of_attack(text[max(low, start - 60) : start]):
            return Context.REFERENCE, "something to read"
        if hit.type == "url" and is_footnote(text[max(0, start - 200) : start]) and not speaks_of_attack(text[low:start]):
            return Context.REFERENCE, "in a footnote"
        return None

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
                return Context.BENIGN, "what the attacker's imitates"
            if self._stands_before("victim", hit, low) or self._stands_after("victim", hit, high):
                return Context.BENIGN, VICTIMS
            if hit.type == "domain-name" and not disguised and self._stands_after("hacked", hit, high):
                return Context.BENIGN, VICTIMS
            if (self._stands_before("benign", hit, low) and not is_abused(text[low : hit.start])) or self._stands_after(
                "benign", hit, high
            ):
                return Context.BENIGN, "the text calls it legitimate"
        if hit.type not in _FILES and (
            (self.cues.has("negated", low, hit.start) and is_denied(text[low : hit.start]))
            or self._stands_after("negated", hit, high)
        ):
            return Context.NEGATED, "the sentence denies it"
        return None

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


def _by_role(hit: Hit, host: str, role: str, defanged: bool) -> tuple[Context, str] | None:
    """What a host that is known for something is to the text."""
    if role == "schema":
        return Context.REFERENCE, "names an XML vocabulary"
    if role == "benign" and (hit.within or hit.type != "url" or not defanged):
        return Context.BENIGN, "well-known service"
    if role == "reference" and not defanged:
        return Context.REFERENCE, "a place that reports point to"
    if role == "shared" and (hit.within or hit.type == "domain-name") and known_role(host.split(".", 1)[-1]) != "shared":
        return Context.BENIGN, "shared platform"
    return None


def _is_system_file(hit: Hit) -> bool:
    name = hit.value.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return (
        _UNIX_SYSTEM.match(hit.value) is not None
        or _PROFILE.search(hit.value) is not None
        or name in _SYSTEM_FILES
        and (hit.type == "file-name" or _SYSTEM_FOLDER.match(hit.value) is not None)
    )
