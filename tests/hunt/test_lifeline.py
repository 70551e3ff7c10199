"""The processes of a hunt end with it, however it ends and whatever they are at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

BUSY = """
import os, sys, threading
from indicia.hunt import worker as lifeline
if sys.argv[2] == "looking":
    threading.Thread(target=lifeline._look, args=(int(sys.argv[1]),), daemon=True).start()
else:
    lifeline.end_with(int(sys.argv[1]))
print(os.getpid(), flush=True)
while True:
    sum(range(1000))
"""
PARENT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid()), sys.argv[2]])
time.sleep(60)
"""


def is_running(process: int) -> bool:
    """Whether it is there and no mere remainder that nobody has asked for."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True)
    return done.stdout.strip()[:1] not in {"", "Z"}


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("how", ["asking", "looking"])
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_ends_with_its_hunt(sign: signal.Signals, how: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", PARENT, BUSY, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert is_running(worker)
        parent.send_signal(sign)
        until = time.monotonic() + 20
        while is_running(worker) and time.monotonic() < until:
            time.sleep(0.05)
        assert not is_running(worker)
