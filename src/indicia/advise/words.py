"""Our own words for measures: data files beside this module, each read once and checked against its shape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import TypeVar

from indicia.records import MeasureKind, stable_id
from indicia.rulefile import Declared, declared

T = TypeVar("T")


class MitigationWords(Declared, frozen=True, kw_only=True):
    """One mitigation for the person who does it, the one who decides and the one who checks. `name` only where it is not
    ATT&CK's."""

    name: str = ""
    title: str
    do: str
    manage: str
    check: str
    effort: int
    have: tuple[str, ...] = ()
    cpg: tuple[str, ...] = ()  # CISA's Cross-Sector Cybersecurity Performance Goals, version 2.0
    csf: tuple[str, ...] = ()  # NIST Cybersecurity Framework 2.0
    also: dict[str, tuple[str, ...]] = {}  # mitigations that the same work takes care of -> words that put that part in place
    serves: tuple[str, ...] = ()  # mitigations that this is a particular form of; they stand beside it
    there: dict[str, str] = {}  # platform -> what to do there beside `do`
    platforms: tuple[str, ...] = ()  # where alone it can be done; empty: anywhere
    fits: tuple[str, ...] = ()  # where it does most: elsewhere it follows what else is due; empty: anywhere


class KindWords(Declared, frozen=True, kw_only=True):
    """A kind of attack: told by one of `techniques`, or by `words` that the texts say more than once. `first` are the measures
    that come before the rest where it is told most, `adds` those that it calls for beyond the floor, the most asked for first,
    `after` those of the floor that may follow them; `logs` are those that show it. `where` are the platforms of which it needs
    one: where the case tells none of them, it is the first. With `flaws` it is told by flaws, where no other kind is and no
    technique beside `techniques`."""

    id: str
    name: str
    techniques: tuple[str, ...]
    words: tuple[str, ...]
    adds: tuple[str, ...]
    first: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    flaws: bool = False

    def has(self, technique: str) -> bool:
        """Whether the technique, or the one that it is a part of, tells this kind."""
        return not {technique, technique.partition(".")[0]}.isdisjoint(self.techniques)


class Floor(Declared, frozen=True, kw_only=True):
    """What is due in `every` case, and what is due `then`, after what the kinds of attack call for. `words` tell of an attack
    where nothing else does."""

    every: tuple[str, ...]
    then: tuple[str, ...]
    words: tuple[str, ...]


class OrganisationWords(Declared, frozen=True, kw_only=True):
    """What an organisation is, by the words of a profile `have`: it needs what it `adds`, and what takes the effort `late` or
    more comes last (0: nothing does)."""

    id: str
    name: str
    have: tuple[str, ...]
    adds: tuple[str, ...] = ()
    late: int = 0


class TechniqueWords(Declared, frozen=True, kw_only=True):
    """One technique: what to change so that it fails, and what to look for when it happens."""

    do: str
    watch: str


class LogWords(Declared, frozen=True, kw_only=True):
    """One log to switch on. It serves a log source of ATT&CK when its name begins with one of `sources` and, where `events` are
    given, its channel holds one of them. With `words` it also needs one of those words in the case's products. `platforms` are
    those that write it; empty: any."""

    id: str
    title: str
    sources: tuple[str, ...]
    do: str
    check: str
    effort: int
    events: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    have: tuple[str, ...] = ()


class ProductWords(Declared, frozen=True, kw_only=True):
    """A product that rules are for, by one of `rules` in what they say of themselves; a case has it by one of `words`."""

    rules: tuple[str, ...]
    words: tuple[str, ...]


class ResponseStep(Declared, frozen=True, kw_only=True):
    """One step of containment and recovery; `when` is `always`, a stage or a technique id that must have been sighted."""

    id: str
    when: tuple[str, ...]
    title: str
    do: str
    audience: str
    hours: int


class Duty(Declared, frozen=True, kw_only=True):
    """One reporting duty: whom it binds, by when, to whom, and the name of the law. `hours` is its first deadline."""

    id: str
    region: str
    who: str
    title: str
    deadlines: tuple[str, ...]
    to: str
    source: str
    hours: int


class Duties(Declared, frozen=True, kw_only=True):
    """All duties and the day on which a person last reviewed them."""

    reviewed: str
    duties: tuple[Duty, ...]


def _read(name: str, kind: type[T]) -> T:
    return declared("indicia.advise", f"data/{name}", kind)


@cache
def mitigations() -> dict[str, MitigationWords]:
    """Our words by mitigation id (M1013 ...): all 44 of ATT&CK enterprise 18.1 stand here, or among the `also` of another."""
    return _read("mitigations.yml", dict[str, MitigationWords])


@cache
def own() -> dict[str, MitigationWords]:
    """Measures that ATT&CK has no mitigation for, and particular forms of some, by an id of ours."""
    return _read("own.yml", dict[str, MitigationWords])


@cache
def measures() -> dict[str, MitigationWords]:
    """Both: what can be done to prevent or to bear it."""
    return {**mitigations(), **own()}


@cache
def floor() -> Floor:
    """Ids of the measures that are due whatever the intruder did."""
    return _read("floor.yml", Floor)


@cache
def kinds() -> tuple[KindWords, ...]:
    """Kinds of attack and what each adds to the floor."""
    return _read("kinds.yml", tuple[KindWords, ...])


@cache
def organisations() -> tuple[OrganisationWords, ...]:
    """What organisations are, and what that changes."""
    return _read("organisations.yml", tuple[OrganisationWords, ...])


@cache
def platforms() -> dict[str, tuple[str, ...]]:
    """Words by which a text tells a platform, by ATT&CK's name of it."""
    return _read("platforms.yml", dict[str, tuple[str, ...]])


@cache
def products() -> tuple[ProductWords, ...]:
    """Products that rules are for."""
    return _read("products.yml", tuple[ProductWords, ...])


@cache
def speakers() -> tuple[str, ...]:
    """Names of those who report attacks, with a maker of products in them."""
    return _read("speakers.yml", tuple[str, ...])


@cache
def techniques() -> dict[str, TechniqueWords]:
    """Our words by technique id, for the techniques that have some."""
    return _read("techniques.yml", dict[str, TechniqueWords])


@cache
def logs() -> tuple[LogWords, ...]:
    """The logs that we can tell how to switch on, from the particular to the general."""
    return _read("logging.yml", tuple[LogWords, ...])


@cache
def steps() -> tuple[ResponseStep, ...]:
    """Containment and recovery in the order in which to do it."""
    return _read("containment.yml", tuple[ResponseStep, ...])


@cache
def duties() -> Duties:
    """Reporting duties as facts with their source."""
    return _read("reporting.yml", Duties)


def listed(names: Sequence[str], most: int = 4, last: str = " and ") -> str:
    """
    >>> listed(["a", "b", "c"]), listed(["a", "b"], last=", "), listed(["a", "b", "c"], 2)
    ('a, b and c', 'a, b', 'a, b and 1 more')
    """
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return last.join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


# What is already in place, and what an organisation is: a profile of words such as `edr, mfa, sysmon, small, energy`.
def read_profile(text: str) -> tuple[str, ...]:
    """The words of a profile, lower case: separated by commas or line ends; what follows `#` on a line is a comment.

    >>> read_profile("EDR, mfa  # since 2024\\nsysmon")
    ('edr', 'mfa', 'sysmon')
    """
    lines = (line.split("#", 1)[0] for line in text.splitlines())
    found = (word.strip().lower() for line in lines for word in line.split(","))
    return tuple(dict.fromkeys(word for word in found if word))


def known_words() -> dict[str, tuple[str, ...]]:
    """Each word that a profile may hold, with the ids of the measures and logs that it puts in place, or a part of which it
    puts in place: none where it says what the organisation is."""
    found: dict[str, list[str]] = {}
    for key in measures():
        for word in chain.from_iterable(_parts(key)):
            found.setdefault(word, []).append(key)
    for log in logs():
        for word in log.have:
            found.setdefault(word, []).append(log.id)
    for organisation in organisations():
        found |= {word: [] for word in organisation.have}
    return {word: tuple(found[word]) for word in sorted(found)}


def organisations_given(have: Iterable[str]) -> tuple[OrganisationWords, ...]:
    """What these words say that the organisation is."""
    told = {word.strip().lower() for word in have}
    return tuple(one for one in organisations() if not told.isdisjoint(one.have))


def in_place(have: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The ids of the measures that these words put in place, and the words that we do not know. What takes care of several
    mitigations is in place when each part is."""
    known = known_words()
    wanted = dict.fromkeys(word.strip().lower() for word in have if word.strip())
    done = [key for key in measures() if all(not wanted.keys().isdisjoint(part) for part in _parts(key))]
    ids = [stable_id("measure", MeasureKind.MITIGATE.value, key) for key in done]
    ids += [stable_id("measure", "log", log.id) for log in logs() if not wanted.keys().isdisjoint(log.have)]
    return frozenset(ids), tuple(word for word in wanted if word not in known)


def _parts(key: str) -> list[tuple[str, ...]]:
    """For each part of a measure the words that put it in place: the measure itself first."""
    entry = measures()[key]
    return [entry.have, *(part for part in entry.also.values() if part)]
