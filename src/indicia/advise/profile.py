"""What is already in place, and what an organisation is: a profile of words such as `edr, mfa, sysmon, small, energy`."""

from __future__ import annotations

from collections.abc import Iterable

from indicia.advise import words
from indicia.advise.words import OrganisationWords
from indicia.records import MeasureKind, stable_id

__all__ = ["in_place", "known_words", "organisations", "read_profile"]


def read_profile(text: str) -> tuple[str, ...]:
    """The words of a profile, lower case: separated by commas or line ends; what follows `#` on a line is a comment.

    >>> read_profile("EDR, mfa  # since 2024\\nsysmon")
    ('edr', 'mfa', 'sysmon')
    """
    lines = (line.split("#", 1)[0] for line in text.splitlines())
    found = (word.strip().lower() for line in lines for word in line.split(","))
    return tuple(dict.fromkeys(word for word in found if word))


def known_words() -> dict[str, tuple[str, ...]]:
    """Each word that a profile may hold, with the ids of the mitigations and logs that it puts in place: none where it says
    what the organisation is."""
    found: dict[str, list[str]] = {}
    for key, entry in words.measures().items():
        for word in entry.have:
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
    """The ids of the measures that these words put in place, and the words that we do not know."""
    known = known_words()
    wanted = dict.fromkeys(word.strip().lower() for word in have if word.strip())
    keys = [key for word in wanted for key in known.get(word, ())]
    ids = frozenset(stable_id("measure", MeasureKind.MITIGATE.value if key in words.measures() else "log", key) for key in keys)
    return ids, tuple(word for word in wanted if word not in known)
