"""Optional parts: without their packages everything else works, and one sentence says what to install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from indicia import extras
from indicia.cli import exits
from indicia.errors import ExtraError
from indicia.knowledge import load
from indicia.share import render
from tests.sample_case import empty_case


def without(*modules: str) -> str:
    """A program that runs `indicia` as on a machine that lacks these modules."""
    return f"""
import importlib.abc, sys
class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {set(modules)!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
import indicia.extras
find = indicia.extras.find_spec
indicia.extras.find_spec = lambda name: None if name in {set(modules)!r} else find(name)
from indicia.cli.entry import run
run()
"""


def indicia(absent: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    modules, _ = extras.EXTRAS[absent]
    return subprocess.run(
        [sys.executable, "-c", without(*modules), *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_a_brief_without_the_pdf_compiler_leaves_all_else(tmp_path: Path) -> None:
    text = tmp_path / "statement.txt"
    text.write_text("19 July 2021\n\nBritain blamed China on Monday for the Microsoft Exchange hack.\n", "utf-8")
    answer = indicia("pdf", "brief", text, "-o", tmp_path / "out")
    assert answer.returncode == exits.E_OK, answer.stderr
    assert 'the PDF compiler is not installed (pip install "indicia[pdf]")' in " ".join(answer.stderr.split())
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"brief.html", "brief.md", "case.json", "bundle.stix.json"} <= left and "brief.pdf" not in left
    assert ".pdf" not in answer.stdout


def test_what_cannot_be_done_without_says_so_in_one_sentence(tmp_path: Path) -> None:
    answer = indicia("web", "serve", "--folder", tmp_path)
    assert answer.returncode == exits.E_EXTRA
    assert answer.stderr.strip() == 'error: the web server is not installed (pip install "indicia[web]")'


def test_spark_is_asked_for_before_anything_is_read(tmp_path: Path) -> None:
    answer = indicia("spark", "hunt", tmp_path, "--engine", "spark")
    assert answer.returncode == exits.E_EXTRA
    assert answer.stderr.strip() == 'error: Apache Spark for Python is not installed (pip install "indicia[spark]")'


def test_a_share_as_pdf_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(ExtraError, match="indicia.pdf."):
        render(empty_case(), "pdf", load())
