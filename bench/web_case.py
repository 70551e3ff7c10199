"""A case as large as an affair gets, made up: texts, claims, mentions and sightings, with everything that follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec

from indicia.advise.advice import advise
from indicia.affairs.joining import join_affairs
from indicia.knowledge import Knowledge
from indicia.read.fronts import document_from_text
from indicia.records import (
    About,
    Accused,
    AccusedType,
    Case,
    Chain,
    Channel,
    Claim,
    Deed,
    Document,
    Event,
    Firmness,
    Hunt,
    HuntVerdict,
    Level,
    LogFile,
    Mention,
    MentionKind,
    Outcome,
    Party,
    Place,
    RuleLevel,
    RuleRun,
    Sighting,
    Source,
    SourceType,
    Stage,
    Stance,
    Versions,
    stable_id,
)
from indicia.weigh.assess import weigh
from indicia.weigh.gather import gather

__all__ = ["big_case"]

START = datetime(2021, 1, 3, tzinfo=UTC)
SPEAKERS = tuple(
    (name, kind, state)
    for state, who in (("US", "American"), ("GB", "British"), ("FR", "French"), ("EE", "Estonian"), ("JP", "Japanese"))
    for name, kind in (
        (f"the {who} government", SourceType.GOVERNMENT),
        (f"the {who} cyber agency", SourceType.GOVERNMENT),
        (f"{who} Threat Research", SourceType.COMPANY),
        (f"a court in a {who} city", SourceType.COURT),
    )
)
ACCUSED = (
    ("HAFNIUM", AccusedType.GROUP, Level.GROUP, "CN"),
    ("APT40", AccusedType.GROUP, Level.GROUP, "CN"),
    ("Sandworm Team", AccusedType.GROUP, Level.GROUP, "RU"),
    ("China", AccusedType.STATE, Level.STATE, "CN"),
    ("Russia", AccusedType.STATE, Level.STATE, "RU"),
    ("the Ministry of State Security", AccusedType.AGENCY, Level.AGENCY, "CN"),
)
STANCES = (Stance.ACCUSES,) * 6 + (Stance.ENDORSES, Stance.ENDORSES, Stance.DENIES, Stance.QUESTIONS)
VERBS = {
    Stance.ACCUSES: "accused",
    Stance.ENDORSES: "backed those who named",
    Stance.DENIES: "spoke for",
    Stance.QUESTIONS: "doubts",
}
TECHNIQUES = (
    "T1190",
    "T1505.003",
    "T1059.003",
    "T1003.001",
    "T1560.001",
    "T1041",
    "T1087.002",
    "T1053.005",
    "T1114.002",
    "T1595.002",
)
HOSTS, RULES, CHAINS, IN_CHAIN = 400, 120, 60, 400


def _text(
    number: int, claims: int
) -> Iterator[tuple[str, tuple[str, SourceType, str], tuple[str, AccusedType, Level, str], Stance]]:
    for turn in range(claims):
        speaker, accused = SPEAKERS[(number * 7 + turn) % len(SPEAKERS)], ACCUSED[(number + turn * 5) % len(ACCUSED)]
        stance = STANCES[(number + turn * 3) % len(STANCES)]
        yield (
            f"On day {number}, {speaker[0]} {VERBS[stance]} {accused[0]} over intrusion {number % 9}.{turn}.",
            speaker,
            accused,
            stance,
        )


def _document(number: int, claims: int, mentions: int) -> tuple[Document, list[Claim], list[Mention]]:
    said = list(_text(number, claims))
    values = [
        f"198.51.100.{(number + turn) % 250}" if turn % 3 else TECHNIQUES[(number + turn) % 10] for turn in range(mentions)
    ]
    filler = "The servers stood in the offices of the victims and were reached through their pages. " * 12
    text = f"Report {number}\n\n" + "\n\n".join(f"{one[0]} {filler}" for one in said) + "\n\nSeen: " + "; ".join(values) + "."
    day = (START + timedelta(days=number % 300)).date().isoformat()
    document = document_from_text(text, name=f"report-{number:03}.txt", published=day)
    found, at = [], 0
    for sentence, speaker, accused, stance in said:
        at = text.index(sentence, at)
        who, whom = text.index(speaker[0], at), text.index(accused[0], at + len(speaker[0]))
        found.append(
            Claim(
                id=stable_id("claim", document.id, at),
                quote=document.span(at, at + len(sentence)),
                source=Source(
                    type=speaker[1],
                    party=Party(span=document.span(who, who + len(speaker[0])), canonical=speaker[0]),
                    state=speaker[2],
                ),
                stance=stance,
                accused=Accused(
                    type=accused[1],
                    level=accused[2],
                    party=Party(span=document.span(whom, whom + len(accused[0])), canonical=accused[0]),
                    state_said=accused[3],
                ),
                incidents=(About(name=f"Intrusion {number % 9}"),),
                deed=Deed(firmness=list(Firmness)[number % 6]),
                channel=list(Channel)[number % 8],
                date=day,
            )
        )
    seen, at = [], text.rindex("Seen: ")
    for value in values:
        at = text.index(value, at)
        kind = MentionKind.TECHNIQUE if value.startswith("T") else MentionKind.INDICATOR
        span = document.span(at, at + len(value))
        target = value if kind is MentionKind.TECHNIQUE else None
        seen.append(
            Mention(
                id=stable_id("mention", document.id, at),
                kind=kind,
                value=value,
                target=target,
                span=span,
                type="" if target else "ipv4",
            )
        )
        at += len(value)
    return document, found, seen


def _sighting(number: int, total: int) -> Sighting:
    rule, host = number * 7919 % RULES, (number * 104729 >> 4) % HOSTS
    time = START + timedelta(days=60) * (number / total)
    client, path = f"203.0.113.{number % 251}", f"/owa/auth/{sha256(str(number).encode()).hexdigest()[:10]}.aspx"
    fields = {
        "cs-method": "POST",
        "cs-uri-stem": path,
        "c-ip": client,
        "sc-status": "200" if number % 3 else "404",
        "s-computername": f"EXCH{host:03}",
    }
    event = Event(
        place=Place(file=f"logs/W3SVC1/host-{host:03}/u_ex{time:%y%m%d}.log", position=number // 400 + 1),
        format="iis",
        time=time,
        time_text=f"{time:%Y-%m-%d %H:%M:%S}",
        host=f"EXCH{host:03}",
        fields=fields,
    )
    return Sighting(
        id=f"sighting--{number:016x}",
        rule=f"rule-{rule:03}",
        title=f"Script number {rule} was asked for on the mail server's pages",
        level=list(RuleLevel)[rule % 5],
        event=event,
        matched=(("cs-uri-stem", path), ("c-ip", client)),
        techniques=TECHNIQUES[rule % 10 : rule % 10 + 1 + rule % 2],
        stage=list(Stage)[rule % 15],
        outcome=list(Outcome)[number % 3],
    )


def big_case(knowledge: Knowledge, *, documents: int, claims: int, sightings: int) -> Case:
    """`claims` in all, ten mentions for each two claims. What follows from the records is made by the stages themselves."""
    read = [_document(number, claims // documents, 2 * claims // documents) for number in range(documents)]
    texts = tuple(document for document, _, _ in read)
    said = tuple(one for _, found, _ in read for one in found)
    mentions = tuple(one for _, _, found in read for one in found)
    seen = tuple(_sighting(number, sightings) for number in range(sightings))
    step = max(1, sightings // CHAINS)
    chains = []
    for number in range(0, sightings, step):
        mine = seen[number : number + min(step, IN_CHAIN)]
        stages = tuple(stage for stage in Stage if any(one.stage is stage for one in mine))
        chains.append(
            Chain(
                id=stable_id("chain", number),
                host=mine[0].event.host,
                start=mine[0].event.time,
                end=mine[-1].event.time,
                stages=stages,
                sightings=tuple(one.id for one in mine),
                keys=(("client", "203.0.113.7"),),
                outcome=Outcome.SUCCESS,
                summary=f"{mine[0].event.host} was asked for scripts that nobody had put there, and answered.",
            )
        )
    files = tuple(
        LogFile(
            file=f"logs/W3SVC1/host-{host:03}/u_ex{day:%y%m%d}.log",
            format="iis",
            events=40_000,
            oldest=day,
            newest=day + timedelta(days=1),
        )
        for host in range(HOSTS)
        for day in (START, START + timedelta(days=30))
    )
    rules = tuple(
        RuleRun(
            id=f"rule-{n:03}",
            title=f"Script number {n} was asked for on the mail server's pages",
            level=list(RuleLevel)[n % 5],
            matches=sightings // RULES if n < RULES else 0,
        )
        for n in range(3000)
    )
    hunt = Hunt(
        verdict=HuntVerdict.COMPROMISE,
        reason="Scripts that nobody had put there answered on many hosts.",
        sightings=seen,
        chains=tuple(chains),
        files=files,
        rules=rules,
        indicators_sought=100,
    )
    case = Case(
        name="Big",
        versions=Versions(indicia="bench"),
        documents=texts,
        claims=said,
        mentions=mentions,
        affairs=join_affairs(said, texts, knowledge),
        hunt=hunt,
        weighing=weigh(gather(said, mentions, hunt, texts, knowledge), knowledge),
    )
    return msgspec.structs.replace(case, advice=advise(case, knowledge))
