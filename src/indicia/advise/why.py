"""Why a measure is told here: the steps of the chain that it breaks, and what calls for it."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.advise.facts import Facts
from indicia.advise.needs import STEPS, Need
from indicia.advise.words import KindWords, OrganisationWords, listed
from indicia.records import Rank

__all__ = ["Calls", "why"]

Calls = KindWords | OrganisationWords

SHOWN = 2  # needs that are told by name


def why(needs: Sequence[Need], facts: Facts, calls: Sequence[Calls] = (), otherwise: str = "") -> str:
    """`needs` that it acts on, the heaviest first, each with its place in the chain; `calls` are the kinds of attack, and of
    organisations, that call for it. `otherwise` is said where neither does."""
    named = [_step(need, facts) for need in needs[:SHOWN]]
    if len(needs) > SHOWN:
        named.append(f"{len(needs) - SHOWN} more")
    kinds, places = ([one.name for one in calls if isinstance(one, of)] for of in (KindWords, OrganisationWords))
    typical = bool(needs) and all(need.rank is Rank.TYPICAL for need in needs)
    against = ("Against", named, ", typical of the accused" if typical else "")
    called = (("Needed against", kinds, ""), ("Needed in", places, ""))
    parts = (*called, against) if typical else (against, *called)  # what is told here first, then what others are known for
    return " ".join(f"{word} {listed(told)}{of}." for word, told, of in parts if told) or otherwise


def _step(need: Need, facts: Facts) -> str:
    if need.is_flaw:
        return need.id
    place = next((row.name for row in facts.tactics if facts.order[row.shortname] - 2 == need.position), "")
    return f"{need.id} {need.name} ({place.lower() if need.position <= STEPS and place else 'before the intrusion'})"
