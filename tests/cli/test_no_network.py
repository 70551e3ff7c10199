"""No call home: reading and briefing make no network call, nor do native parts, and nothing of their makers stays behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "exchange-2021"
SAID = "Norway said that China was behind the cyberattack on its parliament. It used APT31's malware."
COMMANDS = {
    "brief": ("brief", "a.txt", "--unmarked", "clear", "-o", "out"),
    "the example": ("brief", EXAMPLE / "texts", "--logs", EXAMPLE / "logs", "--unmarked", "clear", "-o", "out"),
    "hunt": ("hunt", EXAMPLE / "logs", "--json", "-o", "out"),
}


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("what", COMMANDS)
def test_reading_and_briefing_call_nobody(what: str, tmp_path: Path) -> None:
    calls, home = tmp_path / "calls", tmp_path / "home"
    home.mkdir()
    (tmp_path / "a.txt").write_text(SAID)
    traced = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(calls)]
    command = [sys.executable, "-m", "indicia", *map(str, COMMANDS[what])]
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
    done = subprocess.run([*traced, *command], capture_output=True, text=True, env=environment, timeout=300, cwd=tmp_path)
    if "ptrace" in done.stderr and not (tmp_path / "out").exists():
        pytest.skip("this machine lets nobody trace a process")
    assert done.returncode in {0, 10}, done.stderr
    called = [line for line in calls.read_text().splitlines() if "AF_INET" in line or "AF_INET6" in line]
    assert called == []
    assert not [path for path in home.rglob("*") if "microsoft" in path.name.lower()]
