"""However tasks fall into pieces, and in whatever order pieces come and are joined, the answer is that of one machine."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from indicia.hunt import processes
from indicia.hunt.match.book import RuleBook, load_rules
from indicia.hunt.merge import Total
from indicia.hunt.parts import Count, join
from indicia.hunt.rules.ir import Correlation
from indicia.hunt.run import hunt
from indicia.hunt.sight.correlation import Feed, correlated
from indicia.hunt.sight.notes import notes, tells_success
from indicia.hunt.sight.scan import Scanner
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.records import Hunt, Problem, to_json
from indicia.spark.hunting import BESIDE, Gathered, HuntPlan, add_up, files_of, in_hunt_order, look, matches_in, placed, plan
from indicia.spark.scanning import (
    Bounds,
    Fed,
    KeptSightings,
    Scanned,
    Stand,
    Sum,
    Summed,
    Tally,
    WorkerSetup,
    bounds_of,
    scan,
    scanner_of,
    unpacked,
    within,
)
from tests.spark.conftest import SOUGHT, TUNING

SMALL = 3_000  # bytes of a task


@pytest.fixture
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "SIZE", SMALL)


def planned(logs: Path, book: RuleBook, most: int | None, tuning: Tuning = NO_TUNING) -> tuple[HuntPlan, Total]:
    total = Total(Scanner(book, SOUGHT, most, tuning), most)
    items = [[each] if isinstance(each, Problem) else look(each) for each in files_of([logs])]
    return plan((item for some in items for item in some), total, raw=True), total


def counted(fed: Sequence[Fed], chance: Random) -> Count:
    """What Spark's shuffle does: members of a group come together in any order."""

    def count(rule: Correlation, more: Sequence[Feed]) -> list[Feed]:
        groups = defaultdict(list)
        for each in (*fed, Fed(BESIDE, list(more))):
            for key, member in placed(each):
                if key[0] == (rule.id or rule.name):
                    groups[key].append(member)
        rows = list(groups.items())
        chance.shuffle(rows)
        for _, members in rows:
            chance.shuffle(members)
        return in_hunt_order(matches_in(rule, key, members) for key, members in rows)

    return count


def plain(found: Hunt) -> bytes:
    return to_json(replace(found, stats=()))


@pytest.mark.usefixtures("small_tasks")
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), most=st.sampled_from([2, 40, None]), tuning=st.sampled_from([NO_TUNING, TUNING]))
def test_any_pieces_in_any_order(data: st.DataObject, most: int | None, tuning: Tuning, logs: Path) -> None:
    rules = [logs / "rules.yml"]
    whole = hunt([logs], rules=rules, indicators=SOUGHT, raw=True, most=most, jobs=1, tuning=tuning)
    book, problems = load_rules(rules)
    made, total = planned(logs, book, most, tuning)
    total.counted.problems[:0] = problems
    assert len(made.tasks) > 10
    assert any(part.stretch for task in made.tasks for part in task.parts)
    setup = WorkerSetup(*book.sent(), SOUGHT, most, tuning, data.draw(st.uuids()).hex)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(made.tasks) - 1), max_size=8)))
    bounds = list(zip([0, *cuts], [*cuts, len(made.tasks)], strict=True))
    came: dict[int, list[Scanned]] = {}
    for number in data.draw(st.permutations(range(len(bounds)))):  # one worker may have them in any order
        start, end = bounds[number]
        came[number] = list(scan(setup, Stand("files", number), list(enumerate(made.tasks))[start:end]))
    rows = [(number, each) for number in sorted(came) for each in came[number]]
    fed = [each for _, each in rows if isinstance(each, Fed)]
    assert fed
    sums = [(number, unpacked(each.data, Sum)) for number, each in rows if isinstance(each, Summed)]
    kept = [(number, each) for number, each in rows if isinstance(each, KeptSightings)]
    if most is not None:
        wanted = bounds_of(((number, each.tally) for number, each in sums), most)
        kept = [(number, within(lambda: scanner_of(setup), wanted, number, each)) for number, each in kept]
    add_up(total, [Gathered(sums, [each for _, each in kept])])
    count = counted(fed, data.draw(st.randoms()))
    assert plain(join([total.part(made.bytes_of)], most=most, count=count, tuning=tuning)) == plain(whole)


def test_what_a_worker_has_enough_of_it_sends_no_more(logs: Path) -> None:
    book, _ = load_rules([logs / "rules.yml"])
    made, _ = planned(logs, book, 2)
    setup = WorkerSetup(*book.sent(), SOUGHT, 2, hunt="one")

    def kept(hunt: str, place: int) -> int:
        """Sightings in all of the logs, as if they stood at this place."""
        rows = list(scan(setup._replace(hunt=hunt), Stand("files", place), enumerate(made.tasks)))
        return sum(each.kept for row in rows if isinstance(row, Summed) for each in unpacked(row.data, Sum).tally)

    first = kept("one", 0)
    assert kept("one", 1) < first / 2, "only successes, of which there are fewer than the bound"
    assert kept("one", 1) == first, "again"
    assert kept("one", 0) == first, "those that stand before"
    assert kept("two", 2) == first, "another hunt"


def test_what_the_whole_has_enough_of_is_not_sent() -> None:
    rule, own = ("theirs", None, False), (next(name for name in notes() if tells_success(name)), None, False)
    tallies = [
        (0, [Tally(rule, 2, 0), Tally(own, 3, 3)]),
        (1, [Tally(rule, 2, 0), Tally(own, 3, 3)]),
        (2, [Tally(rule, 1, 0), Tally(own, 3, 1)]),
    ]
    assert bounds_of(tallies, 3) == Bounds({rule: 2, own: 1}, {own: 2}, frozenset({1, 2}))
    assert bounds_of(tallies, 9) == Bounds({}, {}, frozenset())


def test_a_worker_that_ends_at_a_log_costs_that_log_alone(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, _ = load_rules([logs / "rules.yml"], builtin=False)
    made, _ = planned(logs, book, None)
    setup = WorkerSetup(*book.sent(), (), None)

    def scanned(again: bool) -> tuple[list[Scanned], Sum]:
        *some, last = scan(setup, Stand("files", 0), enumerate(made.tasks), again=again)
        assert isinstance(last, Summed)
        total = unpacked(last.data, Sum)
        total.found.seconds.clear()
        return some, total

    assert scanned(again=False) == scanned(again=True)
    monkeypatch.setattr("sys.executable", shutil.which("false"))  # every process ends at once
    _, lost = scanned(again=True)
    assert {problem.where for problem in lost.found.problems} == {
        part.name for task in made.tasks if task.format for part in task.parts
    }
    assert all("the process that read it ended" in problem.what for problem in lost.found.problems)


def test_the_reference_is_what_one_machine_counts(logs: Path) -> None:
    book, _ = load_rules([logs / "rules.yml"], builtin=False)
    made, _ = planned(logs, book, None)
    fed = [
        each
        for each in scan(WorkerSetup(*book.sent(), (), None), Stand("files", 0), enumerate(made.tasks))
        if isinstance(each, Fed)
    ]
    for rule in book.correlations:
        mine = [feed for each in fed for feed in each.feed if feed.correlation == (rule.id or rule.name)]
        assert counted(fed, Random(3))(rule, []) == correlated(rule, mine)
