"""Why a measure is told here: the steps of the chain that it breaks, and what calls for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicia.advise.facts import Facts
from indicia.advise.needs import STEPS, Need
from indicia.advise.words import listed

__all__ = ["why"]

SHOWN = 2  # needs that are told by name


def why(needs: Sequence[Need], facts: Facts, calls: Iterable[str] = (), otherwise: str = "") -> str:
    """`needs` that it acts on, the heaviest first, each with its place in the chain; `calls` are the kinds of attack that call
    for it. `otherwise` is said where neither does."""
    named = [_step(need, facts) for need in needs[:SHOWN]]
    if len(needs) > SHOWN:
        named.append(f"{len(needs) - SHOWN} more")
    parts = [f"Against {listed(named)}." if named else "", f"Called for by {listed(told)}." if (told := list(calls)) else ""]
    return " ".join(part for part in parts if part) or otherwise


def _step(need: Need, facts: Facts) -> str:
    if need.is_flaw:
        return need.id
    place = next((row.name for row in facts.tactics if facts.order[row.shortname] - 2 == need.position), "")
    return f"{need.id} {need.name} ({place.lower() if need.position <= STEPS and place else 'before the intrusion'})"
