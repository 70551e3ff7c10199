"""The cue lexicon: verb forms by what they do in a claim, and nouns by what they stand for. Read once from `cues.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple

from indicia.read.claims.words.wordsets import word_set

__all__ = ["FUNCTION", "Lexicon", "VerbForm", "lexicon"]


class VerbForm(NamedTuple):
    """One reading of a word as a verb. `form` is base, s, past, part or ing ("past" stands for both where they are alike)."""

    lemma: str
    form: str
    classes: frozenset[str]


class Lexicon(NamedTuple):
    verbs: dict[str, VerbForm]
    heads: dict[str, tuple[str, ...]]  # noun -> kinds of party, the most telling first
    acts: frozenset[str]
    findings: frozenset[str]
    modifiers: frozenset[str]
    weak: frozenset[str]
    gate: tuple[str, ...]
    short: tuple[str, ...]


# Words that end a noun phrase.
FUNCTION = word_set("lexicon.function")

_VOWELS = "aeiou"


def _forms(base: str) -> list[str]:
    """Base, third person, past, participle and -ing form of a regular English verb."""
    if base.endswith(("s", "x", "z", "ch", "sh")):
        third = base + "es"
    elif base.endswith("y") and base[-2] not in _VOWELS:
        third = base[:-1] + "ies"
    elif base.endswith("o"):
        third = base + "es"
    else:
        third = base + "s"
    if base.endswith("e"):
        past, gerund = base + "d", (base if base.endswith(("ee", "oe", "ye")) else base[:-1]) + "ing"
    elif base.endswith("y") and base[-2] not in _VOWELS:
        past, gerund = base[:-1] + "ied", base + "ing"
    elif len(base) <= 4 and base[-1] not in "wxy" + _VOWELS and base[-2] in _VOWELS and base[-3:-2] not in tuple(_VOWELS):
        past, gerund = base + base[-1] + "ed", base + base[-1] + "ing"
    else:
        past, gerund = base + "ed", base + "ing"
    return [base, third, past, past, gerund]


@cache
def lexicon() -> Lexicon:
    """The lexicon, loaded once."""
    data = tomllib.loads(resources.files(__package__).joinpath("cues.toml").read_text(encoding="utf-8"))
    classes: dict[str, set[str]] = {}
    for name, words in data["verbs"].items():
        for base in words.split():
            classes.setdefault(base, set()).add(name)
    verbs: dict[str, VerbForm] = {}
    for base, kinds in classes.items():
        irregular = data["irregular"].get(base)
        forms = [base, *irregular] if irregular else _forms(base)
        for form, kind in zip(forms, ("base", "s", "past", "part", "ing"), strict=True):
            known = verbs.get(form)
            if known is None:
                verbs[form] = VerbForm(base, kind, frozenset(kinds))
            elif known.lemma != base:  # "found", "lay": keep both readings' classes
                verbs[form] = VerbForm(known.lemma, known.form, known.classes | kinds)
    heads: dict[str, tuple[str, ...]] = {}
    for kind, words in data["heads"].items():
        for noun in words.split():
            if kind not in heads.get(noun, ()):
                heads[noun] = (*heads.get(noun, ()), kind)
    return Lexicon(
        verbs=verbs,
        heads=heads,
        acts=frozenset(data["nouns"]["act"].split()),
        findings=frozenset(data["nouns"]["finding"].split()),
        modifiers=frozenset(data["modifiers"]["hostile"].split()),
        weak=frozenset(data["verb_limits"]["weak"].split()),
        gate=(*data["words"]["gate"].split(), *data["words"]["states"].split()),
        short=tuple(data["words"]["short"].split()),
    )
