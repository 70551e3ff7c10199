"""Names that no table holds: by the patterns of those who number their clusters, and by the sentences that introduce a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indicia.read.names.context import ACTOR_WORDS, CAMPAIGN_WORDS
from indicia.records import MentionKind

__all__ = ["Introduced", "find_introduced", "find_patterned"]


class Introduced(NamedTuple):
    start: int
    end: int
    name: str
    kind: MentionKind
    method: str
    according_to: tuple[str, ...] = ()
    score: float = 0.8


# Who numbers clusters how. TA00.. are ATT&CK's tactics, not Proofpoint's actors.
_NUMBERED = re.compile(
    r"(?<![\w/.@-])(?:(?P<mandiant>UNC[ -]?\d{3,5}|FIN[ -]?\d{1,2}|TEMP\.[A-Z][A-Za-z]{2,20})|(?P<apt>APT[ -]?\d{1,3})|"
    r"(?P<qihoo>APT-[CQK]-\d{1,3})|(?P<proofpoint>TA[ -]?(?!00)\d{3,4})|"
    r"(?P<microsoft>(?:Storm|DEV)-\d{4})|(?P<cert_ua>UAC-\d{4})|(?P<recorded>TAG-\d{1,3}|RedGolf|RedDelta)|(?P<unit42>CL-(?:STA|CRI|UNK)-\d{4}|TGR-[A-Z]{3}-\d{4})|(?P<talos>UAT-?\d{4,5})|"
    r"(?P<volexity>UTA\d{4})|(?P<ibm>ITG\d{2}|Hive\d{4})|(?P<secureworks>(?:BRONZE|COBALT|GOLD|IRON|NICKEL|ALUMINUM|"
    r"TUNGSTEN|ZINC|COPPER) [A-Z]{4,14})|(?P<kaspersky>GReAT-\d+)|"
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

_NAME = r"(?P<name>[A-Z][\w+-]{2,30}(?:[ ][A-Z][\w+-]{1,20}){0,2}|[a-z]{1,3}[A-Z][\w-]{2,24})"
_QUOTED = r"[\"“'‘](?P<quoted>[A-Za-z][\w .+-]{2,32}?)[\"”'’]"
_VERB = (
    r"(?:track(?:s|ed|ing)?|call(?:s|ed)?|nam(?:e|es|ed)|dub(?:s|bed)?|refer(?:s|red)? to|known as|designat(?:e|es|ed)|"
    r"label(?:s|led|ed)?|code-?named|christened|nicknamed|baptised)"
    r"(?: (?:it|them|this|the) (?:\w+ )?)?(?:\s(?:internally|publicly|commonly|also|only|simply|now|under the name|"
    r"by the name(?: of)?))*(?: as| by| under)?"
)
_ACTOR_NOUN = (
    r"(?:(?:threat|hacking|hacker|espionage|intrusion|ransomware|cyber\w*|criminal|state-sponsored|activity|extortion|APT) )?"
    r"(?:groups?|gangs?|actors?|clusters?|crews?|collectives?|adversar(?:y|ies)|APTs?|intrusion sets?)"
)
_SOFTWARE_NOUN = (
    r"(?:malware|ransomware|trojans?|backdoors?|RATs?|stealers?|infostealers?|loaders?|downloaders?|droppers?|botnets?|worms?|wipers?|rootkits?|bootkits?|implants?|"
    r"web ?shells?|spyware|exploit kits?|toolkits?|frameworks?|strains?|variants?|famil(?:y|ies))"
)
# A verb of naming and the name; the noun that says what is named is then looked for before it, in the same clause.
_NAMING = re.compile(rf"\b{_VERB}\s(?:the\s)?(?:{_QUOTED}|{_NAME})")
_NOUN = re.compile(
    rf"\b(?:(?P<actor>{_ACTOR_NOUN})|(?P<software>{_SOFTWARE_NOUN})|(?P<campaign>{CAMPAIGN_WORDS}))\b", re.IGNORECASE
)
_REACH = 90
_NAMED_CLASS = re.compile(
    r"(?<![\w/.@-])(?P<name>[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+|[A-Z][a-z]+[A-Z]{2,4}|[A-Z]{2,}[a-z]+[A-Za-z]*|[A-Z][A-Za-z]*\d+|[A-Z]{2,4}_[A-Za-z]{3,20})\s(?:\([^)\n]{1,40}\)\s)?"
    r"(?:malware|ransomware|trojan|backdoor|RAT|infostealer|stealer|loader|downloader|dropper|botnet|worm|wiper|rootkit|"
    r"implant|web ?shell|malware family)\b"
)
_CLASS_NAMED = re.compile(
    r"\b(?:malware|ransomware|trojan|backdoor|RAT|infostealer|stealer|loader|downloader|dropper|botnet|worm|wiper|rootkit|"
    r"implant|malware family)\s"
    r"(?P<name>[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+|[A-Z][a-z]+[A-Z]{2,4})(?![\w.])"
)
_OPERATION = re.compile(r"(?<![\w-])(?P<name>Operation (?!Of |In |The )[A-Z][A-Za-z]{3,20}(?: [A-Z][A-Za-z]{2,15})?)(?![\w-])")
_GENERIC = frozenset(
    (
        "powershell", "javascript", "vbscript", "windows", "microsoft", "github", "linkedin", "youtube", "facebook",
        "dropbox", "onedrive", "sharepoint", "autohotkey", "autoit", "macos",
        "ios", "android", "linux", "http", "https", "dns", "url", "api", "dll", "exe", "html", "pdf", "vba", "wmi", "com",
        "rdp", "smb", "ssh", "vpn", "cisco", "paypal", "whatsapp", "wordpress",
        "openssl", "mysql", "nodejs", "golang", "dotnet", "virustotal", "crowdstrike", "fireeye", "sentinelone",
        "checkpoint", "cyberark", "solarwinds", "vmware", "redhat", "docusign", "anydesk",
        "teamviewer", "logmein", "screenconnect", "connectwise", "activex", "activemq", "bitlocker", "iot", "apt", "rat",
        "new", "the", "this", "c2", "ransomware", "malware", "group",
        "bluetooth", "iphone", "ipad", "excel", "word", "exchange", "outlook", "office", "adobe", "chrome", "firefox",
        "telegram", "discord", "twitter", "google", "apple", "base64", "sha256", "md5",
        "opensource", "kixtart", "rebol", "autolisp", "typescript", "coffeescript", "purebasic", "visualbasic", "win32",
        "win64", "x64", "x86", "aes", "rsa", "rc4", "xor", "tcp", "udp", "iocs", "ttps",
    )
)  # fmt: skip


def find_patterned(text: str) -> Iterator[Introduced]:
    """Numbered clusters, Microsoft's weather names, CrowdStrike's animals, named operations."""
    for match in _NUMBERED.finditer(text):
        by = next((_BY[group] for group, value in match.groupdict().items() if value and group in _BY), "")
        yield Introduced(match.start(), match.end(), match[0], MentionKind.ACTOR, "pattern", (by,) if by else (), 0.9)
    for match in _WEATHER.finditer(text):
        if match["first"].lower() not in _NOT_FIRST:
            yield Introduced(match.start(), match.end(), match[0], MentionKind.ACTOR, "pattern", ("Microsoft",), 0.85)
    for match in _ANIMAL.finditer(text):
        if match["first"].lower() in _NOT_FIRST or match["first"].isupper() != match["last"].isupper():
            continue
        near = text[max(0, match.start() - 120) : match.end() + 120]
        if match["last"].isupper() or match["last"].lower() in _SURE_ANIMALS or _GROUP_NEAR.search(near):
            yield Introduced(match.start(), match.end(), match[0], MentionKind.ACTOR, "pattern", ("CrowdStrike",), 0.8)
    for match in _OPERATION.finditer(text):
        yield Introduced(match.start(), match.end(), match[0], MentionKind.CAMPAIGN, "pattern", (), 0.7)


def _is_name(name: str) -> bool:
    low = name.lower()
    return low not in _GENERIC and low.split()[0] not in _GENERIC and len(name) > 2 and not name.isdigit()


def find_introduced(text: str) -> Iterator[Introduced]:
    """Names that a sentence introduces ("a group we track as X", "a backdoor dubbed X") or that bear the word for their
    class beside them and are written as no ordinary word is ("MirrorX malware")."""
    for match in _NAMING.finditer(text):
        group = "quoted" if match["quoted"] else "name"
        name = match[group].strip()
        start = match.start(group)
        kind = _kind_before(text, match.start())
        if kind is not None and _is_name(name) and _fits(text, name, start):
            yield Introduced(start, start + len(name), name, kind, "introduced")
    for pattern in (_NAMED_CLASS, _CLASS_NAMED):
        for match in pattern.finditer(text):
            if _is_name(match["name"]):
                yield Introduced(
                    match.start("name"), match.end("name"), match["name"], MentionKind.SOFTWARE, "introduced", (), 0.7
                )


def _fits(text: str, name: str, start: int) -> bool:
    """Whether a caught name is not a file's, a function's, or a word that the same text also writes in small letters."""
    after = text[start + len(name) : start + len(name) + 2]
    if "." in name or "_" in name or after[:1] in {"_", "(", "\\", "/"} or (after[:1] == "." and after[1:].isalnum()):
        return False
    if name.split()[0] in _OPENERS:
        return False
    plain = name.isalpha() and name.istitle()
    return not plain or re.search(rf"\b{name.lower()}\b", text) is None


_OPENERS = frozenset(
    (
        "The",
        "This",
        "These",
        "Those",
        "They",
        "Its",
        "His",
        "Her",
        "Our",
        "We",
        "He",
        "She",
        "It",
        "In",
        "On",
        "As",
        "An",
        "For",
        "From",
        "To",
    )
)


def _kind_before(text: str, at: int) -> MentionKind | None:
    """What the last noun of the clause before `at` says is being named."""
    clause = re.split(r"[.;:!?\n()\"“]", text[max(0, at - _REACH) : at])[-1]
    nouns = list(_NOUN.finditer(clause))
    if not nouns:
        return None
    last = nouns[-1]
    return MentionKind.ACTOR if last["actor"] else MentionKind.SOFTWARE if last["software"] else MentionKind.CAMPAIGN
