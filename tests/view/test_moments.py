"""What has a date, on one scale: also at the ends of the calendar, which texts and addresses name without meaning it."""

from __future__ import annotations

from datetime import date

import pytest

from indicia.share.brief.pictures import timeline
from indicia.view.inert import Shown
from indicia.view.moments import Moment, moved
from indicia.web.pages.timeline import linked, timeline_drawing

EVER = (date.min, date.max)


@pytest.mark.parametrize(
    ("bounds", "days"),
    [
        (EVER, ["2021"]),
        ((date.min, date.min), ["0001-01-01"]),
        ((date(9999, 10, 1), date.max), ["9999-11", "9999-12-31"]),
        ((date(9999, 1, 1), date.max), ["9999"]),
    ],
)
def test_a_scale_ends_with_the_calendar(bounds: tuple[date, date], days: list[str]) -> None:
    moments = [Moment(date=day, lane="text", label="A text") for day in days]
    assert "<svg" in linked(*timeline_drawing(moments, bounds, Shown(), {}, lambda first, last: "", lambda one: one.label))
    assert timeline(moments, Shown()) is not None


def test_no_day_lies_beyond_the_calendar() -> None:
    assert (moved(date.min, -1), moved(date.max, 1), moved(date(2020, 2, 28), 2)) == (*EVER, date(2020, 3, 1))
