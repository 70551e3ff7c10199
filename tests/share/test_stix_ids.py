"""Ids that the world agrees on, and ids that must never change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indicia.records import TLP_IDS, Tlp
from indicia.share.stix.findings import pattern
from indicia.share.stix.ids import object_id, stamp


def test_tlp_2_ids_are_those_that_first_published() -> None:
    # Facts from FIRST's TLP 2.0 STIX definitions; mistyped variants of three of them are in circulation.
    assert {tlp.value: identity.removeprefix("marking-definition--") for tlp, identity in TLP_IDS.items()} == {
        "clear": "94868c89-83c2-464b-929b-a1a8aa3c8487",
        "green": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        "amber": "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        "amber+strict": "939a9414-2ddd-4d32-a0cd-375ea402b003",
        "red": "e828b379-4e03-4974-9ac4-e53a884c97c1",
    }


def test_tlp_reads_old_and_new_spellings() -> None:
    assert Tlp.read("TLP:WHITE") is Tlp.CLEAR
    assert Tlp.read("TLP: Amber+Strict") is Tlp.AMBER_STRICT
    with pytest.raises(ValueError, match="TLP:CLEAR"):
        Tlp.read("purple")


def test_our_ids_never_change() -> None:
    assert object_id("identity", "NATO") == "identity--23d2e857-7489-5bf1-a4b5-4f0f40e1038f"


def test_stamp_has_milliseconds_and_is_utc() -> None:
    assert stamp(datetime(2021, 3, 3, 6, 50, 8, 120_000, UTC)) == "2021-03-03T06:50:08.120Z"
    assert stamp("2021") == "2021-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("type", "value", "expected"),
    [
        ("ipv4-addr", "198.51.100.0/24", "[ipv4-addr:value ISSUBSET '198.51.100.0/24']"),
        ("file-sha256", "ab" * 32, f"[file:hashes.'SHA-256' = '{'ab' * 32}']"),
        ("file-path", r"C:\inetpub\x.aspx", r"[file:name = 'x.aspx' AND file:parent_directory_ref.path = 'C:\\inetpub']"),
        ("url", "http://x.example/'a", r"[url:value = 'http://x.example/\'a']"),
        ("btc-address", "x", None),
    ],
)
def test_patterns(type: str, value: str, expected: str | None) -> None:
    assert pattern(type, value) == expected
