"""What was seen of a source that somebody watches, kept with the case that its texts are in."""

from __future__ import annotations

from indicia.records.base import Record

__all__ = ["MOST_SEEN", "Seen"]

MOST_SEEN = 20_000  # entries remembered of a source, the newest


class Seen(Record, frozen=True, kw_only=True):
    """What was seen of one source: `entries` is what each was known by -> what it held, oldest first; the rest is what a server
    wants to hear next time."""

    entries: dict[str, str] = {}
    etag: str = ""
    modified: str = ""
    added_last: str = ""  # of a TAXII collection (RFC 3339)

    def with_later(self, later: Seen) -> Seen:
        """What is seen once both looks at one source are in the case, whichever of them was kept first."""
        entries = list((self.entries | later.entries).items())[-MOST_SEEN:]
        return Seen(
            entries=dict(entries),
            etag=later.etag,
            modified=later.modified,
            added_last=max(self.added_last, later.added_last),
        )
