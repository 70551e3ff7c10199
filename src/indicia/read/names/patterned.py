"""Names that no table holds, by the patterns of those who number their clusters or name them after weather or animals, and of
antivirus programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indicia.read.names.context import ACTOR_WORDS
from indicia.records import MentionKind


class Unseen(NamedTuple):
    """A name at its place. `verb` is where a verb of naming begins that introduces it, or -1. `tool` says that the text calls
    it a tool and not malware."""

    start: int
    end: int
    name: str
    kind: MentionKind
    method: str
    according_to: tuple[str, ...] = ()
    score: float = 0.8
    verb: int = -1
    tool: bool = False


# Who numbers clusters how. TA00.. are ATT&CK's tactics, not Proofpoint's actors.
_NUMBERED = re.compile(
    r"(?<![\w/.@-])(?:(?P<mandiant>UNC[ -]?\d{3,5}|FIN[ -]?\d{1,2}|TEMP\.[A-Z][A-Za-z]{2,20})|(?P<apt>APT[ -]?\d{1,3})|"
    r"(?P<qihoo>APT-[CQK]-\d{1,3})|(?P<proofpoint>TA[ -]?(?!00)\d{3,4})|"
    r"(?P<microsoft>(?:Storm|DEV)-\d{4})|(?P<cert_ua>UAC-\d{4})|(?P<recorded>TAG-\d{1,3}|RedGolf|RedDelta)|(?P<unit42>CL-(?:STA|CRI|UNK)-\d{4}|TGR-[A-Z]{3}-\d{4})|(?P<talos>UAT-?\d{4,5})|"
    r"(?P<volexity>UTA\d{4})|(?P<ibm>ITG\d{2}|Hive\d{4})|(?P<secureworks>(?:BRONZE|COBALT|GOLD|IRON|NICKEL|ALUMINUM|"
    r"TUNGSTEN|ZINC|COPPER) [A-Z]{4,14}|TG-\d{4})|(?P<kaspersky>GReAT-\d+)|"
    r"(?P<sentinel>WIP\d{2})|(?P<eset>OPERATION-\d+)|(?P<thales>ATK[ -]?\d{1,3})|(?P<crowd>CIAT-\d+))(?![\w@]|-\d)"
)
_BY = {
    "mandiant": "Mandiant",
    "qihoo": "360",
    "proofpoint": "Proofpoint",
    "microsoft": "Microsoft",
    "cert_ua": "CERT-UA",
    "recorded": "Recorded Future",
    "unit42": "Unit 42",
    "talos": "Cisco Talos",
    "volexity": "Volexity",
    "ibm": "IBM",
    "secureworks": "Secureworks",
    "sentinel": "SentinelOne",
    "thales": "Thales",
}
_WEATHER = re.compile(
    r"(?<![\w-])(?P<first>[A-Z][a-z]{2,14}|[A-Z]{3,14})\s(?P<last>Typhoon|Blizzard|Sandstorm|Sleet|Tempest|Tsunami|Flood|Hail|Dust|Cyclone|Rain|"
    r"TYPHOON|BLIZZARD|SANDSTORM|SLEET|TEMPEST|TSUNAMI)(?![\w-])"
)
_ANIMAL = re.compile(
    r"(?<![\w-])(?P<first>[A-Z][a-z]{2,14}|[A-Z]{3,14})\s(?P<last>Panda|Bear|Kitten|Chollima|Spider|Jackal|Tiger|Leopard|Buffalo|Crane|Wolf|Hawk|Lynx|Ocelot|Sphinx|Saiga|"
    r"PANDA|BEAR|KITTEN|CHOLLIMA|SPIDER|JACKAL|TIGER|LEOPARD|BUFFALO|CRANE|WOLF|HAWK|LYNX|OCELOT|SPHINX|SAIGA)(?![\w-])"
)
_NOT_FIRST = frozenset(
    (
        "the", "a", "super", "giant", "red", "polar", "grizzly", "teddy", "brown", "black", "white", "grey", "gray",
        "snow", "winter", "great", "flash", "last", "this", "that",
        "heavy", "acid", "gold", "tropical", "severe", "big", "baby", "little", "wild", "bengal", "siberian", "lone",
        "water", "american", "asian", "category", "when", "after", "before",
        "during", "crude", "as", "and", "or", "in", "of", "by", "for", "major", "devastating", "sea", "web",
        "construction", "tower",
    )
)  # fmt: skip
_SURE_ANIMALS = frozenset(("panda", "kitten", "chollima", "jackal", "saiga"))
_GROUP_NEAR = re.compile(
    rf"\b(?:{ACTOR_WORDS}|attributed|tracked|espionage|intrusion|hacking|CrowdStrike|adversary|APT|campaign)\b", re.IGNORECASE
)
_OPERATION = re.compile(
    r"(?<![\w-])(?P<name>Operation (?!Of |In |The |(?:Manager|Officer|Director|Cent(?:er|re)|Room|System|Team|Department|"
    r"Committee|Mode|Guide)s?\b)[A-Z][A-Za-z]{3,20}(?: [A-Z][A-Za-z]{2,15})?)(?![\w-])"
)


# An operation of those who investigate is no attacker's.
_POLICE = re.compile(
    r"\b(?:[Pp]olice|Europol|Interpol|INTERPOL|Eurojust|law enforcement|inquiry|takedown|investigation|"
    r"arrest(?:s|ed)?)\b[^.!?\n]*\Z"
)


def find_patterned(text: str) -> Iterator[Unseen]:
    """Numbered clusters, Microsoft's weather names, CrowdStrike's animals, named operations."""
    for match in _NUMBERED.finditer(text):
        by = next((_BY[group] for group, value in match.groupdict().items() if value and group in _BY), "")
        yield Unseen(match.start(), match.end(), match[0], MentionKind.ACTOR, "pattern", (by,) if by else (), 0.9)
    for match in _WEATHER.finditer(text):
        if match["first"].lower() not in _NOT_FIRST:
            yield Unseen(match.start(), match.end(), match[0], MentionKind.ACTOR, "pattern", ("Microsoft",), 0.85)
    for match in _ANIMAL.finditer(text):
        if match["first"].lower() in _NOT_FIRST or match["first"].isupper() != match["last"].isupper():
            continue
        near = text[max(0, match.start() - 120) : match.end() + 120]
        if match["last"].isupper() or match["last"].lower() in _SURE_ANIMALS or _GROUP_NEAR.search(near):
            yield Unseen(match.start(), match.end(), match[0], MentionKind.ACTOR, "pattern", ("CrowdStrike",), 0.8)
    for match in _OPERATION.finditer(text):
        if _POLICE.search(text, max(0, match.start() - 120), match.start()):
            continue
        yield Unseen(match.start(), match.end(), match[0], MentionKind.CAMPAIGN, "pattern", (), 0.7)


# Families by the names that antivirus programs give what they detect: class, platform, family and variant, in the orders and
# with the marks that each maker likes ("Trojan-Banker.AndroidOS.Quern.a", "Trojan:Win32/Quern.A!ml", "Win32/Quern.AB").
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
