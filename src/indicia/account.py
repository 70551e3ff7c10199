"""Who is logged in: the author of what a person decides, where they give no other name."""

from __future__ import annotations

import getpass


def account() -> str:
    """The name of the account; `analyst` for one without a name, as in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "analyst"
