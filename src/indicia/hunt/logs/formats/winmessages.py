"""The data of a Windows event as its message tells it, in whatever language, and as lists of values without names.

A message has one line for each value, always in the same order, whatever its labels are called in the language of the machine:
so the place of a value says what it is. Only the numbers and orders below are read so; of other events the message stays text.

References: Microsoft, "Advanced security audit policy" (the message of each event); Microsoft, "Sysmon events", whose labels
are the same in all languages; Windows' own manifests of events.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_BY = "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId"
_NEW_LOGON = "TargetUserSid TargetUserName TargetDomainName TargetLogonId"
_LOGON_END = (
    "ProcessId ProcessName WorkstationName IpAddress IpPort LogonProcessName AuthenticationPackageName TransmittedServices"
    " LmPackageName KeyLength"
)
_ELEVATED = (
    f"VirtualAccount ElevatedToken ImpersonationLevel {_NEW_LOGON} TargetLinkedLogonId TargetOutboundUserName"
    f" TargetOutboundDomainName LogonGuid {_LOGON_END}"
)
_STARTED = f"{_BY} {_NEW_LOGON} NewProcessId NewProcessName TokenElevationType MandatoryLabel ProcessId ParentProcessName"
_ACCOUNT = f"{_BY} TargetSid TargetUserName TargetDomainName"
_MEMBER = f"{_BY} MemberSid MemberName TargetSid TargetUserName TargetDomainName"
_OBJECT = f"{_BY} ObjectServer ObjectType ObjectName HandleId"
_OF_MESSAGE: dict[str, tuple[str, ...]] = {  # numbers of events -> the names of the values in their messages, of all versions
    "1102": (_BY,),
    "4624": (
        f"{_BY} LogonType {_NEW_LOGON} LogonGuid {_LOGON_END}",
        f"{_BY} LogonType ImpersonationLevel {_NEW_LOGON} LogonGuid {_LOGON_END}",
        f"{_BY} LogonType RestrictedAdminMode {_ELEVATED}",
        f"{_BY} LogonType RestrictedAdminMode RemoteCredentialGuard {_ELEVATED}",
    ),
    "4625": (f"{_BY} LogonType TargetUserSid TargetUserName TargetDomainName FailureReason Status SubStatus {_LOGON_END}",),
    "4634 4647": (f"{_NEW_LOGON} LogonType", _NEW_LOGON),
    "4648": (
        f"{_BY} LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName TargetInfo ProcessId ProcessName"
        " IpAddress IpPort",
    ),
    "4656": (
        f"{_OBJECT} ProcessId ProcessName TransactionId AccessList AccessReason AccessMask PrivilegeList RestrictedSidCount",
        f"{_OBJECT} ResourceAttributes ProcessId ProcessName TransactionId AccessList AccessReason AccessMask PrivilegeList"
        " RestrictedSidCount",
    ),
    "4657": (
        f"{_BY} ObjectName ObjectValueName HandleId OperationType ProcessId ProcessName OldValueType OldValue NewValueType"
        " NewValue",
    ),
    "4662": (f"{_OBJECT} OperationType AccessList AccessMask Properties AdditionalInfo AdditionalInfo2",),
    "4663": (
        f"{_OBJECT} ProcessId ProcessName AccessList AccessMask",
        f"{_OBJECT} ResourceAttributes ProcessId ProcessName AccessList AccessMask",
    ),
    "4672": (f"{_BY} PrivilegeList",),
    "4673": (f"{_BY} ObjectServer Service ProcessId ProcessName PrivilegeList",),
    "4688": (
        f"{_BY} NewProcessId NewProcessName TokenElevationType ProcessId",
        f"{_BY} NewProcessId NewProcessName TokenElevationType ProcessId CommandLine",
        _STARTED,
        f"{_STARTED} CommandLine",
    ),
    "4697": (f"{_BY} ServiceName ServiceFileName ServiceType ServiceStartType ServiceAccount",),
    "4698 4699 4700 4701": (f"{_BY} TaskName TaskContent",),
    "4702": (f"{_BY} TaskName TaskContentNew",),
    "4719": (f"{_BY} CategoryId SubcategoryId SubcategoryGuid AuditPolicyChanges",),
    "4720 4722 4723 4724 4725 4726 4738 4741 4742 4743": (_ACCOUNT,),
    "4728 4729 4732 4733 4756 4757": (_MEMBER,),
    "4768": (
        "TargetUserName TargetDomainName TargetSid ServiceName ServiceSid IpAddress IpPort TicketOptions Status"
        " TicketEncryptionType PreAuthType",
    ),
    "4769": (
        "TargetUserName TargetDomainName LogonGuid ServiceName ServiceSid IpAddress IpPort TicketOptions TicketEncryptionType"
        " Status TransmittedServices",
    ),
    "4771": ("TargetSid TargetUserName ServiceName IpAddress IpPort TicketOptions Status PreAuthType",),
    "4776": ("PackageName TargetUserName Workstation Status",),
    "4798 4799": (f"{_ACCOUNT} CallerProcessId CallerProcessName",),
    "5136": (
        f"{_BY} DSName DSType ObjectDN ObjectGUID ObjectClass AttributeLDAPDisplayName AttributeSyntaxOID AttributeValue"
        " OperationType OpCorrelationID AppCorrelationID",
    ),
    "5140": (f"{_BY} ObjectType IpAddress IpPort ShareName ShareLocalPath AccessMask AccessList",),
    "5145": (
        f"{_BY} ObjectType IpAddress IpPort ShareName ShareLocalPath RelativeTargetName AccessMask AccessList AccessReason",
    ),
    "7045": ("ServiceName ImagePath ServiceType StartType AccountName",),
}
_GROUP_CHANGED = f"MemberName MemberSid TargetUserName TargetDomainName TargetSid {_BY} PrivilegeList"
_USER_CHANGED = f"TargetUserName TargetDomainName TargetSid {_BY}"
_OF_STRINGS: dict[str, str] = {  # numbers of events -> the names of their values in the order of the log itself
    "1102": _BY,
    "4624": f"{_BY} {_NEW_LOGON} LogonType LogonProcessName AuthenticationPackageName WorkstationName LogonGuid"
    " TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress IpPort ImpersonationLevel",
    "4625": f"{_BY} TargetUserSid TargetUserName TargetDomainName Status FailureReason SubStatus LogonType LogonProcessName"
    " AuthenticationPackageName WorkstationName TransmittedServices LmPackageName KeyLength ProcessId ProcessName IpAddress"
    " IpPort",
    "4648": f"{_BY} LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName TargetInfo ProcessId ProcessName"
    " IpAddress IpPort",
    "4656": f"{_OBJECT} TransactionId AccessList AccessReason AccessMask PrivilegeList RestrictedSidCount ProcessId"
    " ProcessName",
    "4662": f"{_BY} ObjectServer ObjectType ObjectName OperationType HandleId AccessList AccessMask Properties AdditionalInfo",
    "4663": f"{_OBJECT} AccessList AccessMask ProcessId ProcessName",
    "4672": f"{_BY} PrivilegeList",
    "4688": f"{_BY} NewProcessId NewProcessName TokenElevationType ProcessId CommandLine {_NEW_LOGON} ParentProcessName"
    " MandatoryLabel",
    "4697": f"{_BY} ServiceName ServiceFileName ServiceType ServiceStartType ServiceAccount",
    "4698 4699": f"{_BY} TaskName TaskContent",
    "4719": f"{_BY} CategoryId SubcategoryId SubcategoryGuid AuditPolicyChanges",
    "4720 4722 4724 4725 4726": _USER_CHANGED,
    "4728 4732 4756": _GROUP_CHANGED,
    "4768": "TargetUserName TargetDomainName TargetSid ServiceName ServiceSid TicketOptions Status TicketEncryptionType"
    " PreAuthType IpAddress IpPort",
    "4769": "TargetUserName TargetDomainName ServiceName ServiceSid TicketOptions TicketEncryptionType IpAddress IpPort Status"
    " LogonGuid TransmittedServices",
    "4776": "PackageName TargetUserName Workstation Status",
    "5140": f"{_BY} ObjectType IpAddress IpPort ShareName ShareLocalPath AccessMask AccessList",
    "5145": f"{_BY} ObjectType IpAddress IpPort ShareName ShareLocalPath RelativeTargetName AccessMask AccessList",
    "7045": "ServiceName ImagePath ServiceType StartType AccountName",
}
_SYSMON = (  # what Sysmon writes, by number, where its strings have no names
    (
        "1",
        "RuleName UtcTime ProcessGuid ProcessId Image FileVersion Description Product Company OriginalFileName CommandLine"
        " CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId"
        " ParentImage ParentCommandLine ParentUser",
    ),
    (
        "3",
        "RuleName UtcTime ProcessGuid ProcessId Image User Protocol Initiated SourceIsIpv6 SourceIp SourceHostname SourcePort"
        " SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname DestinationPort DestinationPortName",
    ),
    ("11", "RuleName UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime User"),
    ("13", "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject Details User"),
    ("22", "RuleName UtcTime ProcessGuid ProcessId QueryName QueryStatus QueryResults Image User"),
)
_MESSAGES = {
    number: tuple(names.split() for names in versions)
    for numbers, versions in _OF_MESSAGE.items()
    for number in numbers.split()
}
_STRINGS = {number: names.split() for numbers, names in _OF_STRINGS.items() for number in numbers.split()}
_SYSMON_STRINGS = {number: names.split() for number, names in _SYSMON}
_VALUE = re.compile(r"[ \t]*([^:\t\n]{1,80}?) ?:(?:[ \t\u00a0]*\t[ \t]*| {2,})(.*)|\t+([^:\t\n]{1,80}?) ?: *(.*)")
_NAMED = re.compile(r"(\w{2,40}): (.*)|(\w{2,40}):$")
_SCRIPT = re.compile(
    r"\A[^\n]*\(\d+ \S+ \d+\)[^\n]{0,3}:?\n(.*?)\n+[^\n]{0,20}ScriptBlock[^\n]{0,20}:[ \u00a0]*[0-9a-f-]{36}",
    re.DOTALL | re.IGNORECASE,
)


def told_in_message(number: str, provider: str, message: str) -> dict[str, str]:
    """The fields that the message of an event tells, by the names that rules use; none where its number is not known."""
    message = message.replace("\r\n", "\n").replace("\r", "\n")
    if "sysmon" in provider.lower():
        pairs = (_NAMED.fullmatch(line.strip()) for line in message.split("\n")[1:])
        return {found[1]: found[2] for found in pairs if found and found[1]}
    if number == "4104" and (script := _SCRIPT.match(message)):
        return {"ScriptBlockText": script[1]}
    versions = _MESSAGES.get(number)
    if versions is None:
        return {}
    values = _values(message)
    fits = [names for names in versions if len(names) == len(values)] or [
        names for names in versions if len(names) < len(values)
    ]
    names = max(fits, key=len, default=None)
    if names is None:
        return {}
    return {name: value for name, value in zip(names, values, strict=False) if value}


def _values(message: str) -> list[str]:
    """The values in a message, one for each line with a label and room for a value; what goes on below one belongs to it."""
    found: list[str] = []
    for line in message.split("\n"):
        match = _VALUE.fullmatch(line)
        if match:
            found.append((match[2] if match[1] is not None else match[4]).strip())
        elif found and line[:2] in ("\t\t", "  ", "\t<", "<?") and line.strip():
            found[-1] = f"{found[-1]}\n{line.strip()}" if found[-1] else line.strip()
        elif found and line.startswith("<"):
            found[-1] += f"\n{line}"
    return found


def told_in_strings(number: str, provider: str, strings: Sequence[str]) -> Mapping[str, str]:
    """The fields of an event of which only the values are known, in their order."""
    names = _SYSMON_STRINGS.get(number) if "sysmon" in provider.lower() else _STRINGS.get(number)
    if names is None:
        return {}
    if names[0] == "RuleName" and strings and re.match(r"\d{4}-\d\d-\d\d ", strings[0]):
        names = names[1:]  # before version 8
    return {name: value for name, value in zip(names, strings, strict=False) if value}
