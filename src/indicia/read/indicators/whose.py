"""Whose a host is by what it is known for, by its column, or by its name and what the sentence tells; and the reasons that the
judge gives for what is no attacker's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from indicia.read.indicators.hit import Hit
from indicia.read.indicators.hosts import brands, is_government, is_platform, known_role, registrable
from indicia.records import Context

TO_WRITE_TO, PUBLISHERS, VICTIMS = "an address to write to", "the publisher's own", "the victim's own"
IMITATED = "what the attacker's imitates"
ONLY_NAMED, DENIED = "the text only names it", "the sentence denies it"
VERSION, WELL_KNOWN, SERVICES = "version number", "well-known service", "a service's own"
TO_READ, POINTED_TO = "something to read", "the text points to it"
LEGITIMATE, GIVEN, SINKHOLES = "the text calls it legitimate", "given to the reader", "a sinkhole"
EXAMPLE, SITE_NAMED = "stands for anybody's", "the name of a site"
# What a word nearby says of a host, which a name made to look like another's outweighs.
WEAK = frozenset((IMITATED, VICTIMS, ONLY_NAMED, POINTED_TO, SERVICES, "the site of whom the text names"))
PROVIDERS = ("abuse@", "hostmaster@", "postmaster@")  # of whoever hosts a server, perhaps the attacker's
BY_COLUMN = {
    "victim": (Context.BENIGN, VICTIMS),
    "imitated": (Context.BENIGN, IMITATED),
    "reference": (Context.REFERENCE, POINTED_TO),
}
# Servers of a firm, what is done to them, and what speaks for the attacker's own.
_SERVER = re.compile(
    r"(?:(?:web|e)?mail\d*|mx\d*|smtp\d*|imap\d*|owa|exchange\d*|autodiscover|e?vpn\d*|remote|citrix|adfs|sso|intranet|ftp)\.[^.]+\."
)
_LOST = re.compile(
    r"\b(?:mailbox\w*|stolen|breach\w*|victims?|targeted|ProxyLogon|ProxyShell|hacked|compromised|probed|brute[- ]forc\w*|"
    r"broke into|logged (?:in|on)|attempt\w* FAILED|vulnerable|unpatched)\b",
    re.IGNORECASE,
)
_THEIR_OWN = re.compile(
    r"\b(?:C2s?|C&C|command[- ]and[- ]control|phish\w*|malicious|attackers?['’]?s?|actors?['’]?s?|registered|resolv\w+|"
    r"download\w*|payload\w*|malware|exfil\w*|beacon\w*|redirect\w*|hosted|sent (?:from|by|via)|relay\w*|used (?:by|to|for))\b",
    re.IGNORECASE,
)


def by_role(hit: Hit, host: str, role: str, defanged: bool) -> tuple[Context, str] | None:
    """What a host that is known for something is to the text."""
    if role == "schema":
        return Context.REFERENCE, "names an XML vocabulary"
    if role == "mailbox" and hit.type == "email-addr":
        return None  # anybody has one there
    if role == "example":
        return Context.BENIGN, EXAMPLE
    if role == "popular":
        return None if defanged else (Context.BENIGN, WELL_KNOWN)
    if role in {"benign", "mailbox"} and (hit.within or hit.type != "url" or not defanged):
        return Context.BENIGN, WELL_KNOWN
    if role == "reference" and not defanged:
        return Context.REFERENCE, "a place that reports point to"
    if role == "shared" and (hit.within or hit.type == "domain-name") and is_platform(host):
        return Context.BENIGN, "shared platform"
    return None


def is_of_victim(host: str, sentence: str) -> bool:
    """Whether the host is a server such as firms have (`mail.`, `vpn.`) of which the sentence tells that it was attacked."""
    return _SERVER.match(host) is not None and _LOST.search(sentence) is not None and _THEIR_OWN.search(sentence) is None


def is_titled(name: str) -> bool:
    """Whether a host is written as the name of a firm or a site is: `Hunt.io`, `BGP.he.net`; not `EVIL.COM`."""
    first, *_, last = name.split(".")
    return first[:1].isupper() and last.islower() and (first[1:].islower() or first.isupper())


# Host names made to be taken for somebody else's: `www-microsoft.live`, `onedrive.to`, `paypa1-login.com`.
#
# Nobody but an attacker has one, so that a word nearby ("the company's", "visit") does not make one harmless. Whom they imitate
# is told by our table of names that attackers like to borrow (`known_hosts.txt`, role `brand`), by whole words of the name, by
# one letter more, less or other, and by digits that stand for letters.
_LIKE = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s", "@": "a"})
_PARTS = re.compile(r"[-_]+|(?<=[a-z])\d+\Z")
_INSIDE = 7  # letters of a name that is told within a longer word
_MISSPELT = 6  # letters of a name of which one may be wrong
# Below these a name alone is hardly ever that of the firm itself, which has a page in its own country or below .com.
_CHEAP = frozenset("to cc ws tk ml ga cf gq pw su la rs vc st live top xyz site online shop click link icu cfd sbs lol".split())


@lru_cache(maxsize=65536)
def imitated_by(host: str) -> str:
    """The known name that a host's name is made to look like, or an empty string.

    >>> imitated_by("www-microsoft.live"), imitated_by("onedrive.to"), imitated_by("paypa1.com"), imitated_by("microsoft.com")
    ('microsoft', 'onedrive', 'paypal', '')
    """
    domain = registrable(host)
    if domain is None or known_role(host) is not None or is_government(host):
        return ""
    label, ending = domain.split(".", 1)
    if label in brands():
        return label if ending in _CHEAP else ""
    words = [part for part in _PARTS.split(label) if part]
    for word in dict.fromkeys((*words, label)):
        if (name := _name_in(word)) and (name != label or ending in _CHEAP):
            return name
    return ""


def _name_in(word: str) -> str:
    """The known name that a word is, is but for a letter, or begins or ends with."""
    known, plain = brands(), word.translate(_LIKE).replace("rn", "m").replace("vv", "w")
    for one in (word, plain):
        if one in known:
            return one
    if len(word) >= _MISSPELT:
        for one in _one_less(plain):
            if (name := _misspellings().get(one)) and abs(len(name) - len(plain)) < 2:
                return name
    return next((name for name in known if len(name) >= _INSIDE and (word.startswith(name) or word.endswith(name))), "")


@lru_cache(maxsize=1)
def _misspellings() -> dict[str, str]:
    """The names with a letter left out, by which two words that differ in one letter meet."""
    return {one: name for name in sorted(brands()) if len(name) >= _MISSPELT for one in _one_less(name)}


def _one_less(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
