"""What others on the machine can reach of a session of ours."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def test_a_local_session_asks_for_a_secret_and_its_blocks_are_nobody_elses(session: SparkSession) -> None:
    told = dict(session.sparkContext.getConf().getAll())
    assert told["spark.authenticate"] == "true"
    assert "spark.authenticate.secret" not in told, "Spark makes one that stands in no list of processes"
    folder = Path(told["spark.local.dir"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700 and any(folder.iterdir())
    assert session.range(1000).repartition(7).count() == 1000
