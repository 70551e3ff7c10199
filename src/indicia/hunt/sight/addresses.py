"""Addresses of a network of one's own, which are a different machine in every network."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

_EXAMPLES = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))


@lru_cache(16_384)
def is_inner(address: str) -> bool:
    """Whether a text is an address of a private network; those that documentation uses stand for public ones."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_private and not any(found in network for network in _EXAMPLES)
