"""Several processes for one hunt.

tasks    logs cut into pieces of similar size      workers  processes that scan beside this one
worker   what such a process runs                  lean     for processes that do nothing but hunt
lifeline ends a process with the one that started it
"""

from __future__ import annotations
