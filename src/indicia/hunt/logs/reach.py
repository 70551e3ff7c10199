"""How far back a log reaches, and where it is silent: what "not seen" is worth."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from indicia.hunt.events import NO_TIME, Times, datetime_of
from indicia.records import Gap, LogFile

SLOT = 600_000_000  # microseconds: ten minutes
LEAST_SLOTS = 36  # a log with fewer busy slots is not steady enough to speak of gaps
LEAST_GAP = 6  # slots: an hour
FACTOR = 8  # a gap is this many times longer than nine in ten of the log's pauses
MOST_GAPS = 20
MOST_SLOTS = 1 << 20  # of one log, twenty years without a pause; of what has more, no gaps are told


@dataclass(slots=True)
class Reach:
    """Adds up one file's events: how many, from when to when, and in which ten minutes there were any."""

    events: int = 0
    oldest: int = NO_TIME
    newest: int = NO_TIME
    slots: set[int] = field(default_factory=set)
    host: str = ""

    def add(self, times: Times) -> None:
        """Counts events; those without a time count only as events."""
        self.events += len(times)
        known = times[times != NO_TIME]
        if not len(known):
            return
        low, high = int(known.min()), int(known.max())
        self.oldest = low if self.oldest == NO_TIME else min(self.oldest, low)
        self.newest = high if self.newest == NO_TIME else max(self.newest, high)
        if len(self.slots) >= MOST_SLOTS:
            return
        slots = known // SLOT
        self.slots.update(slots[np.flatnonzero(np.diff(slots, append=slots[-1] + 1))].tolist())

    def join(self, other: Reach) -> None:
        """Adds what was counted elsewhere."""
        self.events += other.events
        for bound in (other.oldest, other.newest):
            if bound != NO_TIME:
                self.oldest = bound if self.oldest == NO_TIME else min(self.oldest, bound)
                self.newest = bound if self.newest == NO_TIME else max(self.newest, bound)
        if len(self.slots) < MOST_SLOTS:
            self.slots |= other.slots
        self.host = self.host or other.host

    def gaps(self) -> tuple[Gap, ...]:
        """Stretches without events in a log that is otherwise steady, longest first, then in time order."""
        if not LEAST_SLOTS <= len(self.slots) < MOST_SLOTS:
            return ()
        busy = np.array(sorted(self.slots), np.int64)
        pauses = np.diff(busy)
        bound = max(LEAST_GAP, FACTOR * float(np.quantile(pauses, 0.9)))
        long = np.flatnonzero(pauses > bound)
        chosen = sorted(long[np.argsort(-pauses[long], kind="stable")][:MOST_GAPS].tolist())
        found = []
        for index in chosen:
            start, end = datetime_of(int(busy[index] + 1) * SLOT), datetime_of(int(busy[index + 1]) * SLOT)
            if start is not None and end is not None:
                found.append(Gap(start=start, end=end))
        return tuple(found)

    def log_file(self, name: str, format_name: str, size: int, skipped: int) -> LogFile:
        """The record of the file."""
        return LogFile(
            file=name,
            format=format_name,
            bytes=size,
            events=self.events,
            skipped=skipped,
            host=self.host,
            oldest=datetime_of(self.oldest),
            newest=datetime_of(self.newest),
            gaps=self.gaps(),
        )
