"""Several processes for one hunt.

tasks    logs cut into pieces of similar size      workers  processes that scan beside this one
worker   what such a process runs                  lean     for processes that do nothing but hunt
"""

from __future__ import annotations
