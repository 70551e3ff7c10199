"""Which deeds are told surely enough to be campaigns in what others import, and what each is called."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest

from indicia.affairs.campaigns import deeds_told
from indicia.affairs.identity import key_of
from indicia.knowledge import load
from indicia.read.text.mentioning import mention
from indicia.records import (
    About,
    Accused,
    AccusedType,
    Case,
    Claim,
    Deed,
    Document,
    Level,
    MentionKind,
    Party,
    Prominence,
    Source,
    SourceType,
    Span,
    Stance,
    Versions,
)


class Told(NamedTuple):
    """A sentence with what was read of it, and what its campaign is called; None for none."""

    text: str
    accused: str
    called: str | None
    source: str | None = None
    act: str | None = None
    victim: str | None = None
    incident: str | None = None
    campaign: str | None = None
    prominence: Prominence = Prominence.REPORTED


PROFILE, PASSING = Prominence.ANNOUNCEMENT, Prominence.BACKGROUND
TOLD = {
    "a campaign by its name": Told(
        "Operation Kestrel was a campaign by Apfelwein against students.", "Apfelwein", "Operation Kestrel",
        act="campaign", campaign="Operation Kestrel", prominence=PROFILE,
    ),
    "a campaign by its number": Told(
        "C0011 was a campaign of Transparent Tribe against colleges.", "Transparent Tribe", "C0011",
        act="campaign", campaign="C0011", prominence=PROFILE,
    ),
    "a deed by who was hit": Told(
        "Norway blames Apfelwein for the attack on Fjordbank.", "Apfelwein", "Attack on Fjordbank",
        source="Norway", act="attack on Fjordbank", victim="Fjordbank",
    ),
    "a deed that the month tells": Told(
        "Norway blames Apfelwein for attacks on government websites.", "Apfelwein", "Attacks on government websites (2024-05)",
        source="Norway", act="attacks on government websites",
    ),
    "what a profile describes": Told(
        "Apfelwein is a group known for attacks on government websites.", "Apfelwein", None,
        act="attacks on government websites", prominence=PROFILE,
    ),
    "what is said in passing": Told(
        "Norway studied Apfelwein, known for attacks on government websites.", "Apfelwein", None,
        source="Norway", act="attacks on government websites", prominence=PASSING,
    ),
    "who is hit by habit": Told(
        "Apfelwein has hacked Fjordbank and other banks for years.", "Apfelwein", None, victim="Fjordbank", prominence=PROFILE,
    ),
    "a known deed by its own words": Told(
        "The FBI says that Volt Typhoon ran the KV Botnet.", "Volt Typhoon", "Volt Typhoon",
        source="FBI", act="KV Botnet", incident="volt-typhoon-2023",
    ),
    "a known deed by nothing but its doer": Told(
        "Bjorka is a person who sells data.", "Bjorka", None, incident="bjorka-2022", prominence=PROFILE,
    ),
    "one of several known deeds": Told(
        "The US charged six officers with attacks against Acme Power, NotPetya and Olympic Destroyer.", "six officers",
        "Attacks against Acme Power", source="US", act="Acme Power", victim="Acme Power", incident="olympic-destroyer-2018",
    ),
    "an account that was broken into": Told(
        "Norway says that Apfelwein gained access to Fjordbank.", "Apfelwein", "Attack on Fjordbank",
        source="Norway", victim="Fjordbank",
    ),
}  # fmt: skip


def case_of(one: Told) -> Case:
    document = Document(id="document--0", name="made.txt", text=one.text, sha256="0" * 64, published="2024-05-02")

    def span(words: str) -> Span:
        start = one.text.index(words)
        return document.span(start, start + len(words))

    name = one.act or one.victim
    claim = Claim(
        id="claim--0",
        quote=span(one.text),
        source=Source(
            type=SourceType.GOVERNMENT, party=Party(span=span(one.source), canonical=one.source) if one.source else None
        ),
        stance=Stance.ACCUSES,
        accused=Accused(type=AccusedType.GROUP, level=Level.GROUP, party=Party(span=span(one.accused), canonical=one.accused)),
        deed=Deed(),
        act=span(one.act) if one.act else None,
        victims=(span(one.victim),) if one.victim else (),
        incidents=(About(name=name or one.accused, id=one.incident),) if name or one.incident else (),
        prominence=one.prominence,
    )
    mentions = [
        mention(
            document,
            MentionKind.CAMPAIGN,
            span(name).start,
            span(name).end,
            name,
            target=name if name in load().attack.campaigns else None,
        )
        for name in (one.campaign,)
        if name is not None
    ]
    return Case(name="Made", versions=Versions(indicia="0"), documents=(document,), claims=(claim,), mentions=tuple(mentions))


@pytest.mark.parametrize("told", TOLD)
def test_what_a_campaign_is_called(told: str) -> None:
    found = [deed.name for deed in deeds_told(case_of(TOLD[told]), load()).values()]
    assert found == ([TOLD[told].called] if TOLD[told].called else [])


def test_an_affair_keeps_its_key_while_nobody_is_sure_of_it() -> None:
    case = case_of(TOLD["a deed by who was hit"])
    (claim,) = case.claims
    unsure = msgspec.structs.replace(case, claims=(msgspec.structs.replace(claim, score=0.6),))
    assert deeds_told(unsure, load()) == {}
    assert key_of(unsure, load()) == key_of(case, load()) == "deed attack on fjordbank"
