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
import tomllib
from pathlib import Path

import msgspec

from indicia.errors import FormatError, InputError, UsageError
from indicia.records import Record, Tlp
from indicia.walking import text_of


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
