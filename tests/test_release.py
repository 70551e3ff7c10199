"""The wheel of the program: all of the package but the weights, and the requirement of exactly the weights that it was measured
with. `make release` holds both wheels against what is committed and reads a text with them."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hatch_build import APART, weights
from indicia.cli import exits
from indicia.models import VERSION, model_folder
from tests.command import indicia

ROOT = Path(__file__).parents[1]


def test_the_program_without_its_weights_requires_them(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, env=os.environ | {APART: "apart"}, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        (about,) = (packed.read(name).decode() for name in names if name.endswith("/METADATA"))
    assert f"Requires-Dist: indicia-models=={VERSION}\n" in about
    apart = {str(file.relative_to(ROOT / "src")) for file in weights(ROOT)}
    package = ROOT / "src/indicia"
    whole = {str(file.relative_to(ROOT / "src")) for file in package.rglob("*") if file.is_file() and file.suffix != ".pyc"}
    assert {name for name in names if name.startswith("indicia/") and not name.startswith("indicia/example/")} == whole - apart
    assert wheel.stat().st_size < 4e6
    assert {file.parent for file in weights(ROOT)} == {model_folder("claims"), model_folder("techniques")}


def test_without_the_weights_one_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indicia.models.__file__", str(tmp_path / "models.py"))
    (tmp_path / "text.txt").write_text("Microsoft attributes the attack to HAFNIUM.", "utf-8")
    for arguments, stdin in ((["read", tmp_path / "text.txt"], b""), (["read", "--jsonl", "-"], b'{"id": "1", "text": "x"}')):
        answer = indicia(*arguments, stdin=stdin)
        assert answer.returncode == exits.E_EXTRA and not answer.stdout
        assert answer.stderr.decode().strip().endswith(f'(pip install "indicia-models=={VERSION}")')
        assert answer.stderr.strip().count(b"\n") == 0
