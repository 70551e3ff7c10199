"""One machine under its names and its address: what joins them, and what keeps them apart."""

from __future__ import annotations

import pytest

from indicia.hunt.story import tell
from indicia.hunt.story.keys import Hosts
from indicia.records import Event, Place, RuleLevel, Sighting

FULL = "exch01.corp.example"


def event(file: str, host: str = "", **fields: str) -> Event:
    return Event(place=Place(file=file, position=1), format="x", time=None, time_text="", host=host, fields=fields)


SYSMON = event("a/sysmon.evtx", FULL, Computer=FULL, Initiated="true", SourceIp="10.0.0.8", DestinationIp="192.0.2.7")
CALLED = event("a/sysmon.evtx", FULL, Computer=FULL, Initiated="false", SourceIp="192.0.2.7", DestinationIp="10.0.0.8")
SHORT = event("b/system.evtx", "EXCH01", Computer="EXCH01")
IIS = event("c/u_ex210303.log", **{"s-ip": "10.0.0.8", "c-ip": "192.0.2.7"})
FIREWALL = event("d/messages.log", "10.0.0.8")
OTHER = event("e/sysmon.evtx", "web02", Computer="web02", Initiated="true", SourceIp="10.0.0.8", DestinationIp="192.0.2.9")


@pytest.mark.parametrize(
    ("events", "names"),
    [
        ([SYSMON, SHORT, IIS, FIREWALL], [FULL] * 4),
        ([CALLED, FIREWALL], [FULL] * 2),
        ([SHORT, FIREWALL], ["exch01", "10.0.0.8"]),  # nothing says that the address is its own
        ([SYSMON, OTHER, FIREWALL], [FULL, "web02", "10.0.0.8"]),  # two machines say so: nobody knows whose line it is
    ],
)
def test_names_and_addresses_of_one_machine_are_joined_where_an_event_ties_them(events: list[Event], names: list[str]) -> None:
    sightings = [Sighting(id=str(n), rule="r", title="t", level=RuleLevel.HIGH, event=each) for n, each in enumerate(events)]
    hosts = Hosts(sightings)
    assert [hosts.of(each) for each in events] == names


def test_a_sighting_has_the_one_name_of_its_machine() -> None:
    events = [SYSMON, SHORT, event("c/u_ex210303.log", "10.0.0.8", **{"s-ip": "10.0.0.8"}), FIREWALL]
    sightings = [Sighting(id=str(n), rule="r", title="t", level=RuleLevel.HIGH, event=each) for n, each in enumerate(events)]
    assert {each.event.host for each in tell(sightings, ()).sightings} == {FULL}
