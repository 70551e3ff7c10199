"""What nobody read: the first thing to know of what a case says."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.records import Case, file_name
from indicia.view.language import tell, tell_many
from indicia.view.wording import is_said

__all__ = ["unread"]

FEW = 3


def unread(case: Case) -> Iterator[str]:
    """A sentence that names the texts in which claims may stand that nobody read; none where all was read."""
    logs = frozenset(case.hunt.problems) if case.hunt else frozenset()
    hidden = [one for one in case.problems if one.hides_claims and one not in logs and not is_said(one)]
    if not hidden:
        return
    named = "; ".join(f"{file_name(one.where)} ({one.what.partition(': ')[2] or one.what})" for one in hidden[:FEW])
    more = len(hidden) - FEW
    if more > 0:
        named += "; " + tell_many("{count} more text", "{count} more texts", more)
    yield tell("Not read, so there may be more claims than are told here: {texts}.", texts=named)
