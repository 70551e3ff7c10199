"""What a posterior allows to say, in a made-up world of four groups: every verdict, and where each begins and ends."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from indicia.records import Hypothesis, Level, Verdict
from indicia.weigh.corroboration import Backing, backing
from indicia.weigh.inputs import ItemLayout
from indicia.weigh.known import Tree
from indicia.weigh.legs import COMMONPLACE, Leg
from indicia.weigh.levels import sums
from indicia.weigh.model import Model, SponsorWeights
from indicia.weigh.profiles import Floats
from indicia.weigh.verdict import Decision, decide

# Rows of the profiles are P, Q, R, S; the hypotheses are three of them, in another order, and an unknown actor.
HYPOTHESES = ("G-S", "G-Q", "G-P", "unknown")
CANDIDATES = np.array([3, 1, 0])


def group(id: str, parent: str | None, doubt: float = 0.0) -> Hypothesis:
    return Hypothesis(id=id, name=id, level=Level.GROUP, parent=parent, mapping_doubt=doubt)


def above(id: str, level: Level, parent: str | None = None, doubt: float = 0.0) -> Hypothesis:
    return Hypothesis(id=id, name=id, level=level, parent=parent, mapping_doubt=doubt)


TREE = Tree(
    groups={"G-S": group("G-S", "agency:A"), "G-Q": group("G-Q", "state:XX"), "G-P": group("G-P", "state:XX", 0.1)},
    above={"agency:A": above("agency:A", Level.AGENCY, "state:XX"), "state:XX": above("state:XX", Level.STATE)},
)
NO_STATES = Tree(groups={id: group(id, None) for id in HYPOTHESES[:3]}, above={})


@dataclass
class World:
    """Items (rows) that the groups P, Q, R, S use; how rare each is; what an item is worth to those who use it. `tools` comes
    with the system or is to be had by anybody; `does` are pairs (software, technique that it does anyway).

    Whom a test says to be how probable stays so whichever item is left out and whatever the prior, unless the test says what
    becomes of it: `level` is the posterior under a flat prior, `without` that without an item (by its row), `others` that with
    those who would be named struck out (it is an unknown actor then, unless the test says another)."""

    uses: list[list[int]]
    users: list[int]
    software: list[int]
    tools: list[int] = field(default_factory=list)
    does: list[tuple[int, int]] = field(default_factory=list)
    level: tuple[float, ...] | None = None
    without: dict[int, tuple[float, ...]] = field(default_factory=dict)
    others: tuple[float, ...] = (0.0, 0.0, 0.0, 1.0)
    named: float = 0.95
    backing: tuple[float, float, float] = (0.5, 1.0, 9.0)
    prior: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0, 0.0])
    asked: list[list[float]] = field(default_factory=list)

    @property
    def layout(self) -> ItemLayout:
        names = {"uses": self.uses, "users": self.users, "is_software": self.software}
        of_software = {name: np.array(rows, dtype=float) for name, rows in names.items()}
        is_tool, does = np.zeros(len(self.uses)), np.zeros((len(self.uses), len(self.uses)))
        is_tool[self.tools] = 1
        for software, technique in self.does:
            does[software, technique] = 1
        return cast(ItemLayout, SimpleNamespace(**of_software, is_tool=is_tool, does=does))

    def model(self, after: tuple[float, ...] = (), factors: Floats | None = None) -> Model:
        def scores(layout: Any, factors: Floats) -> Floats:
            self.asked.extend(factors.tolist())
            of_groups = factors @ layout.uses[:, CANDIDATES]
            return np.concatenate([of_groups, np.zeros((len(factors), 1))], axis=1)

        def posterior(given: Floats, priors: Floats) -> Floats:
            asked, priors = self.asked[-len(np.atleast_2d(given)) :], np.atleast_2d(priors)
            answers = np.array([self._after(after, factors, *row) for row in zip(asked, priors, strict=True)])
            return answers if given.ndim > 1 else answers[0]

        weights = SimpleNamespace(named=self.named, backing=self.backing, sponsor=NO_SPONSOR)
        names = {"hypotheses": HYPOTHESES, "candidates": CANDIDATES, "weights": weights, "prior": np.array(self.prior)}
        return cast(Model, SimpleNamespace(**names, scores=scores, posterior=posterior))

    def _after(self, after: tuple[float, ...], factors: Floats | None, asked: list[float], prior: Floats) -> tuple[float, ...]:
        """The posterior of a question that `decide` puts: of all items with every group as likely or with some struck out, or
        without one of them."""
        assert factors is not None
        if np.isinf(prior).any():
            assert asked == factors.tolist() and prior[-1] == PRIOR[-1]
            return self.others
        gone = np.flatnonzero(np.array(asked) != factors)
        if not len(gone):
            assert prior == pytest.approx(np.log([0.2, 0.2, 0.2, 0.4])), "of all items it is asked under a flat prior alone"
            return self.level or after
        assert prior == pytest.approx(PRIOR), "of fewer it is asked under the model's own"
        (at,) = gone
        assert asked[at] == 0
        return self.without.get(int(at), after)

    def decide(self, *after: float, factors: list[float] | None = None, tree: Tree = NO_STATES) -> Decision:
        seen = np.array([1.0] * len(self.uses) if factors is None else factors)
        return decide(self.model(after, seen), self.layout, seen, np.array(after), PRIOR, tree)


# States and types have a bar of their own, which is tried in test_sponsors.py: here it is never reached.
NO_SPONSOR = SponsorWeights(named=2.0, named_by_few=2.0)
PRIOR = np.log([0.2, 0.3, 0.1, 0.4])
# Software that few have, but enough not to be rare, and techniques, which all candidates use, and a technique that none of them
# does: each has two kinds of evidence, nothing could be planted, and no other group shares the whole case with a leader.
PLAIN = World(uses=[[1, 1, 0, 1], [1, 1, 0, 1], [1, 1, 0, 1], [0, 0, 1, 0]], users=[9, 9, 9, 9], software=[1, 0, 0, 0])
# S alone uses one rare tool, and has nothing else.
PLANTED = World(uses=[[0, 0, 0, 1], [1, 1, 0, 0]], users=[1, 9], software=[1, 0])


@pytest.mark.parametrize(
    ("world", "after", "verdict", "leaders"),
    [
        pytest.param(PLAIN, (0.95, 0.03, 0.01, 0.01), Verdict.NAMED, (0,), id="the bar is enough"),
        pytest.param(PLAIN, (0.01, 0.01, 0.97, 0.01), Verdict.NAMED, (2,), id="whichever comes first"),
        pytest.param(PLAIN, (0.9499, 0.0301, 0.01, 0.01), Verdict.INSUFFICIENT, (), id="just below the bar"),
        pytest.param(PLAIN, (0.02, 0.01, 0.01, 0.96), Verdict.INSUFFICIENT, (), id="an unknown actor is nobody to name"),
        pytest.param(PLAIN, (0.25, 0.7, 0.04, 0.01), Verdict.TIED, (1, 0), id="two together reach the bar"),
        pytest.param(PLAIN, (0.75, 0.2, 0.04, 0.01), Verdict.TIED, (0, 1), id="the lesser with just enough"),
        pytest.param(PLAIN, (0.76, 0.19, 0.04, 0.01), Verdict.INSUFFICIENT, (), id="the lesser with too little"),
        pytest.param(PLAIN, (0.6, 0.34, 0.05, 0.01), Verdict.INSUFFICIENT, (), id="two together below the bar"),
        pytest.param(PLAIN, (0.4, 0.4, 0.15, 0.05), Verdict.INSUFFICIENT, (), id="three are no tie"),
    ],
)
def test_groups_are_named_or_tied(world: World, after: tuple[float, ...], verdict: Verdict, leaders: tuple[int, ...]) -> None:
    found = world.decide(*after)
    assert (found.verdict, found.leaders) == (verdict, leaders)
    assert not found.plantable and found.shared == 0 and not found.lacks
    assert found.first == max(range(3), key=lambda at: after[at])


def test_a_low_bar_for_names_does_not_lower_that_of_a_tie() -> None:
    low = World(uses=PLAIN.uses, users=PLAIN.users, software=PLAIN.software, named=0.8)
    assert low.decide(0.5, 0.39, 0.1, 0.01).verdict is Verdict.INSUFFICIENT
    assert low.decide(0.5, 0.4, 0.09, 0.01).verdict is Verdict.TIED
    assert low.decide(0.8, 0.15, 0.04, 0.01).verdict is Verdict.NAMED


def test_of_equals_the_first_leads() -> None:
    found = PLAIN.decide(0.48, 0.48, 0.03, 0.01)
    assert (found.verdict, found.leaders, found.first) == (Verdict.TIED, (0, 1), 0)


def test_without_anything_seen_nothing_is_said() -> None:
    found = PLAIN.decide(0.99, 0.005, 0.004, 0.001, factors=[0.0, 0.0, 0.0, 0.0])
    assert (found.verdict, found.leaders, found.shared, found.plantable) == (Verdict.INSUFFICIENT, (), 0, False)


def test_what_does_not_weigh_does_not_stand_in_the_way() -> None:
    assert PLAIN.decide(0.97, 0.01, 0.01, 0.01, factors=[1.0, 0.0, 0.3, 1.0]).verdict is Verdict.NAMED


def test_whom_everything_fits_as_well_is_counted_and_nobody_is_named() -> None:
    world = World(uses=[[1, 1, 1, 1], [0, 1, 0, 1]], users=[9, 9], software=[0, 0])
    found = world.decide(0.97, 0.01, 0.01, 0.01)  # S leads; Q has all of it too, P not, and R is no candidate
    assert (found.verdict, found.leaders, found.shared, found.plantable) == (Verdict.INSUFFICIENT, (), 1, False)
    # What does not weigh does not tell them apart either: without the second item P shares it too.
    assert world.decide(0.97, 0.01, 0.01, 0.01, factors=[1.0, 0.0]).shared == 2
    # A leader to whom it does not all fit takes nobody off.
    assert world.decide(0.01, 0.01, 0.97, 0.01).shared == 2


def test_who_rests_on_tools_that_anybody_could_plant_is_not_named() -> None:
    found = PLANTED.decide(0.97, 0.01, 0.01, 0.01)
    assert (found.verdict, found.leaders, found.plantable) == (Verdict.INSUFFICIENT, (), True)
    assert found.held.rare == 1 and found.held.rest < 0
    # The same for one of two that would be tied, whichever.
    for after in ((0.6, 0.38, 0.01, 0.01), (0.38, 0.6, 0.01, 0.01)):
        found = PLANTED.decide(*after)
        assert (found.verdict, found.leaders, found.plantable) == (Verdict.INSUFFICIENT, (), True)
    # Who has no such tool is named.
    world = World(uses=[[0, 0, 0, 1], [0, 1, 0, 0], [0, 1, 0, 0]], users=[1, 9, 9], software=[1, 0, 1])
    named = world.decide(0.01, 0.97, 0.01, 0.01)
    assert (named.verdict, named.leaders, named.plantable) == (Verdict.NAMED, (1,), False)


NAMES, TIES = (0.97, 0.01, 0.01, 0.01), (0.5, 0.47, 0.02, 0.01)
VERDICTS = pytest.mark.parametrize(
    ("after", "tree", "verdict"),
    [
        pytest.param(NAMES, NO_STATES, Verdict.NAMED, id="a name"),
        pytest.param(TIES, NO_STATES, Verdict.TIED, id="a tie"),
    ],
)


@VERDICTS
@pytest.mark.parametrize(
    ("change", "holds"),
    [
        pytest.param({}, True, id="software that few have, and techniques"),
        pytest.param({"software": [0, 0, 0, 0]}, False, id="techniques alone"),
        pytest.param({"software": [1, 1, 1, 1]}, False, id="software alone"),
        pytest.param({"tools": [0]}, False, id="a tool that anybody can have"),
        pytest.param({"users": [COMMONPLACE, 9, 9, 9]}, False, id="software that many have"),
        pytest.param({"users": [COMMONPLACE - 1, 9, 9, 9]}, True, id="software that just few enough have"),
        pytest.param({"does": [(0, 1), (0, 2)]}, False, id="techniques that the software does anyway"),
        pytest.param({"does": [(0, 1)]}, True, id="one technique beside those of the software"),
        pytest.param({"tools": [0], "software": [1, 1, 0, 0]}, True, id="a tool beside software that few have"),
        pytest.param({"tools": [0], "software": [1, 1, 0, 0], "does": [(0, 2)]}, False, id="a technique of the tool's is none"),
        pytest.param({"uses": [[0, 0, 1, 0], *PLAIN.uses[1:]]}, False, id="another's software"),
        pytest.param({"uses": [PLAIN.uses[0], *[[0, 0, 1, 0]] * 3]}, False, id="another's techniques"),
    ],
)
def test_it_takes_two_kinds_of_evidence(
    change: dict[str, Any], holds: bool, after: tuple[float, ...], tree: Tree, verdict: Verdict
) -> None:
    found = dataclasses.replace(PLAIN, **change).decide(*after, tree=tree)
    assert found.lacks == (() if holds else (Leg.KINDS,))
    assert found.verdict is (verdict if holds else Verdict.INSUFFICIENT)
    assert bool(found.leaders) is holds


@VERDICTS
@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        pytest.param({"level": (0.4, 0.3, 0.1, 0.2)}, (Leg.PRIOR,), id="the flat prior"),
        pytest.param({"without": {0: (0.4, 0.3, 0.1, 0.2)}}, (Leg.ITEM,), id="without the first item"),
        pytest.param({"without": {2: (0.4, 0.3, 0.1, 0.2)}}, (Leg.ITEM,), id="without the last item"),
        pytest.param({"level": (0, 0, 0, 1), "without": {1: (0, 0, 0, 1)}}, (Leg.PRIOR, Leg.ITEM), id="both"),
    ],
)
def test_it_holds_with_a_flat_prior_and_without_any_one_item(
    change: dict[str, Any], lacks: tuple[Leg, ...], after: tuple[float, ...], tree: Tree, verdict: Verdict
) -> None:
    assert PLAIN.decide(*after, tree=tree).verdict is verdict
    found = dataclasses.replace(PLAIN, **change).decide(*after, tree=tree)
    assert (found.verdict, found.leaders, found.lacks) == (Verdict.INSUFFICIENT, (), lacks)
    # An item that was not seen cannot be left out.
    unseen = dataclasses.replace(PLAIN, without={1: (0.0, 0.0, 0.0, 1.0)})
    assert unseen.decide(*after, tree=tree, factors=[1.0, 0.0, 1.0, 1.0]).verdict is verdict


@VERDICTS
def test_nobody_is_named_where_the_same_evidence_names_another(after: tuple[float, ...], tree: Tree, verdict: Verdict) -> None:
    bar = 0.95
    for more, lacks in ((0.001, (Leg.RIVAL,)), (-0.001, ())):
        found = dataclasses.replace(PLAIN, others=(0.0, 0.0, bar + more, 1 - bar - more)).decide(*after, tree=tree)
        assert found.lacks == lacks and found.verdict is (Verdict.INSUFFICIENT if lacks else verdict)


@pytest.mark.parametrize(
    ("named", "after", "tree", "enough", "verdict"),
    [
        pytest.param(0.55, NAMES, NO_STATES, (0.55, 0.2, 0.2, 0.05), Verdict.NAMED, id="a name: the leader alone"),
        pytest.param(0.55, TIES, NO_STATES, (0.3, 0.25, 0.3, 0.15), Verdict.TIED, id="a tie: both together"),
    ],
)
def test_how_much_each_leg_must_bear(
    named: float, after: tuple[float, ...], tree: Tree, enough: tuple[float, ...], verdict: Verdict
) -> None:
    for more, expected in ((0.001, verdict), (-0.001, Verdict.INSUFFICIENT)):
        shifted = (enough[0] + more, *enough[1:3], enough[3] - more)
        for level, without in ((shifted, {}), (None, {1: shifted})):
            world = dataclasses.replace(PLAIN, named=named, level=level, without=without)
            assert world.decide(*after, tree=tree).verdict is expected


def test_sums_count_a_group_to_all_above_it_with_the_doubt_of_its_mapping() -> None:
    tree = Tree(
        groups={"G1": group("G1", "agency:A", 0.1), "G2": group("G2", "state:XX", 0.5), "G3": group("G3", None)},
        above={"agency:A": above("agency:A", Level.AGENCY, "state:XX", 0.2), "state:XX": above("state:XX", Level.STATE)},
    )
    found = sums({"unknown": 0.3, "G1": 0.4, "G2": 0.2, "G3": 0.1}, {"G1": 0.5, "G2": 0.1}, tree)
    assert [(at.hypothesis.id, at.probability, at.prior) for at in found] == [
        ("state:XX", pytest.approx(0.4 * 0.9 * 0.8 + 0.2 * 0.5), pytest.approx(0.5 * 0.9 * 0.8 + 0.1 * 0.5)),
        ("agency:A", pytest.approx(0.4 * 0.9), pytest.approx(0.5 * 0.9)),
    ]
    assert sums({"unknown": 1.0}, {}, tree) == ()
    assert [at.prior for at in sums({"G2": 1.0}, {}, tree)] == [0.0]


def test_levels_come_the_most_probable_first_and_by_id_where_they_are_equal() -> None:
    tree = Tree(
        groups={"G1": group("G1", "state:ZZ"), "G2": group("G2", "state:AA"), "G3": group("G3", "state:MM")},
        above={f"state:{code}": above(f"state:{code}", Level.STATE) for code in ("ZZ", "AA", "MM")},
    )
    found = sums({"G1": 0.3, "G2": 0.3, "G3": 0.4}, {}, tree)
    assert [at.hypothesis.id for at in found] == ["state:MM", "state:AA", "state:ZZ"]


# S uses four tools; one of them is P's too, and one is everybody's. A technique of S and Q comes last.
TOOLS = World(
    uses=[[1, 1, 1, 1], [0, 0, 0, 1], [1, 0, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1]],
    users=[40, 1, 3, 2, 2],
    software=[1, 1, 1, 1, 0],
)


def test_the_three_rarest_tools_of_the_leader_are_set_aside() -> None:
    TOOLS.asked.clear()
    found = backing(TOOLS.model(), TOOLS.layout, np.ones(5), 0)
    assert (
        found.columns == (1, 3, 2) and found.rare == 2
    )  # by how few use them; three users are not rare, a technique is no tool
    assert TOOLS.asked == [[1.0, 0.0, 0.0, 0.0, 1.0]]
    assert found.rest == pytest.approx((2 - 5 / 3) / np.std([2, 2, 1]))


def test_only_what_was_seen_and_is_the_leaders_own_is_set_aside() -> None:
    found = backing(TOOLS.model(), TOOLS.layout, np.array([1.0, 0.0, 1.0, 1.0, 1.0]), 0)
    assert found.columns == (3, 2, 0) and found.rare == 1
    of_p = backing(TOOLS.model(), TOOLS.layout, np.ones(5), 2)
    assert of_p.columns == (2, 0) and of_p.rare == 0


def test_standing_is_among_the_candidates_with_their_priors() -> None:
    world = World(uses=TOOLS.uses, users=TOOLS.users, software=TOOLS.software, prior=[0.5, 0.0, -1.0, 7.0])
    scores = np.array([2.5, 2.0, 0.0])
    assert backing(world.model(), world.layout, np.ones(5), 0).rest == pytest.approx((2.5 - scores.mean()) / scores.std())
    among = scores[:2]
    masked = backing(world.model(), world.layout, np.ones(5), 0, np.array([1.0, 1.0, 0.0, 1.0]))
    assert masked.rest == pytest.approx((2.5 - among.mean()) / among.std())


@pytest.mark.parametrize(
    ("rare", "rest", "holds"),
    [
        (0, -9.0, True),
        (1, 0.5, True),
        (1, 0.49, False),
        (2, 1.0, True),
        (2, 0.99, False),
        (3, 1.5, True),
        (3, 1.4, False),
        (7, 1.5, True),
        (7, 1.4, False),
    ],
)
def test_the_more_rare_tools_the_better_it_must_stand_without(rare: int, rest: float, holds: bool) -> None:
    assert Backing(rare, rest, ()).holds((0.5, 1.0, 1.5)) is holds
