"""The exact names that a server answers to, and how each is reached."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple

from indicia.errors import UsageError

LOCAL = ("127.0.0.1", "localhost", "[::1]")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


class AllowedHosts(NamedTuple):
    """Names as they stand in a `Host` header, lower case, without a port; `secure` are those behind a proxy with TLS."""

    names: tuple[str, ...]
    secure: frozenset[str] = frozenset()

    def origin(self, header: str) -> str:
        """The origin of our own pages, for a request with this `Host` header.

        >>> Hosts(("a.example",), frozenset({"a.example"})).origin("A.example:8443"), Hosts(LOCAL).origin("[::1]:80")
        ('https://a.example:8443', 'http://[::1]:80')
        """
        host = header.strip().lower()
        name = host if host.endswith("]") else re.sub(r":\d*$", "", host)
        return f"{'https' if name in self.secure else 'http'}://{host}"


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def hosts_of(address: str, given: Iterable[str]) -> AllowedHosts:
    """What a server that listens on `address` answers to: the names given, and on this machine alone its own.

    A name is a host or an address, without a port; `https://` in front says that a proxy with TLS stands before it.
    Raises: UsageError for something else, and where others can reach the server and no name is given.
    """
    names: list[str] = []
    secure: set[str] = set()
    for text in given:
        scheme, _, name = text.strip().lower().rpartition("://")
        try:
            name = f"[{name}]" if ipaddress.ip_address(name.strip("[]")).version == 6 else name
        except ValueError:
            if not _NAME.fullmatch(name):
                raise UsageError(f"{text!r} is not a host name", hint="as --name indicia.example: no port, no *") from None
        if scheme not in {"", "http", "https"}:
            raise UsageError(f"{text!r} is not a host name", hint="for example: --name https://indicia.example")
        names.append(name)
        if scheme == "https":
            secure.add(name)
    if is_loopback(address):
        names += [one for one in LOCAL if one not in names]
    if not names:
        hint = "--name indicia.example, and the pages open at that name alone"
        raise UsageError(f"others can reach {address}: say under which name", hint=hint)
    return AllowedHosts(tuple(names), frozenset(secure))
