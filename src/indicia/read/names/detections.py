"""Families by the names that antivirus programs give what they detect: class, platform, family and variant, in the orders and
with the marks that each maker likes ("Trojan-Banker.AndroidOS.Quern.a", "Trojan:Win32/Quern.A!ml", "Win32/Quern.AB")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicia.read.names.patterned import Unseen
from indicia.records import MentionKind

_CLASS = (
    r"(?:HEUR:)?(?:(?:not-a-virus|UDS):)?(?:Trojan|Backdoor|BackDoor|Ransom|Ransomware|Worm|Net-Worm|Email-Worm|Virus|Exploit|Rootkit|"
    r"Downloader|Dropper|Infostealer|PWS|Spyware|Adware|AdWare|HackTool|Hacktool|RiskTool|TrojanSpy|TrojanDownloader|"
    r"TrojanDropper|TrojanProxy|VirTool|Behavior|Banker)(?:-[A-Z][A-Za-z]{2,11})?"
)
_PLATFORM = (
    r"(?:Win(?:32|64)?|W(?:32|64)|AndroidOS|Android|ANDROIDOS|Linux|LINUX|Unix|OSX|MacOS|macOS|Mac|iOS|IphoneOS|MSIL|JS|VBS|VBA|"
    r"MSWord|MSExcel|MSOffice|O97M|W97M|X97M|PHP|ASP|Java|Python|PowerShell|Shell|BAT|HTML|PDF|SWF|NSIS|AutoIt|Multi|WIN32|WIN64|MACOS)"
)
_FAMILY = r"(?P<family>[A-Z][A-Za-z0-9]{3,24})"
_VARIANT = r"(?:[.!@#][A-Za-z0-9]{1,12}){0,3}"
# Read one after another; a platform alone is a folder or a choice ("Linux/Windows") unless a variant follows.
_FORMS = tuple(
    re.compile(rf"(?<![\w/\\.:@-]){form}(?![\w/\\@-]|\.\w)")
    for form in (
        rf"{_CLASS}[.:]{_PLATFORM}[./]{_FAMILY}{_VARIANT}",
        rf"{_PLATFORM}/(?:[A-Z][A-Za-z]{{2,20}}\.)?{_FAMILY}(?:\.[A-Z]{{1,4}})?",
        rf"{_CLASS}\.{_FAMILY}(?:[.!][A-Za-z0-9]{{1,8}}){{0,2}}",
        rf"(?:W32|W64|OSX|ELF)\.{_FAMILY}(?:[.!][A-Za-z0-9]{{1,8}}){{0,2}}",
        rf"(?:TROJ|BKDR|RANSOM|Ransom|WORM|TSPY|RTKT|PE|W2KM|X2KM|COINMINER|{_PLATFORM})_{_FAMILY}\.[A-Z]{{1,6}}",
    )
)
# What stands where a family does and says of what class it is, or that none is known.
_NO_FAMILY = re.compile(
    r"(?:Agent|Generic|Gen|Kryptik|Inject|Small|Malware|Malicious|Suspicious|Suspect|Heur|Unknown|Packed|Obfus|Download|Drop|Loader|"
    r"Trojan|Backdoor|Worm|Virus|Spy|Bank|Steal|Ransom|Miner|CoinMin|BitCoin|Crypt|Script|Hack|Riskware|Adware|AdDisplay|Exploit|"
    r"Root|Key|Click|Fake|SMS|Sms|Boot|Autorun|Horse|Win|Linux|Android|Mac|Unix|Java|Office|Tiggre|Wacatac|Occamy|Skeeyah|Dynamer|"
    r"Process|Service|Thread|Perf|CVE)\w*\Z"
)


def find_detected(text: str) -> Iterator[Unseen]:
    """Names of detections that hold a family's; `name` is the family."""
    for form in _FORMS:
        for match in form.finditer(text):
            if not _NO_FAMILY.match(match["family"]):
                yield Unseen(match.start(), match.end(), match["family"], MentionKind.SOFTWARE, "pattern", (), 0.75)
