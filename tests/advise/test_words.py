"""Our own words: complete, about things that exist, and addressed to the person who does it."""

from __future__ import annotations

import re

import pytest

from indicia.advise import words
from indicia.advise.prevention import ids_of
from indicia.advise.seeing import log_for
from indicia.advise.words import in_place, known_words
from indicia.knowledge import load


def test_all_mitigations_of_attack_have_our_words_and_no_others() -> None:
    within = [other for entry in words.mitigations().values() for other in entry.also]
    assert sorted([*words.mitigations(), *within]) == sorted(row.id for row in load().attack.mitigations)
    assert len(words.mitigations()) + len(within) == 44


def test_what_is_several_mitigations_is_in_place_when_each_part_is() -> None:
    assert ids_of(["M1042"])[0] in in_place(["hardening", "vpn"])[0]
    assert ids_of(["M1042"])[0] not in {*in_place(["hardening"])[0], *in_place(["vpn"])[0]}
    assert in_place(["vpn"])[1] == () and "M1042" in known_words()["vpn"]


def test_our_words_are_about_living_techniques() -> None:
    assert len(words.techniques()) >= 200
    assert not [
        key for key in words.techniques() if load().attack.technique(key) is None or load().attack.technique(key).id != key
    ]  # type: ignore[union-attr]


def test_every_technique_of_our_incidents_and_of_the_accused_in_them_has_our_words() -> None:
    knowledge = load()
    reached = {technique for incident in knowledge.incidents for technique in knowledge.techniques_of_incident(incident)}
    groups = {one.actor for incident in knowledge.incidents for one in incident.alleged if one.actor.startswith("G")}
    reached |= {
        use.target for group in {*groups, "G0125"} for use in knowledge.attack.uses_of(group) if use.target.startswith("T")
    }
    assert len(reached) > 300
    assert not sorted(reached - set(words.techniques()))


def test_nearly_every_log_source_of_attack_leads_to_a_log_that_we_can_tell_how_to_switch_on() -> None:
    sources = [source for row in load().attack.detections for analytic in row.analytics for source in analytic.log_sources]
    told = sum(log_for(source) is not None for source in sources)
    assert told / len(sources) > 0.98


def test_events_lead_to_the_particular_log_before_the_general_one() -> None:
    found = {}
    for row in load().attack.detections:
        for analytic in row.analytics:
            for source in analytic.log_sources:
                entry = log_for(source)
                if entry:
                    found[(source.name, source.channel)] = entry.id
    assert found[("WinEventLog:Security", "EventCode=4688")] == "process-creation"
    assert found[("WinEventLog:Sysmon", "EventCode=10")] == "lsass-access"
    assert found[("WinEventLog:Sysmon", "EventCode=11")] == "sysmon-process"
    assert found[("WinEventLog:Security", "EventCode=1102")] == "log-clearing"


@pytest.mark.parametrize(
    "text", [one for row in words.mitigations().values() for one in (row.title, row.do, row.manage, row.check)]
)
def test_an_instruction_is_plain_text(text: str) -> None:
    assert text == text.strip() and not re.search(r"\(Citation|<code>|\[[^\]]+\]\(http|  ", text)


def test_containment_goes_forward_in_time() -> None:
    always = [step for step in words.steps() if step.when == ("always",)]
    assert [step.hours for step in always] == sorted(step.hours for step in always)
    assert len({step.id for step in words.steps()}) == len(words.steps())


def test_duties_have_a_law_a_deadline_and_a_region() -> None:
    for duty in words.duties().duties:
        assert duty.source and duty.deadlines and duty.region and duty.hours > 0
    assert {"EU", "US", "GB", "any"} <= {duty.region for duty in words.duties().duties}


def test_profile_words_lead_to_measures() -> None:
    assert known_words()["mfa"] == ("M1032",)
    assert "sysmon-process" in known_words()["sysmon"]
