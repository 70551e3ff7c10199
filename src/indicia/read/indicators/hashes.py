"""Hashes of files in the refanged view."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.filenames import FILE_ENDINGS
from indicia.read.indicators.hit import HASH_OF_LENGTH, Hit, Taken
from indicia.read.indicators.hosts import HOST, valid_host

_EMPTY = frozenset(
    (
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    )
)
_NOT_A_FILE = re.compile(
    r"\b(?:commit|git|revision|changeset|tree|blob|thumbprint|serial(?: number)?|fingerprint|imphash|imp-?hash|"
    r"ja[34][a-z]?|jarm|hassh|guid|uuid|clsid|session|token|"
    r"nonce|etag|api[ _-]?key|secret|aes(?:[- ]?\d{3})?|(?:the|encryption|decryption|xor|rc4|aes|session) key|"
    r"(?:\w{2,12}_)?key(?=[\"'])|iv|"
    r"rich ?(?:pe )?header(?: hash)?|authentihash|"
    r"telfhash|icon hash|password hash|ntlm hash|nt hash|vhash|public key(?: hash)?|watermark|transaction(?: id)?|"
    r"txid)\b(?:(?!md5|sha-?\d)[^\n.;,]){0,30}\Z",
    re.IGNORECASE,
)


# What a fingerprint is of, where it can be looked for like a hash: "JA3: ...", "imphash ...".
_FINGERPRINT = re.compile(
    r"\b(ja3s?|imp-?hash|jarm|hassh)\b[^\n.;,\w]{0,3}(?:(?:hash|fingerprint|is|of|digest)\b[^\n.;,\w]{0,3}){0,2}\Z",
    re.IGNORECASE,
)
_JA4 = re.compile(r"[tqd]\d{2}[di]\d{4}[a-z0-9]{2}_[0-9a-f]{12}_[0-9a-f]{12}\b")


_KEYS = re.compile(
    r"\b(?:(?:key|certificate|cert)(?:['’]s| of [^\n.;]{1,30}|[^\n.;]{0,24} ?\()\s?(?:MD5|SHA-?\d{1,3})"
    r"(?: hash| fingerprint| thumbprint)?(?: is| was|:)?\s?|(?:rustc|gcc|clang|golang|toolchain)[ (/-]{1,2}"
    r"(?:version |v?[\d.]+ \(?)?)\Z",
    re.IGNORECASE,
)
# A cipher right before a run of digits, or a counter right after it: what it works with.
_CIPHERS = re.compile(
    r"\b(?:x?chacha(?:20|8)?|x?salsa20|rc4|(?:triple)?des|blowfish|camellia|serpent|twofish|poly1305|ed25519|x25519|curve25519|hmac)\b"
    r"(?:(?!md5|sha-?\d)[^\n.;]){0,40}\Z",
    re.IGNORECASE,
)
_NONCE = re.compile(
    r"[\"'`]?[,;)]?\s(?:and |with )?(?:the |an? )?(?:nonce|iv|initiali[sz]ation vector|counter)\b", re.IGNORECASE
)


# One of these is in every match of the two.
_NO_FILE_STEMS = (
    "commit", "git", "revision", "changeset", "tree", "blob", "print", "serial", "imp", "ja3", "ja4", "jarm", "hassh", "uid",
    "clsid", "session", "token", "nonce", "etag", "key", "secret", "aes", "iv", "rich", "authentihash", "telfhash", "icon",
    "password", "nt", "vhash", "watermark", "transaction", "txid", "cert", "rustc", "gcc", "clang", "golang", "toolchain",
    "chacha", "salsa", "rc4", "des", "blowfish", "camellia", "serpent", "twofish", "poly1305", "25519", "hmac",
)  # fmt: skip


@lru_cache(maxsize=1)
def _no_file_stems() -> AhoCorasick:
    return AhoCorasick(_NO_FILE_STEMS)


def _of_no_file(text: str, start: int) -> str:
    """Why the hash at `start` is none of a file by what stands before it, or an empty string."""
    lead = text[max(0, start - 60) : start].rstrip().lower()
    if not _no_file_stems().find_matches_as_indexes(lead[lead.rfind("\n") + 1 :]):
        return ""
    if (named := _NOT_A_FILE.search(text, max(0, start - 40), start)) is not None:
        return f"not a file's hash ({' '.join(named[0].split()[:2]).rstrip(':=').lower()})"
    if _CIPHERS.search(text, max(0, start - 60), start):
        return "not a file's hash (the key)"
    return "not a file's hash" if _KEYS.search(text, max(0, start - 60), start) else ""


def find_fingerprints(text: str, anchors: Anchors) -> Iterator[Hit]:
    """JA4 fingerprints of TLS clients, by their shape."""
    for at in anchors.ja4s:
        match = _JA4.match(text, at)
        if match is not None and not text[at - 1 : at].isalnum():
            yield Hit(at, match.end(), "ja4", match[0])


def find_hashes(text: str, anchors: Anchors) -> Iterator[Hit]:
    """MD5, SHA-1, SHA-256 and SHA-512 in lower case, told by their length. A longer run of hex digits holds none."""
    for start, end in anchors.long_words:
        type = HASH_OF_LENGTH.get(end - start)
        if type is None or not _HEX.fullmatch(text, start, end):
            continue
        before, following = text[start - 1 : start], text[end : end + 1]
        if before.isalnum() or following.isalnum() or before in {"_", "%"} or following == "_":
            continue
        if (before == "-" and text[start - 2 : start - 1].isalnum()) or (
            following == "-" and text[end + 1 : end + 2].isalnum()
        ):
            continue
        if following == "." and _is_label(text, start):
            continue
        value = text[start:end].lower()
        note = ""
        print_of = _FINGERPRINT.search(text, max(0, start - 40), start) if type == "file-md5" else None
        if print_of is not None and len(set(value)) > 3:
            yield Hit(start, end, print_of[1].lower().replace("-", ""), value)
            continue
        if value in _EMPTY:
            note = "hash of empty input"
        elif before in {"/", "\\"} and following in {"/", "\\"}:
            note = "part of a path"
        elif len(set(value)) < 4:
            note = "placeholder, not a hash"
        elif reason := _of_no_file(text, start):
            note = reason
        elif _NONCE.match(text, end):
            note = "not a file's hash (the key)"
        elif value.isdigit() and type == "file-md5":
            note = "a number, not a hash"
        yield Hit(start, end, type, value, note)


def _is_label(text: str, start: int) -> bool:
    """Whether the digits are the first label of a host's name: "<32 digits>.q7.example.com"."""
    match = HOST.match(text, start)
    name = match[0].lower() if match is not None else ""
    return name.count(".") > 1 and name.rsplit(".", 1)[-1] not in FILE_ENDINGS and valid_host(name)


_WHOLE = frozenset(HASH_OF_LENGTH.values())
_NAME = re.compile(r"[A-Za-z0-9_][\w-]{0,60}(?:\.[\w-]{1,40}){0,3}\.[A-Za-z]\w{0,9}")


def find_named(text: str, hits: list[Hit], taken: Taken) -> Iterator[Hit]:
    """Names of files with unusual endings (`kl.mips`) that stand in a cell of a row beside a hash."""
    done = -1
    for hit in hits:
        if hit.type not in _WHOLE or hit.note or hit.start < done:
            continue
        start = max(0, hit.start - 400)
        start = max(start, text.rfind("\n", start, hit.start) + 1)
        done = text.find("\n", hit.end, hit.end + 400)
        done = done if done >= 0 else min(len(text), hit.end + 400)
        row = text[start:done]
        if "." not in row:
            continue
        cells = row.replace("|", "\t").replace("  ", "\t\t").split("\t")
        for cell in cells if len(cells) > 1 else ():
            name = cell.strip(" `*\"'")
            at = text.find(name, start) if "." in name and _NAME.fullmatch(name) else -1
            if at >= 0 and taken.is_free(at, at + len(name)):
                yield Hit(at, at + len(name), "file-name", name)
            start += len(cell) + 1


_HEX = re.compile(r"[0-9a-fA-F]+")
_SSDEEP = re.compile(r"(\d{1,10}):([A-Za-z0-9/+]{3,64}):([A-Za-z0-9/+]{2,64})(?![A-Za-z0-9/+:])")
_SSDEEP_BLOCKS = frozenset(3 * 2**n for n in range(31))


def find_ssdeep(text: str, anchors: Anchors) -> Iterator[Hit]:
    """ssdeep hashes: a block size of 3 times a power of two, and two chunks that are not clock times."""
    for colon in anchors.colons:
        head = text[max(0, colon - 11) : colon]
        start = colon - len(head) + len(head.rstrip("0123456789"))
        before = text[start - 1 : start]
        match = (
            _SSDEEP.match(text, start) if start < colon and not (before.isalnum() or before in {"_", ":", "/", "+"}) else None
        )
        if match is None or int(match[1]) not in _SSDEEP_BLOCKS or len(match[2]) + len(match[3]) < 12:
            continue
        if not any(c.isalpha() for c in match[2]) or (match[2].islower() and match[3].islower()):
            continue
        yield Hit(match.start(), match.end(), "ssdeep", match[0])
