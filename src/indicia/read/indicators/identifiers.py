"""Numbers with a register behind them: CVE, CWE, autonomous systems; and coin addresses with their checksums."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit
from indicia.records import MentionKind

_HYPHEN = "[-\u2010\u2011\u2012\u2013\u2014\u2212_]"
_CVE = re.compile(rf"[Cc][Vv][Ee](?:{_HYPHEN}|[ :]{{1,2}}|{_HYPHEN}ID[: ]{{1,2}})((?:19|20)\d\d){_HYPHEN}\s?(\d{{4,7}})(?!\d)")
# "CVE-2021-26855, -26857, -26858 and -27065" and "CVE-2021-26855/26857"
_CVE_MORE = re.compile(rf"(?:,? and |, ?(?:and )?| ?/ ?| ?& ?)(?:(?:CVE)?{_HYPHEN}|(?<=/))(\d{{4,7}})(?!\d|{_HYPHEN})")
_CWE = re.compile(rf"[Cc][Ww][Ee](?:{_HYPHEN}|[ ])(\d{{1,4}})(?!\d|\.\d)")


def _each(text: str, places: list[int], pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Matches at those places that are the start of a word."""
    for at in places:
        if not text[at - 1 : at].isalnum() and (match := pattern.match(text, at)) is not None:
            yield match


def find_cve(text: str, anchors: Anchors) -> Iterator[Hit]:
    """CVE ids, and those of a list that leaves the year out."""
    for match in _each(text, anchors.literals("CVE", "cve", "Cve"), _CVE):
        year = match[1]
        yield Hit(match.start(), match.end(), "vulnerability", f"CVE-{year}-{match[2]}", kind=MentionKind.VULNERABILITY)
        at = match.end()
        while (more := _CVE_MORE.match(text, at)) is not None:
            low = more.start(1) - 1 if text[more.start(1) - 1] not in "/ " else more.start(1)
            yield Hit(low, more.end(), "vulnerability", f"CVE-{year}-{more[1]}", kind=MentionKind.VULNERABILITY, score=0.95)
            at = more.end()


def find_cwe(text: str, anchors: Anchors) -> Iterator[Hit]:
    """CWE ids without leading zeros."""
    for match in _each(text, anchors.literals("CWE", "cwe"), _CWE):
        yield Hit(match.start(), match.end(), "weakness", f"CWE-{int(match[1])}", kind=MentionKind.WEAKNESS)


_ASN = re.compile(
    r"(?:ASN?[ ]?#?(\d{1,10})|(?:ASN|"
    r"utonomous [Ss]ystem(?: [Nn]umber)?(?: \(ASN?\))?)[:# ]{1,3}(?:AS)?(\d{1,10}))(?![\w.-]\w)(?!\w)"
)
_IBM = frozenset((400, 36))


def find_asn(text: str, anchors: Anchors) -> Iterator[Hit]:
    """Autonomous system numbers as `AS64496`. `AS2`, `AS/400` and the like are products, RFC 5398 numbers are documentation."""
    places = sorted([*anchors.systems, *anchors.literals("utonomous System", "utonomous system")])
    for match in _each(text, places, _ASN):
        if text[match.start() - 1 : match.start()] in {"_", "/", ".", "-"}:
            continue
        digits = match[1] or match[2]
        number = int(digits)
        written = match[0]
        named = match[2] is not None or written.startswith("ASN")
        if not 0 < number < 2**32 or digits.startswith("0"):
            continue
        if not named and (len(digits) < 3 or number in _IBM or (" " in written and len(digits) < 4)):
            continue
        note = "documentation number (RFC 5398)" if 64496 <= number <= 64511 or 65536 <= number <= 65551 else ""
        if not note and (64512 <= number <= 65534 or number >= 4200000000):
            note = "private number (RFC 6996)"
        yield Hit(match.start(), match.end(), "autonomous-system", f"AS{number}", note)


_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUE = {c: i for i, c in enumerate(_BASE58)}
_COIN = re.compile(
    rf"(?:[13][{_BASE58}]{{25,34}}|(?:bc1|BC1)[02-9ac-hj-np-zAC-HJ-NP-Z]{{11,71}}|[48][0-9AB][{_BASE58}]{{93}}(?:[{_BASE58}]{{11}})?)"
)
_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40}")
_BITCOIN, _TRON = frozenset((0, 5)), frozenset((0x41,))
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def find_coins(text: str, anchors: Anchors) -> Iterator[Hit]:
    """Bitcoin (base58 or bech32) and TRON addresses whose checksum is right, Monero addresses of the right network byte and
    length, Ethereum addresses by their shape."""
    for start, end in anchors.long_words:
        value = text[start:end]
        if value[:2] == "0x" and end - start == 42 and _ETHEREUM.fullmatch(value) and len(set(value)) > 5:
            yield Hit(start, end, "eth-address", value)
            continue
        if value[0] == "T" and end - start == 34 and not value[1:].isalpha() and _base58_check(value, _TRON):
            yield Hit(start, end, "trx-address", value)
            continue
        if value[0] not in "1348bB" or end - start > 106 or _COIN.fullmatch(value) is None:
            continue
        if value[0] in "13" and _base58_check(value):
            yield Hit(start, end, "btc-address", value)
        elif value[:3].lower() == "bc1" and _bech32_check(value):
            yield Hit(start, end, "btc-address", value.lower())
        elif value[0] in "48" and len(value) in {95, 106}:
            yield Hit(start, end, "xmr-address", value)


def _base58_check(address: str, networks: frozenset[int] = _BITCOIN) -> bool:
    number = 0
    for c in address:
        if c not in _BASE58_VALUE:
            return False
        number = number * 58 + _BASE58_VALUE[c]
    try:
        raw = number.to_bytes(25, "big")
    except OverflowError:
        return False
    return raw[0] in networks and hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


def _bech32_check(address: str) -> bool:
    """BIP 173 for version 0, BIP 350 for later ones."""
    if address.lower() != address and address.upper() != address:
        return False
    data = [_BECH32.find(c) for c in address.lower()[3:]]
    if -1 in data or len(data) < 7:
        return False
    checksum = 1
    for value in [3, 3, 0, 2, 3, *data]:  # "bc", expanded
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            checksum ^= generator if top >> i & 1 else 0
    return checksum == (1 if data[0] == 0 else 0x2BC830A3)
