"""One profile for all tests with made-up input: the same examples on every run in CI, new ones on each run elsewhere."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, print_blob=True)
settings.register_profile("local", print_blob=True)
settings.load_profile("ci" if os.environ.get("CI", "").lower() in {"true", "1", "yes"} else "local")
