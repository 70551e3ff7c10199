"""What was seen of each source, in a file beside the case: so that a text is read once, and what is new is new."""

from __future__ import annotations

from pathlib import Path

import msgspec

from indicia.errors import FormatError
from indicia.records import Record
from indicia.writing import write_atomically

__all__ = ["MOST", "Seen", "Watched", "load_state", "save_state"]

MOST = 20_000  # entries remembered of a source, the newest


class Seen(Record, frozen=True, kw_only=True):
    """What was seen of one source: `entries` is what each was known by -> what it held, oldest first; the rest is what a server
    wants to hear next time."""

    entries: dict[str, str] = {}
    etag: str = ""
    modified: str = ""
    added_last: str = ""  # of a TAXII collection (RFC 3339)


class Watched(Record, frozen=True, kw_only=True):
    """By source, as the user wrote it."""

    version: int = 1
    sources: dict[str, Seen] = {}


def load_state(path: Path) -> Watched:
    """What is kept in the file, nothing where there is none. Raises: FormatError where it is no such file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Watched()
    try:
        return msgspec.json.decode(data, type=Watched)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        hint = "name another with --state, or remove it to read everything again"
        raise FormatError(f"has no valid record of what was seen before: {error}", where=str(path), hint=hint) from error


def save_state(path: Path, state: Watched) -> None:
    """Keeps it, for its owner alone: it tells what somebody reads."""
    kept = {
        source: msgspec.structs.replace(seen, entries=dict(list(seen.entries.items())[-MOST:]))
        for source, seen in sorted(state.sources.items())
    }
    write_atomically(path, msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(state, sources=kept))), private=True)
