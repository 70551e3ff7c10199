"""What a case is mainly about, as brief, page and command line show it. Which affair that is, `affairs.main` decides."""

from __future__ import annotations

from indicia.affairs.main import MainAffair, main_affair
from indicia.affairs.naming import heading_of, time_of, victim_of
from indicia.affairs.stories import Story, stories
from indicia.knowledge import load
from indicia.knowledge.articles import the
from indicia.records import Case, Claim, Prominence, Record
from indicia.view.inert import clip
from indicia.view.language import month_words, tell

LONGEST = 60  # characters of a name that stands in a sentence
LONGEST_HEADING = 90  # characters


class Subject(Record, frozen=True, kw_only=True):
    """What a case is mainly about. `incident` is None where no table knows the affair, and `name` empty where the texts do not
    tell whom it hit either.

    `mine` are the claims on it and those of no incident at all, which are told beside it; `others` those on other affairs,
    both without what a person rejected; `on_it` are the ids of those that are on it. `unsure` are claims on it that are to be
    checked, `story` the texts that tell it.
    """

    incident: str | None
    name: str
    mine: tuple[Claim, ...]
    others: tuple[Claim, ...]
    on_it: frozenset[str]
    unsure: tuple[Claim, ...] = ()
    story: Story = Story(frozenset(), ())


def subject(case: Case, story: Story | None = None) -> Subject:
    """The main affair of a case with its claims, or that of one story of it."""
    main = main_affair(case, story)
    on_it = frozenset(claim.id for claim in main.on)
    elsewhere = frozenset(claim.id for claim in main.beside if _has_its_own(claim, main.story.documents))
    mine = (on_it | {claim.id for claim in main.beside}) - elsewhere
    return Subject(
        incident=main.id,
        name=_called(case, main),
        mine=tuple(claim for claim in case.claims if claim.id in mine),
        others=tuple(claim for claim in case.claims if claim.id in elsewhere),
        on_it=on_it,
        unsure=main.unsure,
        story=main.story,
    )


def others(case: Case) -> tuple[Subject, ...]:
    """The other affairs that more than one text of a case tells, the one with most texts first."""
    return tuple(subject(case, one) for one in stories(case)[1:] if len(one.documents) > 1)


def titled(case: Case, about: Subject | None = None) -> str:
    """What to call an affair of a case, the main one by default: by its name; else as the most central of its texts calls
    itself; never what a folder is called, as long as there is a text."""
    about = about or subject(case)
    return about.name or clip(heading_of(case, about.story), LONGEST_HEADING) or case.name


def _called(case: Case, main: MainAffair) -> str:
    """A known affair by its name; else by whom it hit and when, where that is told."""
    if main.id is not None:
        return known_affair(main.id) or main.name
    victim = victim_of(case, main.story, (*main.on, *main.unsure))
    if not victim:
        return ""
    month = time_of(case, main.story)
    if month is None:
        return tell("Attack on {victim}", victim=the(victim))
    return tell("Attack on {victim}, {time}", victim=the(victim), time=month_words(month))


def known_affair(id: str) -> str:
    """The name that our tables have for a known affair; empty where they do not know it."""
    found = load().incidents.get(id)
    return found.name if found is not None else ""


def _has_its_own(claim: Claim, story: frozenset[str]) -> bool:
    """Whether a claim tells a deed of its own (a known incident, or who was hit), says it in passing, or in another story."""
    apart = claim.prominence is Prominence.BACKGROUND or claim.quote.document not in story
    return apart or claim.incident_id is not None or bool(claim.victims or claim.sectors)


def origins(case: Case) -> int:
    """How many independent first utterances the claims go back to, as far as the reader could tell."""
    return len({claim.origin or claim.id for claim in case.claims})
