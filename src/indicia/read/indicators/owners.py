"""What a text says of one address of a publisher or a victim holds for the others below the same domain.

"Write to soc@agency.example" makes https://agency.example/submit the publisher's own, too, and a victim's web page tells
whose mail domain it is. A domain of which anything stands disguised in the text is an attacker's and is never learned.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from indicia.read.indicators.hit import Hit
from indicia.read.indicators.hosts import host_of, known_role, registrable
from indicia.read.indicators.lookalikes import imitated_by
from indicia.read.indicators.whose import IMITATED, PROVIDERS, PUBLISHERS, TO_WRITE_TO, VICTIMS
from indicia.records import Context

__all__ = ["Placed", "share_owners"]

_NAMED = frozenset(("domain-name", "url", "email-addr"))


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A hit at [start, end) of the document, with what was said about it there."""

    hit: Hit
    start: int
    end: int
    defanged: bool
    context: Context
    reason: str


def share_owners(placed: list[Placed]) -> list[Placed]:
    """The same hits; those that stood for an attacker's only because their own sentence says nothing are mended."""
    publishers = {
        _domain(item)
        for item in placed
        if item.reason in {TO_WRITE_TO, PUBLISHERS} and not item.hit.value.startswith(PROVIDERS)
    }
    victims = {_domain(item) for item in placed if item.reason in {VICTIMS, IMITATED}}
    if not publishers and not victims:
        return placed
    disguised = {_domain(item) for item in placed if item.defanged}
    publishers, victims = publishers - disguised - {""}, victims - disguised - {""}
    return [_mended(item, publishers, victims) for item in placed] if publishers or victims else placed


def _mended(item: Placed, publishers: set[str], victims: set[str]) -> Placed:
    told = item.context is not Context.STATED and not item.reason.startswith("documentation")
    if told or item.hit.type not in _NAMED:
        return item
    domain = _domain(item)
    if imitated_by(domain):
        return item
    if domain in publishers:
        return replace(item, context=Context.REFERENCE, reason=PUBLISHERS)
    if domain in victims and item.hit.type in {"domain-name", "email-addr"} and not item.hit.within:
        return replace(item, context=Context.BENIGN, reason=VICTIMS)
    return item


def _domain(item: Placed) -> str:
    """The registrable domain of the hit; empty where there is none or where anybody can have a name or a mailbox."""
    host = host_of(item.hit.type, item.hit.value) if item.hit.type in _NAMED else ""
    return "" if not host or known_role(host) is not None else registrable(host) or host
