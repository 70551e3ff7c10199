"""One profile for all tests with made-up input: the same examples on every run in CI, new ones on each run elsewhere.

Whoever runs the tests may have settings of their own; they are not read."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, print_blob=True)
settings.register_profile("local", print_blob=True)
os.environ["XDG_CONFIG_HOME"] = os.devnull
settings.load_profile("ci" if os.environ.get("CI", "").lower() in {"true", "1", "yes"} else "local")
