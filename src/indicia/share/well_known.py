"""Values that everybody meets: resolvers, the hash of an empty file, a vendor's own domain. They are no traces of an attack.

What stands here is still passed on, since a source named it, with a word on what it is and no wish to have it detected.
"""

from __future__ import annotations

import ipaddress
from functools import cache
from importlib.resources import files

__all__ = ["well_known"]

# Networks that say nothing outside of one house. Addresses for documentation are not among them: nobody can be reached there.
_NETWORKS = {
    "private network": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    "shared address space": ("100.64.0.0/10",),
    "this machine": ("127.0.0.0/8", "::1/128", "0.0.0.0/8", "::/128"),
    "link-local": ("169.254.0.0/16", "fe80::/10"),
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    "broadcast": ("255.255.255.255/32",),
}


@cache
def _table() -> dict[tuple[str, str], str]:
    text = files("indicia.share").joinpath("well_known.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {(type, value): what for type, value, what in rows}


def well_known(type: str, value: str) -> str | None:
    """What a value is that a block list must not hold, None for all others.

    >>> well_known("ipv4-addr", "8.8.8.8"), well_known("domain-name", "ctldl.windowsupdate.com")
    ('public resolver of Google', 'updates of Windows')
    >>> well_known("ipv4-addr", "10.1.2.3"), well_known("domain-name", "microsoft.com.evil.example")
    ('private network', None)
    """
    exact = _table().get((type, value.lower()))
    if exact is not None:
        return exact
    if type == "domain-name":
        labels = value.lower().rstrip(".").split(".")
        parents = (".".join(labels[start:]) for start in range(len(labels)))
        return next((what for parent in parents if (what := _table().get((type, parent)))), None)
    if type in {"ipv4-addr", "ipv6-addr"}:
        return _of_network(value)
    return None


def _of_network(value: str) -> str | None:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
    for what, ranges in _NETWORKS.items():
        for each in map(ipaddress.ip_network, ranges):
            if each.version == network.version and network.subnet_of(each):  # type: ignore[arg-type]
                return what
    return None
