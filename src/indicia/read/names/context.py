"""Words beside a name that tell what it names: a group that acts, software that is used, an operation."""

from __future__ import annotations

import re

from indicia.records import MentionKind

ACTOR_WORDS = (
    r"(?:threat |hacking |hacker |espionage |APT |intrusion |ransomware |cyber(?:crime|criminal)?[ -]?(?:espionage )?|"
    r"criminal |state-sponsored |activity |extortion )?"
    r"(?:groups?|gangs?|actors?|clusters?|crews?|collectives?|adversar(?:y|ies)|hackers?|teams?|operators?|affiliates?|"
    r"APTs?|intrusion sets?|outfit|syndicate|brigade|army|units?|persona)"
)
SOFTWARE_WORDS = (
    r"(?:malware|ransomware|trojans?|backdoors?|RATs?|stealers?|infostealers?|loaders?|downloaders?|droppers?|botnets?|bots?|worms?|viruses|virus|wipers?|rootkits?|bootkits?|"
    r"implants?|web ?shells?|shellcode|payloads?|keyloggers?|cryptominers?|miners?|spyware|exploit kits?|tools?|toolkits?|"
    r"frameworks?|utilit(?:y|ies)|strains?|samples?|variants?|"
    r"famil(?:y|ies)|binar(?:y|ies)|executables?|DLLs?|modules?|beacons?|C2 framework|remote access (?:trojan|tool)|"
    r"crypters?|packers?|infections?|macros?)"
)
CAMPAIGN_WORDS = r"(?:campaigns?|operations?|op)"
_SINCE = (
    r"(?:has|have|had|was|were|is|are|also|then|actively|recently|likely|typically|often|historically|previously|may|"
    r"might|could|would|will|primarily)?\s*+(?:also |been |then )?"
)
_AFTER_ACTOR = re.compile(
    rf"[\"'”’)]{{0,2}}(?:['’]s?)?\s*+(?:\(G\d{{4}}|{ACTOR_WORDS}\b|(?:members?|leaders?)\b|"
    r"-(?:linked|affiliated|aligned|attributed|backed|operated)|"
    rf"{_SINCE}(?:breach(?:es|ed)|sent|sends|conduct\w*|claim(?:s|ed)|stole|believed|suspected|attributed|sponsored|developed|"
    r"develops|relies|relied|shifted|moved|focus\w*|said|announced|posted|demanded|extort\w*|pledged|threaten\w*)\b)",
    re.IGNORECASE,
)
# What a group does, and what is told of its software as often.
_DOES_EITHER = re.compile(
    rf"[\"'”’)]{{0,2}}\s*+{_SINCE}(?:targets?|targeted|targeting|attack(?:s|ed|ing)|compromis(?:es|ed|ing)|used|uses|using|"
    r"leverag\w+|employ\w*|deploy(?:s|ed|ing)|launch\w*|exploit(?:s|ed|ing)|operat(?:es|ed|ing)|steals|known for|active|"
    r"tracked|began|distribut(?:es|ed|ing))\b",
    re.IGNORECASE,
)
_BEFORE_ACTOR = re.compile(
    rf"(?:\b{ACTOR_WORDS}(?:[ ,]+(?:known as|called|named|dubbed|tracked as|such as|like|including|aka|a\.k\.a\.?|"
    rf"calling itself|that calls itself|we (?:call|track as)))?|"
    r"\b(?:attributed to|attribute[ds]? (?:\w+ ){0,4}to|linked to|links? to|tied to|associated with|used by|operated by|"
    r"conducted by|carried out by|launched by|work of|affiliated with|"
    r"targeted by|compromised by|attacked by|developed by|members? of|overlaps? with|blamed on|sponsored|"
    r"against))[\s,:(\"“'‘]{1,3}(?:the\s+)?(?:[\w-]+[- ](?:linked|based|backed|sponsored|aligned|affiliated|nexus)\s+)?\Z",
    re.IGNORECASE,
)
_AFTER_SOFTWARE = re.compile(
    rf"[\"'”’)\]]{{0,2}}(?:/[A-Z]\w{{2,20}})?(?:['’]s?)?\s*+(?:(?:builder|decryptors?|encryptors?|source code|locker)\b|"
    rf"\((?:S\d{{4}}|a (?:RAT|{SOFTWARE_WORDS}))|"
    rf"(?:[\w-]{{1,20}}\s){{0,2}}{SOFTWARE_WORDS}\b|"
    r"v?\d\.\d|is (?:a|an|the) (?:[\w-]+ ){0,4}(?:malware|trojan|backdoor|ransomware|RAT|loader|tool|stealer|downloader|"
    r"implant|botnet)|(?:was|were|is|are|being|gets|has been) (?:\w+ly )?"
    r"(?:downloaded|dropped|installed|executed|delivered|deployed|loaded|injected|distributed|detected|written|compiled|packed|obfuscated|run|used|spread|sold)\b)",
    re.IGNORECASE,
)
_BEFORE_SOFTWARE = re.compile(
    rf"(?:\b{SOFTWARE_WORDS}(?:[ ,]+(?:known as|called|named|dubbed|tracked as|such as|like|including|aka|a\.k\.a\.?|"
    rf"we (?:call|named)|detected as|identified as))?|"
    r"\b(?:deploy(?:s|ed|ing|ment of)?|deliver(?:s|ed|ing|y of)?|drop(?:s|ped|ping)?|install(?:s|ed|ing|ation of)?|"
    r"download(?:s|ed|ing)?|load(?:s|ed|ing)?|execut(?:es?|ed|ing|ion of)|distribut(?:es?|ed|ing|ion of)|"
    r"spread(?:s|ing)?|inject(?:s|ed|ing)?|infect(?:ed|ing|s)? (?:\w+ ){0,3}with|us(?:es|ed|ing|e of)|run(?:s|ning)?|"
    r"version of|variants? of|samples? of|instances? of|copy of|copies of|infections? with|leverag\w+|"
    r"(?:encrypt(?:ed|ing|ion|s)|locked|scrambled|hit)(?: \w+){0,3} (?:with|by)|"
    r"fetch(?:es|ed)?|analysis of|analy[sz](?:es|ed|ing)|source code of|pushing))[\s,:(\[\"“'‘*]{1,3}(?:the\s+|a\s+|"
    r"an\s+)?(?:new\s+|custom\s+|well-known\s+|commodity\s+|open[- ]source\s+)?\Z",
    re.IGNORECASE,
)
_NEAR = 70


def leaning(text: str, start: int, end: int) -> int:
    """Above 0: the words around [start, end) speak of a group; below 0: of software; 0: they do not say."""
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    score = 0
    score += (
        2 * bool(_AFTER_ACTOR.match(after))
        + bool(_DOES_EITHER.match(after))
        + bool(_BEFORE_ACTOR.search(before))
        + 2 * bool(_ACTORS_LISTED.search(before))
    )
    score -= (
        2 * bool(_AFTER_SOFTWARE.match(after))
        + bool(_BEFORE_SOFTWARE.search(before))
        + 2 * bool(_SOFTWARE_LISTED.search(before))
    )
    return score


_SUPPORT = {
    MentionKind.ACTOR: re.compile(
        rf"\b(?:{ACTOR_WORDS}|tracked as|also known as|aka|dubbed|attributed to|hacking)\b", re.IGNORECASE
    ),
    MentionKind.SOFTWARE: re.compile(rf"\b(?:{SOFTWARE_WORDS}|also known as|aka|dubbed)\b", re.IGNORECASE),
    MentionKind.CAMPAIGN: re.compile(rf"\b{CAMPAIGN_WORDS}\b", re.IGNORECASE),
    MentionKind.INCIDENT: re.compile(
        r"\b(?:hack|attack|breach|incident|campaign|compromise|intrusion|operation|vulnerabilit)\w*\b", re.IGNORECASE
    ),
    MentionKind.VENDOR: re.compile(
        r"\b(?:research\w*|said|says|security|firm|company|vendor|report\w*|blog|analysts?|according to|published)\b",
        re.IGNORECASE,
    ),
    MentionKind.AGENCY: re.compile(
        r"\b(?:agency|intelligence|ministry|government|officials?|said|service|bureau|advisory|director)\b", re.IGNORECASE
    ),
}
_CLOSE = 40
# What makes an everyday word a name: the class right beside it, or a verb of naming right before it.
_CLASS_SOFTWARE = (
    r"(?:malware|ransomware|(?:banking )?trojan|backdoor|RAT|stealer|infostealer|loader|downloader|dropper|botnet|worm|"
    r"wiper|rootkit|implant|spyware|"
    r"malware family|ransomware family|exploit kit|tool|framework|utility|web ?shell)"
)
_CLASS_ACTOR = (
    r"(?:(?:threat|hacking|hacker|ransomware|APT|espionage|cybercrime|extortion|criminal)?\s?"
    r"(?:group|gang|actor|crew|collective|team|APT))"
)
_NAMING = r"(?:named|called|dubbed|known as|tracked as|aka|a\.k\.a\.?)"
_ADJACENT = {
    kind: (
        re.compile(rf"\b{word}s?,?(?:\s(?:is |was )?(?:also )?{_NAMING})?\s[\"“'‘(]?\Z", re.IGNORECASE),
        re.compile(rf"[\"”'’)]?\s{word}\b", re.IGNORECASE),
    )
    for kind, word in (
        (MentionKind.SOFTWARE, _CLASS_SOFTWARE),
        (MentionKind.ACTOR, _CLASS_ACTOR),
        (MentionKind.CAMPAIGN, r"(?:operation|campaign)"),
    )
}
# "actors such as X and Y", "tools including X, Y": the class stands before the whole list.
_LISTED = r"(?:,? (?:such as|like|including)|:) (?:[\w’'. -]{2,25},\s){0,4}(?:[\w’'. -]{2,25}\s)?(?:and\s|or\s)?(?:the\s)?\Z"
_ACTORS_LISTED = re.compile(rf"\b{ACTOR_WORDS}{_LISTED}", re.IGNORECASE)
_SOFTWARE_LISTED = re.compile(rf"\b{SOFTWARE_WORDS}{_LISTED}", re.IGNORECASE)
_MODIFIES = re.compile(r"\s[A-Z]|[\w-]|\s(?:agents?|servers?|clients?|software|products?|services?|cameras?|systems?)\b")
_NAMED = re.compile(rf"\b{_NAMING}\s[\"“'‘]?\Z", re.IGNORECASE)


# What everyday words do not do, nor have done to them: "Tick compromised a product", "deployed Hive after".
_DOES = {
    MentionKind.ACTOR: (
        None,
        re.compile(
            r"\s(?:(?:has |have |had )?(?:compromised|exfiltrated|deployed|breached|hacked|stole|stolen|hijacked)\s"
            r"(?:an?|the|its|their|data|credentials|half|several|at|more|over|from|[\d$€£])|"
            r"(?:has |have |had )?(?:also )?(?:targeted|attacked|compromised|breached|infiltrated|spied on|exploited)\s"
            r"(?:(?:the|its|their|several|multiple|many|other|over|more than|at least|dozens of|hundreds of)\s)?"
            r"(?:[\w-]+\s){0,2}?"
            r"(?:\w+(?:s|ies)|infrastructure|government|industry|sector|personnel|Ukraine|Europe)\b|"
            r"(?:conducts?|conducted|launched|ran|runs)\s(?:an?\s|the\s)?(?:[\w-]+\s){0,2}?"
            r"(?:campaigns?|operations?|intrusions?|attacks?)\b|"
            r"(?:is|was|were|has been|have been) (?:blamed for|suspected of|accused of|(?:believed|thought) to (?:be|have)))\b"
        ),
    ),
    MentionKind.SOFTWARE: (
        re.compile(
            r"\b(?:(?:deploy|dropp|install|detonat)(?:s|ed|ing)|infected with|encrypted with|"
            r"(?:version|variant|sample|build|cop(?:y|ies)|instance|strain)s? of)\s[\"“'‘]?\Z"
        ),
        None,
    ),
}
_PERSON = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sir|Dame|Judge|Senator|Minister|President|Secretary|General|Colonel|Captain|Director)\.?\s\Z"
)


def is_person(text: str, start: int) -> bool:
    """Whether a title before the name makes it somebody's."""
    return _PERSON.search(text, max(0, start - 12), start) is not None


def is_adjacent(kind: MentionKind, text: str, start: int, end: int) -> bool:
    """Whether the word for its class stands right beside the name: what it takes to believe an everyday word."""
    patterns = _ADJACENT.get(kind)
    if patterns is None:
        return supports(kind, text, start, end)
    before, after = text[max(0, start - _CLOSE) : start], text[end : end + _CLOSE]
    listed = kind is MentionKind.ACTOR and _ACTORS_LISTED.search(text, max(0, start - _NEAR), start)
    done_to, does = _DOES.get(kind, (None, None))
    if does is not None and does.match(after) or done_to is not None and done_to.search(before) and not _MODIFIES.match(after):
        return True
    return bool(patterns[0].search(before) or patterns[1].match(after) or _NAMED.search(before) or listed)


def calls_it_malware(text: str, start: int, end: int) -> bool:
    """Whether the text itself calls the thing malware, right beside its name."""
    before, after = text[max(0, start - _CLOSE) : start], text[end : end + _CLOSE]
    return bool(_MALWARE_AFTER.match(after) or _MALWARE_BEFORE.search(before))


_MALWARE = r"(?:malware|ransomware|trojan|backdoor|RAT|remote access trojan|stealer|infostealer|botnet|worm|wiper)s?"
_MALWARE_AFTER = re.compile(rf"[\"”'’)]?\s(?:\w+\s)?{_MALWARE}\b", re.IGNORECASE)
_MALWARE_BEFORE = re.compile(
    rf"\b{_MALWARE}(?:\s(?:called|named|dubbed|known as|such as|like|is))?[\s(\"“'‘]{{1,2}}\Z", re.IGNORECASE
)


def supports(kind: MentionKind, text: str, start: int, end: int) -> bool:
    """Whether a word that fits the kind stands close to the name, in the same sentence."""
    pattern = _SUPPORT.get(kind)
    if pattern is None:
        return False
    before = re.split(r"[.!?;]\s|\n", text[max(0, start - _CLOSE) : start])[-1]
    after = re.split(r"[.!?;]\s|\n", text[end : end + _CLOSE])[0]
    return bool(pattern.search(before) or pattern.search(after))


_ITS_SOFTWARE = re.compile(
    r"\s(?:ransomware|malware|backdoor|trojan|rootkit|implant|RAT|loader|stealer|wiper|worm|dropper)s?\b"
    r"(?!\s(?:groups?|gangs?|operators?|actors?|affiliates?|crews?|campaigns?|attacks?|operations?|incidents?|victims?|"
    r"family'?s? operators))",
    re.IGNORECASE,
)


_INFECTED_WITH = re.compile(r"\b(?:encrypted|infected) with\s\Z")


def names_its_software(text: str, start: int, end: int) -> bool:
    """Whether a group's name at [start, end) stands for its software: "the Turla backdoor", "encrypted with X", but not "the X
    ransomware gang"."""
    return _ITS_SOFTWARE.match(text, end) is not None or _INFECTED_WITH.search(text, max(0, start - 24), start) is not None
