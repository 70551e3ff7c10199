"""One Spark session on this machine for all tests that need one, and the logs that they go through."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examples.scenarios import write_scenario
from indicia.hunt import IndicatorSought
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
    """A session with two cores."""
    if find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: the answer on Spark is not compared")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("no Java: the answer on Spark is not compared")
    from indicia.spark.session import begin

    with begin("local[2,4]") as found:
        yield found
