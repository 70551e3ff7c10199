"""Names that no table holds, by the sentences that introduce them: "a group we track as X", "X, a backdoor that", "the X
ransomware", "dubbed X, the worm".

Two roads lead to a name. A verb of naming stands before it, and the clause says of what kind the named thing is. Or a noun of
a class ("backdoor", "threat group") stands beside it, in apposition or as its head. A name that is written as no ordinary word
is (`QuillNest`, `DUSKPIPE`) is believed beside any noun; one that looks like a word only where the construction leaves no
doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from indicia.read.names.patterned import Unseen
from indicia.records import MentionKind

_ODD = r"(?:[A-Z][a-z0-9]+[A-Z][A-Za-z0-9]*|[A-Z]{2,}[a-z]+\w*|[A-Z][A-Za-z]*\d\w*|[A-Z]{4,}|[A-Z]\w*_\w+|[a-z]{1,3}[A-Z]\w+)"
_PLAIN = r"(?:[A-Z][\w’'+-]{2,30}(?:[ ](?:of[ ](?:the[ ])?)?[A-Z][\w+-]{1,20}){0,2}|[a-z]{1,3}[A-Z][\w-]{2,24})"
_NAME = rf"(?:[\"“'‘](?P<quoted>[A-Za-z][\w .+-]{{2,32}}?),?[\"”'’]|\*{{0,2}}(?P<name>{_PLAIN}))"
_IS_ODD = re.compile(rf"(?:{_ODD}(?:[ -][A-Z][\w-]*){{0,2}}|[\w-]+\s{_ODD}|[A-Z]+ \d+|[A-Z]{{3,}}(?: [A-Z]{{3,}})+)\Z")

_SOFTWARE = (
    r"(?:(?:malware|ransomware)(?:\s(?:famil(?:y|ies)|strains?|samples?|payloads?))?|trojans?|back[ -]?doors?|RATs?|"
    r"(?:info|password |credential |information )?-?stealers?|loaders?|downloaders?|droppers?|botnets?|worms?|wipers?|"
    r"rootkits?|bootkits?|implants?|web ?shells?|spyware|exploit kits?|keyloggers?|(?:crypto|coin)-?miners?|"
    r"remote access (?:trojans?|tools?)|tunnell?ers?|credential harvesters?|skimmers?|scareware|adware)"
)
_FIELD = (
    r"(?:threat|hacking|hacker|espionage|cyber-?espionage|hacktivist|intrusion|ransomware|ransomware-as-a-service|extortion|"
    r"cyber-?crime|cyber-?criminal|cyber|state-sponsored|nation-state|activity|advanced persistent threat|APT|financially "
    r"motivated|mercenary|attack)"
)
_ACTOR = (
    rf"(?:{_FIELD}\s(?:groups?|gangs?|actors?|clusters?|crews?|collectives?|teams?|adversar(?:y|ies)|operations?|outfits?|"
    r"syndicates?|operators?|affiliates?)|intrusion sets?|advanced persistent threats?|APT groups?|initial access brokers?)"
)
_WEAK_ACTOR = r"(?:groups?|gangs?|actors?|clusters?|crews?|collectives?|adversar(?:y|ies)|APTs?|attackers|hackers)"
_WEAK_SOFTWARE = r"(?:variants?|famil(?:y|ies)|strains?|payloads?|samples?)"
_TOOL = r"(?:frameworks?|toolkits?)"
_NAMED_TOOL = r"(?:tools?|utilit(?:y|ies)|packers?|crypters?)"  # with a verb of naming only: "a tool called X"
# What is named as often and is neither: the head of "a service called X". "Team" and "operation" need their field.
_THING = (
    r"(?:services?|mutex(?:es)?|tasks?|files?|folders?|director(?:y|ies)|notes?|values?|keys?|process(?:es)?|functions?|"
    r"parameters?|variables?|servers?|hosts?|domains?|strings?|events?|teams?|rooms?|threads?|pipes?|classes|class|methods?|"
    r"sections?|resources?|exports?|accounts?|users?|people|man|woman|persons?|negotiators?|leaders?|administrators?|"
    r"developers?|authors?|volunteers?|experts?|engineers?|journalists?|students?|researchers?|suspects?|spokes\w+|"
    r"emails?|e-mails?|messages?|documents?|companies|company|firms?|"
    r"tables?|columns?|fields?|commands?|scripts?|jobs?|devices?|products?|software|applications?|apps?|programs?|"
    r"vulnerabilit(?:y|ies)|flaws?|bugs?|exploits?|techniques?|methods?|attacks?|entr(?:y|ies)|names? of the|windows?|"
    r"channels?|forums?|sites?|websites?|blogs?|projects?|modules?|librar(?:y|ies)|algorithms?|protocols?|languages?)"
)
_NOUN = re.compile(
    rf"\b(?:(?P<actor>{_ACTOR})|(?P<software>{_SOFTWARE})|(?P<weak_actor>{_WEAK_ACTOR})|(?P<weak_software>{_WEAK_SOFTWARE})|"
    rf"(?P<weak_tool>{_TOOL})|(?P<campaign>campaigns?|operations?))\b",
    re.IGNORECASE,
)
_NOUN_OR_THING = re.compile(rf"{_NOUN.pattern}|\b(?:(?P<named_tool>{_NAMED_TOOL})|(?P<thing>{_THING}))\b", re.IGNORECASE)
_KINDS = {
    "actor": MentionKind.ACTOR,
    "weak_actor": MentionKind.ACTOR,
    "software": MentionKind.SOFTWARE,
    "weak_software": MentionKind.SOFTWARE,
    "weak_tool": MentionKind.SOFTWARE,
    "named_tool": MentionKind.SOFTWARE,
    "campaign": MentionKind.CAMPAIGN,
}

_VERB = (
    r"(?:(?:track(?:s|ed|ing)?|refer(?:s|red)?(?: to)?|designat(?:e|es|ed)|label(?:s|led|ed)?|identif(?:y|ies|ied)|"
    r"detect(?:s|ed)?)"
    r"(?: (?:it|them|itself|themselves|this|the) (?:[\w-]+ ){0,3}?)?"
    r"(?:\s?(?:internally|publicly|commonly|also|only|simply|now))*"
    r"\s?(?:by (?:the )?[\w ]{2,25}? )?(?:as|under)(?: the names?(?: of)?)?|"
    r"(?:call(?:s|ed)?|calling|nam(?:e|es|ed)|dub(?:s|bed)?|designates?|known|goes by|went by|code-?named|"
    r"christened|nicknamed|baptised|self-styled|(?:market(?:s|ed)?|sold|advertised|billed)(?= as| under|\s[\"“])"
    r"|turned out to be|proved to be|(?:given|gave(?: (?:it|them|(?:this|the) [\w-]+))?|under|by|assigned(?: it)?|"
    r"chose) (?:the|a) "
    r"(?:working |internal |cover )?(?:name|title|code ?name|moniker|label|nickname|alias(?:es)?))"
    r"(?: (?:itself|themselves|it|them|(?:this|the) [\w-]+(?: (?:malware|group|framework|tool|family|actor|cluster))?))?"
    r"(?:\s(?:internally|publicly|commonly|variously|also|only|simply|now))*"
    r"(?: (?:as|under)(?: the names?)?| by the names?)?(?: (?:the name )?of)?)"
)
_NAMING = re.compile(rf"\b{_VERB}\s(?:the\s)?{_NAME}")
_FRONTED = re.compile(
    r"(?:\A|(?<=[.!?\n]\s)|(?<=\n))(?:(?:Also )?(?:Dubbed|Tracked(?: \w+)? as|Called|Named|Nicknamed|Codenamed|Known as|"
    rf"Referred to as))\s{_NAME}(?:\sby\s[^,.\n]{{1,40}})?,\s(?:the|this|an?|its)\s(?:[\w-]+\s){{0,4}}?"
    rf"(?P<noun>(?i:{_NOUN.pattern}))"
)
_REACH = 110
_SENTENCE = re.compile(r"[.!?](?=\s)|\n")

_CLOSED = r"(?=\s?[,)—–]|\s[-—–]\s|[.;:]?\s*\Z|[.;]\s|\s(?:and|or|\()|\n)"
_AFTER_DIRECT = re.compile(rf"\s(?:component\s|family\s)?{_NAME}")
_AFTER_APPOSED = re.compile(rf"(?:\scomponent)?(?:,\s|\s\(|:\s|\s[—–-]\s){_NAME}{_CLOSED}")
_BEFORE_APPOSED = re.compile(
    rf"{_NAME}(?:\s\([^()\n]{{1,40}}\))?(?:,\s|\s\(|\s[—–]\s|\s(?:is|was)\s)(?:also\s|now\s)?"
    r"(?:an?|the|another|one\sof\sthe)\s(?P<adjectives>(?:[\w.’'-]+\s){0,6}?)\Z"
)
_TITLED = re.compile(rf"(?:\A|\n\W{{0,4}}){_NAME}:\s(?:A|An|The|New)\s(?:[\w.’'-]+\s){{0,4}}\Z")
_BEFORE_DIRECT = re.compile(
    r"(?P<lead>\b[\w-]+\s|\A)[\"“'‘]?(?P<name>[A-Z][\w’'+-]{2,30}(?:[ ][A-Z][\w+-]{1,20}){0,2}|"
    r"[a-z]{1,3}[A-Z][\w-]{2,24}|[a-z]+_[a-z_]+)[\"”'’]?\s\Z"
)
_BEFORE_OWN_CLASS = re.compile(r"\b(?:the|an?|of|with|and)\s(?P<name>[A-Z][a-z][\w-]{1,20})\s\Z")
_OWN_CLASSES = frozenset(("Loader", "Stealer", "RAT", "Wiper", "Backdoor"))
_BEFORE_NAME_IS = re.compile(r"\bname\sof\s(?:the|this)\s(?:[\w-]+\s)?\Z", re.IGNORECASE)
_AFTER_NAME_IS = re.compile(rf"(?:['’]s\sname)?(?:,\s|\s(?:is|was)\s){_NAME}")
_AND = re.compile(
    rf"[\"”'’]?(?:,\s(?:and\s|or\s)?|\s(?:and|or)\s)(?:by\s(?:the\s)?[\w\s]{{1,25}}?\sas\s)?{_NAME}(?=[,.;:)—–]|\s|\Z)"
)
# What may follow a noun that is the head of its phrase: "a malware researcher" is no malware.
_HEAD = re.compile(
    r"\s*(?:[,.;:()—–]|\Z|\n|-\s|(?:that|which|who|whom|whose|and|or|with|from|for|in|of|on|at|to|by|as|since|first|also|"
    r"family|families|strain|strains|written|sold|used|capable|known|active|based|linked|named|called|dubbed|attributed|"
    r"developed|designed|made|discovered|seen|found|is|was|has|\w+(?:ing|ed))\b)"
)
_NOT_IN_PHRASE = frozenset(
    "of for by against to in on from with that which who whom is was has had and company firm researcher vendor expert analyst "
    "specialist fighting tracking called named".split()
)
_DEFENDERS = re.compile(
    r"\b(?:research|security|response|intelligence|analysis|defen[cs]e|working|support|news|media)\s\Z", re.IGNORECASE
)
_ADJECTIVE = re.compile(r"(?:ing|ed|ly|ous|ive|al|ic|able|ful|less|ese|ish|ian|ean|an|ary|ant|ent|based|style|like)\Z")


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    lines = resources.files("indicia.read.names").joinpath("no_names.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


class _Caught(NamedTuple):
    start: int
    end: int
    kind: MentionKind
    score: float
    verb: int = -1
    tool: bool = False


def find_introduced(text: str) -> Iterator[Unseen]:
    """In no order; the same name may come by two roads."""
    words = cache(lambda: frozenset(_WORD.findall(text)))  # once for all names, and only where one asks
    inner = cache(lambda: frozenset(_INNER.findall(text)))
    for caught in (*_by_verb(text), *_by_noun(text)):
        for start, end in (_trimmed(text, caught.start, caught.end), *_coordinated(text, caught)):
            name = text[start:end]
            if _fits(text, name, start, words) and not _only_opens(text, name, start, inner):
                yield Unseen(start, end, name, caught.kind, "introduced", (), caught.score, caught.verb, caught.tool)


def _by_verb(text: str) -> Iterator[_Caught]:
    for match in _NAMING.finditer(text):
        start, end = _span(match, 0)
        group = _class_before(text, start, match.start())
        kind = _KINDS.get(group)
        labelled = match[0][:5] in {"label", "ident", "detec"} and kind is not MentionKind.SOFTWARE
        term = text[start:end].islower() and not _NOUN_ENDS.search(text[max(0, match.start() - 60) : match.start()])
        if kind is not None and not labelled and not term:
            yield _Caught(start, end, kind, 0.8, match.start(), group.endswith("tool"))
    for match in _FRONTED.finditer(text):
        noun = _NOUN.match(match["noun"])
        if noun is not None and noun.lastgroup is not None:
            yield _Caught(*_span(match, 0), _KINDS[noun.lastgroup], 0.8, match.start())


# A word in small letters is a name only right after the noun that it names: "a stealer called "larder"".
_NOUN_ENDS = re.compile(
    rf"(?:{_NOUN.pattern})(?:,? (?:that|which|whom) (?:we|they|it|its \w+|[\w ]{{1,20}}))?\s\Z", re.IGNORECASE
)


# Who names it: "whom the company", "which we"; and what a gang is behind: neither is what is being named.
_NAMER = re.compile(
    r",?\s(?:whom|which|that|who)\s(?:the\s|its\s|their\s)?[\w’'-]+(?:\s[\w-]+)?\s?\Z|\sbehind\s(?:the|this|these)\s\w+\s\Z"
)


def _class_before(text: str, name: int, verb: int) -> str:
    """What the last noun of the sentence before the name says is being named: the object of the verb of naming, or what
    stands before it. The name of its group in `_NOUN_OR_THING`, or nothing."""
    before = _SENTENCE.split(text[max(0, verb - _REACH) : verb])[-1]
    clause = _NAMER.sub(" ", before) + text[verb:name]
    nouns = list(_NOUN_OR_THING.finditer(clause))
    return nouns[-1].lastgroup or "" if nouns else ""


def _by_noun(text: str) -> Iterator[_Caught]:
    for noun in _NOUN.finditer(text):
        group = noun.lastgroup or ""
        if group == "campaign":
            continue
        if group == "weak_actor" and _DEFENDERS.search(text, max(0, noun.start() - 20), noun.start()):
            continue
        kind, strong = _KINDS[group], not group.startswith("weak")
        low, high = max(0, noun.start() - _REACH), noun.end() + _REACH
        before = text[low : noun.start()]
        cut = max((m.end() for m in _SENTENCE.finditer(before)), default=0)
        before, after = before[cut:], text[noun.end() : high]
        for start, end, sure in _beside(before, after, noun[0], strong):
            at = low + cut
            if start >= len(before):
                at = noun.end() - len(before)
            if sure or _IS_ODD.match(text[at + start : at + end]):
                yield _Caught(at + start, at + end, kind, 0.75 if sure else 0.7, tool=group.endswith("tool"))


def _beside(before: str, after: str, noun: str, strong: bool) -> Iterator[tuple[int, int, bool]]:
    """Names beside a noun of a class: range in `before + after`, and whether a name that looks like a word is believed."""
    offset = len(before)
    lower = noun[0].islower() or noun.upper() in {"RAT", "RATS", "APT", "APTS"}
    determined = re.search(
        r"\b(?:an?|the|its|their|this|another|new|two|three|custom)\s(?:[\w.’'-]+\s){0,4}\Z", before, re.IGNORECASE
    )
    match = _AFTER_APPOSED.match(after)
    if match is not None:
        yield *_span(match, offset), strong and determined is not None and lower
    elif (match := _AFTER_DIRECT.match(after)) is not None and (lower or match["quoted"]) and not match[0].islower():
        rest = after[match.end() :]
        yield *_span(match, offset), strong and determined is not None and not re.match(r"['’]|\s[A-Z]|[\w/\\]", rest)
    if _BEFORE_NAME_IS.search(before) or after.startswith(("'s name", "’s name")):
        match = _AFTER_NAME_IS.match(after)
        if match is not None:
            yield *_span(match, offset), True
    match = _BEFORE_APPOSED.search(before)
    if match is not None and _HEAD.match(after) and not _NOT_IN_PHRASE & set(match["adjectives"].lower().split()):
        yield *_span(match, 0), strong and lower
    match = _TITLED.search(before)
    if match is not None and strong:
        yield *_span(match, 0), True
    match = _BEFORE_OWN_CLASS.search(before)
    if match is not None and noun in _OWN_CLASSES:
        yield match.start("name"), offset + len(noun), True
        return
    match = _BEFORE_DIRECT.search(before)
    if match is not None and lower and not _ITS_STUDENT.match(after):
        name, first = match["name"], match["lead"].strip()
        led = first.islower() or first in {"The", "A", "An"}
        wordlike = " " in name or _ADJECTIVE.search(name) is not None or re.match(r"\s[A-Z]", after) is not None
        yield *match.span("name"), strong and led and not wordlike


_ITS_STUDENT = re.compile(r"\s(?:researchers?|analysts?|experts?|protection|scanners?|detection|removal|defenders?)\b")


def _span(match: re.Match[str], offset: int) -> tuple[int, int]:
    group = "quoted" if match["quoted"] else "name"
    return offset + match.start(group), offset + match.end(group)


def _coordinated(text: str, caught: _Caught) -> Iterator[tuple[int, int]]:
    """Names joined to a caught one by "and" or in a list, each written as no ordinary word is or of two words."""
    at = caught.end
    for _ in range(5):
        match = _AND.match(text, at)
        if match is None:
            return
        start, end = _span(match, 0)
        if not match["quoted"] and not _IS_ODD.match(text[start:end]) and " as " not in match[0][: start - at]:
            return
        yield start, end
        at = end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without words in front that only open the sentence, and without a class written in capitals behind."""
    members = _MEMBERS.match(text, start, end)
    start = members.end() if members is not None else start
    while " " in text[start:end] and text[start:end].split(" ", 1)[0].lower() in _OPENERS:
        start += text[start:end].index(" ") + 1
    return start, end


_MEMBERS = re.compile(r"[A-Z]\w+s\sof\s(?:the\s)?(?=[A-Z])")
_OPENERS = frozenset(
    "the this these those they its his her our we he she it in on as an for from to when while after before meanwhile however "
    "although since but and or if what that there their your you with by at then once later today both like unlike".split()
)


_WORD = re.compile(r"\w+")
_INNER = re.compile(r"(?<=[\w,;’] )[A-Z][a-z]+\b")  # words with a capital letter within a sentence


def _fits(text: str, name: str, start: int, words: Callable[[], frozenset[str]]) -> bool:
    """Whether a caught name is not a file's, a function's, a known thing's, or a word that the same text also writes in small
    letters."""
    after = text[start + len(name) : start + len(name) + 2]
    if "." in name or after[:1] in {"_", "(", "\\", "/"} or (after[:1] == "." and after[1:].isalnum()):
        return False
    low = name.lower()
    first = re.split(r"[ -]", low)[0]
    if len(name) < 3 or name.isdigit() or low in _no_names() or first in _no_names() or first in _OPENERS:
        return False
    if _NOUN.fullmatch(name) or _ID.fullmatch(name) or name.endswith(("'s", "’s")) or _is_acronym(text, start, name):
        return False
    plain = name.isalpha() and name.istitle()
    return not plain or low not in words()


_ID = re.compile(r"(?:T|TA|G|S|M|C)\d{4}")
_OPENS = re.compile(r"(?:\A|[.!?:]\s|\n\W{0,4}|\n\d{1,2}\.)\Z")
_AS_ADVERB = re.compile(r",\s(?!an?\s|another\s|one\sof\s)")


def _only_opens(text: str, name: str, start: int, inner: Callable[[], frozenset[str]]) -> bool:
    """Whether a capital word only opens a sentence ("Finally, the malware ...") and stands nowhere within one."""
    if not (name.isalpha() and name.istitle() and _OPENS.search(text, max(0, start - 8), start)):
        return False
    return _AS_ADVERB.match(text, start + len(name)) is not None and name not in inner()


def _is_acronym(text: str, start: int, name: str) -> bool:
    """Whether the name only abbreviates the words before it: "data protection API (DPAPI)", "InterMesh System (IMS)"."""
    if not name.isupper() or text[start - 1 : start] != "(":
        return False
    words = re.findall(r"[A-Za-z]+", text[max(0, start - 90) : start])
    initials = "".join(word[0] for word in words).upper()
    capitals = "".join(letter for word in words for letter in word if letter.isupper())
    return initials.endswith(name) or capitals.endswith(name)
