"""Who did what, from where: what a responder asks of one row, taken from whatever fields its log has for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from indicia.hunt.sources import LOGS, OBJECTS, source_named, values_of
from indicia.records import Event

_NOTHING = frozenset({"", "-", "(empty)", "%%1793", "?"})


def objects_of(log: str, fields: Mapping[str, str]) -> str:
    """What an event (of the format `log`, by folded names) says was done; "" where its kind is not in the tables."""
    if log == "auditd":
        return _audited(fields)
    if log == "zeek":
        names = LOGS.zeek.get(fields.get("_path", ""), ())
    else:
        names = OBJECTS.get((fields.get("channel", "").lower(), fields.get("eventid", "")), ())
    return " ".join(value for name in names if (value := fields.get(name, "").strip()) not in _NOTHING)


def _audited(fields: Mapping[str, str]) -> str:
    """What a record of the Linux audit log says: the command, or the kind of record with what it names."""
    if command := fields.get("cmdline") or fields.get("cmd"):
        return command
    told = (fields.get(name, "") for name in ("type", "op", "acct", "name", "exe"))
    return " ".join(value for value in told if value not in _NOTHING)


LONGEST = 160  # characters of what was done
MOST_READ = 600  # characters of a message in which somebody is sought

_NOBODY = frozenset(
    {"", "-", "unset", "4294967295", "?", "(null)", "<null>", "null", "none", "n/a", "0.0.0.0", "::", "0:0:0:0:0:0:0:0"}
)
_SWITCHES = frozenset({"true", "false"})
_TELLING = ("name", "arn", "id", "attribute")  # how the names end of what names a thing
# Windows events that are about whoever logs on, not about the account that writes them.
_LOGONS = frozenset({"4624", "4625", "4768", "4771", "4776"})
_NAME = r"[\"'<]?(?!\d+\.\d+\.)([\w.@\\$-]{1,64})"
_WHO = re.compile(
    rf"^ *{_NAME} : (?=.{{0,200}}\bTTY=)"  # sudo: who asked, not as whom
    rf"|^\[{_NAME}\]: "  # the shell of ESXi
    r"|\b(?:(?:(?:invalid|illegal|unknown|authenticating) user"
    r"|(?:password|publickey|pam|none|gssapi\S*|authentication|log[io]n|session opened|session closed)"
    r"(?: attempt)?(?: failed| failure| rejected| denied)? for(?: (?:invalid|illegal) user)?(?: user)?) "
    rf"|r?user(?:name)?=|acct=){_NAME}",
    re.IGNORECASE,
)
_ADDRESS = r"(?:\d{1,3}(?:\.\d{1,3}){3}|(?!\d\d:\d\d:\d\d\b)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})"
_FROM = re.compile(
    rf"(?:\b(?:from|host|client|rip|ip|addr|address|src)[ =:]+[\"'\[<(]*(?:user \S{{1,64}} )?({_ADDRESS})"
    rf"|\brhost=(\S{{1,255}})|\buser \S{{1,64}} ({_ADDRESS}) port\b)",
    re.IGNORECASE,
)


class Deed(NamedTuple):
    """Each as the log has it; "" where it does not say."""

    who: str
    what: str
    origin: str

    def __str__(self) -> str:
        return " ".join(
            part for part in (self.who and f"{self.who}:", self.what, self.origin and f"from {self.origin}") if part
        )


class Actor(NamedTuple):
    """Who acted, from where; "" where the log does not say."""

    who: str
    origin: str


NOBODY = Actor("", "")


def actor_in(message: str) -> Actor:
    """Whoever the message of a service names."""
    fields = {"message": message}
    return Actor(_named_in(_WHO, fields), _named_in(_FROM, fields))


def actor_of(event: Event) -> Actor:
    """Whoever acted in the event."""
    return _actor(event, values_of(event))


def deed_of(event: Event) -> Deed:
    """What the event says of whoever acted in it."""
    fields = values_of(event)
    source = source_named(event.format)
    who, origin = _actor(event, fields)
    what = _request(fields)
    if not what:
        done = objects_of(event.format, fields) or _first(fields, (*(source.actions if source else ()), *LOGS.anywhere.actions))
        what = f"{done} {_objects(fields, source.objects) if source else ''} {_target(fields)}"
    what = " ".join(what.split())
    return Deed(who, what if len(what) <= LONGEST else f"{what[: LONGEST - 1]}…", origin)


def _first(fields: Mapping[str, str], names: Iterable[str]) -> str:
    """The first of the fields that says something."""
    for name in names:
        value = fields.get(name)
        if value and (value := value.strip()) not in _NOBODY:
            return value
    return ""


def _actor(event: Event, fields: Mapping[str, str]) -> Actor:
    source = source_named(event.format)
    users, addresses = (source.users, source.addresses) if source else ((), ())
    if fields.get("channel", "").lower() == "security" and fields.get("eventid") in _LOGONS:
        users = ("targetusername",)
    elif event.format == "auditd":
        users = ("user", "auid", "acct", "uid")
    who, origin = _first(fields, (*users, *LOGS.anywhere.users)), _first(fields, (*addresses, *LOGS.anywhere.addresses))
    if event.format in ("syslog", "text") and not (who and origin):
        who, origin = who or _named_in(_WHO, fields), origin or _named_in(_FROM, fields)
    if fields.get("initiated") == "true" and not _request(fields):
        origin = ""  # the machine itself, which the row names
    return Actor(_with_domain(who, fields), origin)


def _with_domain(who: str, fields: Mapping[str, str]) -> str:
    if not who or "\\" in who or "@" in who:
        return who
    for name, domain in (("subjectusername", "subjectdomainname"), ("targetusername", "targetdomainname")):
        if fields.get(name) == who:
            told = fields.get(domain, "").strip()
            return f"{told}\\{who}" if told not in _NOBODY else who
    return who


def _named_in(pattern: re.Pattern[str], fields: Mapping[str, str]) -> str:
    """Who or which address the message of a service names."""
    found = pattern.search(fields.get("message", "")[:MOST_READ])
    name = next((each for each in found.groups() if each), "") if found else ""
    return "" if name in _NOBODY else name


def _target(fields: Mapping[str, str]) -> str:
    """Where a connection went, as `to 192.0.2.7:443`; "" where there is none, or it came here."""
    if fields.get("initiated", "") == "false":
        return ""
    for target in LOGS.anywhere.targets:
        if target.port in fields and (found := _first(fields, target.names)):
            told = fields[target.port].strip()
            return f"to {found}:{told}" if told not in _NOBODY else f"to {found}"
    return ""


def _objects(fields: Mapping[str, str], wanted: tuple[str, ...]) -> str:
    """To what it was done: of several at once the first that is named; of what stands below a name the two that name most."""
    for name in wanted:
        if name.endswith("."):
            below = [(key, value.strip()) for key, value in fields.items() if key.startswith(name) and _names(value)]
            found = " ".join(
                value.partition("\n")[0] for _, value in sorted(below, key=lambda item: not _is_telling(item[0]))[:2]
            )
        else:
            found = fields.get(name, "").strip().partition("\n")[0]
        if found and found not in _NOBODY:
            return found
    return ""


def _names(value: str) -> bool:
    """Whether a value can name a thing: no switch, no number, no document."""
    told = value.strip()
    return told.lower() not in _NOBODY | _SWITCHES and told[:1] not in ("{", "[") and not told.isdigit()


def _is_telling(name: str) -> bool:
    return name.endswith(_TELLING)


def _request(fields: Mapping[str, str]) -> str:
    """A request with its answer, as web logs of all kinds have it."""
    stem = fields.get("cs-uri-stem") or fields.get("urlstem") or ""
    if not stem:
        return ""
    query = fields.get("cs-uri-query") or fields.get("urlquery") or ""
    method = fields.get("cs-method") or fields.get("method") or ""
    status = fields.get("sc-status") or fields.get("httpstatus") or ""
    asked = f"{stem}?{query.lstrip('?')}" if query not in ("", "-") else stem
    return " ".join(part for part in (method, asked, status and f"-> {status}") if part)
