"""A log that is given as a source is told to be one, at once, however large."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicia.read.fronts import open_source
from indicia.records import Severity

LINES = {
    "w3c": "#Software: IIS\n#Fields: date time c-ip\n2021-03-03 06:48:02 198.51.100.23\n",
    "iso": "2021-03-03T06:48:02Z host app[1]: started\n" * 40,
    "syslog": "Mar  3 06:48:02 host sshd[1]: Accepted\n" * 40,
    "access": '198.51.100.7 - - [03/Mar/2021:06:48:02 +0000] "GET / HTTP/1.1" 200 1\n' * 40,
}


@pytest.mark.parametrize("kind", LINES)
def test_a_log_goes_to_the_hunt(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "given.log"
    file.write_text(LINES[kind], "utf-8")
    opened = open_source(file)
    assert not opened.documents
    (problem,) = opened.problems
    assert problem.severity is Severity.FAILED
    assert "--logs" in problem.hint


def test_a_timeline_that_somebody_wrote_is_a_text(tmp_path: Path) -> None:
    file = tmp_path / "timeline.txt"
    file.write_text("2021-03-02 Microsoft named HAFNIUM.\n2021-07-19 The EU spoke.\n2021-07-20 China denied it.\n", "utf-8")
    assert len(open_source(file).documents) == 1
