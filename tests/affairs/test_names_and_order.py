"""The same texts say the same, whatever their files and folders are called, and in whatever order they come."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from indicia.affairs.joining import join_affairs
from indicia.affairs.main import main_among
from indicia.affairs.origins import led_back
from indicia.knowledge import Knowledge, load
from indicia.pipeline import build
from indicia.records import Claim, Document, Span, stable_id
from indicia.weigh.gather import gather
from indicia.weigh.said import assess_said
from tests.affairs.claims import case_of

EXAMPLE = Path(__file__).parents[2] / "examples" / "exchange-2021" / "texts"
STATES = {"China": "CN", "Russia": "RU"}
ACCUSED = ("China | state", "HAFNIUM | group", "APT31 | group", "China-linked hackers | group", "China | place", "MSS | agency")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def made_up(dice: random.Random) -> list[tuple[str, list[str]]]:
    """Several affairs, copies, denials and equal claims, on few days, so that much is left to tell apart."""
    texts = []
    for _ in range(8):
        lines = []
        for _ in range(dice.randint(1, 4)):
            who, home = dice.choice(
                [("United States", "US"), ("United Kingdom", "GB"), ("Norway", "NO"), ("Czech Republic", "CZ")]
            )
            accused, level = dice.choice(ACCUSED).split(" | ")
            firmness = dice.choice(["none", "high", "moderate", "hedged"])
            about = dice.choice(["exchange-2021", "solarwinds", "the breach of Kestrel Ports", "-"])
            stance = dice.choice(["accuses", "accuses", "endorses"])
            lines.append(f"{who} | {stance} | {accused} | {level} | {firmness} | CN | {home} | government | {about} | reported")
        if dice.random() < 0.4:
            lines.append("China | denies | China | state | none | CN | CN | government | - | reported")
        texts.append((dice.choice(["2021-07-19", "2021-07-20"]), lines))
    return [*texts, texts[0]]


def renamed(documents: Sequence[Document], claims: Sequence[Claim], folder: str) -> tuple[list[Document], list[Claim]]:
    """The same documents and claims under the ids that they have in another folder."""
    ids = {one.id: stable_id("document", folder, one.id) for one in documents}
    found = [msgspec.structs.replace(one, id=ids[one.id], name=f"{folder}/{one.name}") for one in documents]

    def moved(span: Span) -> Span:
        return msgspec.structs.replace(span, document=ids.get(span.document, span.document))

    return found, [
        msgspec.structs.replace(claim, id=stable_id("claim", folder, claim.id), quote=moved(claim.quote), origin=None)
        for claim in claims
    ]


def verdict(documents: Sequence[Document], claims: Sequence[Claim], knowledge: Knowledge) -> tuple[object, ...]:
    claims = led_back(claims, documents)
    affairs = join_affairs(claims, documents, knowledge)
    main = main_among(claims, affairs)
    said = assess_said(gather(claims, (), None, documents, knowledge, affairs), knowledge)
    return (main.id, main.name, len(main.on), said.statement, said.verdict, said.levels, said.posteriors, said.missing)


def shuffles(documents: Sequence[Document], claims: Sequence[Claim], times: int, knowledge: Knowledge) -> None:
    plain = verdict(documents, claims, knowledge)
    dice = random.Random(1507)
    for turn in range(times):
        texts, said = renamed(documents, claims, f"folder-{turn}")
        dice.shuffle(texts)
        dice.shuffle(said)
        assert verdict(texts, said, knowledge) == plain, turn


@pytest.mark.parametrize("seed", range(8))
def test_made_up_cases_in_25_orders_under_25_names(seed: int, knowledge: Knowledge) -> None:
    documents, claims = case_of(made_up(random.Random(seed)))
    shuffles(documents, claims, 25, knowledge)


def test_the_example_in_two_folders_and_many_orders(knowledge: Knowledge, tmp_path: Path) -> None:
    cases = []
    for folder in ("alpha", "beta"):
        (tmp_path / folder).mkdir()
        for path in sorted(EXAMPLE.iterdir()):
            (tmp_path / folder / path.name).write_bytes(path.read_bytes())
        cases.append(build([str(tmp_path / folder)], knowledge=knowledge))
    first, second = cases
    assert first.weighing and second.weighing
    assert first.weighing.said.statement == second.weighing.said.statement
    assert first.weighing.said.levels == second.weighing.said.levels
    assert first.weighing.agreement == second.weighing.agreement
    assert [(one.name, len(one.rows), one.origins) for one in first.affairs] == [
        (one.name, len(one.rows), one.origins) for one in second.affairs
    ]
    shuffles(first.documents, first.claims, 20, knowledge)
