"""A case that goes on: what others imported is updated in place, nothing is there twice, and only who takes it back does.

Each history is one of steps: texts that come, are renamed, dated later, corrected or told again elsewhere. After each step the
bundle is imported into one `stix2.MemoryStore`, as a platform keeps what it was given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
import stix2

from indicia.knowledge import load
from indicia.pipeline import build
from indicia.read.fronts import Held
from indicia.records import Case
from indicia.share import pieces, render
from indicia.view.since import since

EU = "Statement by the European Union\n\nThe European Union blames APT31 for the attack on Kestrel Ports."
UK = "Statement by the UK\n\nThe United Kingdom attributes the attack on Kestrel Ports to APT31 with high confidence."
NEWS = "Ports still closed\n\nCargo is waiting. China denies that it was behind the attack on Kestrel Ports."
OTHER = "Statement by Norway\n\nNorway says that Russia was behind the attack on Fjordbank in April 2024."
MORE = f"{EU}\n\nOn Monday a spokesman added that ships are sailing again."

Text = tuple[str, str, str]  # name, text, date
FIRST: Text = ("eu.txt", EU, "2024-05-02")
HISTORIES: dict[str, list[list[Text]]] = {
    "texts are added": [
        [FIRST],
        [FIRST, ("uk.txt", UK, "2024-05-03")],
        [FIRST, ("uk.txt", UK, "2024-05-03"), ("news.txt", NEWS, "2024-05-03")],
        [("news.txt", NEWS, "2024-05-03"), ("uk.txt", UK, "2024-05-03"), FIRST],
    ],
    "an older text is added": [[("uk.txt", UK, "2024-05-03")], [("uk.txt", UK, "2024-05-03"), FIRST]],
    "a file is renamed": [[FIRST], [("renamed.txt", EU, "2024-05-02")], [("folder/eu (1).txt", EU, "2024-05-02")]],
    "a text is dated later": [[FIRST], [("eu.txt", EU, "2024-05-09")], [("eu.txt", EU, "2024-06-09")]],
    "a text is corrected": [[FIRST], [("eu.txt", MORE, "2024-05-02")], [FIRST]],
    "a text is reprinted": [[FIRST], [FIRST, ("copy.txt", EU, "2024-05-02")], [FIRST, ("wire.txt", MORE, "2024-05-03")]],
}


def case_of(texts: Iterable[Text], before: Case | None = None) -> Case:
    case = before
    for name, text, date in texts:
        case = build([Held(name, text.encode())], published=date, before=case, knowledge=load())
    assert case is not None
    return case


def whole(texts: list[Text]) -> Case:
    """All texts read at once, as from a folder."""
    case = case_of(texts)
    return build([], name=case.name, before=case, knowledge=load())


@pytest.mark.parametrize("history", HISTORIES)
def test_what_was_imported_is_updated_in_place(history: str) -> None:
    store, held = stix2.MemoryStore(), b""
    told: dict[str, Any] = {}
    reports, events = set(), set()
    for step in HISTORIES[history]:
        case = whole(step)
        held = b"".join(pieces(case, "stix", load(), held=held))
        items = json.loads(held)["objects"]
        store.add(stix2.parse({"type": "bundle", "id": json.loads(held)["id"], "objects": items}, allow_custom=True))
        for item in items:
            was = told.get(item["id"])
            if was is not None and "modified" in item and was != item:
                assert item["modified"] > was["modified"], (was, item)
                assert item["created"] == was["created"]
            told[item["id"]] = item
        reports |= {item["id"] for item in items if item["type"] == "report"}
        events.add(json.loads(render(case, "misp", load()))["Event"]["uuid"])
        notes = [item for item in store.query([stix2.Filter("type", "=", "note")]) if "“" in item["content"]]
        claims = {(claim.quote.text, claim.quote.document) for claim in case.claims}
        assert len({note["id"] for note in notes}) == len(claims)
    assert len(reports) == len(events) == 1


def test_bytes_are_the_same_where_nothing_changed() -> None:
    case = whole([FIRST, ("uk.txt", UK, "2024-05-03")])
    first = b"".join(pieces(case, "stix", load()))
    assert b"".join(pieces(case, "stix", load(), held=first)) == first
    renamed = whole([("a/b.txt", EU, "2024-05-02"), ("c.txt", UK, "2024-05-03")])
    ids = [{item["id"] for item in json.loads(render(one, "stix", load()))["objects"]} for one in (case, renamed)]
    assert ids[0] == ids[1]


def test_two_affairs_have_two_events_and_titles() -> None:
    one, other = whole([FIRST]), whole([("eu.txt", OTHER, "2024-05-02")])
    events = [json.loads(render(case, "misp", load()))["Event"] for case in (one, other)]
    assert events[0]["uuid"] != events[1]["uuid"]
    assert events[0]["info"] != events[1]["info"]
    assert "brief" not in {event["info"] for event in events}


def test_nobody_takes_back_what_nobody_took_back() -> None:
    before = case_of([FIRST])
    for texts in ([("uk.txt", UK, "2024-05-03")], [("other.txt", OTHER, "2024-05-04")], [("news.txt", NEWS, "2024-05-03")]):
        now = case_of(texts, before)
        told = " ".join(sentence.text for sentence in since(before, now))
        assert "No longer" not in told and "Took it back" not in told, told
