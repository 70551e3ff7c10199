"""A folder of rules is brought up to date: rules stay where they lie, nothing is lost, and what changed is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indicia.cli import exits
from indicia.errors import InputError, UsageError
from indicia.hunt.rules.updating import Kind, update
from tests.command import Answer, indicia


def rule(number: int, title: str, level: str = "high", asks: str = "a", more: str = "") -> str:
    return (
        f"title: {title}\nid: 00000000-0000-4000-8000-{number:012}\nlogsource: {{category: webserver}}\n"
        f"detection: {{s: {{cs-uri-stem: {asks}}}, condition: s}}\nlevel: {level}\n{more}"
    )


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        file = folder / f"{name.replace('__', '/')}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


def texts(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text("utf-8") for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return written(
        tmp_path / "ours",
        web__one=rule(1, "One"),
        web__two=rule(2, "Two", "low"),
        web__own=rule(9, "Our own"),
        old=rule(4, "Four"),
    )


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    return written(
        tmp_path / "newer",
        web__one="# a remark\n" + rule(1, "One"),
        web__two=rule(2, "Two", "critical", "b", "status: stable\n"),
        web__three=rule(3, '"Three\\e[31m"'),
        moved__four=rule(4, "Four"),
    )


def called(newer: Path, folder: Path, *more: str) -> Answer:
    return indicia("update-rules", newer, folder, *more)


def test_what_changed_is_listed_and_rules_stay_where_they_lie(newer: Path, ours: Path) -> None:
    answer = called(newer, ours)
    assert answer.returncode == exits.E_OK, answer.stderr
    lines = [re.split(r"\s{2,}", line.decode()) for line in answer.stdout.splitlines()]
    assert [line[:2] for line in lines] == [["new", "high"], ["changed", "critical"], ["only there", "high"]]
    assert lines[1][2] == "Two: level low -> critical, status none -> stable, detection"
    assert b"\x1b" not in answer.stdout and b"2 as they were" in answer.stderr
    assert texts(ours) == {
        "old.yml": (newer / "moved/four.yml").read_text("utf-8"),
        "web/one.yml": (newer / "web/one.yml").read_text("utf-8"),
        "web/own.yml": rule(9, "Our own"),
        "web/three.yml": (newer / "web/three.yml").read_text("utf-8"),
        "web/two.yml": (newer / "web/two.yml").read_text("utf-8"),
    }
    again = called(newer, ours)
    assert [line.split()[0] for line in again.stdout.splitlines()] == [b"only"] and b"4 as they were" in again.stderr


def test_a_dry_run_says_the_same_and_writes_nothing(newer: Path, ours: Path) -> None:
    before = texts(ours)
    dry = called(newer, ours, "--dry-run")
    assert texts(ours) == before and b"nothing was written" in dry.stderr
    assert called(newer, ours).stdout == dry.stdout


def test_a_single_file_updates_its_rule_alone(newer: Path, ours: Path) -> None:
    told = update(newer / "moved/four.yml", ours)
    assert (told.changes, told.same, told.problems) == ((), 1, ())
    told = update(newer / "web/three.yml", ours)
    assert [(each.kind, each.file) for each in told.changes] == [(Kind.NEW, str(ours / "three.yml"))]


def test_a_folder_that_is_not_there_is_made(newer: Path, tmp_path: Path) -> None:
    assert {each.kind for each in update(newer, tmp_path / "fresh").changes} == {Kind.NEW}
    assert texts(tmp_path / "fresh") == texts(newer)


def test_what_cannot_be_taken_over_is_told_and_harms_nothing(ours: Path, tmp_path: Path) -> None:
    newer = written(
        tmp_path / "newer",
        broken="title: [",
        empty="# nothing\n",
        web__own=rule(7, "Of the same file name"),
        twice_1=rule(5, "Five"),
        twice_2=rule(5, "Five again"),
        bomb="a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)),
        good=rule(6, "Six"),
    )
    written(ours, both=rule(6, "Six") + "---\n" + rule(8, "Eight"))
    before = texts(ours)
    answer = called(newer, ours, "-v")
    assert answer.returncode == exits.E_PARTIAL
    for name, what in (
        ("broken", "not readable YAML"),
        ("empty", "holds no rule"),
        ("own", "holds something else"),
        ("twice_2", "holds a rule that"),
        ("bomb", "holds"),
        ("good", "together with others"),
    ):
        assert re.search(rf"{name}\.yml: [^\n]*{what}", answer.stderr.decode()), name
    assert texts(ours) == before | {"twice_1.yml": rule(5, "Five")}


def test_folders_that_make_no_sense_are_refused(newer: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is where the rules come from"):
        update(newer, newer)
    with pytest.raises(UsageError, match="is no folder"):
        update(newer, newer / "web/one.yml")
    with pytest.raises(InputError, match="no such file or folder"):
        update(tmp_path / "nowhere", newer)
