"""What a person sees while a command works."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from indicia.cli.talk import Share, Talk
from indicia.records import LOOK, Problem, Severity


def test_a_hunt_shows_its_rate() -> None:
    now = [0.0]
    bar = Progress(get_time=lambda: now[0], disable=True)
    hunting, writing = bar.add_task("hunting", total=4e8), bar.add_task("writing", total=4)
    for second in range(1, 3):
        now[0] = float(second)
        bar.update(hunting, completed=second * 1e8)
        bar.update(writing, completed=second)
    words = [Share().render(task).plain for task in bar.tasks]
    assert words == [" 50%, 100 MB/s", " 50%"]


@pytest.mark.parametrize("files", [1, 2])
def test_text_that_nobody_sees_is_told_without_being_asked(files: int) -> None:
    out = io.StringIO()
    voice = Talk()
    voice.console = Console(file=out, width=200)
    voice.problems(
        Problem(where=f"{number}.docx", what=what, severity=Severity.NOTE, hint=LOOK)
        for number in range(files)
        for what in ("60 characters that nobody sees", "5 characters of comments")
    )
    words = "1 file holds" if files == 1 else "2 files hold"
    assert f"note: {words} text that a reader does not see, or perhaps not; -v says how much" in out.getvalue()
