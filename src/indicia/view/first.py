"""What to do first of all measures, and by when: the same on page one, in the key judgements and on the page."""

from __future__ import annotations

from indicia.records import Advice, Measure, MeasureKind, Rank

# What to do, where a title only names what is looked for or what it is done with.
DO = {
    MeasureKind.HUNT: "Hunt for \u201c{}\u201d",
    MeasureKind.DETECT: "Detect {}",
}

BY_EFFORT = {1: "this week", 2: "this month", 3: "this quarter"}


def by_when(measure: Measure) -> str:
    """By when, in words: hours where they were set, two days for a patch, else by how much work it is."""
    if measure.within_hours is not None:
        hours = measure.within_hours
        if hours <= 72:
            return f"within {hours} hour{'s' if hours > 1 else ''}"
        return f"within {hours // 24} days"
    if measure.kind is MeasureKind.PATCH:
        return "within 48 hours"
    return BY_EFFORT.get(measure.effort, "this quarter")


def first_things(advice: Advice, most: int = 5) -> tuple[Measure, ...]:
    """The first things to do: evidence and isolation when a compromise was sighted, patches, then what covers most. A hunt
    for what is only typical of the accused is none of them."""
    todo = [one for one in advice.measures if not one.in_place]
    contain = [one for one in todo if one.kind is MeasureKind.CONTAIN]
    patches = [one for one in todo if one.kind is MeasureKind.PATCH]
    others = [one for one in todo if one.kind in {MeasureKind.MITIGATE, MeasureKind.LOG}]
    hunts = [one for one in todo if one.kind is MeasureKind.HUNT and one.rank is not Rank.TYPICAL]
    if contain:
        urgent = [one for one in contain if (one.within_hours or 999) <= 4][:3]
        keys = [one for one in contain if one not in urgent and "credential" in one.title.lower()]
        chosen = [*urgent, *patches[:1], *keys, *contain[len(urgent) :], *others]
    else:
        chosen = [*patches[:3], *others[:2], *hunts[:1], *others[2:]]
    first = list(dict.fromkeys(chosen))[:most]
    return tuple(sorted(first, key=_hours)) if contain else tuple(first)


def _hours(measure: Measure) -> int:
    """By when, as hours; what bears none comes last."""
    return measure.within_hours if measure.within_hours is not None else 48 if measure.kind is MeasureKind.PATCH else 9999


def headline(measure: Measure) -> str:
    """What to do, in the words of a title: `Hunt for “A script spoke to Exchange's back end”`."""
    if measure.kind is MeasureKind.LOG:
        return _logged(measure.title)
    return DO.get(measure.kind, "{}").format(measure.title)


def _logged(title: str) -> str:
    """
    >>> _logged("Sysmon: program starts"), _logged("Sysmon event 10"), _logged("Record what PowerShell runs")
    ('Set up logging for Sysmon (program starts)', 'Switch on Sysmon event 10', 'Record what PowerShell runs')
    """
    what, _, details = title.partition(": ")
    if details:
        return f"Set up logging for {what} ({details})"
    return f"Switch on {title}" if title.startswith("Sysmon") else title
