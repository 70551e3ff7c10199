"""One Spark session on this machine for all tests that need one, and the logs that they go through."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from examples.scenarios import write_scenario
from indicia.errors import ExtraError
from indicia.hunt.run import hunt
from indicia.hunt.sight.indicators import IndicatorSought
from indicia.hunt.tuning import Own, Tuning

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SOUGHT = (
    IndicatorSought(type="ipv4-addr", value="198.51.100.99"),
    IndicatorSought(type="domain-name", value="files.example.org"),
)
# Of what is found at most some, so that little is kept of the first minutes and of one client.
TUNING = Tuning(
    without=("other",),
    since=datetime(2021, 3, 3, 6, 1, tzinfo=UTC),
    own=(Own(name="scanner", addresses=("198.51.100.98/32",)),),
)
W3C = "#Fields: date time s-computername cs-method cs-uri-stem c-ip cs(User-Agent) sc-status\n"
# What is counted: many of one address; three of it, and then again; one kind behind the other, some at the same time.
RULES = """title: base
id: 00000000-0000-4000-8000-000000000001
name: base
logsource: {category: webserver}
detection: {s: {cs-uri-stem|endswith: .aspx}, condition: s}
level: high
---
title: other
id: 00000000-0000-4000-8000-000000000002
name: other
logsource: {category: webserver}
detection: {s: {cs-uri-stem|contains: '7'}, condition: s}
level: low
---
title: many
id: 00000000-0000-4000-8000-000000000003
correlation: {type: event_count, rules: [base], group-by: [c-ip], timespan: 1m, condition: {gte: 10}}
level: high
---
title: burst
id: 00000000-0000-4000-8000-000000000004
name: burst
correlation: {type: event_count, rules: [base], group-by: [c-ip], timespan: 10s, condition: {gte: 3}, generate: true}
level: high
---
title: bursts
id: 00000000-0000-4000-8000-000000000005
correlation: {type: event_count, rules: [burst, other], group-by: [c-ip], timespan: 1h, condition: {gte: 2}}
level: high
---
title: ordered
id: 00000000-0000-4000-8000-000000000006
correlation: {type: temporal_ordered, rules: [other, base], group-by: [c-ip], timespan: 3s}
level: medium
---
title: pages
id: 00000000-0000-4000-8000-000000000007
correlation:
  type: value_count
  rules: [base, other]
  group-by: [s-computername]
  timespan: 1m
  condition: {field: cs-uri-stem, lt: 24}
level: low
"""


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the logs of two web servers, an Exchange server's (broken ones among them), and what is no log."""
    folder = tmp_path_factory.mktemp("logs")
    for number, name in enumerate(("one", "two")):
        (folder / name).mkdir()
        lines = [
            f"2021-03-03 06:{at // 60:02}:{at % 60:02} {name} GET /{at % 23}.aspx 198.51.100.{at % 3 + 97} a 200\n"
            for at in range(number, 240, 2 + number)
        ]
        (folder / name / "u_ex.log").write_text(W3C + "".join(lines) + "2021-03-03 06:01", "utf-8")
    (folder / "notes.txt").write_text("nothing\n" * 3 + "198.51.100.99\n", "utf-8")
    (folder / "empty.log").touch()
    (folder / "rules.yml").write_text(RULES, "utf-8")
    write_scenario("G", folder / "three", ordinary_lines=200, seed=7)
    return folder


@pytest.fixture(scope="session")
def session() -> Iterator[SparkSession]:
    """A session with two cores; skipped where there is no Java or no pyspark, never on CI."""
    from indicia.spark.session import begin

    with ExitStack() as stack:
        try:
            with pytest.MonkeyPatch.context() as set_to:
                # Workers take the code that is tested, and Java is gone before it would have paid to compile well.
                set_to.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
                set_to.setenv("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
                found = stack.enter_context(begin("local[2,4]"))
        except ExtraError as error:
            if os.environ.get("CI"):
                pytest.fail(f"{error}, and this is CI")
            pytest.skip(f"the answer on Spark is not compared: {error}")
        yield found


@pytest.fixture(scope="session")
def lake(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kept events of the logs, in row groups so small that Spark cuts the files."""
    kept, folder = tmp_path_factory.mktemp("kept"), tmp_path_factory.mktemp("lake")
    hunt([logs], builtin=False, keep=kept, jobs=1)
    for file in kept.iterdir():
        pq.write_table(pq.read_table(file), folder / file.name, row_group_size=60)
    return folder
