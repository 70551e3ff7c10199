"""Reports that others list: their dates and groups come from addresses, and they count for the release before them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from evals.weigh_elsewhere import FILES, Told, day_of, drawn, loss_of, told_elsewhere
from indicia.knowledge import load
from indicia.knowledge.tables import Actor, Alias
from indicia.weigh.inputs import ACTIVITY
from indicia.weigh.model import shipped_weights


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://example.com/2023/04/12/apt99-again", "2023-04"),
        ("https://example.com/blog/202304-apt99", "2023-04"),
        ("https://example.com/2023/apt99", "2023"),
        ("https://web.archive.org/web/20240101000000/https://example.com/2019/07/apt99", "2019-07"),
        ("https://example.com/2023/what-apt99-did-in-2022", None),
        ("https://example.com/article/4202312345", None),
        ("https://2023.example.com/apt99", None),
    ],
)
def test_a_day_is_taken_from_an_address_that_holds_just_one(url: str, day: str | None) -> None:
    assert day_of(url) == day


def test_a_report_is_told_once_and_on_whom_its_title_names(tmp_path: Path) -> None:
    for file, urls in zip(
        FILES,
        (
            ["https://a.example/2023/04/apt99-again", "https://a.example/2023/05/somebody"],
            [
                "https://www.a.example/2023/04/apt99-again/",
                "https://b.example/apt99",
                "https://b.example/2021/apt99-uses-ratty",
            ],
        ),
        strict=True,
    ):
        (tmp_path / file).write_text(json.dumps({"values": [{"value": "Ratty", "meta": {"refs": urls}}]}))
    actor = Actor(id="G0001", name="APT99", aliases=(Alias(name="APT99"), Alias(name="Ratty")), group="G0001")
    assert told_elsewhere([actor], tmp_path) == (Told("2023-04", "G0001"), Told("2021", "G0001"))


def test_a_report_counts_for_the_release_before_it() -> None:
    attack = load().attack
    releases = {
        name: SimpleNamespace(
            **{part: getattr(attack, part) for part in ("groups", "techniques", "software", "campaigns", "uses", "citations")},
            version=name,
            date=date,
        )
        for name, date in (("1", "2020-05-01"), ("2", "2021-05-01"))
    }
    told = [
        Told("2020-05", "G0007"),
        Told("2020", "G0010"),
        Told("2021-05", "G0016"),
        Told("2021-06", "G0016"),
        Told("2021", "none"),
    ]
    found = list(drawn(releases, told))  # type: ignore[arg-type]
    assert len(found) == 2 and {one.release for one in found} == {"1"}
    assert loss_of(found, np.zeros(len(ACTIVITY))) == pytest.approx(2 * np.log(len(found[0].activity)))


def test_five_silent_years_make_a_group_rarer_and_not_a_fortieth() -> None:
    silence = shipped_weights().activity["silence"]
    assert 1 / 25 < np.exp(silence * np.log1p(5)) < 1 / 2
