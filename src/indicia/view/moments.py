"""Everything in a case that has a date: the incident, attributions, answers, texts, sightings in our logs."""

from __future__ import annotations

from datetime import date, timedelta

from indicia.records import Case, Claim, Outcome, Record, SourceType, Stance, those_counted
from indicia.view.notes import Notes
from indicia.view.wording import many
from indicia.view.words import agreed, propositions, source_words, stance_words

LANES = (
    ("incident", "Incident", "ink"),
    ("ours", "In our logs", "red"),
    ("private", "Private attribution", "violet"),
    ("official", "Official attribution", "blue"),
    ("answer", "Denials and silence", "amber"),
    ("text", "Texts", "green"),
)


class Moment(Record, frozen=True, kw_only=True):
    """Something that happened on a day, a month or a year, as `date` (ISO, possibly cut) says."""

    date: str
    lane: str
    label: str
    who: str = ""  # who spoke, of answers how, or which incident: what a picture has room for
    traces: tuple[str, ...] = ()


def day_of(text: str) -> tuple[date, date] | None:
    """First and last day that an ISO date, month or year may mean; None for anything else.

    >>> day_of("2021-03")
    (datetime.date(2021, 3, 1), datetime.date(2021, 3, 31))
    """
    parts = text[:10].split("-")
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 1 and len(parts[0]) == 4:
            return date(numbers[0], 1, 1), date(numbers[0], 12, 31)
        if len(numbers) == 2:
            first = date(numbers[0], numbers[1], 1)
            return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        if len(numbers) == 3:
            return date(*numbers), date(*numbers)
    except (ValueError, OverflowError):
        return None
    return None


def moved(day: date, days: int) -> date:
    """So many days later, as far as the calendar goes.

    >>> moved(date(1, 1, 2), -5), moved(date(9999, 12, 30), 1)
    (datetime.date(1, 1, 1), datetime.date(9999, 12, 31))
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max


def moments(case: Case, notes: Notes) -> list[Moment]:
    """Everything in the case that has a date, for the timeline; no claim that was rejected or has still to be checked."""
    found = []
    for affair in case.affairs:
        if affair.first_detected:
            found.append(
                Moment(
                    date=affair.first_detected,
                    lane="incident",
                    label=f"first detected ({affair.name}; from our tables)",
                    who=affair.name,
                )
            )
    for claim in those_counted(case.claims, case.judgements):
        lane = _lane(claim)
        source = notes.index.documents.get(claim.quote.document)
        day = claim.date or (source.published if source else None)
        if day and lane:
            # A claim without a date of its own stands at the date of its text: it was made by then.
            says = "; ".join(words for words, _ in propositions(claim))
            label = f"{source_words(claim)} {says}" + ("" if claim.date else " (date of the text)")
            who = source_words(claim) + (f" {agreed(source_words(claim), stance_words(claim)[0])}" if lane == "answer" else "")
            found.append(Moment(date=day, lane=lane, label=label, who=who, traces=(claim.id,)))
    for document in case.documents:
        if document.published:
            found.append(Moment(date=document.published, lane="text", label=notes.index.title(document), traces=(document.id,)))
    if case.hunt:
        by_day: dict[str, list[str]] = {}
        for sighting in case.hunt.sightings:
            if sighting.event.time and sighting.outcome is not Outcome.ATTEMPT:
                by_day.setdefault(sighting.event.time.date().isoformat(), []).append(sighting.id)
        for day, ids in by_day.items():
            found.append(
                Moment(date=day, lane="ours", label=f"{many(len(ids), 'sighting')} beyond mere attempts", traces=tuple(ids[:4]))
            )
    return found


def _lane(claim: Claim) -> str:
    if claim.stance in {Stance.DENIES, Stance.DECLINES, Stance.QUESTIONS, Stance.WITHDRAWS}:
        return "answer"
    if claim.source.type in {SourceType.GOVERNMENT, SourceType.INTERNATIONAL, SourceType.COURT, SourceType.ANONYMOUS}:
        return "official"
    return "private" if claim.source.party else ""
