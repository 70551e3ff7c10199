"""Writes down what happens on one server, as its several logs would: one method per kind of line."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from examples.scenarios import files
from examples.scenarios.files import Line
from examples.scenarios.place import Log, Server
from examples.scenarios.render import ecp_row, event_line, guid, w3c_row

__all__ = ["Recorder"]

SYSTEM = r"NT AUTHORITY\SYSTEM"


class Recorder:
    """Makes the lines of one server; keeps the record numbers of its Windows events and the source of its GUIDs."""

    def __init__(self, server: Server, seed: str) -> None:
        self.server = server
        self.rng = Random(f"{seed}/{server.name}/intrusion")
        self.record = 90_000

    def guid(self) -> str:
        """The next GUID."""
        return guid(self.rng)

    def w3c(
        self,
        epoch: float,
        log: Log,
        method: str,
        stem: str,
        status: int,
        client: str,
        agent: str,
        *,
        query: str = "-",
        port: int = 443,
        user: str = "-",
        taken: int = 212,
    ) -> Line:
        """One IIS line."""
        row = w3c_row(
            self.server,
            epoch,
            method=method,
            stem=stem,
            query=query,
            port=port,
            user=user,
            client=client,
            agent=agent,
            status=status,
            taken=taken,
        )
        return Line(epoch, self.server, log, row)

    def event(
        self,
        epoch: float,
        log: Log,
        channel: str,
        provider: str,
        event_id: int,
        data: dict[str, str | int] | list[str],
        level: int = 4,
    ) -> Line:
        """One Windows event."""
        self.record += 1
        text = event_line(
            self.server,
            epoch,
            channel=channel,
            provider=provider,
            event_id=event_id,
            record=self.record,
            data=data,
            level=level,
        )
        return Line(epoch, self.server, log, text)

    def cmdlet(self, epoch: float, name: str, parameters: str, event_id: int = 1) -> Line:
        """One cmdlet in the log MSExchange Management: 1 is success, 6 failure."""
        who = f"{self.server.domain}/Users/Administrator"
        return self.event(
            epoch,
            files.MANAGEMENT,
            "MSExchange Management",
            "MSExchange CmdletLogs",
            event_id,
            [name, parameters, who, "S-1-5-21-1-2-3-500", "S-1-5-21-1-2-3-500", "ECP"],
        )

    def ecp(
        self, epoch: float, command: str, schema: str, canary: str, activity: str, fault: str = "", page: str = ""
    ) -> Iterator[Line]:
        """One request in the ECP Server log and in the ECP Activity log, joined by its activity id."""
        url = f"/ecp/DDI/DDIService.svc/SetObject?msExchEcpCanary={canary}&schema={schema}"
        build = ".".join(str(part) for part in self.server.build)
        pairs = {
            "TIME": str(self.rng.randrange(300, 2500)),
            "SID": self.guid(),
            "CMD": command,
            "REQID": "",
            "URL": url,
            "REFERRER": page,
            "EX": fault,
            "ACTID": activity,
            "RS": "0",
            "BLD": build,
        }
        yield Line(epoch, self.server, files.ECP_SERVER, ecp_row(self.server, epoch, "ECP.Request", pairs))
        pairs = {
            "Bld": build,
            "ActID": activity,
            "Url": f"https://{self.server.fqdn}:444{url}",
        }
        yield Line(epoch, self.server, files.ECP_ACTIVITY, ecp_row(self.server, epoch, "ActivityContext", pairs))

    def process(
        self,
        epoch: float,
        image: str,
        command: str,
        parent: tuple[str, str, str],
        process: str | None = None,
        user: str = SYSTEM,
    ) -> Line:
        """Sysmon 1: `parent` is (its process guid, its image, its command line)."""
        data: dict[str, str | int] = {
            "UtcTime": "",
            "ProcessGuid": process or self.process_id(),
            "ProcessId": self.rng.randrange(2000, 20000),
            "Image": image,
            "OriginalFileName": image.rpartition("\\")[2],
            "CommandLine": command,
            "CurrentDirectory": "C:\\windows\\system32\\inetsrv\\",
            "User": user,
            "LogonId": "0x3e7" if user == SYSTEM else "0x2f41c7",
            "IntegrityLevel": "System" if user == SYSTEM else "High",
            "Hashes": f"SHA256={self.rng.getrandbits(256):064X}",
            "ParentProcessGuid": parent[0],
            "ParentImage": parent[1],
            "ParentCommandLine": parent[2],
        }
        return self.event(epoch, files.SYSMON, "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 1, data)

    def file_made(self, epoch: float, image: str, target: str, process: str) -> Line:
        """Sysmon 11: a file was created."""
        data: dict[str, str | int] = {
            "UtcTime": "",
            "ProcessGuid": process,
            "ProcessId": self.rng.randrange(2000, 20000),
            "Image": image,
            "TargetFilename": target,
            "User": SYSTEM,
        }
        return self.event(epoch, files.SYSMON, "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 11, data)

    def process_id(self) -> str:
        """A process GUID as Sysmon writes it."""
        return "{" + self.guid().upper() + "}"
