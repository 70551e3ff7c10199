"""Claims and cases as hypothesis makes them: texts of any letters, spans anywhere in them, every value of every closed set."""

from __future__ import annotations

import types
import typing
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import msgspec
from hypothesis import strategies as st

from indicia.records import (
    About,
    Accused,
    AccusedType,
    Advice,
    Affair,
    Basis,
    Case,
    Channel,
    Claim,
    Confidence,
    Context,
    Deed,
    DeedKind,
    Document,
    Firmness,
    Ground,
    Hunt,
    Judgement,
    Level,
    Likelihood,
    Mention,
    MentionKind,
    Motive,
    Party,
    Problem,
    Prominence,
    Relation,
    Scope,
    Sighting,
    Source,
    SourceType,
    Stance,
    Tie,
    TieKind,
    Tlp,
    Versions,
    Voice,
    Weighing,
    stable_id,
)

letters = st.characters(exclude_categories=["Cs"])
words = st.text(letters, min_size=1, max_size=12)


@st.composite
def documents(draw: Any, number: int) -> Document:
    text = draw(st.text(letters, min_size=1, max_size=60))
    return Document(
        id=stable_id("document", number, text),
        name=f"d{number}.txt",
        text=text,
        sha256="0" * 64,
        title=draw(st.none() | words),
        published=draw(st.sampled_from([None, "2021-07-19", "2021-03-02"])),
        marking=draw(st.sampled_from(Tlp)),
    )


@st.composite
def spans(draw: Any, document: Document) -> Any:
    start = draw(st.integers(0, len(document.text)))
    return document.span(start, draw(st.integers(start, len(document.text))))


@st.composite
def claims(draw: Any, document: Document, number: int) -> Claim:
    here = spans(document)
    party = st.builds(Party, span=here, canonical=words)
    state = st.sampled_from([None, "CN", "GB"])
    how = {
        "firmness": st.sampled_from(Firmness),
        "cue": st.none() | here,
        "likelihood": st.none() | st.sampled_from(Likelihood),
        "confidence": st.none() | st.sampled_from(Confidence),
    }
    return Claim(
        id=stable_id("claim", document.id, number),
        quote=draw(here),
        source=draw(
            st.builds(
                Source,
                type=st.sampled_from(SourceType),
                party=st.none() | party,
                state=state,
                body=st.none() | words,
                voice=st.sampled_from(Voice),
                via=st.lists(here, max_size=2).map(tuple),
            )
        ),
        stance=draw(st.sampled_from(Stance)),
        accused=draw(
            st.builds(
                Accused,
                type=st.sampled_from(AccusedType),
                level=st.none() | st.sampled_from(Level),
                party=st.none() | party,
                state_said=state,
                state_known=state,
                according_to=st.lists(words, max_size=2).map(tuple),
                category=st.none() | words,
            )
        ),
        deed=draw(st.none() | st.builds(Deed, kind=st.sampled_from(DeedKind), **how)),
        tie=draw(
            st.none() | st.builds(Tie, kind=st.sampled_from(TieKind), to=words, state=state, words=st.none() | here, **how)
        ),
        not_accused=draw(st.none() | party),
        statement=draw(st.integers(1, 3)),
        prominence=draw(st.sampled_from(Prominence)),
        act=draw(st.none() | here),
        incidents=draw(
            st.lists(
                st.builds(About, name=words, id=st.sampled_from([None, "exchange-2021"]), scope=st.sampled_from(Scope)),
                max_size=2,
            ).map(tuple)
        ),
        victims=draw(st.lists(here, max_size=2).map(tuple)),
        victim_countries=draw(st.sampled_from([(), ("NO",), ("NO", "FI")])),
        sectors=draw(st.sampled_from([(), ("energy",)])),
        motives=draw(st.lists(st.sampled_from(Motive), max_size=2, unique=True).map(tuple)),
        grounds=draw(st.lists(st.builds(Ground, basis=st.sampled_from(Basis), cue=st.none() | here), max_size=2).map(tuple)),
        channel=draw(st.sampled_from(Channel)),
        relation=draw(st.sampled_from(Relation)),
        date=draw(st.sampled_from([None, "2021", "2021-07", "2021-07-19"])),
        date_text=draw(st.none() | here),
        score=draw(st.sampled_from([0.0, 0.93, 1.0])),
        origin=draw(st.sampled_from([None, "claim--0011223344556677"])),
        cues=draw(st.sampled_from([(), ("verb:attribute",)])),
    )


_moments = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type of our records, whatever they are made of: every field, every value of every closed set."""
    plain = {
        str: st.text(letters, max_size=6),
        int: st.integers(0, 2**31),
        float: st.floats(0, 1),
        bool: st.booleans(),
        datetime: _moments,
        types.NoneType: st.none(),
        msgspec.UnsetType: st.just(msgspec.UNSET),
    }
    if hint in plain:
        return plain[hint]
    parts = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and parts[-1] is Ellipsis:
        return st.lists(anything(parts[0]), max_size=2).map(tuple)
    if typing.get_origin(hint) is tuple:
        return st.tuples(*map(anything, parts))
    if typing.get_origin(hint) is dict:
        return st.dictionaries(anything(parts[0]), anything(parts[1]), max_size=2)
    if parts:
        return st.one_of([anything(part) for part in parts])
    if issubclass(hint, Enum):
        return st.sampled_from(hint)
    assert issubclass(hint, msgspec.Struct), hint
    return st.builds(hint, **{name: st.deferred(lambda t=t: anything(t)) for name, t in typing.get_type_hints(hint).items()})


@st.composite
def whole_cases(draw: Any) -> Case:
    """Cases with a hunt, a weighing, advice, affairs and judgements of any content."""
    case = draw(cases())
    sighting = anything(Sighting)
    hunt = anything(Hunt).map(lambda hunt: msgspec.structs.replace(hunt, stats=()))
    return msgspec.structs.replace(
        case,
        affairs=draw(anything(tuple[Affair, ...])),
        hunt=draw(st.none() | hunt.flatmap(lambda h: sighting.map(lambda s: msgspec.structs.replace(h, sightings=(s,))))),
        weighing=draw(st.none() | anything(Weighing)),
        advice=draw(st.none() | anything(Advice)),
        judgements=draw(anything(tuple[Judgement, ...])),
        problems=draw(anything(tuple[Problem, ...])),
    )


@st.composite
def cases(draw: Any) -> Case:
    found = [draw(documents(number)) for number in range(draw(st.integers(1, 3)))]
    made: list[Claim] = []
    mentions: list[Mention] = []
    for document in found:
        made += [draw(claims(document, number)) for number in range(draw(st.integers(0, 2)))]
        for number in range(draw(st.integers(0, 2))):
            kind, type, value = draw(
                st.sampled_from(
                    [
                        (MentionKind.TECHNIQUE, "attack-pattern", "T1190"),
                        (MentionKind.INDICATOR, "ipv4-addr", "198.51.100.7"),
                        (MentionKind.INDICATOR, "domain-name", "a.example"),
                        (MentionKind.VULNERABILITY, "vulnerability", "CVE-2021-26855"),
                    ]
                )
            )
            mentions.append(
                Mention(
                    id=stable_id("mention", document.id, number),
                    kind=kind,
                    value=value,
                    type=type,
                    span=draw(spans(document)),
                    context=draw(st.sampled_from(Context)),
                )
            )
    return Case(
        name="made",
        versions=Versions(indicia="0"),
        documents=tuple(found),
        claims=tuple(made),
        mentions=tuple(mentions),
        marking=Tlp.strictest([document.marking for document in found]),
    )
