"""What page one says of our own logs, of measures and of missing evidence in another language than English."""

from __future__ import annotations

import re

from indicia.records import Hunt, HuntVerdict, Measure, MeasureKind, Outcome
from indicia.view.judgements import reach_of
from indicia.view.language import forms, joined, quoted, tell, tell_many
from indicia.view.wording import sentence

_PATCH = re.compile(r"Patch (.+): (CVE-.+)$")
_MORE = re.compile(r"Patch (\d+) more products$")
_FIX = re.compile(r"Look for a fix for (CVE-\S+)$")


def reason_words(hunt: Hunt) -> str:
    """Which hosts were broken into, and the worst trace, which is the one that the verdict's own reason names; else nothing.
    Names of hosts and files that were left out are not in it."""
    parts = []
    if hunt.verdict is HuntVerdict.COMPROMISE:
        hosts = list(dict.fromkeys(chain.host for chain in hunt.chains if chain.outcome is Outcome.SUCCESS and chain.host))
        named = [host for host in hosts if host in hunt.reason]
        if named:
            parts.append(
                tell_many(
                    "{count} system was broken into: {hosts}.",
                    "{count} systems were broken into: {hosts}.",
                    len(named),
                    hosts=joined(named),
                )
            )
        elif not hosts:
            parts.append(tell("At least one system was broken into; its name is left out here."))
    worst = next(
        (
            one
            for one in hunt.sightings
            if f"“{one.title}”" in hunt.reason and (not one.event.place.file or str(one.event.place) in hunt.reason)
        ),
        None,
    )
    if worst:
        at = f"{worst.event.time:%Y-%m-%d %H:%M:%S} UTC" if worst.event.time else ""
        where = str(worst.event.place) if worst.event.place.file else ""
        place = ", ".join(part for part in (at, where) if part)
        parts.append(tell("Worst trace: {title} ({place}).", title=quoted(worst.title), place=place))
    return " ".join(parts)


def reach_words(hunt: Hunt) -> str:
    """How far the logs reach."""
    reach, read = reach_of(hunt), [one for one in hunt.files if one.events]
    if reach is None:
        return tell("The logs do not say how far they reach.")
    start, end = (f"{at:%Y-%m-%d %H:%M}" for at in reach)
    text = tell_many(
        "The logs ({count} file) cover {start} to {end} UTC.",
        "The logs ({count} files) cover {start} to {end} UTC.",
        len(read),
        start=start,
        end=end,
    )
    gaps = sum(len(one.gaps) for one in read)
    holes = tell_many("There is {count} gap.", "There are {count} gaps.", gaps)
    return f"{text} {holes}" if gaps else text


def unread_words(hunt: Hunt) -> str:
    """What the hunt does not cover, with a space before it; empty where it covers all."""
    counts = (
        (sum(one.skipped for one in hunt.files), forms("{count} unreadable record", "{count} unreadable records")),
        (
            sum(not one.events and not one.format for one in hunt.files),
            forms("{count} file of unknown format", "{count} files of unknown format"),
        ),
        (
            sum(one.skipped is not None for one in hunt.rules),
            forms("{count} rule that could not run", "{count} rules that could not run"),
        ),
    )
    parts = [tell_many(*words, count) for count, words in counts if count]
    return " " + tell("Not covered: {parts}.", parts=", ".join(parts)) if parts else ""


def by_when_words(measure: Measure) -> str:
    """By when, as in English."""
    hours = measure.within_hours if measure.within_hours is not None else 48 if measure.kind is MeasureKind.PATCH else None
    if hours is None:
        return {1: tell("This week"), 2: tell("This month")}.get(measure.effort, tell("This quarter"))
    if hours <= 72:
        return tell_many("Within {count} hour", "Within {count} hours", hours)
    return tell_many("Within {count} day", "Within {count} days", hours // 24)


def headline_words(measure: Measure) -> str:
    """What to do: our own titles in the language, names of products and of rules as they are."""
    title = measure.title
    if found := _PATCH.match(title):
        return tell("Patch {product}: {flaws}", product=found[1], flaws=found[2])
    if found := _MORE.match(title):
        return tell_many("Patch {count} more product", "Patch {count} more products", int(found[1]))
    if found := _FIX.match(title):
        return tell("Look for a fix for {flaw}", flaw=found[1])
    if measure.kind is MeasureKind.HUNT:
        return tell("Hunt for: {title}", title=quoted(title))
    if measure.kind is MeasureKind.DETECT:
        return tell("Detect: {title}", title=quoted(title))
    return tell(title)


# What an assessment lacks, as `weigh` says it: a message whose names are found in the sentence.
LACKS = (
    "software: no malware or tool is identified, and many groups share techniques",
    "techniques: nothing is known about how it was done",
    "better sources: every item rests on a second-hand report",
    "traces that only one actor would leave, such as infrastructure, victims' logs, language or working hours",
    "corroboration: the tools of {first} point to it, but tools can be planted, and the rest fits others better",
    "a second kind of evidence: naming {first} takes software that few groups have and techniques that this software "
    "does not imply",
    "evidence that does not owe its weight to how much is written about {first}: with all groups equally likely at first, "
    "it is too little",
    "a case that survives the loss of any one item: without one of them, too little speaks for {first}",
    "evidence that fits {first} alone: with {first} ruled out it would name another group, so it may stem from two groups "
    "or be planted",
    "anything that sets one actor apart: all that was observed fits {others} as well",
)


def missing_words(text: str) -> str:
    """What is missing, with why in a sentence of its own."""
    for message in LACKS:
        pattern = re.escape(message).replace(r"\{first\}", "(?P<first>.+)", 1).replace(r"\{first\}", "(?P=first)")
        pattern = pattern.replace(r"\{others\}", "(?P<others>.+)")
        if found := re.fullmatch(pattern, text):
            names = found.groupdict()
            if others := names.get("others"):
                count = re.search(r"\d+", others)
                names["others"] = tell_many("{count} other group", "{count} other groups", int(count[0]) if count else 1)
            what, _, why = tell(message, **names).partition(": ")
            return f"{what.rstrip()}. {sentence(why)}" if why else f"{what}."
    return sentence(text)
