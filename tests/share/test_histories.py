"""A case that goes on: what others imported is updated in place, nothing is there twice, and only who takes it back does.

Each history is one of some five steps: texts that come, go, are renamed, dated later, corrected, judged or told again
elsewhere. After each step the bundle is imported into one `stix2.MemoryStore` and the event loaded by PyMISP, as platforms keep
what they were given; pycti imports all bundles where it is installed.
"""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
import pytest
import stix2

from evals.exchange_peers import through_opencti
from indicia.knowledge import load
from indicia.pipeline import build
from indicia.pipeline.standing import as_left
from indicia.read.fronts import Held
from indicia.records import Case, Claim, Judgement
from indicia.share import pieces, render
from indicia.view.since import since

EU = "Statement by the European Union\n\nThe European Union blames APT31 for the attack on Kestrel Ports."
UK = "Statement by the UK\n\nThe United Kingdom attributes the attack on Kestrel Ports to APT31 with high confidence."
NEWS = "Ports still closed\n\nCargo is waiting. China denies that it was behind the attack on Kestrel Ports."
OTHER = "Statement by Norway\n\nNorway says that Russia was behind the attack on Fjordbank in April 2024."
CANADA = "Statement by Canada\n\nCanada accuses China of the attack on Kestrel Ports."
BACK = "Correction\n\nThe United Kingdom has withdrawn its assessment that APT31 was behind the attack on Kestrel Ports."
MORE = f"{EU}\n\nOn Monday a spokesman added that ships are sailing again."
AHEAD = EU.replace("\n\n", "\n\nThe Council met on Thursday. ", 1)
TITLED = EU.replace("Statement by the European Union", "Statement by the European Union (corrected)")
FIRMER = UK.replace("with high confidence", "with moderate confidence")
QUIET = "Statement by the UK\n\nThe ports are open again. Ships are sailing."

Text = tuple[str, str, str]  # name, text, date
E: Text = ("eu.txt", EU, "2024-05-02")
U: Text = ("uk.txt", UK, "2024-05-03")
N: Text = ("news.txt", NEWS, "2024-05-03")
F: Text = ("other.txt", OTHER, "2024-05-04")
C: Text = ("canada.txt", CANADA, "2024-05-05")
B: Text = ("back.txt", BACK, "2024-05-09")


def named(text: Text, name: str) -> Text:
    return name, *text[1:]


def dated(text: Text, day: str) -> Text:
    return *text[:2], day


def told(text: Text, words: str) -> Text:
    return text[0], words, text[2]


class Step(NamedTuple):
    """The texts that a case holds, what people said of the claims of a source, and which sources gave a charge up."""

    texts: Sequence[Text]
    judged: Sequence[tuple[str, str, str]] = ()  # action, source, value
    gone: Sequence[str] = ()


HARDER = ("correct", "European Union", '{"firmness": "high"}')
HISTORIES: dict[str, list[Step]] = {
    "texts are added one by one": [Step([E]), Step([E, U]), Step([E, U, N]), Step([E, U, N, C]), Step([E, U, N, C, F])],
    "the same texts in other orders": [
        Step([E, U, N]), Step([N, U, E]), Step([U, E, N]), Step([N, E, U]), Step([E, N, U]),
    ],
    "older texts are added": [Step([C]), Step([C, N]), Step([C, N, U]), Step([C, N, U, E])],
    "a file is renamed and moved": [
        Step([E]), Step([named(E, "renamed.txt")]), Step([named(E, "folder/eu (1).txt")]), Step([E, U]),
        Step([named(E, "z.txt"), named(U, "a.txt")]),
    ],
    "files change their names with each other": [
        Step([E, U]), Step([named(E, "uk.txt"), named(U, "eu.txt")]), Step([E, U]), Step([E, U, N]),
    ],
    "a text is dated later": [
        Step([E]), Step([dated(E, "2024-05-09")]), Step([dated(E, "2024-06-09")]), Step([dated(E, "2024-06-09"), U]),
        Step([E, U]),
    ],
    "the newest of several texts is dated later": [
        Step([E, U]), Step([E, dated(U, "2024-05-20")]), Step([E, dated(U, "2024-05-20"), N]), Step([E, U, N]),
    ],
    "a text is corrected further down": [
        Step([E]), Step([told(E, MORE)]), Step([E]), Step([told(E, MORE), U]), Step([E, U]),
    ],
    "a paragraph is put in before the charge": [
        Step([E]), Step([told(E, AHEAD)]), Step([told(E, AHEAD), U]), Step([E, U]), Step([E, U, N]),
    ],
    "a text has another heading": [Step([E, U]), Step([told(E, TITLED), U]), Step([told(E, TITLED), U, N]), Step([E, U, N])],
    "a text is reprinted": [
        Step([E]), Step([E, named(E, "copy.txt")]), Step([E, ("wire.txt", MORE, "2024-05-03")]),
        Step([E, ("wire.txt", MORE, "2024-05-03"), U]), Step([E, U]),
    ],
    "the same text is given twice": [
        Step([E, named(E, "again.txt")]), Step([named(E, "again.txt"), E]), Step([E]), Step([E, named(E, "again.txt"), U]),
    ],
    "a text on another affair comes and goes": [
        Step([E, U]), Step([E, U, F]), Step([F, E, U]), Step([E, U], gone=["Norway"]), Step([E, U, N]),
    ],
    "a charge is taken back": [
        Step([E, U]), Step([E, U, B], gone=["United Kingdom"]), Step([E, U, B, N]), Step([E, U, B, N, C]),
        Step([B, C, E, N, U]),
    ],
    "a charge is taken back by who denies to have made it": [
        Step([U]), Step([U, B], gone=["United Kingdom"]), Step([U, B, E]), Step([U, B, E, C]),
    ],
    "a charge is less firm in a corrected text": [
        Step([E, U]), Step([E, told(U, FIRMER)]), Step([E, U]), Step([E, U, N]), Step([E, told(U, FIRMER), N]),
    ],
    "a text no longer holds its charge": [
        Step([E, U]), Step([E, told(U, QUIET)], gone=["United Kingdom"]), Step([E, told(U, QUIET), N]), Step([E, U, N]),
    ],
    "a person confirms, and later corrects": [
        Step([E, U]), Step([E, U], [("confirm", "European Union", "")]),
        Step([E, U], [("confirm", "European Union", ""), HARDER]),
        Step([E, U, N], [("confirm", "European Union", ""), HARDER]),
        Step([E, U, N, C], [("confirm", "European Union", ""), HARDER]),
    ],
    "a person rejects, and takes that back": [
        Step([E, U]), Step([E, U], [("reject", "United Kingdom", "")], gone=["United Kingdom"]),
        Step([E, U, N], [("reject", "United Kingdom", "")]),
        Step([E, U, N], [("reject", "United Kingdom", ""), ("confirm", "United Kingdom", "")]),
        Step([E, U, N, C], [("reject", "United Kingdom", ""), ("confirm", "United Kingdom", "")]),
    ],
    "everything at once": [
        Step([E]), Step([named(E, "x.txt"), U], [("confirm", "United Kingdom", "")]),
        Step([dated(named(E, "x.txt"), "2024-05-06"), U, named(U, "y.txt")], [("confirm", "United Kingdom", "")]),
        Step([told(E, MORE), N, U]), Step([B, told(E, MORE), N, U, C], gone=["United Kingdom"]),
    ],
}  # fmt: skip


@cache
def read(texts: tuple[Text, ...]) -> Case:
    """A case that grew text by text."""
    name, text, date = texts[-1]
    before = read(texts[:-1]) if len(texts) > 1 else None
    return build([Held(name, text.encode())], published=date, before=before, knowledge=load())


def case_of(step: Step) -> Case:
    """The case as people left it."""
    case = read(tuple(step.texts))
    case = build([], before=case, knowledge=load())  # called what it is about
    made = [
        Judgement(id=f"j-{n}", subject=claim.id, action=action, author="Ada", time=f"2026-01-02T03:04:{n:02}Z", value=value)
        for n, (action, source, value) in enumerate(step.judged)
        for claim in case.claims
        if claim.source.party is not None and claim.source.party.canonical == source
    ]
    return as_left(msgspec.structs.replace(case, judgements=tuple(made)), load())


class Platforms:
    """What platforms hold of all steps so far."""

    def __init__(self) -> None:
        self.store = stix2.MemoryStore()
        self.items: dict[str, dict[str, Any]] = {}
        self.numbers: dict[str, str] = {}
        self.events: set[str] = set()
        self.bundle = b""

    def take(self, case: Case) -> list[dict[str, Any]]:
        """The objects of the next bundle, which goes on from the one before."""
        self.bundle = b"".join(pieces(case, "stix", load(), held=self.bundle))
        items: list[dict[str, Any]] = json.loads(self.bundle)["objects"]
        self.store.add(stix2.parse(json.loads(self.bundle), allow_custom=True))
        for item in items:
            was = self.items.get(item["id"])
            if was is not None and "modified" in item and was != item:
                assert item["modified"] > was["modified"], (was, item)
                assert item["created"] == was["created"]
            self.items[item["id"]] = item
        self.load(case)
        return items

    def load(self, case: Case) -> None:
        """The event as PyMISP holds it: what a claim's attribute is numbered, it stays."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pymisp import MISPEvent

            event = MISPEvent()
            event.from_json(render(case, "misp", load()).decode())
        self.events.add(event.uuid)
        mine = [one for one in event.attributes if one.category == "Attribution"]
        assert len(mine) == len(case.claims) == len({one.uuid for one in mine})
        for one in mine:
            self.numbers.setdefault(one.uuid, one.value)
            assert " ".join(self.numbers[one.uuid].split()) == " ".join(one.value.split())


def said(claim: Claim) -> tuple[str, ...]:
    parties = (claim.source.party, claim.accused.party)
    return " ".join(claim.quote.text.split()), claim.stance.value, *(one.canonical if one else "" for one in parties)


def most(ever: Iterable[Case]) -> Counter[tuple[str, ...]]:
    """How often a claim is made in the case that holds most of it."""
    found: Counter[tuple[str, ...]] = Counter()
    for case in ever:
        found |= Counter(map(said, case.claims))
    return found


@pytest.mark.parametrize("history", HISTORIES)
def test_a_second_visit_doubles_nothing_and_takes_nothing_back(history: str) -> None:
    platforms, cases = Platforms(), list[Case]()
    for step in HISTORIES[history]:
        case = case_of(step)
        items = platforms.take(case)
        names = {item["id"]: item.get("name") for item in items}
        relations = Counter(
            (item.get("created_by_ref"), item["source_ref"], item["relationship_type"], item["target_ref"], item["description"])
            for item in items
            if item["type"] == "relationship"
        )
        assert max(relations.values(), default=0) <= max(Counter(map(said, case.claims)).values())
        campaigns = [name for id, name in names.items() if id.startswith("campaign--")]
        assert len(campaigns) == len(set(campaigns))
        if cases:
            gave_up = [one.text for one in since(cases[-1], case) if one.text.startswith(("No longer counted", "Took it back"))]
            assert all(any(source in text for source in step.gone) for text in gave_up), gave_up
            assert bool(gave_up) == bool(step.gone), gave_up
        cases.append(case)
        notes = [item for item in platforms.store.query([stix2.Filter("type", "=", "note")]) if "“" in item["content"]]
        assert len({note["id"] for note in notes}) == most(cases).total()
    assert len(platforms.numbers) == most(cases).total()
    reports = {id for id in platforms.items if id.startswith("report--")}
    assert len(reports) == len(platforms.events) == 1


@pytest.mark.parametrize("history", HISTORIES)
def test_pycti_takes_each_step_whole(history: str) -> None:
    pytest.importorskip("pycti", reason="needs pycti, in the version of a platform")
    held = b""
    for step in HISTORIES[history]:
        case = case_of(step)
        held = b"".join(pieces(case, "stix", load(), held=held))
        found = through_opencti(held.decode())
        assert found["counts"]["failed"] == {}
        assert len(found["kept"]) == len(case.claims)


def test_bytes_are_the_same_where_nothing_changed() -> None:
    case = case_of(Step([E, U]))
    first = b"".join(pieces(case, "stix", load()))
    assert b"".join(pieces(case, "stix", load(), held=first)) == first
    renamed = case_of(Step([named(E, "a/b.txt"), named(U, "c.txt")]))
    ids = [{item["id"] for item in json.loads(render(one, "stix", load()))["objects"]} for one in (case, renamed)]
    assert ids[0] == ids[1]


def test_two_affairs_have_two_events_and_titles() -> None:
    one, other = case_of(Step([E])), case_of(Step([F]))
    events = [json.loads(render(case, "misp", load()))["Event"] for case in (one, other)]
    assert events[0]["uuid"] != events[1]["uuid"]
    assert events[0]["info"] != events[1]["info"]
    assert "brief" not in {event["info"] for event in events}
