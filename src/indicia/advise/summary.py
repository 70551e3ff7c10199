"""The advice in one paragraph, for those who decide."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.advise import words
from indicia.advise.needs import Need
from indicia.advise.words import listed
from indicia.records import CoverageStep, Measure, Rank

__all__ = ["paragraph"]

FEW = 5


def paragraph(
    needs: Sequence[Need],
    measures: Sequence[Measure],
    curve: Sequence[CoverageStep],
    base: float,
    gaps: Sequence[str],
    compromised: bool,
    odd: Sequence[str],
    kinds: Sequence[str] = (),
    organisations: Sequence[str] = (),
) -> str:
    """What the case calls for (`kinds` of attack by name), what a few measures bring, what stays open. `base` is the share
    covered already, in [0, 1]; `organisations` say what we are."""
    if not needs:
        text = "No techniques and no flaws were found, so there is nothing specific to advise"
        if measures:
            text += f" beyond what is due in every case{f' and what {listed(kinds)} call for' if kinds else ''}"
        return _with_odd(f"{text}; give texts that describe the attack, or logs.", odd)
    known = [need.id for need in needs if need.rank is Rank.KNOWN]
    told = [need for need in needs if need.rank is not Rank.KNOWN]
    flaws = sum(need.is_flaw for need in told)
    counts = [(rank, sum(need.rank is rank for need in told)) for rank in Rank]
    parts = []
    if told:
        called = [_many(count, word) for count, word in ((len(told) - flaws, "technique"), (flaws, "flaw")) if count]
        parts.append(
            f"{' and '.join(called)} {'call' if len(told) > 1 else 'calls'} for action "
            f"({', '.join(f'{count} {rank.value}' for rank, count in counts if count)})."
        )
    if known:
        parts.append(
            f"Not stated in the texts, but known about this affair from our table: {_many(len(known), 'flaw')} "
            f"({', '.join(sorted(known)[:FEW])})."
        )
    if compromised:
        parts.insert(
            0, "A compromise was seen: contain it first, in the order given, and preserve the evidence before any change."
        )
    if organisations:
        parts.append(f"The order is that for {listed(organisations)}.")
    if base:
        parts.append(f"What is in place covers {_percent(base)} of their weight.")
    if curve:
        few = curve[:FEW]
        by_id = {one.id: one for one in measures}
        names = [by_id[step.measure].title for step in few]
        more = (
            f"{len(few)} more measures bring"
            if base and len(few) > 1
            else f"{_many(len(few), 'measure')} {'bring' if len(few) > 1 else 'brings'}"
        )
        parts.append(f"{more} the coverage to {_percent(few[-1].covered)}: {'; '.join(names)}.")
        decide = [ours.manage for step in few if (ours := words.measures().get(_mitigation(by_id[step.measure])))]
        if decide:
            parts.append(f"To decide: {' '.join(decide[:3])}")
    if gaps:
        parts.append(f"{_many(len(gaps), 'gap')} {'stay open and are' if len(gaps) > 1 else 'stays open and is'} listed.")
    return _with_odd(" ".join(parts), odd)


def _mitigation(measure: Measure) -> str:
    return measure.source.removeprefix("ATT&CK ").removeprefix("Indicia ").split(" ")[0]


def _percent(share: float) -> str:
    return f"{share * 100:.0f}%"


def _with_odd(text: str, odd: Sequence[str]) -> str:
    return f"{text} Not understood in the profile: {', '.join(odd)}." if odd else text


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
