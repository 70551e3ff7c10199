"""What a case is mainly about, as brief, page and command line show it. Which affair that is, `affairs.main` decides."""

from __future__ import annotations

from indicia.affairs.main import main_affair
from indicia.records import Case, Claim, Context, MentionKind, Record

__all__ = ["LONGEST", "Subject", "origins", "subject", "titled"]


LONGEST, MOST_WORDS = 60, 8  # of a name, in characters and words


class Subject(Record, frozen=True, kw_only=True):
    """What a case is mainly about. `incident` is None and `name` empty where there is no affair, or none that
    the texts call by a name.

    `mine` are the claims on it and those of no incident at all, which are told beside it; `others` those on other affairs, both
    without what a person rejected; `on_it` are the ids of those that are on it.
    """

    incident: str | None
    name: str
    mine: tuple[Claim, ...]
    others: tuple[Claim, ...]
    on_it: frozenset[str]


def subject(case: Case) -> Subject:
    """The main affair of a case with its claims."""
    main = main_affair(case)
    on_it = frozenset(claim.id for claim in main.on)
    others = frozenset(claim.id for claim in main.beside if _has_its_own(claim))
    kept = [claim for claim in case.claims if claim.id in on_it or claim in main.beside]
    return Subject(
        incident=main.id,
        name=main.name if main.id or _is_a_name(main.name) else "",
        mine=tuple(claim for claim in kept if claim.id not in others),
        others=tuple(claim for claim in kept if claim.id in others),
        on_it=on_it,
    )


def titled(case: Case) -> str:
    """What to call a case: its main affair; else the only known incident that its texts name, the only text's title, the case's
    own name."""
    if name := subject(case).name:
        return name
    stated = (one for one in case.mentions if one.kind is MentionKind.INCIDENT and one.context is Context.STATED)
    known = {one.target: one.value for one in stated if one.target}
    only = case.documents[0].title if len(case.documents) == 1 else None
    return (next(iter(known.values())) if len(known) == 1 else None) or only or case.name


def _is_a_name(words: str) -> bool:
    """Whether what a text calls the affair can stand in a heading, and is not half a sentence."""
    return len(words) <= LONGEST and len(words.split()) <= MOST_WORDS


def _has_its_own(claim: Claim) -> bool:
    """Whether a claim tells a deed of its own: a known incident, or who was hit."""
    return claim.incident_id is not None or bool(claim.victims or claim.sectors)


def origins(case: Case) -> int:
    """How many independent first utterances the claims go back to, as far as the reader could tell."""
    return len({claim.origin or claim.id for claim in case.claims})
