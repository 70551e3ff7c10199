"""What was observed: verdicts as data, exact sums, decisive items, hypotheses that add up."""

from __future__ import annotations

from math import log10
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from indicia.errors import UsageError
from indicia.knowledge import Knowledge, load
from indicia.records import Evidence, Level, Verdict, from_json, to_json
from indicia.records import Weighing as WeighingRecord
from indicia.weigh.assess import weigh
from indicia.weigh.board import lay_out
from indicia.weigh.explanation import decisive
from indicia.weigh.gather import from_ids, gather
from indicia.weigh.stress import plant, prior_range
from indicia.weigh.whatif import Change, leaders_if, what_if
from indicia.weigh.words import band
from tests.sample_case import about
from tests.weigh.samples import claim_of

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "weigh" / "observed.yml").read_text("utf-8"))
# ATT&CK's own relations of a group that has much of its own, so that there is something to name.
TURLA = ("G0010", 12, 4)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def of_group(knowledge: Knowledge, group: str, techniques: int, software: int) -> tuple[Evidence, ...]:
    targets = [use.target for use in knowledge.attack.uses_of(group)]
    return from_ids(
        [target for target in targets if target.startswith("T")][:techniques],
        [target for target in targets if target.startswith("S")][:software],
        knowledge=knowledge,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_verdicts(case: dict[str, Any], knowledge: Knowledge) -> None:
    evidence = from_ids(case.get("techniques", ()), case.get("software", ()), knowledge=knowledge)
    found = weigh(evidence, knowledge).observed
    assert found.verdict == case["verdict"]
    if "base_rate" in case:
        assert case["base_rate"] in found.base_rates
    assert lay_out(evidence, knowledge).posterior()[:-1].max() <= case.get("not_above", 1.0)
    assert not found.posteriors and not found.likelihood
    assert found.missing


def test_a_group_with_its_own_habits_is_named_with_its_reasons(knowledge: Knowledge) -> None:
    evidence = of_group(knowledge, *TURLA)
    found = weigh(evidence, knowledge).observed
    assert (found.verdict, found.leaders) == (Verdict.NAMED, ("G0010",))
    assert found.likelihood == band(found.posteriors[0].probability)
    assert "Turla" in found.statement
    assert set(found.decisive) <= {item.id for item in evidence}
    assert found.missing == ()


def test_posteriors_and_levels_add_up(knowledge: Knowledge) -> None:
    found = weigh(of_group(knowledge, *TURLA), knowledge).observed
    assert sum(at.probability for at in found.posteriors) == pytest.approx(1)
    assert sum(at.prior for at in found.posteriors) == pytest.approx(1)
    by_id = {at.hypothesis.id: at for at in found.posteriors}
    russia = next(at for at in found.levels if at.hypothesis.id == "state:RU")
    of_russia = sum(at.probability for at in by_id.values() if at.hypothesis.state == "RU")
    # The mapping's doubt goes to nobody else; an unknown actor may be Russia's, too.
    assert 0.9 * of_russia <= russia.probability
    types = {at.hypothesis.id for at in found.levels if at.hypothesis.level is None}
    assert types == {"type:criminal"}
    assert all(at.hypothesis.level in {Level.AGENCY, Level.STATE, None} for at in found.levels)


def test_weights_of_items_sum_to_the_posterior_odds_exactly(knowledge: Knowledge) -> None:
    board = lay_out(of_group(knowledge, *TURLA), knowledge)
    weights, misled = board.weights(), board.model.weights.misled
    after = board.posterior() - misled * np.exp(board.prior)  # for evidence that does not mislead
    prior = board.prior / np.log(10) * 10
    for at in (int(after.argmax()), 3, 50):
        odds = 10 * log10(after[at] / after[-1])
        assert prior[at] - prior[-1] + weights[:, at].sum() == pytest.approx(odds, abs=1e-6)


def test_the_fast_scores_equal_the_slow_parts(knowledge: Knowledge) -> None:
    board = lay_out(of_group(knowledge, "G0007", 9, 3), knowledge)
    factors = np.random.default_rng(0).random((5, len(board.layout.columns)))
    fast = board.model.scores(board.layout, factors)
    for row, score in zip(factors, fast, strict=True):
        slow = board.model.parts(board.layout, row).sum(axis=0) / 10 * np.log(10)
        assert slow == pytest.approx(score - score[-1], abs=1e-9)


def test_order_and_copies_of_items_change_nothing(knowledge: Knowledge) -> None:
    evidence = of_group(knowledge, *TURLA)
    posterior = lay_out(evidence, knowledge).posterior()
    assert lay_out(evidence[::-1], knowledge).posterior() == pytest.approx(posterior)
    assert lay_out(evidence + evidence, knowledge).posterior() == pytest.approx(posterior)


def test_without_the_decisive_items_the_leader_falls_and_without_others_it_does_not(knowledge: Knowledge) -> None:
    board = lay_out(of_group(knowledge, "G0007", 14, 4), knowledge)
    leader, named = int(board.posterior()[:-1].argmax()), board.model.weights.named
    taken = decisive(lambda factors: board.posterior(factors)[:, leader], board.factors, named)
    assert taken
    assert board.without(taken)[leader] < named
    others = [at for at in range(len(board.items)) if at not in taken]
    rng = np.random.default_rng(0)
    for _ in range(200):
        some = rng.choice(others, min(len(taken), len(others)), replace=False)
        assert board.without([int(at) for at in some])[leader] >= named


def test_the_items_that_decide_are_found_where_two_each_would_do() -> None:
    # Two items of equal strength, each needed, and one that adds nothing: naming only one would hide the other.
    def standing(factors: np.ndarray) -> np.ndarray:
        return np.minimum(factors[:, 0], factors[:, 1])

    assert decisive(standing, np.ones(3), 0.5) == (0, 1)
    assert decisive(standing, np.array([1.0, 0.2, 1.0]), 0.5) == ()


def test_planted_tools_of_a_rival_do_not_name_it(knowledge: Knowledge) -> None:
    evidence = of_group(knowledge, *TURLA)
    before = weigh(evidence, knowledge).observed.posteriors[0].probability
    for rival in ("G0007", "G0032", "G0096", "G0049"):
        found = plant(evidence, knowledge, rival)
        assert len(found.tools) == 3
        assert not found.fooled
        assert found.leaders in {("G0010",), (), ("state:RU",)} or found.verdict is Verdict.TIED
    assert before > 0.9
    with pytest.raises(UsageError):
        plant(evidence, knowledge, "G9999")


def test_planted_tools_on_thin_evidence_are_not_believed(knowledge: Knowledge) -> None:
    common = from_ids(["T1059.001", "T1105", "T1027", "T1566.001", "T1204.002"], knowledge=knowledge)
    found = plant(common, knowledge, "G0010")
    assert found.verdict is Verdict.INSUFFICIENT


def test_what_if_switches_regrades_and_changes_the_prior(knowledge: Knowledge) -> None:
    evidence = of_group(knowledge, *TURLA)
    software = [item.id for item in evidence if item.feature.startswith("S")]
    plain, without, doubted, sceptical = leaders_if(
        evidence,
        knowledge,
        [
            Change(),
            Change(off=tuple(software)),
            Change(grades=dict.fromkeys(software, ("E", 5))),
            Change(prior={"unknown": 0.999}),
        ],
    )
    assert plain.leader == "G0010"
    assert plain.probability > doubted.probability > without.probability or plain.probability > 0.999
    assert sceptical.probability < plain.probability
    with pytest.raises(UsageError):
        leaders_if(evidence, knowledge, [Change(off=("evidence--none",))])


def test_what_if_in_full_and_in_short_say_the_same_without_the_reports_on_the_affair(knowledge: Knowledge) -> None:
    """The techniques of the Exchange affair, whose own reports may not speak: neither in the weighing nor in its what-ifs."""
    claim = about(claim_of("Microsoft | accuses | HAFNIUM | group | high | CN | US | company | -"), "exchange-2021", None)
    techniques = ["T1190", "T1505.003", "T1003.001", "T1059.001", "T1136.002", "T1560.001", "T1567.002", "T1114.002"]
    observed = from_ids(techniques, ["S0020"], knowledge=knowledge)
    evidence = (*observed, *gather([claim], (), None, (), knowledge))
    for change in (Change(), Change(off=("T1190",)), Change(grades={"S0020": ("E", 5)}), Change(prior={"unknown": 0.2})):
        whole = what_if(evidence, knowledge, change).observed
        (short,) = leaders_if(evidence, knowledge, [change])
        assert short.leader in {at.id for at in whole.fits}
        assert not whole.posteriors
    (unmoved,) = [verdict for prior, verdict, _ in prior_range(evidence, knowledge) if prior == 0.5]
    assert unmoved is weigh(evidence, knowledge).observed.verdict
    for wrong in (Change(off=("S9999",)), Change(weights={"T1190": -1.0}), Change(grades={"T1190": ("Z", 1)})):
        with pytest.raises(UsageError):
            what_if(evidence, knowledge, wrong)


def test_a_prior_may_be_given_and_must_fit(knowledge: Knowledge) -> None:
    evidence = from_ids(["T1190"], knowledge=knowledge)
    board = lay_out(evidence, knowledge, {"state:CN": 0.5, "unknown": 0.3})
    prior = np.exp(board.prior)
    assert prior[-1] == pytest.approx(0.3)
    chinese = [at for at, group in enumerate(board.hypotheses[:-1]) if board.tree.groups[group].state == "CN"]
    assert prior[chinese].sum() == pytest.approx(0.5)
    for wrong in ({"state:XX": 0.1}, {"unknown": 1.2}, {"unknown": 0.7, "state:CN": 0.7}, {"state:CN": 0.2, "G0125": 0.2}):
        with pytest.raises(UsageError):
            weigh(evidence, knowledge, prior=wrong)


def test_a_surer_prior_of_an_unknown_actor_lowers_the_leader(knowledge: Knowledge) -> None:
    evidence = of_group(knowledge, "G0007", 8, 1)
    changes = [Change(prior={"unknown": share}) for share in (0.05, 0.2, 0.5, 0.8, 0.95)]
    probabilities = [one.probability for one in leaders_if(evidence, knowledge, changes)]
    assert probabilities == sorted(probabilities, reverse=True)
    verdicts = [verdict for _, verdict, _ in prior_range(evidence, knowledge)]
    assert len(verdicts) == 13 and verdicts[-1] is not Verdict.NAMED


def test_telling_features_are_unseen_and_ordered(knowledge: Knowledge) -> None:
    evidence = from_ids(["T1190", "T1505.003"], ["S0020"], knowledge=knowledge)
    telling = weigh(evidence, knowledge).observed.telling
    assert telling
    assert not {feature for feature, _ in telling} & {"T1190", "T1505.003", "S0020"}
    assert [bits for _, bits in telling] == sorted((bits for _, bits in telling), reverse=True)
    assert all(0 < bits < 5 for _, bits in telling)


def test_a_weighing_survives_json_and_is_the_same_bytes_again(knowledge: Knowledge) -> None:
    evidence = of_group(knowledge, *TURLA)
    data = to_json(weigh(evidence, knowledge))
    assert to_json(weigh(evidence, knowledge)) == data
    assert to_json(from_json(data, WeighingRecord)) == data
