"""How many sightings are kept of each rule and each indicator. All matches are counted, whatever is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from indicia.hunt.sight.notes import tells_success
from indicia.hunt.tuning import is_own
from indicia.records import Outcome, Sighting

MOST = 1_000  # sightings kept per rule and per indicator

Source = tuple[str, str | None, bool]  # a rule's id; where it is one, the indicator; whether it is of one's own


def source_of_sighting(sighting: Sighting) -> Source:
    """What a sighting counts for. What is one's own must not fill the place of what is not."""
    return sighting.rule, sighting.indicator, is_own(sighting)


class Quota:
    """Of each source the first `most` sightings are kept (None: all), and as many successes beyond them.

    Ten thousand scanners that were turned away must not hide the one request that was not. Sightings come in the order of the
    hunt; whoever sees only a part of them keeps at least what the whole would keep of that part.
    """

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._kept: defaultdict[Source, int] = defaultdict(int)
        self._succeeded: defaultdict[Source, int] = defaultdict(int)

    def is_closed(self, source: Source) -> bool:
        """Whether not even a success is wanted any more."""
        if not self._is_full(source):
            return False
        return not tells_success(source[0]) or self._succeeded[source] >= (self._most or 0)

    def takes(self, source: Source, sighting: Callable[[], Sighting]) -> bool:
        """Whether the next sighting is kept, which is then counted. It is put together only where its outcome decides."""
        if self._is_full(source):
            if self.is_closed(source) or sighting().outcome is not Outcome.SUCCESS:
                return False
            self._succeeded[source] += 1
        else:
            self._kept[source] += 1
        return True

    def counts(self, source: Source) -> None:
        """Counts one that is kept without a question."""
        self._kept[source] += 1

    def _is_full(self, source: Source) -> bool:
        return self._most is not None and self._kept[source] >= self._most
