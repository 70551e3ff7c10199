"""How many of a thing there were on each day, as bars; a bar leads to its day, or to its weeks where there are many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from markupsafe import Markup

from indicia.view.drawing import Drawing

__all__ = ["days_picture"]

BARS = 70  # at most; more days are told in groups of the same length
STEPS = (1, 2, 7, 14, 30, 91, 365, 3650, 36500)


def days_picture(days: Mapping[str, int], link: Callable[[str, str], str]) -> Markup:
    """`days` maps ISO days to counts, `link` gives the address of a range. Empty when there are fewer than two days."""
    if len(days) < 2:
        return Markup("")
    low, high = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    span = (high - low).days + 1
    step = next(step for step in STEPS if span / step <= BARS) if span <= BARS * STEPS[-1] else span
    groups: dict[int, int] = defaultdict(int)
    for day, count in days.items():
        groups[(date.fromisoformat(day) - low).days // step] += count
    most = max(groups.values())
    width, height, foot = 960.0, 96.0, 20.0
    bars = -(-span // step)
    each = width / bars
    canvas = Drawing(width, height)
    canvas.line(0, height - foot, width, height - foot)
    for number, count in sorted(groups.items()):
        start = low + timedelta(days=number * step)
        end = min(high, start + timedelta(days=step - 1))
        tall = max(2.0, (height - foot - 16) * count / most)
        words = f"{count:,} on {start}" if start == end else f"{count:,} from {start} to {end}"
        canvas.begin(link(start.isoformat(), end.isoformat()), words, mark="bar-link")
        canvas.rect(number * each, 0, max(each - 1, 1), height - foot, "none")
        canvas.rect(number * each, height - foot - tall, max(each - 2, 1), tall, "blue", round_=1)
        canvas.end()
    canvas.text(0, height - 5, low.isoformat(), size=11, fill="quiet")
    canvas.text(width, height - 5, high.isoformat(), size=11, fill="quiet", anchor="end")
    canvas.text(width / 2, 11, f"at most {most:,} in {_length(step)}", size=11, fill="quiet", anchor="middle")
    return Markup(canvas.linked("days", "Sightings over time"))


def _length(step: int) -> str:
    return {1: "a day", 7: "a week", 14: "two weeks", 30: "30 days", 91: "a quarter", 365: "a year"}.get(step, f"{step} days")
