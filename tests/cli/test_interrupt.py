"""Ctrl-C before the command line is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from indicia.cli import exits


def test_an_interrupt_while_loading_gets_a_word_and_no_trace(tmp_path: Path) -> None:
    stub = [
        "import os, signal, time",
        "signal.signal(signal.SIGINT, signal.default_int_handler)",  # whoever starts tests in the background ignores it
        "os.kill(os.getpid(), signal.SIGINT)",
        "time.sleep(9)",
    ]
    (tmp_path / "typer.py").write_text("\n".join(stub), "utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])}
    done = subprocess.run([sys.executable, "-m", "indicia", "--help"], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (exits.E_INTERRUPTED, "")
    assert done.stderr == "error: stopped; nothing half-written is left\n"
