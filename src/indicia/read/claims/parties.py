"""What the ledger says of a party: canonical name, kind, level, state and the body that it speaks for.

All names come from one place, the names found in the document (`read.names`), which are resolved there once. Here it is only
told what words make of them: "the Norwegian foreign minister" speaks for Norway, "China-linked hackers" are not China.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from indicia.knowledge import Knowledge
from indicia.knowledge.resolve import names_of
from indicia.knowledge.tables import Actor, Agency
from indicia.read.claims.chunks import Place
from indicia.records import AccusedType, Level, Mention, MentionKind, SourceType

K = MentionKind
# Words that name nobody: whom they mean stands elsewhere.
POINTING = frozenset(
    (
        "he she it they we i you who him them us me his her its their our my himself itself themselves this that these those "
        "one both others another"
    ).split()
)
_DETERMINERS = frozenset("a an the this that these those its their his her our my some several many two three four".split())
_HEADS = frozenset(  # nouns that point to somebody named elsewhere when no name stands with them
    (
        "actor actors adversaries adversary agencies agency analyst analysts attacker attackers authorities bank body "
        "campaign collective company contractor country crew criminals department firm firms gang government group groups "
        "hacker hackers hospital investigators man men minister ministry nation official officials operation operators "
        "organisation organization police president prosecutors regime regulator report researcher researchers service "
        "spokesman spokesperson spokeswoman state suspect suspects team unit vendor woman company's two three latter former "
        "others"
    ).split()
)
BARE = re.compile(r"[\"“”()\[\]*_]+|['’]s?$|(?<!\w)[‘’']+|[‘’']+(?!\w)")  # quotation marks, brackets, a possessive ending
_COUNTRYS = re.compile(r"(?:the|that|this) (?:country|nation)['’]s\b", re.IGNORECASE)
_WORD = re.compile(r"[\w.&-]+(?:['’](?!s\b)\w+)?")
_ANONYMOUS = re.compile(r"\b(?:officials?|sources?|people|persons?|individuals?|insiders?)\b", re.IGNORECASE)
_NAMED_PERSON = re.compile(r"(?:[A-Z][\w’'.-]+\s+)+[A-Z][\w’'-]+$|^[A-Z][\w’'-]+$")
_ROLES = frozenset(
    (
        "ambassador analyst attorney chief chairman chairwoman chancellor colonel commander commissioner congressman "
        "congresswoman deputy director dr general head judge justice king lieutenant lord major minister mr mrs ms officer "
        "premier president prime princess prince professor prosecutor queen representative researcher secretary senator sir "
        "spokesman spokesperson spokeswoman undersecretary vice assistant special agent press foreign defence defense home "
        "interior national security adviser advisor executive ceo cto ciso the first state attorney general"
    ).split()
)
_HOSTILE = re.compile(
    r"hack|attacker|actor|group|gang|criminal|spies|spy\b|operative|operator|cyber|unit|officer|agents?\b|apt|intruder|linked|"
    r"backed|sponsored|aligned|affiliat|nexus|crew|team|collective|threat|adversar|citizen|national|man\b|men\b|contractor|"
    r"firm|compan|student|teen|militia|militar|intelligence|service|ministry|government|state\b|regime|authorit|army|navy|forces",
    re.IGNORECASE,
)
_GOVERNMENT = re.compile(r"\b(?:government|state|regime|authorities|republic|federation|leadership|kingdom)\b", re.IGNORECASE)
_BODY = re.compile(
    r"\b(?:intelligence|ministry|services?|agency|agencies|military|army|unit \d+|navy|directorate|bureau|forces|corps|"
    r"police)\b",
    re.IGNORECASE,
)


class Speaker(NamedTuple):
    """Who says something. `same` tells two namings of one voice to be one."""

    canonical: str
    type: SourceType
    state: str | None = None
    body: str | None = None

    @property
    def same(self) -> str:
        return self.canonical.casefold()


class AccusedParty(NamedTuple):
    """Who is accused. `said`: whether its own words tell the state."""

    canonical: str
    type: AccusedType
    level: Level | None
    state: str | None = None
    said: bool = False
    according_to: tuple[str, ...] = ()
    category: str | None = None

    @property
    def same(self) -> str:
        return self.canonical.casefold()  # by the name that the text uses: whether two mean one group depends on whom one asks


class NamesByPlace:
    """The names of a document by place."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        wanted = {K.ACTOR, K.SOFTWARE, K.CAMPAIGN, K.AGENCY, K.VENDOR, K.STATE, K.INCIDENT, K.SECTOR, K.ORGANISATION}
        self.all = sorted((one for one in mentions if one.kind in wanted), key=lambda one: (one.span.start, one.span.end))
        self._starts = [one.span.start for one in self.all]

    def within(self, start: int, end: int) -> list[Mention]:
        """Those that begin in [start, end), in order."""
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def inside(self, place: Place) -> list[Mention]:
        """Those that stand in a place, whose article may be before it."""
        near = self.within(place[0] - len("the "), place[1])
        return [one for one in near if _bare_start(one) >= place[0] and one.span.end <= place[1] + 2]


def _bare_start(one: Mention) -> int:
    """Where a name begins without its article."""
    return one.span.start + (len("the ") if one.span.text[:4].lower() == "the " else 0)


def points_back(words: str) -> bool:
    """Whether words name nobody by themselves: a pronoun, "the group", "the ministry".

    >>> points_back("the threat actor"), points_back("They"), points_back("the Lazarus group"), points_back("Chinese hackers")
    (True, True, False, False)
    """
    found = _WORD.findall(words)
    if not found:
        return True
    if len(found) == 1 and found[0].lower() in POINTING:
        return True
    first = found[0].lower()
    rest = found[1:] if first in _DETERMINERS else found
    if _COUNTRYS.match(words):  # a body of the country that is named before
        return False
    names = any(word[:1].isupper() or word[:1].isdigit() for word in (rest if len(rest) < len(found) else rest[1:]))
    return not names and first in _DETERMINERS and first not in ("a", "an", "some") and bool(rest) and _headed(rest)


def _headed(words: Sequence[str]) -> bool:
    return words[-1].lower() in _HEADS


class Parties:
    """Describes the parties of one document."""

    def __init__(self, text: str, names: NamesByPlace, knowledge: Knowledge) -> None:
        self.text = text
        self.names = names
        self.knowledge = knowledge
        self._states = {state.code: state.name for state in knowledge.states}
        self._offices = _offices(knowledge)

    # -- speakers

    def speaker(self, place: Place, type: SourceType) -> Speaker:
        """Who speaks with these words; `type` is what the network takes it for."""
        words = self.text[slice(*place)]
        if _FORMER.search(self.text, max(0, place[0] - FORMER), place[1]):
            return Speaker(person_in(words) or _plain(words), SourceType.PERSON)
        found = self.names.inside(place)
        state = next((one.target for one in found if one.kind is K.STATE and one.target), None)
        if state is None and _COUNTRYS.match(words):
            state = self._named_before(place)
        if state is None and type is SourceType.GOVERNMENT:
            state = self._whose(place)
        body = self._agency(found) or (self._agency(self._of(place)) if state is None else None)
        if body is not None:
            return self._for_agency(body, words)
        if state is not None and _ABROAD.search(words) and not OFFICE.search(words):  # where somebody is, not for whom
            return Speaker(_plain(words), SourceType.PERSON if type is SourceType.GOVERNMENT else type)
        firm = next((one for one in found if one.kind is K.VENDOR), None)
        if firm is None and state is None:
            beside = self._of(place)
            firm = next((one for one in beside if one.kind is K.VENDOR), None)
            if type is SourceType.GOVERNMENT:
                state = next((one.target for one in beside if one.kind is K.STATE and self._in_office(one, place)), None)
        if firm is not None:
            return self._for_vendor(firm.value)
        if state is not None:
            return self._for_state(state, words, type)
        actor = next((one for one in found if one.kind is K.ACTOR), None)
        if actor is not None and not _REPORT.search(words):
            return Speaker(_as_written(actor), SourceType.GROUP)
        if _ADMINISTRATION.search(words):
            return self._for_state("US", words, type)
        return Speaker(_plain(words), type)

    def body(self, one: Mention) -> Speaker | None:
        """The body that a name stands for."""
        if (agency := self._agency([one])) is not None:
            return self._for_agency(agency, one.span.text)
        if one.kind is K.VENDOR:
            return self._for_vendor(one.value)
        return self._for_state(one.target, one.span.text, SourceType.GOVERNMENT) if one.kind is K.STATE and one.target else None

    def of_office(self, state: str, words: str) -> Speaker:
        """The government of a state, and the office that speaks for it."""
        return self._for_state(state, words, SourceType.GOVERNMENT)

    def _for_vendor(self, name: str) -> Speaker:
        vendor = self.knowledge.vendors.get(name)
        kind = SourceType.MEDIA if vendor is not None and vendor.kind == "media" else SourceType.COMPANY
        return Speaker(name, kind, vendor.state if vendor is not None else None, name)

    def _for_agency(self, agency: Agency, words: str) -> Speaker:
        kind = {"international": SourceType.INTERNATIONAL, "alliance": SourceType.INTERNATIONAL, "court": SourceType.COURT}
        if agency.kind in ("head of government", "head of state") and agency.state:
            return Speaker(self._states[agency.state], SourceType.GOVERNMENT, agency.state, self._office(words))
        return Speaker(agency.name, kind.get(agency.kind, SourceType.GOVERNMENT), agency.state, agency.name)

    def _for_state(self, state: str, words: str, type: SourceType) -> Speaker:
        country = self._states.get(state, state)
        if type is SourceType.ANONYMOUS or (_ANONYMOUS.search(words) and not person_in(words)):
            return Speaker(f"anonymous official ({country})", SourceType.ANONYMOUS, state)
        if type in (SourceType.PERSON, SourceType.COMPANY, SourceType.GROUP, SourceType.COURT):
            return Speaker(person_in(words) or _plain(words), type, state)
        return Speaker(country, SourceType.GOVERNMENT, state, self._office(words))

    def _office(self, words: str) -> str | None:
        """What an office-holder speaks for: "foreign ministry"."""
        low = words.lower()
        return next((name for pattern, name in self._offices if pattern.search(low)), None)

    def _of(self, place: Place) -> list[Mention]:
        """The body that stands beside a person: "Ann Bo, an analyst at X", "X's Ann Bo", "X spokesman Ann Bo"."""
        if person_in(self.text[slice(*place)]) is None:
            return []
        after = _APPOSED.match(self.text, place[1], place[1] + 2 * BESIDE)
        told = self.names.within(place[1], after.end()) if after else []
        begin = max(0, place[0] - BESIDE)
        before = [one for one in self.names.within(begin, place[0]) if _JOINED.fullmatch(self.text, one.span.end, place[0])]
        return [*before[-1:], *told[:1]]

    def _whose(self, place: Place) -> str | None:
        """The state that follows with "of": "a spokesman for the committee | of the Republic"."""
        after = _OF.match(self.text, place[1])
        named = self.names.within(after.end(), after.end() + 1) if after else []
        return next((one.target for one in named if one.kind is K.STATE), None)

    def _in_office(self, state: Mention, place: Place) -> bool:
        """Whether the words between a state and a person tell an office: "the Chinese foreign ministry's spokeswoman X"."""
        between = (state.span.end, place[0]) if state.span.end <= place[0] else (place[1], state.span.start)
        return OFFICE.search(self.text, *between) is not None or OFFICE.match(self.text, state.span.end + 1) is not None

    def _agency(self, found: Sequence[Mention]) -> Agency | None:
        ids = (one.target for one in reversed(found) if one.kind is K.AGENCY and one.target)
        return next((agency for id in ids if (agency := self.knowledge.agencies.get(id)) is not None), None)

    # -- accused

    def accused(self, place: Place, type: AccusedType) -> AccusedParty:
        """Who is accused with these words; `type` is what the network takes it for."""
        words = self.text[slice(*place)]
        found = self.names.inside(place)
        if not found and (alias := _KNOWN_AS.match(self.text, place[1], place[1] + BESIDE)):  # "the ministry, known as MOIS"
            found = [one for one in self.names.within(alias.end(), alias.end() + 1) if one.kind in (K.AGENCY, K.ACTOR)]
        state = next((one.target for one in found if one.kind is K.STATE and one.target), None)
        actor = next((one for one in found if one.kind is K.ACTOR), None)
        if actor is not None:
            known = self.knowledge.actors.get(actor.target) if actor.target else None
            return self._of_actor(known, _as_written(actor), type, state)
        agency = self._agency(found)
        if agency is not None and agency.kind in ("head of government", "head of state") and agency.state:
            return self._of_state(agency.state, words, type)
        if agency is not None:
            low = (
                _HOSTILE.search(words.replace(agency.name, "")) if type not in (AccusedType.AGENCY, AccusedType.STATE) else None
            )
            if low is None or type is AccusedType.AGENCY:
                return AccusedParty(agency.name, AccusedType.AGENCY, Level.AGENCY, agency.state, agency.state is not None)
            return AccusedParty(_plain(words), type, _LEVELS[type], agency.state, agency.state is not None)
        if state is not None:
            return self._of_state(state, words, type, next(one for one in found if one.target == state))
        name = _MALWARE.sub("", _plain(words))  # who says "X ransomware was to blame" means the gang of that name
        called = names_of(self.knowledge).actor(name) if type is not AccusedType.STATE else None
        if called is not None:  # a name that is an everyday word, too, in a place where only a group can stand
            return self._of_actor(called, name, type, None)
        return AccusedParty(person_in(words) or _plain(words), type, _LEVELS[type])

    def _of_actor(self, known: Actor | None, name: str, type: AccusedType, state: str | None) -> AccusedParty:
        if type not in (AccusedType.GROUP, AccusedType.CRIMINAL, AccusedType.PERSON):
            type = AccusedType.CRIMINAL if known is not None and known.kind == "criminal" else AccusedType.GROUP
        told = state or (known.state if known else None)
        return AccusedParty(
            name,
            type,
            Level.GROUP,
            told,
            state is not None,
            known.state_according_to if known and not state and known.state else (),
        )

    def _of_state(self, state: str, words: str, type: AccusedType, named: Mention | None = None) -> AccusedParty:
        country = self._states.get(state, state)
        own = BARE.sub(" ", words).strip()
        names = self.text[named.span.start : named.span.end] if named is not None else ""
        rest = len(_WORD.findall(own)) - max(1, len(_WORD.findall(names)))
        alone = rest <= (own.split()[0].lower() in _DETERMINERS if own else 0)
        if _GOVERNMENT.search(words) and type in (AccusedType.STATE, AccusedType.AGENCY) and not _BODY.search(words):
            return AccusedParty(country, AccusedType.STATE, Level.STATE, state, True)
        if alone or (type is AccusedType.STATE and (_GOVERNMENT.search(words) or not _HOSTILE.search(words))):
            demonym = alone and own.lower().removeprefix("the ").endswith(("ns", "is")) and type is not AccusedType.STATE
            if not demonym:
                return AccusedParty(country, AccusedType.STATE, Level.STATE, state, True)
        if type is AccusedType.AGENCY or (type is AccusedType.STATE and _BODY.search(words)):
            return AccusedParty(_plain(words), AccusedType.AGENCY, Level.AGENCY, state, True)
        if type is AccusedType.GROUP:
            return AccusedParty(f"{country}-linked hackers", type, Level.GROUP, state, True, category=_category(words))
        if type is AccusedType.STATE:
            return AccusedParty(country, type, Level.STATE, state, True)
        return AccusedParty(person_in(words) or _plain(words), type, _LEVELS[type], state, True)

    def state(self, code: str | None) -> AccusedParty | None:
        """A state that is accused."""
        return AccusedParty(self._states[code], AccusedType.STATE, Level.STATE, code, True) if code in self._states else None

    def the_country(self, place: Place) -> AccusedParty | None:
        """The state named last before "the country" or "that nation"; None for other words."""
        return self.state(self._named_before(place)) if _COUNTRY.fullmatch(self.text, *place) else None

    def is_our_country(self, place: Place) -> bool:
        """Whether words mean the country of whoever writes."""
        return _OUR_COUNTRY.fullmatch(self.text, *place) is not None

    def _named_before(self, place: Place) -> str | None:
        before = [one for one in self.names.within(max(0, place[0] - COUNTRY), place[0]) if one.kind is K.STATE and one.target]
        return before[-1].target if before else None

    def group_before(self, place: Place) -> Place | None:
        """Where the only group is named that stands in the sentences before "the group" or "the hackers"; None for other
        words."""
        if not _GROUP.fullmatch(self.text, *place):
            return None
        before = [one for one in self.names.within(max(0, place[0] - GROUP), place[0]) if one.kind is K.ACTOR]
        only = {one.target or one.value for one in before}
        return (before[-1].span.start, before[-1].span.end) if len(only) == 1 else None

    def state_of(self, place: Place) -> str | None:
        """The one state that words name, by name, people, capital or body; None where they name none or several."""
        codes = {self._state(one) for one in self.names.inside(place)} - {None}
        return codes.pop() if len(codes) == 1 else None

    def _state(self, one: Mention) -> str | None:
        return one.target if one.kind is K.STATE else self.agency_state(one)

    def agency_state(self, one: Mention) -> str | None:
        """The state of a name that is an agency's."""
        agency = self.knowledge.agencies.get(one.target) if one.kind is K.AGENCY and one.target else None
        return agency.state if agency is not None else None

    def bodies(self, place: Place) -> Iterator[tuple[str, str | None, Place]]:
        """The states and agencies that words name: (canonical name, state, where), in order."""
        for one in self.names.inside(place):
            where = (one.span.start, one.span.end)
            if one.kind is K.STATE and one.target:
                yield self._states.get(one.target, one.value), one.target, where
            elif one.kind is K.AGENCY and one.target and (agency := self.knowledge.agencies.get(one.target)) is not None:
                head = agency.kind in ("head of government", "head of state") and agency.state
                yield (self._states[agency.state] if head and agency.state else agency.name), agency.state, where

    def country(self, code: str | None) -> str:
        return self._states.get(code or "", "")


_ABROAD = re.compile(
    r"\b(?:correspondents?|journalists?|reporters?|media|experts?|researchers?|analysts?|observers?|papers?) in\b",
    re.IGNORECASE,
)
_ADMINISTRATION = re.compile(r"\b[Aa]dministration officials?\b")  # as the press calls those of the United States alone
_FORMER = re.compile(r"\b(?:former|ex|one-time|retired)\b", re.IGNORECASE)
FORMER = 12  # characters before who speaks in which "a former" stands
OFFICE = re.compile(
    r"\b(?:ministers?|ministry|president|secretary|chancellor|premier|ambassador|spokes\w+|government|governor|commissioner|"
    r"prosecutors?|attorney general|police|officials?|authorities|parliament|embassy|administration|white house|cabinet|"
    r"investigators?)\b",
    re.IGNORECASE,
)
_MALWARE = re.compile(r"\s+(?:ransomware|malware)$", re.IGNORECASE)
_REPORT = re.compile(
    r"\b(?:reports?|study|studies|papers?|analys[ei]s|advisor(?:y|ies)|posts?)$", re.IGNORECASE
)  # of whom, not by
_OF = re.compile(r"\s+of\s+(?:the\s+(?=[A-Z]))?")
_OUR_COUNTRY = re.compile(r"(?:our|my) (?:own )?(?:country|nation|state|government|side)", re.IGNORECASE)
_COUNTRY = re.compile(r"(?:the|that|this) (?:country|nation)", re.IGNORECASE)
_KNOWN_AS = re.compile(
    r",?\s*\(?(?:which is |who are )?(?:also |better |widely )?(?:known|tracked|called|dubbed)(?: as)? (?:the )?"
)
_GROUP = re.compile(
    r"(?:the|this|that)\s+(?:[a-z-]+\s+)?(?:group|gang|crew|collective|hackers|hacktivists|actors?|attackers)", re.IGNORECASE
)
GROUP = 500  # characters before "the group" in which its name stands
COUNTRY = 200  # characters before "the country" in which its name stands
BESIDE = 90  # characters before a person's name in which the body may stand that it speaks for
_APPOSED = re.compile(
    r"(?:,\s[^,.;:\"“”]{0,80}?\b(?:of|at|for|with|from|in|to)|\s(?:of|at|from|with))\s[^,.;:\"“”]{0,60}|,\s[^,.;:\"“”]{0,80}|\s\([^)]{0,60}\)"
)
_JOINED = re.compile(r"(?:['’]s?)?(?:\s+[\w’'-]+){0,6}?[\s,]+(?:\w+\s+){0,3}")
_LEVELS = {
    AccusedType.STATE: Level.STATE,
    AccusedType.AGENCY: Level.AGENCY,
    AccusedType.GROUP: Level.GROUP,
    AccusedType.CRIMINAL: Level.GROUP,
    AccusedType.PERSON: Level.OPERATOR,
    AccusedType.COMPANY: Level.OPERATOR,
    AccusedType.UNKNOWN: None,
}


@cache
def _offices(knowledge: Knowledge) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Words of offices that every state has, the longest first, and what they are called."""
    words = [(word.lower(), office.name) for office in knowledge.offices for word in office.words]
    words.sort(key=lambda pair: (-len(pair[0]), pair))
    return tuple((re.compile(rf"\b{re.escape(word)}\b"), name) for word, name in words)


def _as_written(actor: Mention) -> str:
    """The name that the text uses: an alias is one only according to someone."""
    return " ".join(BARE.sub(" ", actor.span.text).split()) or actor.value


def _plain(words: str) -> str:
    """Words without quotation marks and a leading article.

    >>> _plain("the “Turkish Crime Family”"), _plain("The group's"), _plain("China's ‘Ministry of State Security’")
    ('Turkish Crime Family', 'group', "China's Ministry of State Security")
    """
    bare = " ".join(BARE.sub(" ", words).split())
    first, _, rest = bare.partition(" ")
    return rest if first.lower() in ("the", "a", "an") and rest else bare


def person_in(words: str) -> str | None:
    """The name of a person at the end of some words: "Deputy Prime Minister Oliver Dowden" is Oliver Dowden.

    >>> person_in("Deputy Prime Minister Oliver Dowden"), person_in("MS. PSAKI"), person_in("the ministry")
    ('Oliver Dowden', 'PSAKI', None)
    """
    found = [word.strip(".,") for word in BARE.sub(" ", words).split()]
    out: list[str] = []
    for word in reversed(found):
        if not word[:1].isupper() or word.lower() in _ROLES or word.lower() in _DETERMINERS:
            break
        out.insert(0, word)
    titled = len(out) < len(found) and found[0].lower() in ("mr", "mrs", "ms", "dr", "sir", "senator", "lord")
    return " ".join(out) if len(out) >= 2 or (out and titled) else None


def _category(words: str) -> str | None:
    return "state-affiliated" if re.search(r"\b(?:state|government)\b", words, re.IGNORECASE) else None
