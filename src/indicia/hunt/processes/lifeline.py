"""A process that ends when the one that started it does, however that ended."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

__all__ = ["end_with"]

_PR_SET_PDEATHSIG = 1  # prctl(2)
_LOOKS = 0.5  # seconds between two looks, where the system does not tell


def end_with(parent: int) -> None:
    """Has this process killed when the process `parent`, which started it, is gone: in the middle of a task, too.

    Linux does it by itself, also while a library in C lets no Python run. Elsewhere a thread looks twice a second.
    """
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0:
        if os.getppid() != parent:  # it was gone before we asked
            os._exit(1)
        return
    threading.Thread(target=_look, args=(parent,), name="lifeline", daemon=True).start()


def _look(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOKS)
    os._exit(1)
