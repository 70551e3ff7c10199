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

from indicia.hunt import Part, combine, hunt, join
from indicia.hunt.match.book import RuleBook, load_rules
from indicia.hunt.parts import Count
from indicia.hunt.processes import tasks as cutting
from indicia.hunt.rules.ir import Correlation
from indicia.hunt.sight.correlation import Feed, correlated
from indicia.hunt.sight.scan import Scanner
from indicia.hunt.total import Total
from indicia.hunt.tuning import NO_TUNING, Tuning
from indicia.records import Hunt, Problem, to_json
from indicia.spark.counting import BESIDE, in_hunt_order, matches_in, placed
from indicia.spark.plan import Plan, files_of, look, plan, with_sizes
from indicia.spark.scanning import Fed, Setup, read_part, scan, write_part
from indicia.spark.tree import in_order
from tests.spark.conftest import SOUGHT, TUNING

SMALL = 3_000  # bytes of a task


@pytest.fixture
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "SIZE", SMALL)


def planned(logs: Path, book: RuleBook, most: int | None, tuning: Tuning = NO_TUNING) -> tuple[Plan, Total]:
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
    total.problems[:0] = problems
    assert len(made.tasks) > 10
    assert any(part.stretch for task in made.tasks for part in task.parts)
    setup = Setup(*book.sent(), SOUGHT, most, tuning)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(made.tasks) - 1), max_size=8)))
    bounds = list(zip([0, *cuts], [*cuts, len(made.tasks)], strict=True))
    came: dict[int, list[Fed | bytes]] = {}
    for number in data.draw(st.permutations(range(len(bounds)))):  # one worker may have them in any order
        start, end = bounds[number]
        came[number] = list(scan(setup, list(enumerate(made.tasks))[start:end]))
    parts = [(number, each) for number, some in came.items() for each in some if isinstance(each, bytes)]
    fed = [each for some in came.values() for each in some if isinstance(each, Fed)]
    assert fed
    middle = data.draw(st.integers(0, len(parts)))
    halves = [[part for part in parts if (part[0] < middle) is first] for first in (True, False)]
    joined = [read_part(in_order(half, lambda some: write_part(combine(map(read_part, some), most=most)))) for half in halves]
    found = [with_sizes(each, made) for each in (total.part({}), *joined, Part())]
    assert plain(join(found, most=most, count=counted(fed, data.draw(st.randoms())), tuning=tuning)) == plain(whole)


def test_a_worker_that_ends_at_a_log_costs_that_log_alone(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, _ = load_rules([logs / "rules.yml"], builtin=False)
    made, _ = planned(logs, book, None)
    setup = Setup(*book.sent(), (), None)
    first = [each for each in scan(setup, enumerate(made.tasks)) if isinstance(each, bytes)]
    again = [each for each in scan(setup, enumerate(made.tasks), again=True) if isinstance(each, bytes)]
    assert replace(read_part(first[0]), seconds={}) == replace(read_part(again[0]), seconds={})
    monkeypatch.setattr("sys.executable", shutil.which("false"))  # every process ends at once
    lost = read_part(next(each for each in scan(setup, enumerate(made.tasks), again=True) if isinstance(each, bytes)))
    assert {problem.where for problem in lost.problems} == {
        part.name for task in made.tasks if task.format for part in task.parts
    }
    assert all("the process that read it ended" in problem.what for problem in lost.problems)


def test_the_reference_is_what_one_machine_counts(logs: Path) -> None:
    book, _ = load_rules([logs / "rules.yml"], builtin=False)
    made, _ = planned(logs, book, None)
    fed = [each for each in scan(Setup(*book.sent(), (), None), enumerate(made.tasks)) if isinstance(each, Fed)]
    for rule in book.correlations:
        mine = [feed for each in fed for feed in each.feed if feed.correlation == (rule.id or rule.name)]
        assert counted(fed, Random(3))(rule, []) == correlated(rule, mine)
