"""What Windows itself says of whether an act worked."""

from __future__ import annotations

import pytest

from indicia.hunt.sight.sightings import judge
from indicia.records import Event, Outcome, Place, RuleLevel, Sighting

SYSMON = "Microsoft-Windows-Sysmon/Operational"


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"Channel": "Security", "EventID": "4624"}, Outcome.SUCCESS),
        ({"Channel": "Security", "EventID": "5136", "Keywords": "0x8020000000000000"}, Outcome.SUCCESS),
        ({"Channel": "Security", "EventID": "4663", "Keywords": "0x8010000000000000"}, Outcome.ATTEMPT),
        ({"Channel": "Security", "EventID": "4656", "Keywords": "Audit Failure"}, Outcome.ATTEMPT),
        ({"Channel": "Security", "EventID": "4656", "Keywords": "0x8020000000000000"}, Outcome.UNKNOWN),
        ({"Channel": "Security", "EventID": "4776", "Status": "0x0"}, Outcome.SUCCESS),
        ({"Channel": "Security", "EventID": "4776", "Status": "0xc000006a"}, Outcome.ATTEMPT),
        ({"Channel": "Security", "EventID": "4688"}, Outcome.UNKNOWN),  # that it was started says not that it worked
        ({"Channel": "System", "EventID": "7045"}, Outcome.SUCCESS),
        ({"Channel": SYSMON, "EventID": "11"}, Outcome.SUCCESS),
        ({"Channel": SYSMON, "EventID": "27"}, Outcome.ATTEMPT),  # blocked
        ({"Channel": SYSMON, "EventID": "1"}, Outcome.UNKNOWN),
        ({"Channel": "Application", "EventID": "11"}, Outcome.UNKNOWN),
        ({}, Outcome.UNKNOWN),
    ],
)
def test_a_windows_event_says_whether_it_was_done(fields: dict[str, str], outcome: Outcome) -> None:
    place = Place(file="log", position=1)
    event = Event(place=place, format="windows-json", time=None, time_text="", host="", fields=fields)
    sighting = Sighting(id="s", rule="another's", title="t", level=RuleLevel.HIGH, event=event)
    assert judge(sighting).outcome is outcome
