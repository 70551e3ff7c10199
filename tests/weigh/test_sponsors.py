"""States and types: named at a bar of their own, never by what everybody does, nor by tools alone; no number below any bar."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.knowledge import Knowledge, load
from indicia.records import Assessment, Evidence, EvidenceKind, Hypothesis, Level, Posterior, Verdict
from indicia.weigh.assess import weigh
from indicia.weigh.board import lay_out
from indicia.weigh.gather import from_ids
from indicia.weigh.legs import COMMONPLACE
from indicia.weigh.model import grounds_of
from indicia.weigh.sponsors import OTHER, Sponsors


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def some_of(knowledge: Knowledge, *groups: str, techniques: int, software: int = 0) -> tuple[Evidence, ...]:
    """Features that several groups have, a few of each."""
    targets = [use.target for group in groups for use in knowledge.attack.uses_of(group)]
    every = list(dict.fromkeys(targets))
    return from_ids(
        [one for one in every if one.startswith("T")][:techniques],
        [one for one in every if one.startswith("S")][:software],
        knowledge=knowledge,
    )


def test_the_classes_are_states_with_many_groups_others_and_types(knowledge: Knowledge) -> None:
    board = lay_out((), knowledge)
    sponsors = Sponsors.of(board.model, board.tree)
    assert {"state:CN", "state:RU", "state:IR", "state:KP", OTHER, "type:criminal"} == set(sponsors.classes)
    after = np.exp(board.prior)
    assert sponsors.posterior(after).sum() == pytest.approx(1)
    assert sponsors.stated(after).sum() == pytest.approx(1)
    assert sponsors.stated(after).argmax() == sponsors.posterior(after).argmax()
    assert sponsors.member.sum(axis=0).max() == 1  # nobody works for two


def test_where_criminals_sit_is_no_sponsor(knowledge: Knowledge) -> None:
    board = lay_out((), knowledge)
    spider = board.tree.groups["G0102"]
    assert (spider.state, spider.parent) == (None, "type:criminal")
    assert board.tree.groups["G0007"].state == "RU"


def test_a_state_is_named_and_no_group_where_several_of_its_groups_fit(knowledge: Knowledge) -> None:
    evidence = tuple(
        one for group in ("G0129", "G0045", "G0004") for one in some_of(knowledge, group, techniques=6, software=2)
    )
    found = weigh(evidence, knowledge).observed
    assert (found.verdict, found.leaders) == (Verdict.STATE_ONLY, ("state:CN",))
    assert "a group tied to China" in found.statement and "known or unknown" in found.statement
    assert [one.hypothesis.id for one in found.levels] == ["state:CN"] and not found.posteriors
    assert found.likelihood is not None and found.fits


def test_criminals_are_named_as_such_and_given_no_state(knowledge: Knowledge) -> None:
    evidence = some_of(knowledge, "G1051", "G1040", "G1032", techniques=20, software=2)
    found = weigh(evidence, knowledge).observed
    assert (found.verdict, found.leaders) == (Verdict.TYPE_ONLY, ("type:criminal",))
    assert "criminals and of no state" in found.statement


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 25))
def test_what_a_dozen_groups_do_names_no_state(knowledge: Knowledge, seed: int, size: int) -> None:
    profiles = grounds_of(knowledge).profiles
    shared = [profiles.relations.features[at] for at in np.flatnonzero(profiles.users >= COMMONPLACE)]
    chosen = np.random.default_rng(seed).choice(shared, size, replace=False).tolist()
    found = weigh(
        from_ids([one for one in chosen if one[0] == "T"], [one for one in chosen if one[0] == "S"], knowledge=knowledge),
        knowledge,
    ).observed
    assert found.verdict is Verdict.INSUFFICIENT and not found.posteriors and not found.levels


def test_few_items_name_no_state(knowledge: Knowledge) -> None:
    found = weigh(from_ids(["T1041"], ["S1245", "S1246"], knowledge=knowledge), knowledge).observed
    assert found.verdict is Verdict.INSUFFICIENT and [one.name for one in found.fits] == ["Contagious Interview"]


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("kind", EvidenceKind)
def test_no_record_can_hold_a_number_that_its_verdict_does_not_bear(kind: EvidenceKind, verdict: Verdict) -> None:
    one = Posterior(hypothesis=Hypothesis(id="G1", name="A", level=Level.GROUP), probability=0.9, prior=0.1)
    state = Posterior(hypothesis=Hypothesis(id="state:XX", name="X", level=Level.STATE), probability=0.95, prior=0.1)
    other = Posterior(hypothesis=Hypothesis(id="state:YY", name="Y", level=Level.STATE), probability=0.02, prior=0.1)
    found = Assessment(
        kind=kind, verdict=verdict, statement="", leaders=("state:XX",), posteriors=(one,), levels=(state, other)
    )
    whole = kind is EvidenceKind.OBSERVED and verdict in {Verdict.NAMED, Verdict.TIED}
    assert bool(found.posteriors) is whole
    conflict = kind is EvidenceKind.SAID and verdict is Verdict.TIED
    borne = () if verdict is Verdict.INSUFFICIENT or conflict else (state, other) if whole else (state,)
    assert found.levels == borne


def test_prior_alone_is_said_to_be_prior(knowledge: Knowledge) -> None:
    found = weigh(from_ids(software=["S0603"], knowledge=knowledge), knowledge).observed
    assert found.prior_only and not found.fits and not found.posteriors
    assert "tells no actor from another" in found.statement
