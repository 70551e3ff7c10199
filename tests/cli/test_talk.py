"""What a person sees while a command works."""

from __future__ import annotations

from rich.progress import Progress

from indicia.cli.talk import Share


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
