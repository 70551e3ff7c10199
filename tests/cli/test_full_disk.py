"""No room for what is to be written."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from indicia.cli import exits


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    line = "2021-03-03 06:48:02 203.0.113.9 GET /owa/auth/one1.aspx - 200\n"
    (tmp_path / "u_ex.log").write_text(
        f"#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status\n{line * 20}", "utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "indicia",
        "hunt",
        str(tmp_path / "u_ex.log"),
        "--json",
        "-o",
        str(tmp_path / "found.json"),
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)),
    )
    assert done.returncode == exits.E_STORE
    assert "the output cannot be written: File too large; nothing half-written is left" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["u_ex.log"]


def test_a_folder_that_cannot_be_made_is_told() -> None:
    command = [sys.executable, "-m", "indicia", "read", "-", "--json", "-o", "/proc/none/found.json"]
    done = subprocess.run(command, capture_output=True, text=True, input="Norway accused China.")
    assert done.returncode == exits.E_STORE
    assert "cannot be written" in done.stderr and "a fault" not in done.stderr
