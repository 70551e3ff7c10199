"""Broken inputs made from good ones: in their bytes, and inside what they hold (JSON, gzip, zip), where faults of bytes alone
only ever break the packing."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from copy import deepcopy
from random import Random
from typing import Any

__all__ = ["mutated"]

LONGEST = 1 << 17  # bytes
_MANY = 2_000  # values in JSON, from which on none is repeated
_UNPACKED = 1 << 20  # bytes, up to which an archive is looked into
TOKENS = (
    *(b"\x00", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b"\n\n", b"\t", b" ", b"\x1f\x8b", b"PK\x03\x04"),
    *(b'"', b"'", b"`", b"(", b")", b"[", b"]", b"{", b"}", b"<", b">", b"&", b"#", b"%", b"\\", b"/", b"|"),
    *(b"*", b":", b"=", b"-"),
    *(b"0", b"-1", b"9" * 19, b"9" * 25, b"9" * 400, b"9" * 5000, b"1e308", b"1e999", b"-1e999", b"NaN", b"null", b"true"),
    *(b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59.999999-14:00", b"2021-02-30", b"99/Zzz/9999:99:99:99 +9999", b"1.5"),
    *(b"\\ud800", b"\\u0000", b"\xed\xa0\x80", b"\xe2\x80\xae", b"&#0;", b"&#x110000;", b"<![CDATA[", b"<!--", b"]]>"),
    *(b"=?utf-8?b?", b"?="),
    *(b"a" * 300, b"[" * 300, b"{\"a\":" * 300, b"<div>" * 300, b"(" * 300, b"%s", b"${x}", b"\n#Fields: ", b"a{99999999999}"),
    *(b"&a [*a, *a, *a]", b"!!python/name:os", b"<<: *a", b"- " * 300),
)  # fmt: skip
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, 10**18, 10**19, 10**400, float("nan"), float("inf")),
    *("", " ", "a", "\x00", "\ud800", "‮", "9" * 30, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "x" * 5000),
    *([], {}, [[]], [{}], {"": ""}, [None], ["a", 1, None, {}], {"id": 5}),
)


def mutated(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """The bytes with up to a dozen faults. `others` are what pieces are taken from."""
    made: bytes | None = None
    if random.random() < 0.5:
        made = _within(data, others, random)
    return (_broken(data, others, random) if made is None else made)[:LONGEST]


def _within(data: bytes, others: Sequence[bytes], random: Random) -> bytes | None:
    """With faults in what the bytes hold, sound outside; None where nothing is known to be in them."""
    try:
        if data.startswith(b"PK\x03\x04"):
            return _zipped(data, others, random)
        if data.startswith(b"\x1f\x8b"):
            return gzip.compress(_broken(gzip.decompress(data)[:_UNPACKED], others, random), 1, mtime=0)
        if data.lstrip()[:1] in (b"{", b"["):
            return _json(data, random)
    except (ValueError, RecursionError, OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return None
    return None


def _zipped(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        members = [info for info in given.infolist() if info.file_size < _UNPACKED]
        chosen = random.choice(members).filename if members else ""
        for info in members:
            content = given.read(info)
            made.writestr(info.filename, mutated(content, others, random) if info.filename == chosen else content)
    return out.getvalue()


def _json(data: bytes, random: Random) -> bytes:
    """With odd values, or parts gone, doubled or in each other's place; a file of lines keeps its other lines."""
    try:
        whole, before, after = json.loads(data), b"", b""
    except ValueError:
        lines = data.splitlines(keepends=True)
        number = random.randrange(len(lines))
        whole = json.loads(lines[number])
        before, after = b"".join(lines[:number]), b"\n" + b"".join(lines[number + 1 :])
    for _ in range(random.choice((1, 1, 2, 4))):
        places = list(_places(whole))
        if not places:
            break
        holder, key = random.choice(places)
        match random.randrange(6):
            case 0:
                del holder[key]
            case 1:
                other_holder, other_key = random.choice(places)
                holder[key] = json.loads(json.dumps(other_holder[other_key]))
            case 2 if isinstance(holder, list):
                holder[key:key] = [holder[key]] * (random.choice((1, 50)) if len(places) < _MANY else 1)
            case 3:
                holder[key] = [holder[key]]
            case _:
                holder[key] = deepcopy(random.choice(ODD))
    return before + json.dumps(whole, ensure_ascii=random.random() < 0.9).encode("utf-8", "surrogatepass") + after


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value: what holds it, and the key or number there."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        for key, inner in one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ():
            yield one, key
            waiting.append(inner)


def _broken(data: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """With faults in the bytes: cut, doubled, overwritten, spliced, and with what parsers trip over put in."""
    made = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 3, 5, 12))):
        at = random.randrange(len(made) + 1)
        end = min(len(made), at + random.choice((1, 1, 2, 4, 16, 64, 300)))
        match random.randrange(8):
            case 0:
                made[at:at] = random.choice(TOKENS)
            case 1:
                made[at:end] = random.choice(TOKENS)
            case 2:
                del made[at:end]
            case 3:
                made[at:at] = made[at:end] * random.choice((1, 2, 50))
            case 4:
                made[at:end] = random.randbytes(end - at)
            case 5:
                other = random.choice(others)
                start = random.randrange(len(other) + 1)
                made[at:at] = other[start : start + random.choice((4, 40, 400))]
            case 6:  # a number, where one stands
                digits = [place for place in range(at, min(at + 200, len(made))) if 48 <= made[place] <= 57]
                if digits:
                    made[digits[0] : digits[0] + random.randrange(1, 5)] = random.choice(TOKENS)
            case _:
                if random.random() < 0.3:
                    del made[max(at, 1) :]
    return bytes(made)
