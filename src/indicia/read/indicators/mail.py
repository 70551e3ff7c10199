"""E-mail addresses in the refanged view."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.indicators.hit import Hit, Taken
from indicia.read.indicators.hosts import HOST, name_note, valid_host

__all__ = ["find_mail"]

_LOCAL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+'-=&"


def find_mail(text: str, taken: Taken) -> Iterator[Hit]:
    """E-mail addresses; the domain in lower case, the local part as written."""
    done = 0
    at = text.find("@")
    while at >= 0:
        held = taken.holds(at)
        if held < 0:
            window = text[max(done, at - 64) : at]
            local = window[len(window.rstrip(_LOCAL)) :].lstrip(".'-=&%+")
            host = HOST.match(text, at + 1)
            if local and host is not None and not local.endswith("."):
                domain = host[0].rstrip("-_").lower()
                while domain and not valid_host(domain) and "." in domain:
                    domain = domain.rsplit(".", 1)[0]
                if "." in domain and valid_host(domain):
                    start, end = at - len(local), at + 1 + len(domain)
                    yield Hit(start, end, "email-addr", f"{local}@{domain}", name_note(domain))
                    done = end
        at = text.find("@", max(done, at + 1, held))
