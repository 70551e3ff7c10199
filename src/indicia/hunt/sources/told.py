"""Which fields say what was done to what, by kind of event, where the field that comes first in other logs says less.

References: Microsoft, "Advanced security audit policy"; Microsoft, "Sysmon events"; Linux Audit, "audit record types"; Zeek
documentation, "Zeek log formats and inspection".
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["objects_of"]

_NOTHING = frozenset({"", "-", "(empty)", "%%1793", "?"})
_USER = ("targetusername",)
_EVENTS: dict[str, dict[str, tuple[str, ...]]] = {  # by channel (its end, folded), by numbers of events
    "security": {
        "4720 4722 4723 4724 4725 4726 4738 4740 4741 4742 4743 4767 4794": _USER,
        "4781": ("oldtargetusername", "newtargetusername"),
        "4728 4729 4732 4733 4746 4756 4757": ("membername", "membersid", "targetusername"),
        "4727 4731 4735 4737 4754 4755 4764": _USER,
        "4648": ("targetusername", "targetservername", "processname"),
        "4656 4660 4661 4663 4670 4907": ("objectname", "processname"),
        "4662": ("objectname", "properties"),
        "4657": ("objectname", "objectvaluename", "newvalue"),
        "4697": ("servicename", "servicefilename"),
        "4698 4699 4700 4701 4702": ("taskname",),
        "4704 4705": ("targetsid", "privilegelist"),
        "4719": ("subcategoryguid", "auditpolicychanges"),
        "4769 4770": ("servicename",),
        "4673 4674": ("objectname", "privilegelist", "processname"),
        "5136": ("objectdn", "attributeldapdisplayname", "attributevalue"),
        "5137 5138 5139 5141": ("objectdn", "objectclass"),
        "5140 5142 5143 5144 5145": ("sharename", "relativetargetname"),
    },
    "system": {"7045": ("servicename", "imagepath"), "7036 7040": ("param1", "param2", "param3")},
    "microsoft-windows-sysmon/operational": {
        "8 10": ("sourceimage", "targetimage"),
        "12 13 14": ("targetobject", "details"),
        "17 18": ("pipename", "image"),
        "6 7": ("imageloaded",),
    },
    "microsoft-windows-terminalservices-rdpclient/operational": {"1024 1102": ("value",)},
    "microsoft-windows-terminalservices-localsessionmanager/operational": {"21 24 25": ("user", "address")},
    "microsoft-windows-taskscheduler/operational": {"106 140 141 200": ("taskname", "actionname")},
    "microsoft-windows-windows defender/operational": {
        "1006 1007 1116 1117": ("threatname", "path"),
        "5007": ("newvalue", "oldvalue"),
    },
}
_BY_NUMBER = {
    (channel, number): names
    for channel, table in _EVENTS.items()
    for numbers, names in table.items()
    for number in numbers.split()
}
_ZEEK = {  # by the name of the log
    "conn": ("proto", "service", "conn_state"),
    "dce_rpc": ("endpoint", "operation"),
    "dns": ("query", "qtype_name"),
    "files": ("source", "mime_type", "filename"),
    "ftp": ("command", "arg"),
    "http": ("method", "host", "uri", "status_code"),
    "kerberos": ("request_type", "client", "service", "error_msg"),
    "ntlm": ("domainname", "username"),
    "notice": ("note", "msg"),
    "rdp": ("cookie", "result"),
    "smb_files": ("action", "path", "name"),
    "smb_mapping": ("path",),
    "smtp": ("mailfrom", "rcptto", "subject"),
    "ssh": ("client", "auth_success"),
    "ssl": ("version", "server_name"),
    "weird": ("name", "addl"),
    "x509": ("certificate.subject",),
}


def objects_of(log: str, fields: Mapping[str, str]) -> str:
    """What an event (of the format `log`, by folded names) says was done; "" where its kind is not in the tables."""
    if log == "auditd":
        return _audited(fields)
    if log == "zeek":
        names = _ZEEK.get(fields.get("_path", ""), ())
    else:
        names = _BY_NUMBER.get((fields.get("channel", "").lower(), fields.get("eventid", "")), ())
    return " ".join(value for name in names if (value := fields.get(name, "").strip()) not in _NOTHING)


def _audited(fields: Mapping[str, str]) -> str:
    """What a record of the Linux audit log says: the command, or the kind of record with what it names."""
    if command := fields.get("cmdline") or fields.get("cmd"):
        return command
    told = (fields.get(name, "") for name in ("type", "op", "acct", "name", "exe"))
    return " ".join(value for value in told if value not in _NOTHING)
