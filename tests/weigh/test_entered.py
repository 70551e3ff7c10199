"""Evidence that people enter: whom it fits, how strongly, how far it is believed, and that it is a leg of its own."""

from __future__ import annotations

import numpy as np
import pytest

from indicia.errors import UsageError
from indicia.knowledge import Knowledge, load
from indicia.records import Entered, EnteredKind, Evidence, Judgement, Strength, Verdict, to_json
from indicia.weigh.assess import weigh
from indicia.weigh.board import lay_out
from indicia.weigh.entered import PRACTICE, RATIOS, entered_evidence, hypothesis_named
from indicia.weigh.gather import from_ids

TIME = "2026-11-24T12:00:00+00:00"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def item(
    knowledge: Knowledge,
    *fits: str,
    kind: EnteredKind = EnteredKind.INFRASTRUCTURE,
    strength: Strength = Strength.STRONG,
    grade: str = "B2",
    against: bool = False,
) -> Evidence:
    given = Entered(kind=kind, fits=fits, strength=strength, against=against, author="A. Analyst", time=TIME)
    return entered_evidence(given, grade, "seen before", knowledge)


def test_every_kind_and_strength_is_in_the_tables() -> None:
    assert set(PRACTICE) == set(EnteredKind) and set(RATIOS) == set(Strength)
    assert sorted(RATIOS.values()) == [RATIOS[one] for one in Strength]  # from weak to very strong


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Lazarus Group", "G0032"),
        ("lazarus-group", "G0032"),
        ("HIDDEN COBRA", "G0032"),
        ("G0032", "G0032"),
        ("KP", "state:KP"),
        ("North Korea", "state:KP"),
        ("DPRK", "state:KP"),
        ("GRU", "agency:gru"),
        ("type:criminal", "type:criminal"),
        ("unknown", "unknown"),
    ],
)
def test_whom_a_name_means(text: str, id: str, knowledge: Knowledge) -> None:
    assert hypothesis_named(text, knowledge) == id


def test_who_is_nobody_is_refused(knowledge: Knowledge) -> None:
    for text in ("Nobody", "", "XX"):
        with pytest.raises(UsageError):
            hypothesis_named(text, knowledge)
    for grade in ("Z2", "B9", "B", ""):
        with pytest.raises(UsageError):
            item(knowledge, "G0032", grade=grade)
    with pytest.raises(UsageError):
        item(knowledge)


def test_it_weighs_its_ratio_for_whom_it_fits_and_less_the_worse_its_grade(knowledge: Knowledge) -> None:
    for strength, ratio in RATIOS.items():
        board = lay_out((item(knowledge, "state:KP", strength=strength),), knowledge)
        of_state = [at for at, group in enumerate(board.hypotheses[:-1]) if board.tree.groups[group].state == "KP"]
        assert board.entered[0, of_state] == pytest.approx(10 * np.log10(ratio))
        others = np.delete(board.entered[0, :-1], of_state)
        assert not others.any()
        assert 0 < board.entered[0, -1] < board.entered[0, of_state[0]]  # an unknown actor may be North Korea's, too
    good, poor = (lay_out((item(knowledge, "G0032", grade=grade),), knowledge) for grade in ("B2", "E5"))
    at = good.hypotheses.index("G0032")
    assert good.posterior()[at] > poor.posterior()[at] > np.exp(poor.prior[at])
    against = lay_out((item(knowledge, "G0032", against=True),), knowledge)
    assert against.posterior()[at] < np.exp(against.prior[at])


def test_one_item_of_a_person_names_nobody(knowledge: Knowledge) -> None:
    for whom in ("G0032", "state:KP", "type:criminal"):
        found = weigh((item(knowledge, whom, strength=Strength.VERY_STRONG),), knowledge).observed
        assert found.verdict is Verdict.INSUFFICIENT and not found.levels


def test_it_is_a_second_kind_beside_software(knowledge: Knowledge) -> None:
    seen = from_ids(["T1041"], ["S1245", "S1246"], knowledge=knowledge)
    assert weigh(seen, knowledge).observed.verdict is Verdict.INSUFFICIENT
    more = (*seen, item(knowledge, "state:KP"), item(knowledge, "G1052", kind=EnteredKind.HOURS))
    found = weigh(more, knowledge).observed
    assert (found.verdict, found.leaders) == (Verdict.NAMED, ("G1052",))


def test_it_is_kept_as_a_judgement_and_may_be_rejected(knowledge: Knowledge) -> None:
    one = item(knowledge, "G0032")
    added = Judgement(
        id="judgement--1", subject=one.id, action="add", author="A. Analyst", time=TIME, value=to_json(one).decode()
    )
    kept = weigh((), knowledge, judgements=[added]).evidence
    assert [each.entered for each in kept] == [one.entered]
    refused = Judgement(id="judgement--2", subject=one.id, action="reject", author="B. Analyst", time=TIME)
    assert weigh((), knowledge, judgements=[added, refused]).evidence[0].weight == 0
