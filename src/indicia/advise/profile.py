"""What is already in place, and what an organisation is: a profile of words such as `edr, mfa, sysmon, small, energy`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from indicia.advise import words
from indicia.advise.words import OrganisationWords
from indicia.records import MeasureKind, stable_id


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
    for key in words.measures():
        for word in chain.from_iterable(_parts(key)):
            found.setdefault(word, []).append(key)
    for log in words.logs():
        for word in log.have:
            found.setdefault(word, []).append(log.id)
    for organisation in words.organisations():
        found |= {word: [] for word in organisation.have}
    return {word: tuple(found[word]) for word in sorted(found)}


def organisations(have: Iterable[str]) -> tuple[OrganisationWords, ...]:
    """What these words say that the organisation is."""
    told = {word.strip().lower() for word in have}
    return tuple(one for one in words.organisations() if not told.isdisjoint(one.have))


def in_place(have: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The ids of the measures that these words put in place, and the words that we do not know. What takes care of several
    mitigations is in place when each part is."""
    known = known_words()
    wanted = dict.fromkeys(word.strip().lower() for word in have if word.strip())
    done = [key for key in words.measures() if all(not wanted.keys().isdisjoint(part) for part in _parts(key))]
    ids = [stable_id("measure", MeasureKind.MITIGATE.value, key) for key in done]
    ids += [stable_id("measure", "log", log.id) for log in words.logs() if not wanted.keys().isdisjoint(log.have)]
    return frozenset(ids), tuple(word for word in wanted if word not in known)


def _parts(key: str) -> list[tuple[str, ...]]:
    """For each part of a measure the words that put it in place: the measure itself first."""
    entry = words.measures()[key]
    return [entry.have, *(part for part in entry.also.values() if part)]
