"""Who did what, from where: what a responder asks of one row, taken from whatever fields its log has for it."""

from __future__ import annotations

from typing import NamedTuple

from indicia.hunt.names import field_key
from indicia.hunt.sources import source_named
from indicia.records import Event

__all__ = ["Deed", "deed_of"]

LONGEST = 160  # characters of what was done

_USERS = (
    "user",
    "subjectusername",
    "targetusername",
    "authenticateduser",
    "cs-username",
    "accountname",
    "username",
    "acct",
    "auid",
)
_ADDRESSES = (
    "ipaddress",
    "sourcenetworkaddress",
    "clientipaddress",
    "c-ip",
    "sourceip",
    "clientaddress",
    "id.orig_h",
    "remote_addr",
    "addr",
    "client",
)
_DONE = (
    "commandline",
    "processcommandline",
    "cmdline",
    "scriptblocktext",
    "cmd",
    "targetfilename",
    "targetobject",
    "imagepath",
    "servicefilename",
    "taskname",
    "imageloaded",
    "queryname",
    "query",
    "image",
    "newprocessname",
    "exe",
    "message",
)
_NOBODY = frozenset({"", "-", "unset", "4294967295"})


class Deed(NamedTuple):
    """Each as the log has it; "" where it does not say."""

    who: str
    what: str
    origin: str

    def __str__(self) -> str:
        return " ".join(
            part for part in (self.who and f"{self.who}:", self.what, self.origin and f"from {self.origin}") if part
        )


def deed_of(event: Event) -> Deed:
    """What the event says of whoever acted in it."""
    fields = {field_key(name): value for name, value in event.fields.items()}
    source = source_named(event.format)
    users, addresses, actions = (source.users, source.addresses, source.actions) if source else ((), (), ())
    objects = _objects(fields, source.objects) if source else ""

    def first(*names: str) -> str:
        return next((value for name in names if (value := fields.get(name, "").strip()) not in _NOBODY), "")

    who = first(*users, *_USERS)
    domain = first("subjectdomainname") if fields.get("subjectusername") == who else ""
    request = _request(fields)
    what = " ".join((request or f"{first(*actions, *_DONE)} {objects}").split())
    return Deed(
        f"{domain}\\{who}" if domain and who and "\\" not in who else who,
        what if len(what) <= LONGEST else f"{what[: LONGEST - 1]}…",
        first(*addresses, *_ADDRESSES),
    )


def _objects(fields: dict[str, str], wanted: tuple[str, ...]) -> str:
    """To what it was done: of several at once the first that is named."""
    for name in wanted:
        if name.endswith("."):
            found = next((value for key, value in fields.items() if key.startswith(name) and value.strip() not in _NOBODY), "")
        else:
            found = fields.get(name, "").strip()
        if found and found not in _NOBODY:
            return found.partition("\n")[0]
    return ""


def _request(fields: dict[str, str]) -> str:
    """A request with its answer, as web logs of all kinds have it."""
    stem = fields.get("cs-uri-stem") or fields.get("urlstem") or ""
    if not stem:
        return ""
    query = fields.get("cs-uri-query") or fields.get("urlquery") or ""
    method = fields.get("cs-method") or fields.get("method") or ""
    status = fields.get("sc-status") or fields.get("httpstatus") or ""
    asked = f"{stem}?{query.lstrip('?')}" if query not in ("", "-") else stem
    return " ".join(part for part in (method, asked, status and f"-> {status}") if part)
