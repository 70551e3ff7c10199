"""Profiles: nothing of a report, a later date or a campaign that is left out comes in by another way."""

from __future__ import annotations

import numpy as np
import pytest

from evals.weigh_cases import Case, folds, report_cases
from indicia.knowledge import load
from indicia.weigh.inputs import ACTIVITY, ItemLayout, activity_inputs
from indicia.weigh.profiles import UNDATED, Relations


@pytest.fixture(scope="module")
def relations() -> Relations:
    return Relations(load().attack)


def test_a_report_that_is_left_out_is_nowhere(relations: Relations) -> None:
    group, citation, columns = max(relations.reports(5), key=lambda report: len(report[2]))
    everything = relations.profiles()
    without = relations.profiles(drop=[relations.citations[citation]])
    assert everything.cited_for_groups[group, citation] == 1
    assert without.cited_for_groups[:, citation].sum() == 0
    assert without.cited_for_software[:, citation].sum() == 0
    assert citation not in without.sheets.citation
    assert citation not in ItemLayout.of(without, columns).sheet_citation
    assert (without.reports <= everything.reports).all()
    fewer = everything.reports[group, columns] - without.reports[group, columns]
    assert (fewer >= 1).all()


def test_only_earlier_reports_are_left_before_a_date(relations: Relations) -> None:
    before = relations.profiles(drop=["none"], before="2018-01-01")
    assert (relations.dates[before.sheets.citation] < "2018-01-01").all()
    assert len(before.sheets.citation)
    later = relations.profiles(drop=["none"], before="2022-01-01")
    assert later.uses.sum() > before.uses.sum()
    assert relations.profiles(before="1990-01-01").uses.sum() == 0


def test_silence_is_counted_in_years_from_the_newest_report(relations: Relations) -> None:
    whole, before = relations.profiles(), relations.profiles(before="2020-01-01")
    for profiles in (whole, before):
        silence = activity_inputs(profiles)[:, ACTIVITY.index("silence")]
        years = np.array([0 if date == UNDATED else int(date[:4]) for date in relations.dates.tolist()])
        last = (profiles.cited_for_groups * years).max(axis=1)
        newest = last.max()
        known = last > 0
        assert silence[known] == pytest.approx(np.log1p(newest - last[known]))
        assert silence.min() == 0 and silence[~known] == pytest.approx(np.full((~known).sum(), silence.max()))


def test_a_date_cut_to_month_or_year_is_taken_at_its_end(relations: Relations) -> None:
    dated = {citation.name: citation.date for citation in load().attack.citations if citation.date}
    for name, date in zip(relations.citations, relations.dates, strict=True):
        if (stated := dated.get(name)) and len(stated) < 10:
            assert date.startswith(stated)
            assert date.endswith("-31")


def test_a_campaign_that_is_left_out_takes_its_relations_along(relations: Relations) -> None:
    attack = load().attack
    campaign = next(one for one in attack.campaigns if one.attributed_to and attack.uses_of(one.id))
    everything, without = relations.profiles(), relations.profiles(without_campaign=campaign.id)
    row = relations.row[campaign.attributed_to[0]]
    assert without.reports[row].sum() < everything.reports[row].sum()


def test_no_group_is_in_two_folds_and_planted_tools_are_the_rivals(relations: Relations) -> None:
    cases: list[Case] = report_cases(relations, "own", every=40)
    assert len(cases) > 10
    number = folds(cases, 3)
    for fold in range(3):
        inside = {case.group for case, at in zip(cases, number, strict=True) if at == fold}
        assert not inside & {case.group for case, at in zip(cases, number, strict=True) if at != fold}
    for case in cases:
        added = np.flatnonzero(case.planted[-1] - case.own)
        rival = case.model.candidates[case.rival]
        assert (case.layout.uses[added, rival] == 1).all()
        assert case.rival not in case.truth
        assert case.own.sum() >= 3
