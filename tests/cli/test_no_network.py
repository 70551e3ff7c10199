"""No call home: reading and briefing make no network call, nor do native parts, and nothing of their makers stays behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_reading_and_briefing_call_nobody(tmp_path: Path) -> None:
    text, calls, home = tmp_path / "a.txt", tmp_path / "calls", tmp_path / "home"
    home.mkdir()
    text.write_text("Norway said that China was behind the cyberattack on its parliament. It used APT31's malware.")
    traced = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", str(calls)]
    command = [sys.executable, "-m", "indicia", "brief", str(text), "--unmarked", "clear", "-o", str(tmp_path / "out")]
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
    done = subprocess.run([*traced, *command], capture_output=True, text=True, env=environment, timeout=300)
    if "ptrace" in done.stderr and not (tmp_path / "out").exists():
        pytest.skip("this machine lets nobody trace a process")
    assert done.returncode == 0, done.stderr
    called = [line for line in calls.read_text().splitlines() if "AF_INET" in line or "AF_INET6" in line]
    assert called == []
    assert not [path for path in home.rglob("*") if "microsoft" in path.name.lower()]
