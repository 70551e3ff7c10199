"""One act is one row, whatever saw it and in however many logs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from indicia.hunt.story.acts import acts_of, by_day
from indicia.records import Event, Place, RuleLevel, Sighting

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


def seen(title: str, position: int, level: RuleLevel = RuleLevel.HIGH, seconds: float = 0, **fields: str) -> Sighting:
    file = "Security.evtx" if fields.get("EventID") == "4688" else "Sysmon.evtx"
    event = Event(
        place=Place(file=file, position=position, unit="record"),
        format="evtx",
        time=AT + timedelta(seconds=seconds),
        time_text="",
        host="WS1.corp.example" if fields.get("EventID") == "4688" else "ws1",
        fields=fields,
    )
    return Sighting(id=f"{title}-{position}", rule=title, title=title, level=level, event=event)


def sysmon(title: str, position: int, level: RuleLevel = RuleLevel.HIGH, seconds: float = 0, pid: str = "4660") -> Sighting:
    return seen(
        title,
        position,
        level,
        seconds,
        EventID="1",
        Channel="Microsoft-Windows-Sysmon/Operational",
        ProcessId=pid,
        Image="C:\\Windows\\System32\\whoami.exe",
        CommandLine="whoami /priv",
        User="CORP\\eve",
    )


def security(title: str, position: int, seconds: float = 0.3) -> Sighting:
    return seen(
        title, position, RuleLevel.MEDIUM, seconds, EventID="4688", Channel="Security", NewProcessId="0x1234",
        NewProcessName="C:\\Windows\\System32\\whoami.exe", SubjectUserName="eve",
    )  # fmt: skip


def test_a_process_in_two_logs_is_one_act() -> None:
    (act,) = acts_of([sysmon("A", 1), sysmon("B", 1, RuleLevel.LOW), security("A", 7)])
    assert act.worst.title == "A" and act.titles == ("A", "B") and act.logs == 2 and act.times == 1
    assert str(act.deed) == "CORP\\eve: whoami /priv"


def test_a_process_id_that_comes_again_is_another_act() -> None:
    acts = acts_of([sysmon("A", 1), security("C", 9, seconds=900)])
    assert [act.titles for act in acts] == [("A",), ("C",)]


def test_what_differs_in_time_alone_is_told_once() -> None:
    (act,) = acts_of([sysmon("A", number, seconds=60.0 * number, pid=str(number)) for number in range(1, 5)])
    assert (act.times, act.last) == (4, AT + timedelta(seconds=240))


def test_days_are_counted_by_level() -> None:
    days = by_day([sysmon("A", 1), sysmon("A", 2, seconds=86_400), sysmon("A", 3, RuleLevel.LOW, seconds=86_400)])
    assert [(day, dict(counts)) for day, counts in days] == [
        ("2026-03-01", {RuleLevel.HIGH: 1}),
        ("2026-03-02", {RuleLevel.HIGH: 1, RuleLevel.LOW: 1}),
    ]
