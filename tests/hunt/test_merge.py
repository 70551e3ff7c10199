"""Two hunts as one: nothing of either is lost, and what was read again counts anew."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from indicia.hunt.merge import merge
from indicia.hunt.sight.notes import notes
from indicia.hunt.sight.sightings import identity
from indicia.hunt.story import tell
from indicia.records import Event, Hunt, HuntVerdict, LogFile, Outcome, Place, Problem, RuleLevel, RuleRun, Sighting

NOON = datetime(2021, 3, 3, 12, tzinfo=UTC)
# A rule of our own that tells successes from attempts by the answer.
TELLS = next(key for key, note in sorted(notes().items()) if note.success and note.success[0][1])


def seen(rule: str, file: str, position: int = 1, **more: Any) -> Sighting:
    place = Place(file=file, position=position)
    event = Event(place=place, format="iis", time=NOON, time_text="", host="", fields={})
    return Sighting(
        id=identity(rule, more.get("indicator"), place), rule=rule, title=rule, level=RuleLevel.HIGH, event=event, **more
    )


def log(file: str, host: str = "", events: int = 10) -> LogFile:
    return LogFile(file=file, format="iis", events=events, oldest=NOON, newest=NOON, host=host)


def run(rule: str, matches: int) -> RuleRun:
    return RuleRun(id=rule, title=rule, level=RuleLevel.HIGH, matches=matches)


def hunt(*sightings: Sighting, files: tuple[LogFile, ...], **more: Any) -> Hunt:
    story = tell(sightings, files)
    return Hunt(verdict=story.verdict, reason=story.reason, sightings=story.sightings, chains=story.chains, files=files, **more)


def places(found: Hunt) -> list[tuple[str, str]]:
    return [(sighting.rule, sighting.event.place.file) for sighting in found.sightings]


def test_both_stay_where_they_read_different_files() -> None:
    found = merge(
        hunt(seen("r", "b.log"), files=(log("b.log"),), rules=(run("r", 3), run("old", 5)), indicators_sought=4),
        hunt(seen("r", "a.log"), files=(log("a.log"),), rules=(run("new", 2), run("r", 1)), indicators_sought=2),
    )
    assert places(found) == [("r", "a.log"), ("r", "b.log")]
    assert [file.file for file in found.files] == ["a.log", "b.log"]
    assert {each.id: each.matches for each in found.rules} == {"new": 2, "r": 4, "old": 5}
    assert found.indicators_sought == 4
    assert sorted(id for chain in found.chains for id in chain.sightings) == sorted(each.id for each in found.sightings)


def test_the_verdict_is_that_of_both() -> None:
    loud = hunt(seen("r", "a.log"), files=(log("a.log"),))
    quiet = hunt(files=(log("b.log", events=7),))
    assert loud.verdict is not HuntVerdict.NOT_SEEN and quiet.verdict is HuntVerdict.NOT_SEEN
    for found in (merge(loud, quiet), merge(quiet, loud)):
        assert found.verdict is loud.verdict
        assert loud.reason.split(".")[0] in found.reason and "Nothing that was sought" not in found.reason


def test_what_was_read_again_counts_anew() -> None:
    before = hunt(
        seen("r", "a.log", 1),
        seen("r", "a.log", 2),
        seen("r", "b.log"),
        files=(log("a.log", events=5), log("b.log")),
        rules=(run("r", 3),),
    )
    found = merge(before, hunt(seen("r", "a.log", 9), files=(log("a.log", events=9),), rules=(run("r", 1),)))
    assert [(each.event.place.file, each.event.place.position) for each in found.sightings] == [("a.log", 9), ("b.log", 1)]
    assert {file.file: file.events for file in found.files} == {"a.log": 9, "b.log": 10}
    assert [each.matches for each in found.rules] == [2]


def test_matches_beyond_the_kept_sightings_are_not_lost() -> None:
    before = hunt(seen("r", "a.log"), files=(log("a.log"),), rules=(run("r", 50_000),))
    now = hunt(seen("r", "b.log"), files=(log("b.log"),), rules=(run("r", 7_000),))
    assert [each.matches for each in merge(before, now).rules] == [57_000]


def test_correlations_of_both_stay() -> None:
    event = replace(seen("c", "a.log").event, format="correlation")
    before = hunt(replace(seen("c", "a.log"), event=event), files=(log("a.log"),), rules=(run("c", 1),))
    found = merge(before, hunt(files=(log("b.log"),), rules=(run("c", 0),)))
    assert places(found) == [("c", "a.log")] and found.rules[0].matches == 1


def test_no_more_is_kept_than_one_hunt_keeps() -> None:
    def many(file: str) -> list[Sighting]:
        return [seen("r", file, position) for position in range(1, 4)]

    indicators = [seen("indicator:url", "a.log", at, indicator=value) for value in "xy" for at in range(3)]
    before = hunt(*many("a.log"), *indicators, files=(log("a.log"),))
    now = hunt(*many("b.log"), seen("s", "b.log"), files=(log("b.log"),))
    found = merge(before, now, most=4)
    assert sorted(places(found)) == sorted(
        [("r", "a.log")] * 3 + [("r", "b.log"), ("s", "b.log")] + [("indicator:url", "a.log")] * 6
    )
    assert len(merge(before, now, most=None).sightings) == 13


def test_a_success_is_kept_beyond_the_bound() -> None:
    before = hunt(seen(TELLS, "a.log", outcome=Outcome.ATTEMPT), files=(log("a.log"),))
    late = [seen(TELLS, "b.log", 1, outcome=Outcome.ATTEMPT), seen(TELLS, "b.log", 2, outcome=Outcome.SUCCESS)]
    found = merge(before, hunt(*late, files=(log("b.log"),)), most=1)
    assert [(each.event.place.file, each.outcome) for each in found.sightings] == [
        ("a.log", Outcome.ATTEMPT),
        ("b.log", Outcome.SUCCESS),
    ]


def test_problems_go_with_the_file_that_was_read_again() -> None:
    def told(where: str) -> Problem:
        return Problem(where=where, what="cut")

    before = hunt(
        files=(log("a.log"), log("C:\\logs\\x.evtx"), log("b.log")),
        problems=tuple(map(told, ("a.log:17", "a.log", "C:\\logs\\x.evtx record 4", "b.log:3", "b.log:4", "rules/r.yml"))),
    )
    now = hunt(files=(log("a.log"), log("C:\\logs\\x.evtx")), problems=(told("a.log:2"),))
    assert [problem.where for problem in merge(before, now).problems] == ["b.log:3", "b.log:4", "rules/r.yml", "a.log:2"]


def test_two_machines_with_the_same_path_stay_two() -> None:
    path = "/evidence/Security.evtx"
    before = hunt(
        seen("r", path),
        seen("r", "b.log"),
        files=(log(path, "EXCH01"), log("b.log", "EXCH01")),
        problems=(Problem(where=f"{path} record 4", what="cut"), Problem(where="b.log", what="cut")),
        rules=(run("r", 2),),
    )
    now = hunt(seen("r", path), files=(log(path, "DC01"),), rules=(run("r", 1),))
    found = merge(before, now)
    assert [file.file for file in found.files] == [path, f"EXCH01:{path}", "b.log"]
    assert sorted(places(found)) == [("r", path), ("r", f"EXCH01:{path}"), ("r", "b.log")]
    assert len({sighting.id for sighting in found.sightings}) == 3
    assert [problem.where for problem in found.problems] == [f"EXCH01:{path} record 4", "b.log"]
    assert found.rules[0].matches == 3


def test_a_machine_that_is_not_named_twice_is_taken_for_the_same() -> None:
    for first, second in (("EXCH01", "exch01"), ("", "EXCH01"), ("EXCH01", "")):
        found = merge(hunt(seen("r", "a.log", 1), files=(log("a.log", first),)), hunt(files=(log("a.log", second),)))
        assert [file.file for file in found.files] == ["a.log"] and not found.sightings
