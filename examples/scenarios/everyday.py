"""What Windows and Exchange log on a day without trouble: cmdlets, processes, logons, the address book."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from examples.scenarios import files
from examples.scenarios.files import Line
from examples.scenarios.place import ADMIN, EXCHANGE, PEOPLE, Server
from examples.scenarios.render import ecp_row, event_line, guid, oab_row

__all__ = ["SELDOM"]


def _management(server: Server, epoch: float, rng: Random, record: int) -> Line:
    cmdlet, parameters = rng.choice(
        (
            ("Get-Mailbox", '-ResultSize "Unlimited"'),
            ("Set-Mailbox", f'-Identity "{rng.choice(PEOPLE)}" -IssueWarningQuota "4 GB"'),
            ("Get-OabVirtualDirectory", f'-Server "{server.name}"'),
            ("Test-ServiceHealth", f'-Server "{server.name}"'),
            ("Get-MailboxExportRequest", '-Status "Completed"'),
            ("Set-User", f'-Identity "{rng.choice(PEOPLE)}" -Office "Building 2"'),
            ("Get-ManagementRoleAssignment", '-Role "Mailbox Import Export"'),
        )
    )
    who = f"{server.domain}/Users/{ADMIN}"
    data = [cmdlet, parameters, who, "S-1-5-21-1-2-3-1104", "S-1-5-21-1-2-3-1104", "Remote-ManagementShell-Unknown"]
    text = event_line(
        server, epoch, channel="MSExchange Management", provider="MSExchange CmdletLogs", event_id=1, record=record, data=data
    )
    return Line(epoch, server, files.MANAGEMENT, text)


def _process(server: Server, epoch: float, rng: Random, record: int) -> Line:
    image, command, parent, parent_command = rng.choice(
        (
            (
                r"C:\Windows\System32\inetsrv\w3wp.exe",
                'w3wp.exe -ap "MSExchangeOWAAppPool"',
                r"C:\Windows\System32\svchost.exe",
                "svchost.exe -k iissvcs",
            ),
            (r"C:\Windows\System32\conhost.exe", "conhost.exe 0xffffffff", r"C:\Windows\System32\cmd.exe", "cmd.exe"),
            (
                r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe",
                "csc.exe /noconfig /fullpaths @C:\\Windows\\Temp\\a1.cmdline",
                r"C:\Windows\System32\inetsrv\w3wp.exe",
                'w3wp.exe -ap "MSExchangeECPAppPool"',
            ),
            (
                EXCHANGE + r"\Bin\MSExchangeHMWorker.exe",
                "MSExchangeHMWorker.exe -pipe:1460",
                EXCHANGE + r"\Bin\MSExchangeHMHost.exe",
                "",
            ),
            (
                r"C:\Windows\System32\vssadmin.exe",
                "vssadmin list writers",
                EXCHANGE.replace("Microsoft", "Backup", 1) + r"\agent.exe",
                "agent.exe",
            ),
            (
                r"C:\Windows\System32\taskhostw.exe",
                "taskhostw.exe SYSTEM",
                r"C:\Windows\System32\svchost.exe",
                "svchost.exe -k netsvcs",
            ),
            (r"C:\Windows\System32\whoami.exe", "whoami /groups", r"C:\Windows\System32\cmd.exe", "cmd.exe"),
        )
    )
    person = parent.endswith("cmd.exe")
    data: dict[str, str | int] = {
        "UtcTime": "",
        "ProcessGuid": "{" + guid(rng).upper() + "}",
        "ProcessId": rng.randrange(1000, 30000),
        "Image": image,
        "CommandLine": command,
        "User": f"{server.netbios}\\{ADMIN}" if person else r"NT AUTHORITY\SYSTEM",
        "LogonId": "0x2f41c7" if person else "0x3e7",
        "IntegrityLevel": "Medium" if person else "System",
        "Hashes": f"SHA256={rng.getrandbits(256):064X}",
        "ParentProcessGuid": "{" + guid(rng).upper() + "}",
        "ParentImage": parent,
        "ParentCommandLine": parent_command,
    }
    text = event_line(
        server,
        epoch,
        channel="Microsoft-Windows-Sysmon/Operational",
        provider="Microsoft-Windows-Sysmon",
        event_id=1,
        record=record,
        data=data,
    )
    return Line(epoch, server, files.SYSMON, text)


def _logon(server: Server, epoch: float, rng: Random, record: int) -> Line:
    data: dict[str, str | int] = {
        "SubjectUserSid": "S-1-0-0",
        "TargetUserName": rng.choice(PEOPLE),
        "TargetDomainName": server.netbios,
        "TargetLogonId": f"0x{rng.randrange(1 << 20, 1 << 32):x}",
        "LogonType": 3,
        "AuthenticationPackageName": "Kerberos",
        "IpAddress": f"10.0.4.{rng.randrange(20, 60)}",
    }
    text = event_line(
        server,
        epoch,
        channel="Security",
        provider="Microsoft-Windows-Security-Auditing",
        event_id=4624,
        record=record,
        data=data,
        level=0,
    )
    return Line(epoch, server, files.SECURITY, text)


def _application(server: Server, epoch: float, rng: Random, record: int) -> Line:
    provider, event_id, level, message = rng.choice(
        (
            ("MSExchange Unified Messaging", 1112, 4, "The Unified Messaging service is accepting calls."),
            ("MSExchange Unified Messaging", 1423, 2, "The worker process ended with System.OutOfMemoryException."),
            ("MSExchange OWA", 1, 4, "Outlook on the web started."),
            ("MSExchangeIS", 1001, 4, "The information store started."),
        )
    )
    text = event_line(
        server, epoch, channel="Application", provider=provider, event_id=event_id, record=record, data=[message], level=level
    )
    return Line(epoch, server, files.APPLICATION, text)


def _ecp(server: Server, epoch: float, rng: Random, record: int) -> Line:
    pairs = {
        "TIME": str(rng.randrange(20, 900)),
        "SID": guid(rng),
        "CMD": rng.choice(("Get-Mailbox.Filter='quinn'", "Get-OabVirtualDirectory", "Get-RoleGroup", "Set-Mailbox.Office='2'")),
        "REQID": "",
        "URL": "/ecp/DDI/DDIService.svc/GetList?msExchEcpCanary=ordinary.session&schema=MailboxService",
        "REFERRER": f"https://{server.mail}/ecp/",
        "EX": "",
        "ACTID": guid(rng),
        "RS": "0",
        "BLD": ".".join(str(part) for part in server.build),
    }
    return Line(epoch, server, files.ECP_SERVER, ecp_row(server, epoch, "ECP.Request", pairs))


def _oab(server: Server, epoch: float, rng: Random, record: int) -> Line:
    message = rng.choice(
        (
            "Generation of offline address book 'Default Offline Address Book' finished",
            f"Download failed and temporary file '{EXCHANGE}\\ClientAccess\\OAB\\Temp\\{guid(rng)}.lzx' needs to be removed",
            "Scanning for linked mailboxes finished",
        )
    )
    return Line(epoch, server, files.OAB, oab_row(server, epoch, message))


SELDOM: tuple[tuple[Callable[[Server, float, Random, int], Line], int], ...] = (
    (_management, 4),
    (_process, 12),
    (_logon, 20),
    (_application, 2),
    (_ecp, 5),
    (_oab, 1),
)
