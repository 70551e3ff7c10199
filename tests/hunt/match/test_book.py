"""Compiled rules are found again without reading the files, and never when one of them has changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from indicia.hunt.match.book import load_rules
from indicia.hunt.rules import files

RULE = "title: {title}\nid: 7ff9db12-1b94-4a79-ba68-a2402c5d6729\nlogsource: {{product: windows}}\n" + (
    "detection: {{a: {{EventID: 1}}, condition: a}}\n"
)


@pytest.fixture
def rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INDICIA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "SETTLED", -1.0)
    path = tmp_path / "rules" / "one.yml"
    path.parent.mkdir()
    path.write_text(RULE.format(title="first"), "utf-8")
    return path


def titles(rule: Path) -> list[str]:
    book, problems = load_rules([rule.parent], builtin=False)
    assert not problems
    return [head.title for head in book.rules]


def test_a_change_is_seen(rule: Path) -> None:
    assert titles(rule) == titles(rule) == ["first"]
    before = rule.stat()
    time.sleep(0.02)
    rule.write_text(RULE.format(title="other"), "utf-8")
    os.utime(rule, ns=(before.st_atime_ns, before.st_mtime_ns))  # as after a copy that keeps times
    assert titles(rule) == ["other"]
    (rule.parent / "two.yml").write_text(RULE.format(title="second").replace("7ff9", "7ffa"), "utf-8")
    assert titles(rule) == ["other", "second"]
    rule.unlink()
    assert titles(rule) == ["second"]


def test_a_file_that_was_just_written_is_not_trusted(rule: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SETTLED", 60.0)
    assert titles(rule) == ["first"]
    assert not list((rule.parent.parent / "cache").glob("*.key"))
