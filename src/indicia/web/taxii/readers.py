"""Who may read how much: tokens from a file, never from a flag. Without a token a reader sees what is TLP:CLEAR.

[readers.alice]
token_sha256 = "…"     # of the token; or token = "…" in a file that only its owner can read
tlp = "amber"
write = true           # may post to the inbox
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import threading
import tomllib
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import orjson

from indicia.errors import FormatError, InputError, LimitError, StoreError, UsageError
from indicia.records import STIX_MARKINGS, Record, Tlp
from indicia.share.stix.versions import later
from indicia.walking import text_of
from indicia.writing import write_atomically

# What a TAXII server offers: objects with the time they were added, filtered and in order.
_ID = re.compile(r"[a-z0-9-]{1,60}--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_NAMESPACE = uuid.UUID("a4b2a1a3-2a0e-5f5c-8c63-4a8a7f1d3c11")


class Entry(Record, frozen=True, kw_only=True):
    """An object and when it was added (RFC 3339, UTC, microseconds)."""

    added: str
    item: dict[str, Any]


def collection_id(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


def keyed_id(key: bytes, name: str) -> str:
    """An id that nobody can work out from the name without the key."""
    return str(uuid.UUID(bytes=hmac.digest(key, name.encode(), "sha256")[:16], version=4))


def version_of(entry: Entry) -> str:
    """`modified`, else `created`, else when it was added."""
    return str(entry.item.get("modified") or entry.item.get("created") or entry.added)


def marking_of_object(item: Mapping[str, Any]) -> Tlp:
    """The strictest TLP marking of an object. Without one that we know it counts as RED."""
    if item.get("id") in STIX_MARKINGS:
        return Tlp.CLEAR  # a marking definition is public, whatever it marks
    refs = item.get("object_marking_refs")
    known = (
        [STIX_MARKINGS[ref] for ref in refs if isinstance(ref, str) and ref in STIX_MARKINGS] if isinstance(refs, list) else []
    )
    return Tlp.RED if not known or item.get("granular_markings") else Tlp.strictest(known)


def fault_of(item: Any) -> str | None:
    """Why an object cannot be taken in, None if it can."""
    if not isinstance(item, dict):
        return "is no object"
    id, type = item.get("id"), item.get("type")
    if not isinstance(id, str) or not _ID.fullmatch(id) or not isinstance(type, str) or id.split("--")[0] != type:
        return "has no id that fits its type"
    if item.get("spec_version") != "2.1" and type != "bundle":
        return "is not of STIX 2.1"
    if type == "bundle":
        return "is a bundle; post its objects"
    for name in ("created", "modified"):
        if name in item and not is_stamp(item[name]):
            return f"{name} is no timestamp of STIX"
    try:
        orjson.dumps([[[[[[item]]]]]])  # as deep as it will ever stand in an answer
    except orjson.JSONEncodeError:
        return "is nested too deeply"
    return None


def is_stamp(value: object) -> bool:
    """Whether it is a timestamp as STIX writes them."""
    try:
        return isinstance(value, str) and _STAMP.fullmatch(value) is not None and moment(value) is not None
    except ValueError:
        return False


def chosen(entries: Iterable[Entry], query: Mapping[str, str]) -> list[Entry]:
    """The entries that the filters let through, by time added and id. Raises: ValueError for a filter that cannot be read."""
    found = sorted(entries, key=lambda entry: (entry.added, str(entry.item["id"]), version_of(entry)))
    if "added_after" in query:
        after = moment(query["added_after"])
        found = [entry for entry in found if moment(entry.added) > after]
    for name, key in (("match[id]", "id"), ("match[type]", "type"), ("match[spec_version]", "spec_version")):
        if name in query:
            wanted = set(query[name].split(","))
            found = [entry for entry in found if entry.item.get(key, "2.1" if key == "spec_version" else "") in wanted]
    return _versions(found, query.get("match[version]", "last").split(","))


def moment(text: str) -> datetime:
    """The moment that an RFC 3339 timestamp names. Raises: ValueError."""
    found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return found


def _versions(found: list[Entry], wanted: list[str]) -> list[Entry]:
    if "all" in wanted:
        return found
    exact = {moment(word) for word in wanted if word not in {"first", "last"}}
    by_id: dict[str, list[datetime]] = {}
    for entry in found:
        by_id.setdefault(str(entry.item["id"]), []).append(moment(version_of(entry)))
    bounds = {id: (min(versions), max(versions)) for id, versions in by_id.items()}

    def is_wanted(entry: Entry) -> bool:
        version, (first, last) = moment(version_of(entry)), bounds[str(entry.item["id"])]
        return ("last" in wanted and version == last) or ("first" in wanted and version == first) or version in exact

    return [entry for entry in found if is_wanted(entry)]


class Reader(Record, frozen=True, kw_only=True):
    """A reader and what they are cleared for. `token_sha256` is the hex digest of their token."""

    name: str
    tlp: Tlp
    token_sha256: str = ""
    write: bool = False


ANYBODY = Reader(name="", tlp=Tlp.CLEAR)


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    tlp: str
    token: str | None = None
    token_sha256: str | None = None
    write: bool = False


class _File(msgspec.Struct, forbid_unknown_fields=True):
    readers: dict[str, _Row]


def load_readers(path: Path) -> tuple[Reader, ...]:
    """The readers in a file. Raises: InputError, FormatError, UsageError when others can read the tokens in it."""
    try:
        data = tomllib.loads(text_of(path))
        mode = path.stat().st_mode
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise FormatError(f"is no TOML: {error}", where=str(path)) from error
    try:
        rows = msgspec.convert(data, type=_File).readers
    except msgspec.ValidationError as error:
        raise FormatError(f"does not fit: {error}", where=str(path)) from error
    found = []
    for name, row in rows.items():
        if (row.token is None) == (row.token_sha256 is None):
            raise FormatError(f"reader {name} needs either token or token_sha256", where=str(path))
        if row.token is not None and os.name == "posix" and mode & 0o077:
            raise UsageError(f"{path} holds tokens that others can read", hint=f"chmod 600 {path}, or keep token_sha256 there")
        if row.token is not None and len(row.token) < 16:
            raise FormatError(f"the token of {name} is too short to be safe", where=str(path), hint="use 16 characters or more")
        digest = row.token_sha256 or hashlib.sha256((row.token or "").encode()).hexdigest()
        if len(digest) != 64 or ":" in name:
            raise FormatError(f"reader {name}: a digest has 64 hex digits, and a name no colon", where=str(path))
        try:
            found.append(Reader(name=name, tlp=Tlp.read(row.tlp), token_sha256=digest.lower(), write=row.write))
        except ValueError as error:
            raise FormatError(f"reader {name}: {error}", where=str(path)) from error
    return tuple(found)


def owner(token: str) -> Reader:
    """Whoever started the server, under its launch token."""
    return Reader(name="owner", tlp=Tlp.RED, token_sha256=hashlib.sha256(token.encode()).hexdigest(), write=True)


def reader_of(header: str | None, readers: tuple[Reader, ...], anybody: Reader | None = ANYBODY) -> Reader | None:
    """The reader behind an Authorization header (`Bearer`, `Token`, `Basic`), `anybody` without one, None when it is wrong."""
    if not header:
        return anybody
    scheme, _, rest = header.partition(" ")
    name: str | None = None
    token = rest.strip()
    if scheme.lower() == "basic":
        try:
            name, _, token = base64.b64decode(token, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
    elif scheme.lower() not in {"bearer", "token"}:
        return None
    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    found = None
    for reader in readers:  # all of them, so that the time taken does not tell which token was close
        if hmac.compare_digest(digest, reader.token_sha256) and name in {None, reader.name}:
            found = reader
    return found


# What readers post: one STIX bundle on disk for each request, so that `indicia brief INBOX/` reads them too.
#
# Two readers may post different objects under one id and version, one of them above what the other may see. Each is then there
# for those who may see it, and nobody's answer depends on what is hidden from them.
MOST = 50_000_000  # bytes that one reader may have in it
_LEAST = 1_000  # bytes that a request counts for
_Key = tuple[str, datetime]


class Inbox:
    """The objects posted, oldest first. Safe to use from several threads."""

    def __init__(self, folder: Path, *, most: int = MOST) -> None:
        """Raises: InputError when the folder cannot be made or read."""
        self.folder, self.most = folder, most
        self._lock = threading.Lock()
        self.entries: list[Entry] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path in self._files():
                items = _objects(path)
                self.entries += [Entry(added=_added(path), item=item) for item in items or () if fault_of(item) is None]
        except OSError as error:
            raise InputError(f"cannot be the inbox: {error.strerror or error}", where=str(folder)) from error

    def _files(self, by: str | None = None) -> list[Path]:
        found = sorted(self.folder.glob(f"*--{_mark(by)}.json" if by is not None else "*--*.json"))
        return [path for path in found if is_stamp(_added(path))]  # others are not ours

    def seen(self, may_see: Callable[[Entry], bool]) -> list[Entry]:
        """What a reader sees: of several objects under one id and version that which came first."""
        found: dict[_Key, Entry] = {}
        for entry in self.entries:
            if may_see(entry):
                found.setdefault(_key(entry), entry)
        return list(found.values())

    def add(
        self,
        items: Iterable[dict[str, Any]],
        status: str,
        added: str,
        *,
        by: str = "",
        may_see: Callable[[Entry], bool] = lambda _: True,
    ) -> list[str | None]:
        """For each object why it was not kept, None if it is there; on disk before it returns.

        `by` is who posts, and `may_see` what they see. Raises: LimitError when their part is full, StoreError.
        """
        faults: list[str | None] = []
        new: list[Entry] = []
        with self._lock:
            added = max([added, *(later(added, entry.added) for entry in self.entries[-1:])])
            held: dict[_Key, list[Entry]] = {}
            for entry in self.entries:
                held.setdefault(_key(entry), []).append(entry)
            for item in items:
                entry = Entry(added=added, item=item)
                others = held.setdefault(_key(entry), [])
                if any(other.item == item for other in others):
                    faults.append(None)  # there already
                elif any(may_see(other) or other in new for other in others):
                    faults.append("another object has this id and version")
                else:
                    faults.append(None)
                    new.append(entry)
                    others.append(entry)
            if new:
                bundle = {"type": "bundle", "id": f"bundle--{status}", "objects": [entry.item for entry in new]}
                path = self.folder / f"{added.replace(':', '_')}--{status}--{_mark(by)}.json"
                self._check_room(by, len(orjson.dumps(bundle)))
                self._write(path, bundle)
                self.entries += new
        return faults

    def _check_room(self, by: str, more: int) -> None:
        used = sum(max(_LEAST, path.stat().st_size) for path in self._files(by))
        if used + more > self.most:
            raise LimitError(f"your part of the inbox is full ({self.most // 1_000_000} MB): nothing of this was kept")

    def remove(self, entries: Iterable[Entry]) -> None:
        """Takes these objects out of the files and of what is offered. Raises: StoreError."""
        gone: dict[_Key, list[dict[str, Any]]] = {}
        for entry in entries:
            gone.setdefault(_key(entry), []).append(entry.item)

        def stays(entry: Entry) -> bool:
            return entry.item not in gone.get(_key(entry), ())

        with self._lock:
            for path in self._files():
                items = _objects(path)
                if items is None:
                    continue
                left = [item for item in items if fault_of(item) or stays(Entry(added=_added(path), item=item))]
                if not left:
                    path.unlink()
                elif len(left) < len(items):
                    self._write(path, {"type": "bundle", "id": f"bundle--{path.stem.split('--')[1]}", "objects": left})
            self.entries = [entry for entry in self.entries if stays(entry)]

    def _write(self, path: Path, bundle: dict[str, Any]) -> None:
        """Whole or not at all, on disk before it returns, and for nobody else: what was posted may be under any marking."""
        try:
            write_atomically(path, orjson.dumps(bundle), private=True)
        except OSError as error:
            raise StoreError(f"cannot be written: {error.strerror or error}", where=str(path)) from error


def _key(entry: Entry) -> _Key:
    return str(entry.item["id"]), moment(version_of(entry))


def _objects(path: Path) -> list[Any] | None:
    """The objects of a file of the inbox, None for one that is not ours."""
    try:
        items = orjson.loads(path.read_bytes())["objects"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return items if isinstance(items, list) else None


def _mark(by: str) -> str:
    """A reader in the name of a file."""
    return hashlib.sha256(by.encode()).hexdigest()[:12]


def _added(path: Path) -> str:
    """When the objects of a file of the inbox were added, as its name says."""
    return path.name.split("--")[0].replace("_", ":")
