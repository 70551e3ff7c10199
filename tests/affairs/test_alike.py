"""Copies, and groups told alike: looking only where it pays gives what comparing all with all gives."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicia.affairs.incidents import MANY, Spell, Trait, near_ones, only_one, traits_of
from indicia.affairs.origins import copies_of, shingles

DAYS = st.frozensets(st.sampled_from([None, 737_000, 737_031, 737_032, 737_063, 737_200]), min_size=1, max_size=3)
TRAITS = st.tuples(st.frozensets(st.sampled_from(["cranes", "cable"]), max_size=2), st.sampled_from(["RU", "CN"]), DAYS)
GROUPS = st.dictionaries(st.sampled_from(["named:a", "named:b", "named:c", "document:a", "document:b"]), TRAITS, max_size=5)


@given(GROUPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_group_without_a_name_goes_to_the_only_one_near(
    groups: dict[str, tuple[frozenset[str], str, frozenset[int | None]]],
) -> None:
    by_trait: dict[Trait, tuple[list[Spell], list[Spell]]] = {}
    for group, (words, state, days) in groups.items():
        for trait, spells in traits_of(group, words, [(state, day) for day in days]):
            by_trait.setdefault(trait, ([], []))[group.startswith("document:")].extend(spells)
    found: dict[str, set[str]] = {}
    for named, asked in by_trait.values():
        for group, other in near_ones(asked, named):
            found.setdefault(group, set()).add(other)
    for group, (words, state, days) in groups.items():
        fits = [
            other
            for other, (its, whose, when) in groups.items()
            if other.startswith("named:") and its & words and state == whose
            if any(one is None or two is None or abs(one - two) <= 31 for one in days for two in when)
        ]
        if group.startswith("document:"):
            assert only_one(found.get(group, set())) == (fits[0] if len(fits) == 1 else None)


def test_many_are_none() -> None:
    assert only_one({"named:a"}) == "named:a"
    assert only_one({MANY}) is only_one({"named:a", "named:b"}) is only_one(set()) is None


def test_a_text_repeats_the_nearest_of_those_that_it_repeats() -> None:
    words = [f"w{number}" for number in range(200)]
    long, short, again = " ".join(words), " ".join(words[:40] + ["x"] * 9), " ".join(words[:49])
    texts = [(name, shingles(text)) for name, text in (("long", long), ("short", short), ("again", again))]
    assert copies_of(texts) == {"long": "long", "short": "long", "again": "long"}
    assert copies_of(texts[1:]) == {"short": "short", "again": "short"}
